import fs from "node:fs";
import { Readable } from "node:stream";
import { parse } from "csv-parse";
import { isObject, type Json } from "../../core/json.ts";
import { parseExact } from "../exact-json.ts";

/**
 * Rows of a CSV, JSON or NDJSON file, one after the other: a bad one comes with its reason and stops no other. What makes
 * the whole file doubtful (another encoding, no such columns, two of one name) is thrown.
 */
export type FileRow =
  | { readonly ok: true; readonly line: number; readonly row: { readonly [column: string]: Json } }
  | {
      readonly ok: false;
      readonly line: number;
      readonly reason: string;
      readonly text: string;
      /** What of it could be read, by column. */
      readonly cells: { readonly [column: string]: Json } | undefined;
    };

export interface RowRules {
  readonly delimiter: string;
  readonly max_mb: number;
  readonly max_record_kb: number;
  /** Columns that must be there. */
  readonly columns: readonly string[];
}

/** Why a file is not read at all, as a sentence's end. */
export class FileRefused extends Error {}

// Names with which a row could reach into what every object has.
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);
const SHOWN_MAX = 500;
const KB = 1024;

/** The rows of a file, by its ending. */
export async function* fileRows(path: string, rules: RowRules): AsyncGenerator<FileRow> {
  const { size } = fs.statSync(path);
  if (size > rules.max_mb * KB * KB)
    throw new FileRefused(`it is larger than the ${rules.max_mb} MB of max_mb`);
  refuseUtf16(path);
  const kind = path.slice(path.lastIndexOf(".") + 1);
  switch (kind) {
    case "csv":
      return yield* csvRows(path, rules);
    case "ndjson":
      return yield* ndjsonRows(path, rules);
    case "json":
      return yield* jsonRows(path, rules);
    default:
      throw new FileRefused("its name ends in neither .csv nor .json nor .ndjson");
  }
}

function refuseUtf16(path: string): void {
  const file = fs.openSync(path, "r");
  try {
    const start = Buffer.alloc(4);
    const read = fs.readSync(file, start, 0, start.length, 0);
    const mark = start.readUInt16BE(0);
    // A byte order mark, or a plain letter whose other half is empty.
    const isWide = read >= 2 && (mark === 0xfeff || mark === 0xfffe || start[0] === 0 || start[1] === 0);
    if (isWide) throw new FileRefused("it is UTF-16: save it as UTF-8");
  } finally {
    fs.closeSync(file);
  }
}

/** The file's text; a byte order mark is left out. */
async function* textOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const chunk of fs.createReadStream(path))
      yield decoder.decode(Buffer.from(chunk), { stream: true });
    yield decoder.decode();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new FileRefused("it is not UTF-8: save it as UTF-8", { cause });
  }
}

async function* csvRows(path: string, rules: RowRules): AsyncGenerator<FileRow> {
  const skipped: FileRow[] = [];
  let unclosed: number | undefined;
  const parser = parse({
    delimiter: rules.delimiter,
    info: true,
    max_record_size: rules.max_record_kb * KB,
    // Each row is held against the header here, so that a reject says how many cells it has.
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      const line = Number(error?.["lines"] ?? 0);
      // Nobody can tell where the next row begins: the file was cut off, or is no CSV.
      if (error?.code === "CSV_QUOTE_NOT_CLOSED") unclosed = line;
      // A row with two mistakes is told of twice.
      else if (skipped.at(-1)?.line !== line)
        skipped.push(refused(line, error?.message ?? "it cannot be read", ""));
    },
  });
  const source = Readable.from(textOf(path));
  source.on("error", (cause) => parser.destroy(cause));
  source.pipe(parser);
  let header: readonly string[] | undefined;
  for await (const { record, info } of parser) {
    yield* skipped.splice(0);
    const cells: readonly string[] = record;
    if (header === undefined) header = headerOf(cells, rules.columns);
    else yield csvRow(header, cells, Number(info.lines));
  }
  yield* skipped.splice(0);
  if (unclosed !== undefined)
    throw new FileRefused(`a quote is not closed, up to its end in line ${unclosed}`);
  if (header === undefined) throw new FileRefused("it has no header");
}

function headerOf(cells: readonly string[], wanted: readonly string[]): readonly string[] {
  const header = cells.map((cell) => cell.trim());
  const twice = header.find((name, place) => header.indexOf(name) !== place);
  if (twice !== undefined) throw new FileRefused(`it has two columns named "${twice}"`);
  const unnamed = header.indexOf("");
  if (unnamed >= 0) throw new FileRefused(`its column ${unnamed + 1} has no name`);
  const foul = header.find((name) => FORBIDDEN.has(name));
  if (foul !== undefined) throw new FileRefused(`no column may be named "${foul}"`);
  const missing = wanted.filter((name) => !header.includes(name));
  if (missing.length > 0) throw new FileRefused(`it has no column ${missing.join(", ")}`);
  return header;
}

function csvRow(header: readonly string[], cells: readonly string[], line: number): FileRow {
  const row = Object.fromEntries(header.map((name, place) => [name, cells[place] ?? ""]));
  if (cells.length === header.length) return { ok: true, line, row };
  const reason = `it has ${cells.length} cells, and the header has ${header.length}`;
  return { ok: false, line, reason, text: shown(cells.join(",")), cells: row };
}

async function* ndjsonRows(path: string, { max_record_kb, columns }: RowRules): AsyncGenerator<FileRow> {
  let rest = "";
  let line = 0;
  let isTooLong = false;
  const take = function* (text: string): Generator<FileRow> {
    line += 1;
    const tooLong = isTooLong || text.length > max_record_kb * KB;
    isTooLong = false;
    if (tooLong) yield refused(line, `it is larger than the ${max_record_kb} KB of max_record_kb`, text);
    else if (text.trim() !== "") yield jsonRow(text, parseExact(text), line, columns);
  };
  for await (const chunk of textOf(path)) {
    const parts = `${rest}${chunk}`.split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield* take(part);
    if (rest.length > max_record_kb * KB) {
      // Only that it is too long is kept of it.
      isTooLong = true;
      rest = "";
    }
  }
  if (rest !== "" || isTooLong) yield* take(rest);
}

async function* jsonRows(path: string, { columns }: RowRules): AsyncGenerator<FileRow> {
  let text = "";
  for await (const chunk of textOf(path)) text += chunk;
  const list = parseExact(text);
  if (!Array.isArray(list)) throw new FileRefused("it is no JSON list");
  for (const [place, value] of list.entries())
    yield jsonRow(JSON.stringify(value), value, place + 1, columns);
}

function jsonRow(text: string, value: Json | undefined, line: number, columns: readonly string[]): FileRow {
  if (!isObject(value)) return refused(line, "it is no JSON object", text);
  if (hasForbiddenKey(value)) return refused(line, "it has a member that no record may have", text);
  const missing = columns.filter((name) => !Object.hasOwn(value, name));
  if (missing.length > 0) return { ...refused(line, `it has no ${missing.join(", ")}`, text), cells: value };
  return { ok: true, line, row: value };
}

function refused(line: number, reason: string, text: string): Extract<FileRow, { ok: false }> {
  return { ok: false, line, reason, text: shown(text), cells: undefined };
}

function hasForbiddenKey(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasForbiddenKey);
  return (
    isObject(value) && Object.entries(value).some(([key, one]) => FORBIDDEN.has(key) || hasForbiddenKey(one))
  );
}

function shown(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
