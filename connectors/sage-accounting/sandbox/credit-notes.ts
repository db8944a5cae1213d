import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, dayOf, newId, reference, refId, rowsOf, stamped, textOf } from "./books.ts";
import { putSettled } from "./invoices.ts";
import { buildLines } from "./lines.ts";
import { checkLock } from "./lock.ts";
import { checkText, collect, invalid, invalidRecord, notFound, Problems } from "./problems.ts";

/** Sales credit notes: numbered by the vendor and told from outside by their reference, as invoices are. */

/** Creates a credit note, or changes one: what is not sent stays, lines are replaced. */
export function storeCreditNote(body: Row, old: Row | undefined, books: Books): Row | Problems {
  if (old !== undefined && old["editable"] !== true)
    return new Problems([invalidRecord("The artefact cannot be edited.")]);
  const contact = books.ledger.get("contacts", textOf(body["contact_id"]) || refId(old?.["contact"]));
  const isCustomer = rowsOf(contact?.["contact_types"]).some(({ id }) => id === "CUSTOMER");
  const date = body["date"] === undefined ? textOf(old?.["date"]) || undefined : dayOf(body["date"]);
  const problems = collect(
    contact === undefined || !isCustomer ? [notFound("Couldn't find Customer.")] : [],
    date === undefined ? [invalid("date", "This field is required.")] : checkLock(date, books),
    checkText(body, "reference", 25),
  );
  if (problems !== undefined) return problems;
  const id = textOf(old?.["id"]) || newId(books);
  const lines =
    body["credit_note_lines"] === undefined && old !== undefined
      ? {}
      : buildLines("credit_note_lines", id, body["credit_note_lines"], books);
  if (lines instanceof Problems) return lines;
  const number = textOf(old?.["credit_note_number"]) || `SCN-${books.ledger.next("sales_credit_note", 1)}`;
  const row: Row = {
    ...reference("sales_credit_notes", id, number),
    ...old,
    ...stamped(old, books),
    deleted_at: null,
    contact: reference("contacts", textOf(contact?.["id"]), textOf(contact?.["displayed_as"])),
    contact_name: textOf(contact?.["name"]),
    credit_note_number: number,
    date: date ?? "",
    reference: body["reference"] === undefined ? (old?.["reference"] ?? null) : (body["reference"] ?? null),
    notes: body["notes"] === undefined ? (old?.["notes"] ?? null) : (body["notes"] ?? null),
    currency: reference("currencies", books.world.currency, books.world.currency),
    exchange_rate: "1.0",
    ...lines,
    void_reason: null,
    payments_allocations: old?.["payments_allocations"] ?? [],
  };
  return putSettled("sales_credit_notes", row, undefined, books);
}
