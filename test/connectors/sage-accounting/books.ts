import { refId, rowsOf } from "../../../connectors/sage-accounting/sandbox/books.ts";
import type { Ledger } from "../../../engine/connector/sandbox/types.ts";
import { parseMoney } from "../../../engine/core/money.ts";

/** Minor units per nominal code over all invoices that stand, as a profit and loss report would add them up. */
export function glTotals(ledger: Ledger, currency = "USD"): { readonly [code: string]: number } {
  const totals: { [code: string]: number } = {};
  const lines = ledger
    .all("sales_invoices")
    .filter(({ status }) => !["VOID", "DRAFT"].includes(refId(status)))
    .flatMap(({ invoice_lines }) => rowsOf(invoice_lines));
  for (const { ledger_account, net_amount, tax_amount } of lines) {
    const code = String(ledger.get("ledger_accounts", refId(ledger_account))?.["nominal_code"]);
    totals[code] = (totals[code] ?? 0) + (parseMoney(String(net_amount), currency) ?? Number.NaN);
    // Taxes are lines of their own: a tax on a line would be one too many.
    if (tax_amount !== "0.0") totals[`tax on ${code}`] = Number(tax_amount);
  }
  return totals;
}
