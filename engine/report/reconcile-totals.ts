import type { Ledgers } from "./ledger.ts";
import type { BalanceRow, CurrencyTotal, DifferenceRow, PaymentRow, SumRow } from "./reconciliation.ts";
import type { Sums } from "./sums.ts";

interface Rows {
  readonly revenue: readonly SumRow[];
  readonly payments: readonly PaymentRow[];
  readonly balances: readonly BalanceRow[];
}

/** The rows of a reconciliation summed by currency, and how much of them is out of place. Pure. */
export function totalsOf(
  { revenue, payments, balances }: Rows,
  differences: readonly DifferenceRow[],
  compared: Pick<Ledgers, "psa_compared" | "items">,
): readonly CurrencyTotal[] {
  const all = [...revenue, ...payments, ...balances];
  const currencies = [...new Set(all.map(({ currency }) => currency))].sort();
  return currencies.map((currency): CurrencyTotal => {
    const own = <R extends { readonly currency: string }>(rows: readonly R[]): readonly R[] =>
      rows.filter((row) => row.currency === currency);
    const wrong = own(differences).filter(({ expected, earlier }) => !expected && !earlier);
    const off = (is: (row: DifferenceRow) => boolean): number => sumOf(wrong.filter(is), ({ off }) => off);
    const invoiced = own(revenue).filter(({ invoiced_by }) => invoiced_by === "billing");
    const byPsa = own(revenue).filter(({ invoiced_by }) => invoiced_by === "psa");
    return {
      currency,
      revenue: bothSides(invoiced),
      psa_invoices: compared.psa_compared
        ? {
            psa: sumOf(byPsa, ({ psa }) => psa ?? 0),
            accounting: sumOf(byPsa, ({ accounting }) => accounting),
            difference: sumOf(byPsa, ({ difference }) => difference),
          }
        : null,
      psa_items: compared.items === null ? null : itemSums(invoiced),
      payments: bothSides(own(payments)),
      balances: bothSides(own(balances)),
      off: {
        documents: off(({ entity, psa }) => entity !== "payment" && psa === null),
        payments: off(({ entity }) => entity === "payment"),
        balances: sumOf(own(balances), ({ difference }) => Math.abs(difference)),
        psa: off(({ psa }) => psa !== null),
      },
    };
  });
}

function bothSides(rows: readonly Sums[]): Sums {
  return {
    billing: sumOf(rows, ({ billing }) => billing),
    accounting: sumOf(rows, ({ accounting }) => accounting),
    difference: sumOf(rows, ({ difference }) => difference),
  };
}

function itemSums(rows: readonly SumRow[]): NonNullable<CurrencyTotal["psa_items"]> {
  const psa = sumOf(rows, (row) => row.psa ?? 0);
  const difference = sumOf(rows, (row) => row.psa_difference ?? 0);
  return { psa, billing: psa + difference, difference };
}

function sumOf<R>(rows: readonly R[], amountOf: (row: R) => number): number {
  return rows.reduce((sum, row) => sum + amountOf(row), 0);
}
