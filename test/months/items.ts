import { addDays, daysBetween, monthEnd } from "../../mappings/demo/world/dates.ts";
import { invoicedBy } from "./routing.ts";
import type { Truth } from "./truth.ts";

/** What customers buy in the PSA, kept by the generator alone: what billing must have charged for it. */

/** Time, an expense or a product. */
export interface TrueItem {
  /** As the engine names it: "time:4711". */
  readonly id: string;
  /** The company's number. */
  readonly company: string;
  readonly charge_type: string;
  amount: number;
  state: "pending" | "approved" | "reversed";
  /** Who invoices it. */
  readonly by: "psa" | "billing";
  /** True while it stands on an invoice of the PSA. */
  invoiced: boolean;
}

/** A line of a managed contract, charged month by month. */
export interface TrueLine {
  /** Id of the addition, and of its agreement. */
  readonly id: string;
  readonly contract: string;
  readonly company: string;
  readonly charge_type: string;
  /** Price of one for a whole month, in thousandths of the currency's unit. */
  readonly price: number;
  readonly start: string;
  end: string | null;
  /** From when on how many; the first one is from the start. */
  readonly quantities: { readonly from: string; readonly quantity: number }[];
}

/** What must be charged by the end of a day: item → its charge type and the sum of its charges. */
export function chargesDue(
  { items, lines, routing }: Pick<Truth, "items" | "lines" | "routing">,
  golive: string,
  day: string,
): ReadonlyMap<string, { readonly charge_type: string; readonly amount: number }> {
  const due = new Map<string, { readonly charge_type: string; readonly amount: number }>();
  for (const { id, charge_type, amount, state, by } of items) {
    if (state === "approved" && by === "billing") due.set(id, { charge_type, amount });
  }
  for (const line of lines) {
    for (let first = golive; first <= day; first = addDays(monthEnd(first), 1)) {
      const amount = monthOf(line, first);
      if (amount > 0 && invoicedBy(routing, line.company, first) === "billing")
        due.set(`addition:${line.id}:${first}`, { charge_type: line.charge_type, amount });
    }
  }
  return due;
}

/** What a month costs by its days, rounded half up; as many as there were at the month's end. */
function monthOf({ start, end, price, quantities }: TrueLine, first: string): number {
  const last = monthEnd(first);
  const from = start > first ? start : first;
  const to = end !== null && end < last ? end : last;
  if (to < from) return 0;
  const days = daysBetween(from, to) + 1;
  const inMonth = daysBetween(first, last) + 1;
  const quantity = quantities.filter((one) => one.from <= last).at(-1)?.quantity ?? 0;
  // Thousandths to cents, halves up, in whole numbers.
  return Math.floor((quantity * price * days * 2 + 10 * inMonth) / (10 * inMonth * 2));
}
