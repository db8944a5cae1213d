import { stringify } from "csv-stringify/sync";
import { formatMoney } from "../core/money.ts";

/** A cell: text as it is, or an amount in minor units of a currency. */
export type Cell = string | { readonly amount: number; readonly currency: string } | null;

// A spreadsheet would run such a text as a formula; blanks before it do not stop every one of them.
const FORMULA = /^[\s']*[=+\-@\t\r]/;

/** Rows as CSV with a header. Amounts are plain decimals with the currency's digits; no text is a formula. */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return stringify([columns, ...rows.map((row) => row.map(cellText))], { record_delimiter: "unix" });
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return formatMoney(cell.amount, cell.currency);
  return FORMULA.test(cell) ? `'${cell}` : cell;
}
