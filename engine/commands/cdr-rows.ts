import { createReadStream } from "node:fs";
import { parse } from "csv-parse/sync";
import { UsageError } from "./refusal.ts";

/**
 * A CSV of call records, line by line. A row is one line, so that a quote which nothing closes costs its own line and no
 * other; at most one chunk of the file is in memory.
 */

export interface CdrRow {
  /** Cells of the wanted columns, in the order in which they were asked for; undefined for a line that is no row. */
  readonly cells: readonly string[] | undefined;
  /** From 1, the header's. */
  readonly line: number;
}

export interface CdrFile {
  readonly path: string;
  /** As it was typed. */
  readonly name: string;
  readonly delimiter: string;
  /** Names of the header. */
  readonly columns: readonly string[];
}

/** Longer lines are no call records. */
const LINE_MAX = 64 * 1024;

/** Rows by chunks of the file. Throws UsageError for a column that there is not. */
export async function* cdrRows(file: CdrFile): AsyncGenerator<readonly CdrRow[]> {
  let header: Header | undefined;
  let line = 0;
  for await (const lines of linesOf(file.path)) {
    const rows: CdrRow[] = [];
    for (const text of lines) {
      line += 1;
      if (text !== undefined && text.trim() === "") continue;
      const cells = text === undefined ? undefined : cellsOf(text, file.delimiter);
      if (header === undefined) header = headerOf(cells ?? [], file.columns);
      else if (cells?.length !== header.width) rows.push({ cells: undefined, line });
      else rows.push({ cells: header.wanted.map((at) => cells[at] ?? ""), line });
    }
    yield rows;
  }
  if (header === undefined) throw new UsageError(`${file.name} is empty: not even a header stands in it`);
}

interface Header {
  readonly width: number;
  /** Where the wanted columns stand. */
  readonly wanted: readonly number[];
}

function headerOf(names: readonly string[], columns: readonly string[]): Header {
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0)
    throw new UsageError(`the file has no column ${missing.join(", ")}`, `It has: ${names.join(", ")}.`);
  return { width: names.length, wanted: columns.map((column) => names.indexOf(column)) };
}

/** Undefined when the line is no CSV. */
function cellsOf(line: string, delimiter: string): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(delimiter);
  try {
    const [cells] = parse(line, { delimiter });
    return cells;
  } catch {
    return undefined;
  }
}

/** The lines of each chunk, without their ends; undefined for one that is too long. */
async function* linesOf(path: string): AsyncGenerator<readonly (string | undefined)[]> {
  let rest = "";
  let isTooLong = false;
  let isFirst = true;
  const take = (text: string): string | undefined => {
    const whole = isTooLong || text.length > LINE_MAX ? undefined : text.replace(/\r$/, "");
    isTooLong = false;
    return whole;
  };
  for await (const chunk of createReadStream(path, { encoding: "utf8" })) {
    const text: string = isFirst ? String(chunk).replace(/^\uFEFF/, "") : String(chunk);
    isFirst = false;
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    yield parts.map(take);
    if (rest.length > LINE_MAX) [rest, isTooLong] = ["", true];
  }
  if (rest !== "" || isTooLong) yield [take(rest)];
}
