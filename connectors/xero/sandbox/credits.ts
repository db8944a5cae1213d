import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, cents, money, newId, rowOf, rowsOf, textOf } from "./books.ts";
import { contactOf, contactReference } from "./contacts.ts";
import { currencyFields, foreign } from "./currencies.ts";
import { dayFields, dayOf, requestDay, storedDay, updatedNow, wireDate } from "./dates.ts";
import { applyTo, findInvoice } from "./invoices.ts";
import { buildLines } from "./lines.ts";
import { checkLock } from "./lock.ts";
import { bankAccount, checkAmount } from "./payments.ts";
import { Refusal } from "./refusal.ts";

/** Money and credit that is not tied to one invoice: credit notes, overpayments, prepayments, and their allocations. */

export type CreditList = "CreditNotes" | "Overpayments" | "Prepayments";

const SOURCES = {
  "RECEIVE-OVERPAYMENT": { list: "Overpayments", id: "OverpaymentID" },
  "RECEIVE-PREPAYMENT": { list: "Prepayments", id: "PrepaymentID" },
} as const;

/** Creates the bank transaction behind an overpayment or a prepayment, and that document with it. */
export function storeBankTransaction(element: Row, books: Books): Row | Refusal {
  const type = textOf(element["Type"]);
  if (type !== "RECEIVE-OVERPAYMENT" && type !== "RECEIVE-PREPAYMENT") {
    return new Refusal("Type is not one that this sandbox keeps: RECEIVE-OVERPAYMENT, RECEIVE-PREPAYMENT");
  }
  const contact = contactOf(rowOf(element["Contact"]), books);
  const account = bankAccount(rowOf(element["BankAccount"]), books);
  const day = element["Date"] === undefined ? dayOf(books.now()) : requestDay(element["Date"]);
  // An overpayment posts to the debtors' account, which a line may not name otherwise: its lines are not final.
  const lines = buildLines(
    { LineAmountTypes: "NoTax", ...element },
    { unitPlaces: 2, isFinal: false },
    books,
  );
  for (const part of [contact, account, lines]) if (part instanceof Refusal) return part;
  if (day === undefined) return new Refusal("Date is not valid");
  const [unknown] = foreign(textOf(element["CurrencyCode"]), books);
  if (unknown !== undefined) return new Refusal(unknown);
  const locked = checkLock(day, books);
  if (locked !== undefined) return locked;
  const { list, id: idKey } = SOURCES[type];
  const [transaction, document] = [newId(books), newId(books)];
  const reference = textOf(element["Reference"]);
  const row = {
    [idKey]: document,
    ID: document,
    Type: type,
    Reference: reference,
    ...(list === "Prepayments" ? { InvoiceNumber: reference } : {}),
    RemainingCredit: rowOf(lines instanceof Refusal ? null : lines)["Total"] ?? 0,
    Allocations: [],
    Payments: [],
    HasAttachments: false,
    Contact: contact instanceof Refusal ? {} : contactReference(contact),
    ...dayFields("Date", day),
    Status: "AUTHORISED",
    ...(lines instanceof Refusal ? {} : lines),
    ...currencyFields(textOf(element["CurrencyCode"]), books),
    ...updatedNow(books),
  };
  books.ledger.put(list, document, row);
  const bank = {
    BankTransactionID: transaction,
    [idKey]: document,
    Type: type,
    Contact: row.Contact,
    BankAccount: { AccountID: account instanceof Refusal ? "" : textOf(account["AccountID"]) },
    ...dayFields("Date", day),
    Status: "AUTHORISED",
    IsReconciled: false,
    ...(lines instanceof Refusal ? {} : lines),
    ...currencyFields(textOf(element["CurrencyCode"]), books),
    ...updatedNow(books),
  };
  books.ledger.put("BankTransactions", transaction, bank);
  return bank;
}

