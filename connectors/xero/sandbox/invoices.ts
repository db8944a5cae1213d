import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, cents, isUuid, money, newId, rowsOf, textOf } from "./books.ts";
import { contactOf, contactReference } from "./contacts.ts";
import { currencyFields, foreign } from "./currencies.ts";
import { dayFields, dayOf, requestDay, storedDay, updatedNow } from "./dates.ts";
import { buildLines } from "./lines.ts";
import { checkLock } from "./lock.ts";
import { Refusal } from "./refusal.ts";

/** Sales invoices (ACCREC): drafts, approved ones, and what can still be done to them. */

const NUMBER_MAX = 255;
const CREATED = ["DRAFT", "SUBMITTED", "AUTHORISED"];

export interface InvoiceCall {
  /** PUT: creates, and refuses a number that is taken. POST: changes the invoice that has the number. */
  readonly isCreate: boolean;
  readonly unitPlaces: number;
}

/** Creates or changes an invoice. */
export function storeInvoice(element: Row, call: InvoiceCall, books: Books): Row | Refusal {
  const old = call.isCreate ? undefined : findInvoice(element, books);
  if (old instanceof Refusal) return old;
  const row = old === undefined ? created(element, call, books) : changed(old, element, call, books);
  if (row instanceof Refusal) return row;
  books.ledger.put("Invoices", textOf(row["InvoiceID"]), row);
  return row;
}

/** The invoice that a payment or an allocation names by id or number. */
export function findInvoice(element: Row, { ledger }: Books): Row | undefined | Refusal {
  const id = textOf(element["InvoiceID"]);
  if (id !== "") {
    const row = isUuid(id) ? ledger.get("Invoices", id.toLowerCase()) : undefined;
    return row ?? new Refusal("Invoice not of valid status or could not be found");
  }
  const number = textOf(element["InvoiceNumber"]);
  return number === "" ? undefined : ledger.all("Invoices").find((row) => holdsNumber(row, number));
}

/** Puts a payment or credit on the invoice, or takes it off again (`amount` 0), and works out what is still due. */
export function applyTo(
  invoice: Row,
  list: "Payments" | "CreditNotes" | "Overpayments" | "Prepayments",
  entry: Row,
  books: Books,
): void {
  const key = list === "Payments" ? "Amount" : "AppliedAmount";
  const idKey = `${list.slice(0, -1)}ID`;
  const others = rowsOf(invoice[list]).filter((item) => item[idKey] !== entry[idKey]);
  const entries = cents(entry[key], books) === 0 ? others : [...others, entry];
  const next = { ...invoice, [list]: entries };
  const sum = (name: string, field: string): number =>
    rowsOf(next[name]).reduce((total, item) => total + cents(item[field], books), 0);
  const paid = sum("Payments", "Amount");
  const credited = ["CreditNotes", "Overpayments", "Prepayments"].reduce(
    (total, name) => total + sum(name, "AppliedAmount"),
    0,
  );
  const due = cents(invoice["Total"], books) - paid - credited;
  books.ledger.put("Invoices", textOf(invoice["InvoiceID"]), {
    ...next,
    AmountPaid: money(paid, books),
    AmountCredited: money(credited, books),
    AmountDue: money(due, books),
    Status: due === 0 ? "PAID" : "AUTHORISED",
    ...updatedNow(books),
  });
}

function created(element: Row, call: InvoiceCall, books: Books): Row | Refusal {
  if (element["Type"] !== "ACCREC") return new Refusal("Type must be ACCREC: this sandbox keeps sales only");
  const status = textOf(element["Status"]) || "DRAFT";
  if (!CREATED.includes(status)) return new Refusal("Invoice not of valid status for creation");
  const number = textOf(element["InvoiceNumber"]) || nextNumber(books);
  const taken = books.ledger.all("Invoices").some((row) => holdsNumber(row, number));
  if (taken && books.rule("invoice_number")) return new Refusal("Invoice # must be unique.");
  const head = {
    InvoiceID: newId(books),
    InvoiceNumber: number,
    Reference: "",
    Payments: [],
    CreditNotes: [],
    Prepayments: [],
    Overpayments: [],
    SentToContact: false,
    IsDiscounted: false,
    HasAttachments: false,
    HasErrors: false,
    ...dayFields("Date", dayOf(books.now())),
  };
  return built(head, { ...element, Status: status, InvoiceNumber: number }, call, books);
}

