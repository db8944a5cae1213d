import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { parseMoney } from "../../../engine/core/money.ts";
import { type Books, cents, money, refId, rowsOf, textOf } from "./books.ts";
import { inCurrency } from "./currencies.ts";
import { type Link, linksOf, unapplied } from "./links.ts";
import { pacificDate } from "./pacific.ts";
import { business, invalidNumber, invalidReference, missing, Refusal } from "./refusal.ts";

/** Customer payments: cash received, spread over invoices; what is not spread stays as UnappliedAmt. */

/** The payment as it is stored; `old` is its stored form when it is changed, whose links it may reuse. */
export function buildPayment(payment: Row, old: Row | undefined, books: Books): Row | Refusal {
  if (refId(payment["CustomerRef"]) === "") return missing("CustomerRef");
  const total = payment["TotalAmt"];
  if (typeof total !== "number") return missing("TotalAmt");
  const minor = parseMoney(total, books.world.currency);
  if (minor === undefined || minor < 0) return invalidNumber("TotalAmt", total);
  const refusal = checkLines(payment, old, books);
  if (refusal !== undefined) return refusal;
  const left = unapplied(payment, books);
  if (left < 0) return business("The amount applied is more than the payment received.");
  const form = inCurrency(payment, books);
  if (form instanceof Refusal) return form;
  return {
    DepositToAccountRef: undepositedFunds(books),
    ...form,
    TxnDate: textOf(payment["TxnDate"]) || pacificDate(books.now()),
    ProcessPayment: false,
    UnappliedAmt: money(left, books),
    Line: rowsOf(payment["Line"]),
  };
}

/** A voided payment keeps its record; amounts are 0 and its links are gone. */
export function voidedPayment(payment: Row): Row {
  return { ...payment, TotalAmt: 0, UnappliedAmt: 0, Line: [] };
}

// The texts of the three refusals below are of low confidence; 620 and 6000 are the vendor's codes for such cases.
function checkLines(payment: Row, old: Row | undefined, books: Books): Refusal | undefined {
  const before = linksOf(old, books);
  for (const line of rowsOf(payment["Line"])) {
    if (rowsOf(line["LinkedTxn"]).length !== 1) return missing("Line.LinkedTxn");
    if (typeof line["Amount"] !== "number") return missing("Line.Amount");
    if (parseMoney(line["Amount"], books.world.currency) === undefined)
      return invalidNumber("Line.Amount", line["Amount"]);
  }
  for (const link of linksOf(payment, books)) {
    const refusal = checkLink(link, linksOf(payment, books), before, refId(payment["CustomerRef"]), books);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkLink(
  link: Link,
  all: readonly Link[],
  before: readonly Link[],
  customer: string,
  books: Books,
): Refusal | undefined {
  if (link.type !== "Invoice" && link.type !== "CreditMemo") {
    return new Refusal("620", "Txn ID Cannot Be Linked", `TxnType ${link.type} cannot be linked.`);
  }
  const target = books.ledger.get(link.type, link.id);
  if (target === undefined) return invalidReference("Transaction", link.id);
  if (refId(target["CustomerRef"]) !== customer) {
    return new Refusal(
      "620",
      "Txn ID Cannot Be Linked",
      `Transaction ${link.id} belongs to another customer.`,
    );
  }
  const here = (links: readonly Link[]): number =>
    links
      .filter((item) => item.type === link.type && item.id === link.id)
      .reduce((sum, item) => sum + item.minor, 0);
  const open = cents(target["Balance"], books) + here(before);
  return here(all) > open && books.rule("overpaid_link")
    ? business("You can't apply more to a transaction than its open balance.")
    : undefined;
}

// An absent DepositToAccountRef means Undeposited Funds (unsourced in the sheet).
function undepositedFunds(books: Books): Row {
  const account = books.ledger.all("Account").find((row) => row["AccountSubType"] === "UndepositedFunds");
  return { value: textOf(account?.["Id"]), name: textOf(account?.["Name"]) };
}
