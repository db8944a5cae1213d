import type { ErrorClass } from "../../config/connector-types.ts";
import { isObject, type Json } from "../../core/json.ts";

/** One write that another program is to carry out: exactly once, which its key lets it see to. */
export interface OutboxLine {
  readonly key: string;
  readonly table: string;
  readonly operation: string;
  /** Id of the row; of a new one too, since who writes the line chooses it. */
  readonly id: string;
  /** The columns to set. */
  readonly row: { readonly [column: string]: Json };
}

/** Why a line cannot be carried out, where that is known at once. */
export interface Refusal {
  readonly class: ErrorClass;
  readonly message: string;
}

/** Where writes wait for the system's own importer. A key that is there is never written a second time. */
export interface Outbox {
  /** The line with this key; undefined: it was never written here. */
  find(key: string): Promise<OutboxLine | undefined>;
  /** Lines of one row of a table, in the order in which they were written. */
  of(table: string, id: string): Promise<readonly OutboxLine[]>;
  /**
   * Makes lines durable, those that are there already left out. `name` is the same for the same lines. Gives the keys
   * of lines that were refused, with the reason. Throws SystemError when nothing of them is there; any other failure
   * leaves open whether they are.
   */
  store(name: string, lines: readonly OutboxLine[]): Promise<ReadonlyMap<string, Refusal>>;
}

/** A line out of its text; undefined when it is none. */
export function parseOutboxLine(text: string): OutboxLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { key, table, operation, id, row } = value;
  if (typeof key !== "string" || typeof table !== "string" || typeof operation !== "string") return undefined;
  return typeof id === "string" && isObject(row) ? { key, table, operation, id, row } : undefined;
}

/** Lines in memory, by key and by row. */
export interface OutboxIndex {
  add(line: OutboxLine): void;
  find(key: string): OutboxLine | undefined;
  of(table: string, id: string): readonly OutboxLine[];
}

/** An empty index; of two lines with one key the first counts. */
export function outboxIndex(): OutboxIndex {
  const byKey = new Map<string, OutboxLine>();
  const byRow = new Map<string, OutboxLine[]>();
  return {
    add: (line) => {
      if (byKey.has(line.key)) return;
      byKey.set(line.key, line);
      const row = `${line.table} ${line.id}`;
      const lines = byRow.get(row);
      if (lines === undefined) byRow.set(row, [line]);
      else lines.push(line);
    },
    find: (key) => byKey.get(key),
    of: (table, id) => byRow.get(`${table} ${id}`) ?? [],
  };
}
