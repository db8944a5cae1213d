import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { UsageError } from "./refusal.ts";

/** CSV that a person opens in a spreadsheet, and what comes back from there. */

// A spreadsheet would run such a cell as a formula. The quotes before it count too, so that undoing is exact.
const FORMULA = /^'*[=+\-@\t\r]/;
const GUARDED = /^'+[=+\-@\t\r]/;

/** Rows under a header, formulas disarmed. */
export function sheetText(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return stringify([[...columns], ...rows.map((row) => row.map(guard))], { record_delimiter: "unix" });
}

/** One row of a file that came back. */
export interface SheetRow {
  /** The file's line on which it ends; one cell may hold several lines. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** The rows of such a file. Throws UsageError with `hint` when it is no CSV or its header is another one. */
export function readSheet(text: string, columns: readonly string[], hint: string): readonly SheetRow[] {
  if (text.includes("\u0000"))
    throw new UsageError("the file is UTF-16 or no text at all", "Save it as CSV in UTF-8.");
  let rows: { readonly record: string[]; readonly info: { readonly lines: number } }[];
  try {
    // With info each row comes as {record, info}, which the parser's types do not tell.
    const delimiter = delimiterOf(text, columns);
    rows = parse(text, {
      bom: true,
      delimiter,
      info: true,
      skip_empty_lines: true,
    }) as unknown as typeof rows;
  } catch (cause) {
    throw new UsageError(`this is no CSV: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const [header, ...body] = rows;
  if (header?.record.join() !== columns.join()) {
    throw new UsageError(`the first line must be ${columns.join()}`, hint);
  }
  return body.map(({ record, info }) => ({ line: info.lines, cells: record.map(unguard) }));
}

/** Where a decimal is written with a comma, spreadsheets save CSV with semicolons; the header tells. */
function delimiterOf(text: string, columns: readonly string[]): string {
  const [header = ""] = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1);
  return [";", "\t"].find((one) => header === columns.join(one)) ?? ",";
}

function guard(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

function unguard(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}