/** Creates a credit note, or changes or voids the one that is named by id. */
export function storeCreditNote(element: Row, unitPlaces: number, books: Books): Row | Refusal {
  const old = books.ledger.get("CreditNotes", textOf(element["CreditNoteID"]).toLowerCase());
  if (old === undefined) return createCreditNote(element, unitPlaces, books);
  return ["VOIDED", "DELETED"].includes(textOf(element["Status"]))
    ? voidCreditNote(old, textOf(element["Status"]), books)
    : changeCreditNote(old, element, unitPlaces, books);
}

function createCreditNote(element: Row, unitPlaces: number, books: Books): Row | Refusal {
  if (element["Type"] !== "ACCRECCREDIT")
    return new Refusal("Type must be ACCRECCREDIT: this sandbox keeps sales only");
  const number = textOf(element["CreditNoteNumber"]);
  const status = textOf(element["Status"]) || "DRAFT";
  const written = writtenNote({ ...element, Status: status }, unitPlaces, books);
  if (written instanceof Refusal) return written;
  if (number !== "" && books.ledger.all("CreditNotes").some((row) => row["CreditNoteNumber"] === number)) {
    return new Refusal("Credit note # must be unique.");
  }
  const id = newId(books);
  const row = {
    CreditNoteID: id,
    CreditNoteNumber: number || `CN-${String(books.ledger.next("credit_note_number", 1)).padStart(4, "0")}`,
    Type: "ACCRECCREDIT",
    Status: status,
    ...written,
    RemainingCredit: written["Total"] ?? 0,
    AppliedAmount: 0,
    Allocations: [],
    Payments: [],
    ...currencyFields(textOf(element["CurrencyCode"]), books),
    HasErrors: false,
    ...updatedNow(books),
  };
  books.ledger.put("CreditNotes", id, row);
  return row;
}

/** Of a note that is used or was withdrawn nothing changes: as it is with an invoice that has payments. */
function changeCreditNote(old: Row, element: Row, unitPlaces: number, books: Books): Row | Refusal {
  const isUsed = rowsOf(old["Allocations"]).length + rowsOf(old["Payments"]).length > 0;
  if (isUsed || !["DRAFT", "SUBMITTED", "AUTHORISED"].includes(textOf(old["Status"])))
    return new Refusal("Credit note not of valid status for modification");
  const locked = checkLock(storedDay(old["Date"]), books);
  if (locked !== undefined) return locked;
  const before = { ...old, Date: storedDay(old["Date"]) };
  const written = writtenNote({ ...before, ...element }, unitPlaces, books);
  if (written instanceof Refusal) return written;
  const row = { ...old, ...written, RemainingCredit: written["Total"] ?? 0, ...updatedNow(books) };
  books.ledger.put("CreditNotes", textOf(old["CreditNoteID"]), row);
  return row;
}

/** What a request says of a note, checked, with the amounts that follow from it. */
function writtenNote(element: Row, unitPlaces: number, books: Books): Row | Refusal {
  const contact = contactOf(rowOf(element["Contact"]), books);
  const lines = buildLines(element, { unitPlaces, isFinal: element["Status"] === "AUTHORISED" }, books);
  const day = element["Date"] === undefined ? dayOf(books.now()) : requestDay(element["Date"]);
  if (contact instanceof Refusal) return contact;
  if (lines instanceof Refusal) return lines;
  if (day === undefined) return new Refusal("Date is not valid");
  const [unknown] = foreign(textOf(element["CurrencyCode"]), books);
  if (unknown !== undefined) return new Refusal(unknown);
  const locked = checkLock(day, books);
  if (locked !== undefined) return locked;
  return {
    Reference: textOf(element["Reference"]),
    Contact: contactReference(contact),
    ...dayFields("Date", day),
    ...lines,
  };
}

