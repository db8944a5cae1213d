import { statSync } from "node:fs";
import { resolve } from "node:path";
import { Decimal } from "decimal.js";
import { text as textLibrary } from "../expression/library-text.ts";
import type { CallSum, CdrView } from "../report/cdr.ts";
import type { NumberUse } from "../sync/readiness/gate.ts";
import { type Facts, readFacts, whyNotJudged } from "../sync/readiness/read.ts";
import { type CdrFile, type CdrRow, cdrRows } from "./cdr-rows.ts";
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
const LISTED_MAX = 50_000;
const CACHED_MAX = 20_000;
const LINES_TOLD = 5;

/** Throws UsageError when the file or a column is not there, ConfigError, StateError and SystemError. */
export async function cdr(place: ClientPlace, options: CdrOptions): Promise<CdrView> {
  const config = loadConfig(place);
  const path = resolve(place.cwd, options.file);
  const size = statSync(path, { throwIfNoEntry: false });
  if (size === undefined) throw new UsageError(`there is no file ${options.file}`);
  if (!size.isFile()) throw new UsageError(`${options.file} is no file`);
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
  const facts = await withClient(place, config, ({ state, connections }) =>
    readFacts({ config, connections, state, whole: false, now: place.clock.now() }),
  );
  const counted = await countCalls({ path, name: options.file }, columns, facts.numbers);
  const not_read = unknownNumbers(facts);
  return { schemaVersion: 1, client: config.client, file: options.file, ...counted, not_read };
}

/** Services whose number nobody could read: calls of it are among the unmatched ones. */
function unknownNumbers({ unread }: Facts): readonly string[] {
  return unread
    .filter(({ entity, record }) => entity === "service" && typeof record["number"] !== "string")
    .map(({ id, reason }) => `service ${id}: ${reason}`);
}

interface Columns {
  readonly numbers: readonly string[];
  readonly charge: string | null;
  readonly delimiter: string;
  readonly country: string;
}

const PUNCTUATION = /[\s().-]/g;
const AMERICAN = /^(?:\+?1)?([2-9]\d{2}[2-9]\d{6})$/;
const AMERICAN_ABROAD = /^\+1([2-9]\d{2}[2-9]\d{6})$/;
const FREE = new Decimal(0);

interface Tally {
  calls: number;
  charge: Decimal;
}

/** Reads the file once and sums up its calls by what they belong to. */
export async function countCalls(
  { path, name }: Pick<CdrFile, "path" | "name">,
  columns: Columns,
  uses: ReadonlyMap<string, readonly NumberUse[]>,
): Promise<Omit<CdrView, "schemaVersion" | "client" | "file" | "not_read">> {
  const total = tally();
  const matched = tally();
  const without = tally();
  const missing = tally();
  const twice = tally();
  const rest = tally();
  const unmatched = new Map<string, Tally>();
  const double = new Map<string, Tally>();
  const bad = { lines: 0, first_lines: [] as number[] };
  const refuse = (line: number): void => {
    bad.lines += 1;
    if (bad.first_lines.length < LINES_TOLD) bad.first_lines.push(line);
  };
  const phone = createPhone(columns.country);
  const count = ({ cells, line }: CdrRow): void => {
    const charge = columns.charge === null ? FREE : chargeOf(cells?.at(-1) ?? "");
    if (cells === undefined || charge === undefined) {
      refuse(line);
      return;
    }
    add(total, charge);
    const numbers = columns.numbers.flatMap((_, index) => phone(cells[index] ?? "") ?? []);
    const [first] = numbers;
    const known = numbers.find((number) => uses.has(number));
    if (first === undefined) add(without, charge);
    else if (known === undefined) {
      add(missing, charge);
      add(listed(unmatched, first) ?? rest, charge);
    } else if ((uses.get(known)?.length ?? 0) > 1) {
      add(twice, charge);
      add(tallyOf(double, known), charge);
    } else add(matched, charge);
  };
  const wanted = columns.charge === null ? columns.numbers : [...columns.numbers, columns.charge];
  const { delimiter } = columns;
  for await (const rows of cdrRows({ path, name, delimiter, columns: wanted })) rows.forEach(count);
  const sum = ({ calls, charge }: Tally): CallSum => ({
    calls,
    charge: columns.charge === null ? null : charge.toFixed(),
  });
  const byCalls = (sums: ReadonlyMap<string, Tally>): readonly (readonly [string, Tally])[] =>
    [...sums].sort(([, a], [, b]) => b.calls - a.calls);
  return {
    total: sum(total),
    matched: sum(matched),
    unmatched_total: sum(missing),
    unmatched: byCalls(unmatched).map(([number, one]) => ({ number, ...sum(one) })),
    unmatched_rest: sum(rest),
    double_total: sum(twice),
    double: byCalls(double).map(([number, one]) => ({
      number,
      services: (uses.get(number) ?? []).map(({ service_id, account }) => `${service_id} of ${account}`),
      ...sum(one),
    })),
    without_number: sum(without),
    unreadable: bad,
  };
}

/**
 * E.164 of what stands in a cell. Parsing is slow: numbers of the North American plan, in which most files are written, are
 * recognised by their form, and a few thousand others are kept, since the same ones come again.
 */
function createPhone(country: string): (cell: string) => string | undefined {
  const cache = new Map<string, string | undefined>();
  const american = country === "US" || country === "CA" ? AMERICAN : AMERICAN_ABROAD;
  return (cell) => {
    if (cell.trim() === "") return undefined;
    const [, digits] = american.exec(cell.replace(PUNCTUATION, "")) ?? [];
    if (digits !== undefined) return `+1${digits}`;
    if (cache.has(cell)) return cache.get(cell);
    const number = textLibrary.phone(cell, country) ?? undefined;
    if (cache.size >= CACHED_MAX) cache.clear();
    cache.set(cell, number);
    return number;
  };
}

function chargeOf(written: string): Decimal | undefined {
  const cell = written.trim();
  if (cell === "") return FREE;
  return /^-?\d+(\.\d+)?$/.test(cell) ? new Decimal(cell) : undefined;
}

function listed(sums: Map<string, Tally>, number: string): Tally | undefined {
  return sums.size >= LISTED_MAX ? sums.get(number) : tallyOf(sums, number);
}

function tallyOf(sums: Map<string, Tally>, number: string): Tally {
  const known = sums.get(number) ?? tally();
  sums.set(number, known);
  return known;
}

function tally(): Tally {
  return { calls: 0, charge: new Decimal(0) };
}

function add(sums: Tally, charge: Decimal): void {
  sums.calls += 1;
  sums.charge = sums.charge.plus(charge);
}
