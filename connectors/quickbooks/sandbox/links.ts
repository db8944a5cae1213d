import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, cents, money, refId, rowsOf, textOf, touched } from "./books.ts";

/**
 * What ties a payment to the documents it pays. The payment holds the amounts (Line[].LinkedTxn); the document shows
 * the payment's id in its own LinkedTxn and what is left in Balance. Customer.Balance follows every change.
 */
export interface Link {
  readonly type: string;
  readonly id: string;
  readonly minor: number;
}

const LINKABLE = new Set(["Invoice", "CreditMemo"]);

/** A payment's links with their amounts in minor units; none for an absent payment. */
export function linksOf(payment: Row | undefined, books: Books): Link[] {
  return rowsOf(payment?.["Line"]).flatMap((line) =>
    rowsOf(line["LinkedTxn"]).map((target) => ({
      type: textOf(target["TxnType"]),
      id: textOf(target["TxnId"]),
      minor: cents(line["Amount"], books),
    })),
  );
}

/** Minor units that stored payments apply to a document. */
export function applied(entity: string, document: Row, books: Books): number {
  const payments = rowsOf(document["LinkedTxn"]).filter((link) => link["TxnType"] === "Payment");
  return payments.reduce((total, link) => {
    const payment = books.ledger.get("Payment", textOf(link["TxnId"]));
    const own = linksOf(payment, books).filter((item) => item.type === entity && item.id === document["Id"]);
    return total + own.reduce((amount, item) => amount + item.minor, 0);
  }, 0);
}

/** Cash and credit of a payment that no invoice has taken: TotalAmt + credits − invoices, in minor units. */
export function unapplied(payment: Row, books: Books): number {
  const signed = linksOf(payment, books).map((link) =>
    link.type === "CreditMemo" ? link.minor : -link.minor,
  );
  return signed.reduce((total, minor) => total + minor, cents(payment["TotalAmt"], books));
}

/** Stores a transaction (or removes it, without a row) and moves its customer's balance by what that changes. */
export function putTransaction(entity: string, id: string, row: Row | undefined, books: Books): void {
  const old = books.ledger.get(entity, id);
  if (row === undefined) books.ledger.remove(entity, id);
  else books.ledger.put(entity, id, row);
  moveBalance(refId(old?.["CustomerRef"]), -openAmount(entity, old, books), books);
  moveBalance(refId(row?.["CustomerRef"]), openAmount(entity, row, books), books);
}

/** After a payment changed: every document it was or is linked to shows it, and what is left of it. */
export function relink(id: string, before: readonly Link[], after: readonly Link[], books: Books): void {
  const targets = new Map([...before, ...after].map((link) => [`${link.type}:${link.id}`, link]));
  for (const { type, id: target } of targets.values()) {
    const document = LINKABLE.has(type) ? books.ledger.get(type, target) : undefined;
    if (document === undefined) continue;
    const linked = after.some((link) => link.type === type && link.id === target);
    putTransaction(type, target, relinked(type, document, id, linked, books), books);
  }
}

/** After a document was voided or deleted: payments on it keep their cash, now unapplied. */
export function releasePayments(entity: string, document: Row, books: Books): void {
  for (const link of rowsOf(document["LinkedTxn"])) {
    const payment = books.ledger.get("Payment", textOf(link["TxnId"]));
    if (payment === undefined) continue;
    const before = linksOf(payment, books);
    const lines = rowsOf(payment["Line"]).filter((line) => !isOn(line, entity, textOf(document["Id"])));
    const freed = { ...payment, Line: lines };
    const row = touched({ ...freed, UnappliedAmt: money(unapplied(freed, books), books) }, books);
    putTransaction("Payment", textOf(payment["Id"]), row, books);
    relink(textOf(payment["Id"]), before, linksOf(row, books), books);
  }
}

function relinked(entity: string, document: Row, payment: string, linked: boolean, books: Books): Row {
  const others = rowsOf(document["LinkedTxn"]).filter((link) => link["TxnId"] !== payment);
  const links = linked ? [...others, { TxnId: payment, TxnType: "Payment" }] : others;
  const row: Row = { ...document, LinkedTxn: links };
  const left = money(cents(row["TotalAmt"], books) - applied(entity, row, books), books);
  return touched(
    { ...row, Balance: left, ...(entity === "CreditMemo" ? { RemainingCredit: left } : {}) },
    books,
  );
}

function isOn(line: Row, entity: string, id: string): boolean {
  return rowsOf(line["LinkedTxn"]).some((link) => link["TxnType"] === entity && link["TxnId"] === id);
}

function openAmount(entity: string, row: Row | undefined, books: Books): number {
  if (entity === "Invoice") return cents(row?.["Balance"], books);
  if (entity === "CreditMemo") return -cents(row?.["Balance"], books);
  return entity === "Payment" ? -cents(row?.["UnappliedAmt"], books) : 0;
}

function moveBalance(customerId: string, minor: number, books: Books): void {
  const customer = books.ledger.get("Customer", customerId);
  if (customer === undefined || minor === 0) return;
  const balance = money(cents(customer["Balance"], books) + minor, books);
  books.ledger.put("Customer", customerId, { ...customer, Balance: balance, BalanceWithJobs: balance });
}