/** Applies credit to an invoice. */
export function storeAllocation(list: CreditList, id: string, element: Row, books: Books): Row | Refusal {
  const credit = books.ledger.get(list, id);
  if (credit?.["Status"] !== "AUTHORISED")
    return new Refusal("The document is not of valid status to be allocated");
  const invoice = findInvoice(rowOf(element["Invoice"]), books);
  const day = requestDay(element["Date"]);
  if (invoice === undefined || invoice instanceof Refusal)
    return invoice ?? new Refusal("Invoice must be specified");
  if (day === undefined) return new Refusal("Date must be specified");
  if (invoice["CurrencyCode"] !== credit["CurrencyCode"])
    return new Refusal("The currencies of the document and of the invoice must be the same");
  const refusal = checkAmount(invoice, element["Amount"], books);
  if (refusal !== undefined) return refusal;
  const amount = cents(element["Amount"], books);
  if (amount > cents(credit["RemainingCredit"], books))
    return new Refusal("Amount exceeds the remaining credit");
  const allocation = {
    AllocationID: newId(books),
    Amount: money(amount, books),
    Date: wireDate(Date.parse(`${day}T00:00:00Z`)),
    Invoice: { InvoiceID: textOf(invoice["InvoiceID"]), InvoiceNumber: textOf(invoice["InvoiceNumber"]) },
  };
  putAllocations(list, id, [...rowsOf(credit["Allocations"]), allocation], invoice, books);
  return allocation;
}

/** Takes an allocation off again. */
export function removeAllocation(
  list: CreditList,
  id: string,
  allocation: string,
  books: Books,
): Row | undefined {
  const all = rowsOf(books.ledger.get(list, id)?.["Allocations"]);
  const old = all.find((row) => row["AllocationID"] === allocation);
  const invoice = books.ledger.get("Invoices", textOf(rowOf(old?.["Invoice"])["InvoiceID"]));
  if (old === undefined || invoice === undefined) return undefined;
  putAllocations(
    list,
    id,
    all.filter((row) => row !== old),
    invoice,
    books,
  );
  return { ...old, IsDeleted: true };
}

function putAllocations(
  list: CreditList,
  id: string,
  allocations: readonly Row[],
  invoice: Row,
  books: Books,
): void {
  const credit: Row = { ...books.ledger.get(list, id), Allocations: [...allocations] };
  books.ledger.put(list, id, { ...credit, ...creditSums(credit, books), ...updatedNow(books) });
  const here = allocations.filter((row) => rowOf(row["Invoice"])["InvoiceID"] === invoice["InvoiceID"]);
  const idKey = `${list.slice(0, -1)}ID`;
  const entry = { [idKey]: id, AppliedAmount: money(sumOf(here, books), books), Total: credit["Total"] ?? 0 };
  applyTo(invoice, list, entry, books);
}

/** What is applied and left of a credit, given its allocations and refunds. */
export function creditSums(credit: Row, books: Books): Row {
  const applied = sumOf(rowsOf(credit["Allocations"]), books);
  const left = cents(credit["Total"], books) - applied - sumOf(rowsOf(credit["Payments"]), books);
  return {
    AppliedAmount: money(applied, books),
    RemainingCredit: money(left, books),
    Status: left === 0 ? "PAID" : "AUTHORISED",
  };
}

function sumOf(rows: readonly Row[], books: Books): number {
  return rows.reduce((total, row) => total + cents(row["Amount"], books), 0);
}

function voidCreditNote(old: Row, status: string, books: Books): Row | Refusal {
  const from = status === "VOIDED" ? "AUTHORISED" : status === "DELETED" ? "DRAFT" : undefined;
  if (from === undefined || old["Status"] !== from || rowsOf(old["Allocations"]).length > 0) {
    return new Refusal("Credit note not of valid status for modification");
  }
  const locked = checkLock(storedDay(old["Date"]), books);
  if (locked !== undefined) return locked;
  const row = { ...old, Status: status, RemainingCredit: 0, ...updatedNow(books) };
  books.ledger.put("CreditNotes", textOf(old["CreditNoteID"]), row);
  return row;
}
