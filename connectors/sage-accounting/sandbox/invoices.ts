import type { Row } from "../../../engine/connector/sandbox/types.ts";
import {
  amount,
  type Books,
  cents,
  dayOf,
  newId,
  reference,
  refId,
  rowOf,
  rowsOf,
  stamped,
  textOf,
} from "./books.ts";
import { buildLines } from "./lines.ts";
import { checkLock } from "./lock.ts";
import { checkText, collect, invalid, invalidRecord, notFound, Problems } from "./problems.ts";

/** Sales invoices. The vendor numbers them; the number of another system is their reference, which need not be unique. */

const DAY_MS = 86_400_000;

/** Creates an invoice, or changes one: what is not sent stays, lines are replaced. */
export function storeInvoice(body: Row, old: Row | undefined, books: Books): Row | Problems {
  if (old !== undefined && old["editable"] !== true)
    return new Problems([invalidRecord("The artefact cannot be edited.")]);
  const contact = books.ledger.get("contacts", textOf(body["contact_id"]) || refId(old?.["contact"]));
  const isCustomer = rowsOf(contact?.["contact_types"]).some(({ id }) => id === "CUSTOMER");
  const date = body["date"] === undefined ? textOf(old?.["date"]) || undefined : dayOf(body["date"]);
  const due =
    body["due_date"] === undefined
      ? textOf(old?.["due_date"]) || dueDate(date, contact)
      : dayOf(body["due_date"]);
  const problems = collect(
    contact === undefined || !isCustomer ? [notFound("Couldn't find Customer.")] : [],
    date === undefined ? [invalid("date", "This field is required.")] : checkLock(date, books),
    due === undefined ? [invalid("due_date", "This is not a valid date.")] : [],
    checkText(body, "reference", 25),
  );
  if (problems !== undefined) return problems;
  const id = textOf(old?.["id"]) || newId(books);
  const lines =
    body["invoice_lines"] === undefined && old !== undefined
      ? {}
      : buildLines("invoice_lines", id, body["invoice_lines"], books);
  if (lines instanceof Problems) return lines;
  const number = textOf(old?.["invoice_number"]) || `SI-${books.ledger.next("sales_invoice", 1)}`;
  const row: Row = {
    ...reference("sales_invoices", id, number),
    ...old,
    ...stamped(old, books),
    deleted_at: null,
    editable: true,
    contact: reference("contacts", textOf(contact?.["id"]), textOf(contact?.["displayed_as"])),
    contact_name: textOf(contact?.["name"]),
    contact_reference: textOf(contact?.["reference"]),
    invoice_number: number,
    date: date ?? "",
    due_date: due ?? "",
    reference: body["reference"] === undefined ? (old?.["reference"] ?? null) : (body["reference"] ?? null),
    notes: body["notes"] === undefined ? (old?.["notes"] ?? null) : (body["notes"] ?? null),
    currency: reference("currencies", books.world.currency, books.world.currency),
    exchange_rate: "1.0",
    ...lines,
    void_reason: null,
    payments_allocations: old?.["payments_allocations"] ?? [],
  };
  const draft = (textOf(body["status_id"]) || refId(old?.["status"])) === "DRAFT";
  return putSettled("sales_invoices", row, draft ? "DRAFT" : undefined, books);
}

/** Voids a document, or removes a draft; `reason` is needed for the first. Undefined: it is gone. */
export function voidDocument(
  collection: "sales_invoices" | "sales_credit_notes",
  old: Row,
  reason: string,
  books: Books,
): Row | Problems | undefined {
  const status = refId(old["status"]);
  const locked = collect(checkLock(textOf(old["date"]), books));
  if (locked !== undefined) return locked;
  if (status === "DRAFT") return undefined;
  if (reason === "") return new Problems([invalid("void_reason", "This field is required.")]);
  if (status !== "UNPAID") return new Problems([invalidRecord("The artefact cannot be voided.")]);
  const row = { ...old, ...stamped(old, books), void_reason: reason, editable: false };
  const voided = { ...row, status: statusOf("VOID"), outstanding_amount: amount(0, books) };
  books.ledger.put(collection, textOf(old["id"]), voided);
  return voided;
}

/** What an amount on a document comes from. */
export interface Settler {
  readonly kind: "contact_payment" | "contact_allocation";
  readonly id: string;
}

/** Puts a part of a payment or of an allocation on a document, or takes it off again (`paid` 0). */
export function allocate(
  collection: "sales_invoices" | "sales_credit_notes",
  document: Row,
  { kind, id }: Settler,
  paid: { readonly minor: number; readonly discount: number; readonly date: string },
  books: Books,
): void {
  const others = rowsOf(document["payments_allocations"]).filter((row) => refId(row[kind]) !== id);
  const entry = {
    date: paid.date,
    type: kind,
    amount: amount(paid.minor, books),
    discount: amount(paid.discount, books),
    [kind]: reference(
      `${kind}s`,
      id,
      kind === "contact_payment" ? "Customer Receipt" : "Customer Allocation",
    ),
  };
  const list = paid.minor === 0 ? others : [...others, entry];
  putSettled(
    collection,
    { ...document, ...stamped(document, books), payments_allocations: list },
    undefined,
    books,
  );
}

/**
 * Stores a document with what is open of it and its status, which follow from what is on it; with anything on it it is
 * no longer edited.
 */
export function putSettled(
  collection: "sales_invoices" | "sales_credit_notes",
  row: Row,
  fixed: string | undefined,
  books: Books,
): Row {
  const total = cents(row["total_amount"], books);
  const paid = rowsOf(row["payments_allocations"]).reduce(
    (sum, one) => sum + cents(one["amount"], books) + cents(one["discount"], books),
    0,
  );
  const status = fixed ?? (paid === 0 ? "UNPAID" : paid < total ? "PART_PAID" : "PAID");
  const settled = {
    ...row,
    status: statusOf(status),
    editable: paid === 0,
    total_paid: amount(paid, books),
    outstanding_amount: amount(total - paid, books),
  };
  books.ledger.put(collection, textOf(row["id"]), settled);
  return settled;
}

function statusOf(id: string): Row {
  return reference("artefact_statuses", id, id.replace("_", " ").toLowerCase());
}

function dueDate(date: string | undefined, contact: Row | undefined): string | undefined {
  const days = rowOf(contact ?? null)["credit_days"];
  const ms = Date.parse(`${date}T00:00:00Z`) + (typeof days === "number" ? days : 30) * DAY_MS;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().slice(0, 10);
}
