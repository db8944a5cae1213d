import { rowsOf, textOf } from "../../../connectors/xero/sandbox/books.ts";
import type { Ledger } from "../../../engine/connector/sandbox/types.ts";
import { parseMoney } from "../../../engine/core/money.ts";

/** Minor units per account code over all invoices that stand, as a profit and loss report would add them up. */
export function glTotals(ledger: Ledger, currency = "USD"): { readonly [code: string]: number } {
  const totals: { [code: string]: number } = {};
  const lines = ledger
    .all("Invoices")
    .filter(({ Status }) => Status === "AUTHORISED" || Status === "PAID")
    .flatMap(({ LineItems }) => rowsOf(LineItems));
  for (const { AccountCode, LineAmount, TaxAmount } of lines) {
    const code = textOf(AccountCode);
    totals[code] = (totals[code] ?? 0) + (parseMoney(Number(LineAmount), currency) ?? Number.NaN);
    // Taxes are lines of their own: a tax that the vendor computed would be one too many.
    if (TaxAmount !== 0) totals[`tax on ${code}`] = Number(TaxAmount);
  }
  return totals;
}
