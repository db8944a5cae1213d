import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, cents, groupOf, INVOICE, money, newKey, rowsOf, save, textOf } from "./books.ts";
import { checkRequired, readBody } from "./check.ts";
import { type Cause, invalidPayload, Refusal } from "./errors.ts";
import { closedText } from "./names.ts";
import type { ObjectType } from "./shapes.ts";

/** AR invoices: lines on GL accounts with dimensions; posted at once unless a draft is asked for. */

/** What the state of a posted invoice can be, by what is paid on it. */
export const POSTED_STATES: readonly string[] = ["posted", "partiallyPaid", "paid"];

export function createInvoice(body: Row, type: ObjectType, books: Books): Row {
  const sent = readBody(body, type, books);
  checkRequired(sent, type, books);
  const state = textOf(sent["state"]) || "posted";
  if (state !== "posted" && state !== "draft")
    throw new Refusal("business", `An invoice is not created as ${state}`);
  checkPeriod(postingDate(sent), books);
  const number = textOf(sent["invoiceNumber"]) || nextNumber(books);
  checkNumber(number, undefined, books);
  const key = newKey(books);
  const lines = builtLines(rowsOf(sent["lines"]), books);
  const currency = { baseCurrency: books.world.currency, txnCurrency: books.world.currency };
  const row: Row = {
    ...sent,
    key,
    id: key,
    recordType: "ri",
    invoiceNumber: number,
    state,
    currency: { ...currency, ...groupOf(sent["currency"]) },
    invoiceSummary: { glPostingDate: postingDate(sent) },
    lines,
  };
  return save(INVOICE, withTotals(row, 0, books), books);
}

/** Of a posted invoice the header can be edited, its lines and its state cannot. */
export function updateInvoice(old: Row, body: Row, type: ObjectType, books: Books): Row {
  const sent = readBody(body, type, books);
  if (sent["state"] !== undefined && sent["state"] !== old["state"]) {
    throw new Refusal("business", "The state of an invoice is changed by a workflow");
  }
  const isDraft = old["state"] === "draft";
  if (
    !isDraft &&
    books.rule("posted_lines") &&
    (sent["lines"] !== undefined || sent["customer"] !== undefined)
  ) {
    throw new Refusal("business", "A posted invoice cannot be edited. Reverse it instead");
  }
  checkPeriod(postingDate(old), books);
  if (sent["invoiceNumber"] !== undefined)
    checkNumber(textOf(sent["invoiceNumber"]), textOf(old["key"]), books);
  const lines = sent["lines"] === undefined ? rowsOf(old["lines"]) : builtLines(rowsOf(sent["lines"]), books);
  const row: Row = { ...old, ...sent, lines };
  checkRequired(row, type, books);
  return save(INVOICE, withTotals(row, paidOn(old, books), books), books);
}

/** Minor units that payments have brought. */
export function paidOn(invoice: Row, books: Books): number {
  return cents(groupOf(invoice["paymentInformation"])["totalTxnAmountPaid"], books);
}

/** The invoice with what its lines come to, what is paid and what is due. */
export function withTotals(invoice: Row, paid: number, books: Books): Row {
  const total = rowsOf(invoice["lines"]).reduce((sum, line) => sum + cents(line["txnAmount"], books), 0);
  const state = textOf(invoice["state"]);
  const live = POSTED_STATES.includes(state);
  return {
    ...invoice,
    totalTxnAmount: money(total, books),
    totalBaseAmount: money(total, books),
    totalTxnAmountDue: money(live || state === "draft" ? total - paid : 0, books),
    paymentInformation: { totalTxnAmountPaid: money(paid, books) },
    ...(live ? { state: paid === 0 ? "posted" : paid < total ? "partiallyPaid" : "paid" } : {}),
  };
}

/** Refuses a date in a closed period; the day up to which they are closed is the company's own setting. */
export function checkPeriod(date: string, { ledger, rule }: Books): void {
  const closed = textOf(ledger.get("company", "1")?.["booksClosedThrough"]);
  if (closed !== "" && date <= closed && rule("closed_periods"))
    throw new Refusal("closed", closedText(date));
}

function postingDate(invoice: Row): string {
  return textOf(groupOf(invoice["invoiceSummary"])["glPostingDate"]) || textOf(invoice["invoiceDate"]);
}

// Unique over the company: the sheet also knows a setting by which it is unique per customer. Reversed ones keep theirs.
function checkNumber(number: string, key: string | undefined, { ledger, rule }: Books): void {
  const taken = ledger
    .all(INVOICE)
    .some((row) => row["invoiceNumber"] === number && row["key"] !== key && row["state"] !== "reversal");
  if (!taken || !rule("unique_number")) return;
  throw new Refusal("duplicate", `Another invoice with the number ${number} already exists`);
}

function nextNumber({ ledger }: Books): string {
  return `INV-${String(ledger.next("invoice_number", 1)).padStart(5, "0")}`;
}

function builtLines(lines: readonly Row[], books: Books): Row[] {
  const errors = lines.flatMap((line, index) => lineErrors(line, `/lines/${index}`, books));
  if (errors.length > 0) throw invalidPayload(errors);
  return lines.map((line, index) => {
    const key = textOf(line["key"]) || newKey(books);
    return { ...line, key, id: key, lineNumber: index + 1, baseAmount: line["txnAmount"] ?? null };
  });
}

function lineErrors(line: Row, place: string, { rule }: Books): Cause[] {
  const missing = (name: string): Cause => {
    return { reason: "required", message: `${place}/${name} is required`, target: `${place}/${name}` };
  };
  return [
    ...(line["txnAmount"] === undefined && rule("required") ? [missing("txnAmount")] : []),
    ...(line["glAccount"] === undefined && rule("required") ? [missing("glAccount")] : []),
    // What dimensions must be there is each company's policy; this one asks for a location.
    ...(groupOf(line["dimensions"])["location"] === undefined && rule("location")
      ? [missing("dimensions/location")]
      : []),
  ];
}
