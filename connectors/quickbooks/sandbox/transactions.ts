import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject } from "../../../engine/core/json.ts";
import { type Books, rowsOf, textOf } from "./books.ts";
import { Refusal } from "./refusal.ts";

/** Rules that hold for dated transactions: document numbers, closed periods, deposits. */

// Names of the transaction types as the vendor writes them in the text of 6140; only "Invoice" is known for sure.
const TYPE_NAMES: { readonly [entity: string]: string } = {
  CreditMemo: "Credit Memo",
  RefundReceipt: "Refund",
};
const FIRST_AUTO_NUMBER = 1001;

/** The form with its number: refused when another of the same type has it, assigned when custom numbers are off. */
export function withDocNumber(
  entity: string,
  form: Row,
  allowDuplicate: boolean,
  books: Books,
): Row | Refusal {
  const number = textOf(form["DocNumber"]);
  if (number === "") return customNumbers(books) ? form : { ...form, DocNumber: nextNumber(entity, books) };
  if (allowDuplicate || !books.rule("doc_number")) return form;
  const owner = books.ledger
    .all(entity)
    .find((row) => row["DocNumber"] === number && row["Id"] !== form["Id"]);
  if (owner === undefined) return form;
  const detail =
    "Duplicate Document Number Error : You must specify a different number. This number has already been used. " +
    `DocNumber=${number} is assigned to TxnType=${TYPE_NAMES[entity] ?? entity} with TxnId=${textOf(owner["Id"])}`;
  return new Refusal("6140", "Duplicate Document Number Error", detail);
}

/** Refusal 6210 for a date up to the closing date in Preferences. */
export function checkClosed(txnDate: string, books: Books): Refusal | undefined {
  const prefs = books.ledger.get("Preferences", "1")?.["AccountingInfoPrefs"];
  const closed = isObject(prefs) ? textOf(prefs["BookCloseDate"]) : "";
  if (closed === "" || txnDate > closed || !books.rule("closed_books")) return undefined;
  const message = "Account Period Closed, Cannot Update Through Services API";
  const detail =
    "The account period has closed and the account books cannot be updated through the QBO Services API. Please use the QBO website to make these changes.";
  return new Refusal("6210", message, detail);
}

/** Refusal 6540 for a payment that a Deposit row links: it must be taken off the deposit first. */
export function checkDeposited(paymentId: string, books: Books): Refusal | undefined {
  const isDeposited = books.ledger
    .all("Deposit")
    .flatMap((deposit) => rowsOf(deposit["Line"]))
    .flatMap((line) => rowsOf(line["LinkedTxn"]))
    .some((link) => link["TxnType"] === "Payment" && link["TxnId"] === paymentId);
  if (!isDeposited || !books.rule("deposited")) return undefined;
  const detail =
    "This transaction has been deposited. If you want to change or delete it, you must first edit the deposit it appears on and remove it.";
  return new Refusal("6540", "Deposited Transaction cannot be changed", detail);
}

function customNumbers(books: Books): boolean {
  const prefs = books.ledger.get("Preferences", "1")?.["SalesFormsPrefs"];
  return !isObject(prefs) || prefs["CustomTxnNumbers"] !== false;
}

function nextNumber(entity: string, books: Books): string {
  const used = new Set(books.ledger.all(entity).map((row) => row["DocNumber"]));
  let number = books.ledger.next(`doc_number:${entity}`, FIRST_AUTO_NUMBER);
  while (used.has(String(number))) number = books.ledger.next(`doc_number:${entity}`, FIRST_AUTO_NUMBER);
  return String(number);
}
