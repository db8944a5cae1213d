import type { AgeingReport } from "./ageing.ts";
import { COLUMNS, shownAge } from "./ageing-text.ts";
import { type Cell, toCsv } from "./csv.ts";
import { SIDES } from "./ledger.ts";

const HEAD = ["customer", "customer_number", "linked", "system", "currency", ...COLUMNS] as const;

/** The ages of every customer, a line for each ledger. Unapplied money is negative, so that a line adds up. */
export function ageingCsv({ customers, rows }: AgeingReport): string {
  const named = new Map(customers.map((one) => [one.key, one]));
  return toCsv(
    HEAD,
    rows.flatMap((row) => {
      const { currency } = row;
      const customer = named.get(row.customer);
      return SIDES.flatMap((side): readonly (readonly Cell[])[] => {
        const ages = row[side];
        if (ages === null) return [];
        const amounts = COLUMNS.map((column): Cell => ({ amount: shownAge(ages, column), currency }));
        const linked = customer?.linked === true ? "yes" : "no";
        return [[customer?.name ?? "", customer?.number ?? "", linked, side, currency, ...amounts]];
      });
    }),
  );
}