function changed(old: Row, element: Row, call: InvoiceCall, books: Books): Row | Refusal {
  const status = textOf(element["Status"]) || textOf(old["Status"]);
  if (["VOIDED", "DELETED"].includes(status)) return withdrawn(old, status, books);
  if (["VOIDED", "DELETED"].includes(textOf(old["Status"])))
    return new Refusal("Invoice not of valid status for modification");
  const isPaid = ["Payments", "CreditNotes", "Overpayments", "Prepayments"].some(
    (list) => rowsOf(old[list]).length > 0,
  );
  if (isPaid) return lateChange(old, element);
  const day = checkLock(storedDay(old["Date"]), books);
  return day ?? built(old, { ...element, Status: status }, call, books);
}

// Of an invoice with payments little can change, and that does not even count as a change to If-Modified-Since.
function lateChange(old: Row, element: Row): Row | Refusal {
  const free = new Set([
    "InvoiceID",
    "InvoiceNumber",
    "Type",
    "DueDate",
    "SentToContact",
    "Url",
    "ExpectedPaymentDate",
  ]);
  if (Object.keys(element).some((field) => !free.has(field))) {
    return new Refusal("This document cannot be edited as it has a payment or credit note allocated to it.");
  }
  const due = requestDay(element["DueDate"]);
  const sent =
    typeof element["SentToContact"] === "boolean" ? { SentToContact: element["SentToContact"] } : {};
  return { ...old, ...(due === undefined ? {} : dayFields("DueDate", due)), ...sent };
}

function withdrawn(old: Row, status: string, books: Books): Row | Refusal {
  const from = status === "VOIDED" ? ["AUTHORISED"] : ["DRAFT", "SUBMITTED"];
  const isApplied = cents(old["AmountPaid"], books) !== 0 || cents(old["AmountCredited"], books) !== 0;
  if (!from.includes(textOf(old["Status"])) || isApplied)
    return new Refusal("Invoice not of valid status for modification");
  const refusal = checkLock(storedDay(old["Date"]), books);
  // That nothing is due of a voided invoice while its total stays is this server's reading; the sheet does not say.
  return refusal ?? { ...old, Status: status, AmountDue: 0, ...updatedNow(books) };
}

function built(base: Row, element: Row, call: InvoiceCall, books: Books): Row | Refusal {
  const contact = contactFor(base, element, books);
  if (contact instanceof Refusal) return contact;
  const status = textOf(element["Status"]);
  const isFinal = status === "AUTHORISED";
  const document: Row = { ...base, ...element, LineItems: element["LineItems"] ?? base["LineItems"] ?? [] };
  const lines = buildLines(document, { unitPlaces: call.unitPlaces, isFinal }, books);
  const date = element["Date"] === undefined ? storedDay(base["Date"]) : requestDay(element["Date"]);
  const due =
    textOf(element["DueDate"]) === ""
      ? element["DueDate"] === undefined
        ? storedDay(base["DueDate"])
        : ""
      : requestDay(element["DueDate"]);
  const problems = [
    ...(lines instanceof Refusal ? lines.messages : []),
    ...(date === undefined || due === undefined ? ["A date is not valid"] : []),
    ...(isFinal && due === "" ? ["DueDate cannot be empty"] : []),
    ...(checkLock(date ?? "", books)?.messages ?? []),
    ...(textOf(document["InvoiceNumber"]).length > NUMBER_MAX
      ? ["InvoiceNumber is longer than 255 characters"]
      : []),
    ...foreign(textOf(element["CurrencyCode"]), books),
  ];
  if (lines instanceof Refusal || problems.length > 0) return new Refusal(...problems);
  return {
    ...base,
    Type: "ACCREC",
    InvoiceNumber: textOf(document["InvoiceNumber"]),
    Reference: textOf(document["Reference"]),
    ...(textOf(document["Url"]) === "" ? {} : { Url: textOf(document["Url"]) }),
    Contact: contact,
    ...dayFields("Date", date ?? ""),
    ...(due === undefined || due === "" ? {} : dayFields("DueDate", due)),
    Status: status,
    ...lines,
    AmountDue: lines["Total"] ?? 0,
    AmountPaid: 0,
    AmountCredited: 0,
    ...currencyFields(textOf(element["CurrencyCode"]) || textOf(base["CurrencyCode"]), books),
    ...updatedNow(books),
  };
}

function contactFor(base: Row, element: Row, books: Books): Row | Refusal {
  const sent = element["Contact"];
  if (sent === undefined && base["Contact"] !== undefined) return { ...rowsOf([base["Contact"]])[0] };
  const found = contactOf(rowsOf([sent ?? null])[0] ?? {}, books);
  return found instanceof Refusal ? found : contactReference(found);
}

// The number of a deleted draft is free again, that of a voided invoice is not: the sheet leaves both open.
function holdsNumber(row: Row, number: string): boolean {
  return row["InvoiceNumber"] === number && row["Status"] !== "DELETED";
}

function nextNumber(books: Books): string {
  return `INV-${String(books.ledger.next("invoice_number", 1)).padStart(4, "0")}`;
}
