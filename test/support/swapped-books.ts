import { names } from "../../connectors/revio-billing/sandbox/names.ts";
import type { Row, RunningSandbox } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import { parseMoney } from "../../engine/core/money.ts";

/** What billing's own ledger shows of payments, in the words in which the world expects them. */
export function billingPayments(
  { ledger }: RunningSandbox,
  { currency }: World,
): World["expected"]["payments"] {
  const { date, allocations, allocatedBill, allocatedAmount } = names.payment;
  const minor = (value: Json | undefined): number => parseMoney(String(value), currency) ?? Number.NaN;
  const numbers = new Map(
    ledger.all("bills").map((bill) => [String(bill["bill_id"]), String(bill[names.bill.number])]),
  );
  const rows = (value: Json | undefined): readonly Row[] =>
    Array.isArray(value) ? value.filter(isObject).map((row) => ({ ...row })) : [];
  return ledger.all("payments").map((payment) => ({
    date: String(payment[date]).slice(0, 10),
    amount: minor(payment["amount"]),
    // The marker behind it is how a lost create is found again.
    reference: String(payment["reference_number"]).replace(/ tp:\S+$/, ""),
    allocations: rows(payment[allocations]).map((item) => ({
      invoice: numbers.get(String(item[allocatedBill])) ?? "",
      amount: minor(item[allocatedAmount]),
    })),
  }));
}

/** The same payments in one order, whichever system recorded which first. */
export function inOrder(payments: World["expected"]["payments"]): World["expected"]["payments"] {
  return payments
    .map((payment) => ({
      ...payment,
      allocations: payment.allocations.toSorted((a, b) => a.invoice.localeCompare(b.invoice)),
    }))
    .toSorted((a, b) => a.reference.localeCompare(b.reference));
}

/** Requests that changed a sandbox's books. */
export function writesOf(sandboxes: { readonly [system: string]: RunningSandbox }): number {
  return Object.values(sandboxes).flatMap(({ log }) => log.filter(({ write }) => write)).length;
}
