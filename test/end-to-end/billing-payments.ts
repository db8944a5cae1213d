import { names } from "../../connectors/revio-billing/sandbox/names.ts";
import type { Expected } from "../../engine/connector/sandbox/world.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import { parseMoney } from "../../engine/core/money.ts";
import type { Books } from "./variant.ts";

/** The payments in billing's own books, as the world expects them: by date, amount, reference and invoice. */
export function billingPayments(books: Books): Expected["payments"] {
  const { date, allocations, allocatedBill, allocatedAmount } = names.payment;
  const numbers = new Map(
    books.all("bills").map((bill) => [bill["bill_id"], String(bill[names.bill.number])]),
  );
  return books.all("payments").map((payment) => ({
    date: String(payment[date]).slice(0, 10),
    amount: cents(payment["amount"]),
    // Behind the reference stands the marker by which a lost create is found.
    reference: String(payment["reference_number"]).replace(/ tp:\w+$/, ""),
    allocations: objects(payment[allocations]).map((part) => ({
      invoice: numbers.get(part[allocatedBill]) ?? "",
      amount: cents(part[allocatedAmount]),
    })),
  }));
}

/** In one order, for a comparison. */
export function byReference(payments: Expected["payments"]): Expected["payments"] {
  return [...payments].sort((a, b) => a.reference.localeCompare(b.reference));
}

function cents(value: Json | undefined): number {
  return typeof value === "number" || typeof value === "string"
    ? (parseMoney(value, "USD") ?? Number.NaN)
    : Number.NaN;
}

function objects(value: Json | undefined): readonly { readonly [key: string]: Json }[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
