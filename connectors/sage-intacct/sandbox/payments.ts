import type { Row } from "../../../engine/connector/sandbox/types.ts";
import {
  type Books,
  cents,
  groupOf,
  INVOICE,
  money,
  newKey,
  PAYMENT,
  rowsOf,
  save,
  textOf,
} from "./books.ts";
import { checkRequired, readBody } from "./check.ts";
import { Refusal } from "./errors.ts";
import { checkPeriod, paidOn, withTotals } from "./invoices.ts";
import type { ObjectType } from "./shapes.ts";

/** Payments of customers: one receipt over one or many invoices, and what is left of it as an overpayment. */

export function createPayment(body: Row, type: ObjectType, books: Books): Row {
  const sent = readBody(body, type, books);
  checkRequired(sent, type, books);
  if (sent["customer"] === undefined && sent["payerName"] === undefined) {
    throw new Refusal("business", "A payment needs a customer or a payer name");
  }
  if ((sent["financialEntity"] === undefined) === (sent["undepositedGLAccount"] === undefined)) {
    throw new Refusal(
      "business",
      "A payment goes to a bank account or to undeposited funds, to exactly one of them",
    );
  }
  if (rowsOf(sent["paymentDetails"]).length === 0)
    throw new Refusal("business", "A payment needs payment details");
  return postPayment(sent, books);
}

/** Books a payment that is right in itself, and what it brings to its invoices. */
export function postPayment(payment: Row, books: Books): Row {
  checkPeriod(receiptDate(payment), books);
  const details = rowsOf(payment["paymentDetails"]);
  for (const detail of details) checkDetail(detail, payment, books);
  const applied = details.reduce((sum, detail) => sum + amountOf(detail, books), 0);
  const total = applied + cents(payment["overPaymentAmount"], books);
  const { overPaymentAmount: _amount, overPaymentDimensions: _dimensions, ...kept } = payment;
  const key = newKey(books);
  const row: Row = {
    state: "complete",
    ...kept,
    key,
    id: key,
    paidDate: receiptDate(payment),
    txnCurrency: { currency: books.world.currency, totalAmount: money(total, books) },
    baseCurrency: { currency: books.world.currency },
  };
  if (row["state"] === "complete") apply(details, 1, books);
  return save(PAYMENT, row, books);
}

/** Takes a payment off its invoices; itself and its twin stay in the books. */
export function reversePayment(payment: Row, date: string, books: Books): Row {
  if (payment["state"] !== "complete")
    throw new Refusal("business", "Only a complete payment can be reversed");
  checkPeriod(date, books);
  apply(rowsOf(payment["paymentDetails"]), -1, books);
  const key = newKey(books);
  const total = cents(groupOf(payment["txnCurrency"])["totalAmount"], books);
  const txnCurrency = { currency: books.world.currency, totalAmount: money(-total, books) };
  const twin = {
    ...payment,
    key,
    id: key,
    state: "reversal",
    paymentSummary: { receiptDate: date },
    txnCurrency,
  };
  save(PAYMENT, { ...twin, paymentDetails: [] }, books);
  return save(PAYMENT, { ...payment, state: "reversed", reversedDate: date }, books);
}

function apply(details: readonly Row[], sign: 1 | -1, books: Books): void {
  for (const detail of details) {
    const invoice = books.ledger.get(INVOICE, textOf(groupOf(detail["arInvoice"])["key"]));
    if (invoice === undefined) continue;
    save(INVOICE, withTotals(invoice, paidOn(invoice, books) + sign * amountOf(detail, books), books), books);
  }
}

function checkDetail(detail: Row, payment: Row, books: Books): void {
  const key = textOf(groupOf(detail["arInvoice"])["key"]);
  const invoice = books.ledger.get(INVOICE, key);
  if (invoice === undefined) throw new Refusal("reference", `Invoice ${key} does not exist`);
  if (groupOf(invoice["customer"])["key"] !== groupOf(payment["customer"])["key"]) {
    throw new Refusal("business", `Invoice ${key} belongs to another customer`);
  }
  if (
    amountOf(detail, books) > cents(invoice["totalTxnAmountDue"], books) &&
    books.rule("overpaid_invoice")
  ) {
    throw new Refusal("business", `More is paid than is due on invoice ${key}`);
  }
}

function amountOf(detail: Row, books: Books): number {
  return cents(groupOf(detail["txnCurrency"])["paymentAmount"], books);
}

function receiptDate(payment: Row): string {
  return textOf(groupOf(payment["paymentSummary"])["receiptDate"]);
}
