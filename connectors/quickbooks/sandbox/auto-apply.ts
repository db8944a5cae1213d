import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject } from "../../../engine/core/json.ts";
import { type Books, cents, money, newId, refId, stamped, textOf } from "./books.ts";
import { namedReferences } from "./check.ts";
import { linksOf, putTransaction, relink } from "./links.ts";
import { buildPayment } from "./payments.ts";
import { Refusal } from "./refusal.ts";
import { payment } from "./shapes.ts";

/**
 * The company setting by which QuickBooks uses credit as soon as it is there: the oldest open invoice first, each by a
 * payment of nothing. The sheet says that there is such a setting; order and name are of low confidence.
 */
export function autoApply(entity: string, row: Row, books: Books): void {
  const prefs = books.ledger.get("Preferences", "1")?.["SalesFormsPrefs"];
  if (!isObject(prefs) || prefs["AutoApplyCredit"] !== true) return;
  if (entity !== "CreditMemo" && entity !== "Invoice") return;
  const customer = refId(row["CustomerRef"]);
  for (const memo of openOnes("CreditMemo", customer, books)) {
    for (const invoice of openOnes("Invoice", customer, books)) use(memo, invoice, customer, books);
  }
}

function openOnes(entity: string, customer: string, books: Books): readonly Row[] {
  return books.ledger
    .all(entity)
    .filter((row) => refId(row["CustomerRef"]) === customer && cents(row["Balance"], books) > 0)
    .sort((a, b) => textOf(a["TxnDate"]).localeCompare(textOf(b["TxnDate"])));
}

function use(memo: Row, invoice: Row, customer: string, books: Books): void {
  const open = (entity: string, { Id }: Row): number =>
    cents(books.ledger.get(entity, textOf(Id))?.["Balance"], books);
  const amount = money(Math.min(open("CreditMemo", memo), open("Invoice", invoice)), books);
  if (amount === 0) return;
  const id = newId(books);
  const line = (TxnType: string, { Id }: Row): Row => {
    return { Amount: amount, LinkedTxn: [{ TxnId: textOf(Id), TxnType }] };
  };
  const draft = {
    Id: id,
    CustomerRef: { value: customer },
    TotalAmt: 0,
    Line: [line("Invoice", invoice), line("CreditMemo", memo)],
  };
  const built = buildPayment(draft, undefined, books);
  if (built instanceof Refusal) return;
  const row = stamped(namedReferences(built, payment, books), undefined, books);
  putTransaction("Payment", id, row, books);
  relink(id, [], linksOf(row, books), books);
}
