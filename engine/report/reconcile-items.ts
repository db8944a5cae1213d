import type { Cause } from "./cause.ts";
import type { BilledItem, CustomerView } from "./ledger.ts";
import { type ItemPart, isForBilling, itemCause, partsOf } from "./psa-items.ts";
import type { DifferenceRow, Scope, SumRow } from "./reconciliation.ts";
import { createSums, type Sums } from "./sums.ts";

/** The PSA's items beside billing's lines, as sums and differences of a reconciliation. Pure. */

/** The PSA stands in accounting's seat: difference is the PSA's items less billing's lines. */
type ItemSums = Sums & Pick<SumRow, "customer" | "period" | "currency" | "gl_code">;

export interface ComparedItems {
  readonly sums: readonly ItemSums[];
  readonly differences: readonly DifferenceRow[];
  readonly customers: readonly CustomerView[];
}

/** Compares the items that billing is to invoice, each by itself, as far as they fall into the scope. */
export function compareItems(
  items: readonly BilledItem[],
  options: {
    readonly scope: Scope;
    readonly wanted: (customer: CustomerView) => boolean;
    readonly client: string;
    /** The month in which this is asked by the client's clocks, YYYY-MM. */
    readonly month: string;
  },
): ComparedItems {
  const { scope, wanted, client, month } = options;
  const sums = createSums<Pick<SumRow, "customer" | "period" | "currency" | "gl_code">>();
  const customers = new Set<CustomerView>();
  const differences: DifferenceRow[] = [];
  for (const item of items.filter(isForBilling)) {
    const parts = partsOf(item).filter(({ date, customer }) => isIn(date, scope) && wanted(customer));
    const own = createSums<Pick<SumRow, "customer" | "period" | "currency" | "gl_code">>();
    for (const { book, customer, date, gl_code, amount } of parts) {
      customers.add(customer);
      const seat = book === "psa" ? "accounting" : "billing";
      const key = {
        customer: customer.key,
        period: date.slice(0, 7),
        currency: item.facts.currency,
        gl_code,
      };
      for (const each of [sums, own]) each.add(key, seat, amount);
    }
    const rows = own.rows();
    if (parts.length > 0 && (isTwice(item) || rows.some(({ difference }) => difference !== 0))) {
      differences.push(differenceRow(item, parts, rows, itemCause(item, client, month)));
    }
  }
  return { sums: sums.rows(), differences, customers: [...customers] };
}

/** Rows of what was invoiced, with the PSA's part of each; what has no invoice yet gets rows of its own. */
export function withPsa(
  revenue: readonly (Sums & Pick<SumRow, "customer" | "period" | "currency" | "gl_code" | "invoiced_by">)[],
  items: readonly ItemSums[],
): readonly SumRow[] {
  const keyOf = ({ customer, period, currency, gl_code }: Omit<ItemSums, keyof Sums>): string =>
    JSON.stringify([customer, period, currency, gl_code]);
  const left = new Map(items.map((one) => [keyOf(one), one]));
  const rows = revenue.map((row): SumRow => {
    if (row.invoiced_by === "psa") return { ...row, psa: row.billing, billing: 0, psa_difference: null };
    const own = left.get(keyOf(row));
    left.delete(keyOf(row));
    return {
      ...row,
      psa: own?.accounting ?? null,
      psa_difference: own === undefined ? null : -own.difference,
    };
  });
  const alone = [...left.values()].map(({ accounting: psa, ...row }): SumRow => {
    const nothing = { billing: 0, accounting: 0, difference: 0 };
    return { ...row, ...nothing, invoiced_by: "billing", psa, psa_difference: -row.difference };
  });
  return [...rows, ...alone];
}

function isTwice({ facts }: BilledItem): boolean {
  const { charged, claimed_by, psa_invoices, billing_invoices_twice } = facts;
  const onPsa = claimed_by.length > 0 || psa_invoices.some(({ status }) => status === "issued");
  return billing_invoices_twice.length > 0 || (charged !== null && charged.amount !== 0 && onPsa);
}

function differenceRow(
  item: BilledItem,
  parts: readonly ItemPart[],
  rows: readonly ItemSums[],
  why: Cause,
): DifferenceRow {
  const { facts, date, due, lines } = item;
  const of = (book: ItemPart["book"]): number =>
    parts.filter((one) => one.book === book).reduce((sum, { amount }) => sum + amount, 0);
  const [first] = rows;
  const unequal = rows.filter(({ difference }) => difference !== 0);
  const off = unequal.reduce((sum, { difference }) => sum + Math.abs(difference), 0);
  return {
    entity: "billable_item",
    customer: item.customer.key,
    period: first?.period ?? date.slice(0, 7),
    currency: facts.currency,
    documents: [
      { system: "psa", id: facts.item, number: facts.description, date, amount: due },
      ...lines.map(({ invoice_id: id, number, date: day, amount }) => {
        return { system: "billing", id, number, date: day, amount } as const;
      }),
    ],
    psa: of("psa"),
    billing: of("billing"),
    accounting: 0,
    difference: of("billing") - of("psa"),
    gl: unequal.map(({ period, gl_code, billing, accounting: psa, difference }) => {
      return { period, gl_code, psa, billing, accounting: 0, difference: -difference };
    }),
    // Twice over the same amount is out of place by that amount.
    off: off === 0 ? Math.abs(due) : off,
    earlier: false,
    ...why,
  };
}

function isIn(date: string, { from, to }: Scope): boolean {
  return (from === null || date >= from) && (to === null || date <= to);
}
