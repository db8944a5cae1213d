import { createReadStream, existsSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "csv-parse";
import { Decimal } from "decimal.js";
import { text as textLibrary } from "../expression/library-text.ts";
import type { CallSum, CdrView } from "../report/cdr.ts";
import type { NumberUse } from "../sync/readiness/gate.ts";
import { readFacts, whyNotJudged } from "../sync/readiness/read.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { withClient } from "./open-client.ts";
import { UsageError } from "./refusal.ts";

/** A file of call records against the numbers that billing has in use. Rows stream: memory does not grow with them. */

export interface CdrOptions {
  readonly file: string;
  /** Columns with a number by which a call may belong to a service; readiness.cdr.numbers when left out. */
  readonly numbers?: readonly string[] | undefined;
  /** Column with the charge; readiness.cdr.charge when left out. */
  readonly charge?: string | undefined;
}

/** Unmatched numbers that are listed one by one; a file of anything but calls has endless ones. */
const LISTED_MAX = 10_000;
const CACHED_MAX = 20_000;
const LINES_TOLD = 5;
const RECORD_MAX = 64 * 1024;

/** Throws UsageError when the file or a column is not there, ConfigError, StateError and SystemError. */
export async function cdr(place: ClientPlace, options: CdrOptions): Promise<CdrView> {
  const config = loadConfig(place);
  const path = resolve(place.cwd, options.file);
  if (!existsSync(path)) throw new UsageError(`there is no file ${options.file}`);
  const reason = whyNotJudged(config);
  if (reason !== null) throw new UsageError(`calls cannot be matched: ${reason}`);
  const { cdr: known } = config.readiness;
  const columns = {
    numbers: options.numbers ?? known.numbers,
    charge: options.charge ?? known.charge,
    delimiter: known.delimiter,
    country: known.country,
  };
  if (columns.numbers.length === 0)
    throw new UsageError(
      "which column holds the number is not known",
      "Name it: --number <column>, or readiness.cdr.numbers in client.yaml.",
    );
  const uses = await withClient(place, config, async ({ state, connections }) => {
    return (await readFacts({ config, connections, state, whole: false, now: place.clock.now() })).numbers;
  });
  const counted = await countCalls(path, columns, uses);
  return { schemaVersion: 1, client: config.client, file: options.file, ...counted };
}

interface Columns {
  readonly numbers: readonly string[];
  readonly charge: string | null;
  readonly delimiter: string;
  readonly country: string;
}

interface Tally {
  calls: number;
  charge: Decimal;
}

/** Reads the file once and sums up its calls by what they belong to. */
export async function countCalls(
  path: string,
  columns: Columns,
  uses: ReadonlyMap<string, readonly NumberUse[]>,
): Promise<Omit<CdrView, "schemaVersion" | "client" | "file">> {
  const total = tally();
  const matched = tally();
  const without = tally();
  const rest = tally();
  const unmatched = new Map<string, Tally>();
  const double = new Map<string, Tally>();
  const bad = { rows: 0, first_lines: [] as number[] };
  const refuse = (line: number): void => {
    bad.rows += 1;
    if (bad.first_lines.length < LINES_TOLD) bad.first_lines.push(line);
  };
  const phone = createPhone(columns.country);
  for await (const { row, line } of rowsOf(path, columns, refuse)) {
    const charge = chargeOf(row, columns.charge);
    if (charge === undefined) {
      refuse(line);
      continue;
    }
    add(total, charge);
    const numbers = columns.numbers.flatMap((column) => phone(row[column] ?? "") ?? []);
    const [first] = numbers;
    const known = numbers.find((number) => uses.has(number));
    if (first === undefined) add(without, charge);
    else if (known === undefined) add(listed(unmatched, first) ?? rest, charge);
    else if ((uses.get(known)?.length ?? 0) > 1) add(listed(double, known) ?? rest, charge);
    else add(matched, charge);
  }
  const sum = ({ calls, charge }: Tally): CallSum => ({
    calls,
    charge: columns.charge === null ? null : charge.toFixed(),
  });
  const byCalls = (sums: ReadonlyMap<string, Tally>): readonly (readonly [string, Tally])[] =>
    [...sums].sort(([, a], [, b]) => b.calls - a.calls);
  return {
    total: sum(total),
    matched: sum(matched),
    unmatched: byCalls(unmatched).map(([number, one]) => ({ number, ...sum(one) })),
    unmatched_rest: sum(rest),
    double: byCalls(double).map(([number, one]) => ({
      number,
      services: (uses.get(number) ?? []).map(({ service_id, account }) => `${service_id} of ${account}`),
      ...sum(one),
    })),
    without_number: sum(without),
    unreadable: bad,
  };
}

interface CdrRow {
  readonly row: { readonly [column: string]: string };
  readonly line: number;
}

async function* rowsOf(
  path: string,
  columns: Columns,
  refuse: (line: number) => void,
): AsyncGenerator<CdrRow> {
  const source = createReadStream(path);
  const parser = parse({
    bom: true,
    info: true,
    delimiter: columns.delimiter,
    max_record_size: RECORD_MAX,
    skip_empty_lines: true,
    skip_records_with_error: true,
    columns: (header: readonly string[]) => {
      const wanted = columns.charge === null ? columns.numbers : [...columns.numbers, columns.charge];
      const missing = wanted.filter((column) => !header.includes(column));
      if (missing.length > 0)
        throw new UsageError(`the file has no column ${missing.join(", ")}`, `It has: ${header.join(", ")}.`);
      return [...header];
    },
  });
  parser.on("skip", (error: { readonly lines?: number }) => refuse(error.lines ?? 0));
  source.on("error", (error) => parser.destroy(error));
  for await (const { record, info } of source.pipe(parser)) yield { row: record, line: info.lines };
}

/** E.164 of what stands in a cell. Parsing is slow and the same numbers come again, so a few thousand are kept. */
function createPhone(country: string): (cell: string) => string | undefined {
  const cache = new Map<string, string | undefined>();
  return (cell) => {
    if (cell.trim() === "") return undefined;
    if (cache.has(cell)) return cache.get(cell);
    const number = textLibrary.phone(cell, country) ?? undefined;
    if (cache.size >= CACHED_MAX) cache.clear();
    cache.set(cell, number);
    return number;
  };
}

function chargeOf(row: CdrRow["row"], column: string | null): Decimal | undefined {
  const cell = column === null ? "" : (row[column] ?? "").trim();
  if (cell === "") return new Decimal(0);
  return /^-?\d+(\.\d+)?$/.test(cell) ? new Decimal(cell) : undefined;
}

function listed(sums: Map<string, Tally>, number: string): Tally | undefined {
  const known = sums.get(number);
  if (known !== undefined || sums.size >= LISTED_MAX) return known;
  const fresh = tally();
  sums.set(number, fresh);
  return fresh;
}

function tally(): Tally {
  return { calls: 0, charge: new Decimal(0) };
}

function add(sums: Tally, charge: Decimal): void {
  sums.calls += 1;
  sums.charge = sums.charge.plus(charge);
}
