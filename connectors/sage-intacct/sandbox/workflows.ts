import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, cents, INVOICE, money, newKey, PAYMENT, rowsOf, save, textOf } from "./books.ts";
import { Refusal } from "./errors.ts";
import { checkPeriod, POSTED_STATES, paidOn, withTotals } from "./invoices.ts";
import { reversePayment } from "./payments.ts";

/** POST /workflows/{app}/{object}/{action}: what a state is changed by. */
export function runWorkflow(object: string, action: string, body: Row, books: Books): Row {
  const row = books.ledger.get(object, textOf(body["key"]));
  if (row === undefined)
    throw new Refusal("notFound", `There is no ${object} with the key ${textOf(body["key"])}`);
  if (action === "submit" && row["state"] === "draft") {
    return save(object, object === INVOICE ? withTotals({ ...row, state: "posted" }, 0, books) : row, books);
  }
  if (action !== "reverse") throw new Refusal("business", `${object} cannot ${action}`);
  const date = textOf(body["reversedDate"]);
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) throw new Refusal("required", "reversedDate is required");
  if (object === PAYMENT) return reversePayment(row, date, books);
  return reverseInvoice(row, date, textOf(body["memo"]), books);
}

/** Both documents stay: the invoice as reversed, and its twin with the opposite amounts as reversal. */
function reverseInvoice(invoice: Row, date: string, memo: string, books: Books): Row {
  if (paidOn(invoice, books) > 0 && books.rule("reverse_paid")) {
    throw new Refusal("business", "An invoice with payments cannot be reversed. Reverse its payments first");
  }
  if (!POSTED_STATES.includes(textOf(invoice["state"])))
    throw new Refusal("business", "Only a posted invoice can be reversed");
  checkPeriod(date, books);
  const key = newKey(books);
  const lines = rowsOf(invoice["lines"]).map((line) => {
    const lineKey = newKey(books);
    const amount = money(-cents(line["txnAmount"], books), books);
    return { ...line, key: lineKey, id: lineKey, txnAmount: amount, baseAmount: amount };
  });
  const twin = { ...invoice, key, id: key, invoiceDate: date, description: memo, state: "reversal", lines };
  save(INVOICE, withTotals(twin, 0, books), books);
  return save(INVOICE, withTotals({ ...invoice, state: "reversed", reversedDate: date }, 0, books), books);
}
