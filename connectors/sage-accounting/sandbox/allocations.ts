import type { Row } from "../../../engine/connector/sandbox/types.ts";
import {
  amount,
  type Books,
  cents,
  dayOf,
  hexId,
  minorOf,
  newId,
  reference,
  refId,
  rowsOf,
  stamped,
  textOf,
} from "./books.ts";
import { allocate } from "./invoices.ts";
import { checkLock } from "./lock.ts";
import { collect, invalid, invalidRecord, notFound, Problems } from "./problems.ts";

/**
 * What of a contact's credit is used for which invoices. That the amounts of credit are negative and all of them come to
 * nothing is of medium confidence.
 */

const COLLECTIONS = ["sales_invoices", "sales_credit_notes"] as const;
const TYPE = "CUSTOMER_ALLOCATION";

interface Part {
  readonly collection: (typeof COLLECTIONS)[number];
  readonly document: Row;
  /** Minor units, negative for credit. */
  readonly minor: number;
}

/** Creates an allocation; this server changes none. */
export function storeAllocation(body: Row, old: Row | undefined, books: Books): Row | Problems {
  if (old !== undefined) return new Problems([invalidRecord("The allocation cannot be edited.")]);
  const contact = books.ledger.get("contacts", textOf(body["contact_id"]));
  const date = body["date"] === undefined ? undefined : dayOf(body["date"]);
  const problems = collect(
    body["transaction_type_id"] === TYPE ? [] : [invalid("transaction_type_id", "This field is required.")],
    contact === undefined ? [notFound()] : [],
    date === undefined ? [invalid("date", "This field is required.")] : checkLock(date, books),
  );
  if (problems !== undefined) return problems;
  const parts = partsOf(body, textOf(contact?.["id"]), books);
  if (parts instanceof Problems) return parts;
  const id = newId(books);
  const row: Row = {
    ...reference("contact_allocations", id, "Customer Allocation"),
    ...stamped(undefined, books),
    deleted_at: null,
    transaction_type: reference("transaction_types", TYPE, "Customer Allocation"),
    contact: reference("contacts", textOf(contact?.["id"]), textOf(contact?.["displayed_as"])),
    date: date ?? "",
    allocated_artefacts: parts.map(({ collection, document, minor }, index) => ({
      id: hexId(`${id}:part:${index}`),
      artefact: reference(collection, textOf(document["id"]), textOf(document["displayed_as"])),
      amount: amount(minor, books),
    })),
  };
  books.ledger.put("contact_allocations", id, row);
  for (const { collection, document, minor } of parts) {
    const paid = { minor: Math.abs(minor), discount: 0, date: date ?? "" };
    allocate(collection, document, { kind: "contact_allocation", id }, paid, books);
  }
  return row;
}

/** Takes an allocation's parts off their documents. */
export function releaseAllocation(row: Row, books: Books): void {
  const settler = { kind: "contact_allocation", id: textOf(row["id"]) } as const;
  for (const { artefact } of rowsOf(row["allocated_artefacts"])) {
    for (const collection of COLLECTIONS) {
      const document = books.ledger.get(collection, refId(artefact));
      if (document !== undefined)
        allocate(collection, document, settler, { minor: 0, discount: 0, date: "" }, books);
    }
  }
}

function partsOf(body: Row, contact: string, books: Books): readonly Part[] | Problems {
  const parts: Part[] = [];
  for (const sent of rowsOf(body["allocated_artefacts"])) {
    const part = partOf(sent, contact, books);
    if (part instanceof Problems) return part;
    parts.push(part);
  }
  const sum = parts.reduce((total, { minor }) => total + minor, 0);
  return parts.length > 1 && sum === 0
    ? parts
    : new Problems([invalidRecord("The allocated amounts must balance.")]);
}

function partOf(sent: Row, contact: string, books: Books): Part | Problems {
  const id = textOf(sent["artefact_id"]);
  const collection = COLLECTIONS.find((one) => books.ledger.get(one, id) !== undefined);
  const document = collection === undefined ? undefined : books.ledger.get(collection, id);
  const minor = minorOf(sent["amount"], books) ?? 0;
  if (collection === undefined || document === undefined || refId(document["contact"]) !== contact)
    return new Problems([notFound()]);
  const isCredit = collection === "sales_credit_notes";
  if (minor === 0 || minor < 0 !== isCredit) return new Problems([invalid("amount", "This is not valid.")]);
  const isTooMuch = Math.abs(minor) > cents(document["outstanding_amount"], books);
  return isTooMuch && books.rule("overpaid")
    ? new Problems([invalidRecord("The amount exceeds the outstanding amount.")])
    : { collection, document, minor };
}
