import type { SqliteEntity } from "../../config/connector-types.ts";
import type { SqliteSystem } from "../../config/types.ts";
import { type Clock, instant } from "../../core/clock.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { Outbox, OutboxLine, Refusal } from "../rows/outbox.ts";
import { SystemError } from "../types.ts";
import { loadNative, type Native, type NativeDatabase } from "./native.ts";

/**
 * Lines that are not left for an importer but carried out at once, in the database itself. sql.js writes a file only as
 * a whole, over the heads of others that have it open: this takes a native SQLite, which an installation may have.
 */

const PATIENCE_MS = 5000;

/** Carries lines out, those of one call in one transaction; a line that the database refuses is taken back alone. */
export function openDirect(options: {
  readonly system: SqliteSystem;
  readonly path: () => Promise<string>;
  readonly clock: Clock;
}): Outbox {
  const { system, path, clock } = options;
  return {
    // Nothing ever waits here: what was carried out is in the tables.
    find: async () => undefined,
    of: async () => [],
    store: async (_name, lines) => {
      const Database = loadNative(system.name);
      const file = await path();
      const database = opened(Database, file, system);
      try {
        return carryOut(database, lines, system, instant(clock.now()));
      } finally {
        database.close();
      }
    },
  };
}

function opened(Database: Native, file: string, system: SqliteSystem): NativeDatabase {
  try {
    const database = new Database(file, { fileMustExist: true, timeout: PATIENCE_MS });
    database.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    return database;
  } catch (cause) {
    throw nothingStored(system, cause);
  }
}

function carryOut(
  database: NativeDatabase,
  lines: readonly OutboxLine[],
  system: SqliteSystem,
  now: string,
): ReadonlyMap<string, Refusal> {
  const refused = new Map<string, Refusal>();
  try {
    database.exec("BEGIN IMMEDIATE");
    const done = keysDone(database, lines, system);
    for (const line of lines) {
      if (done.has(line.key)) continue;
      const refusal = attempt(database, () => change(database, line, system, now));
      if (refusal === undefined) done.add(line.key);
      else refused.set(line.key, refusal);
    }
  } catch (cause) {
    // Closing the connection takes everything back.
    throw nothingStored(system, cause);
  }
  try {
    database.exec("COMMIT");
  } catch (cause) {
    if (codeOf(cause) === "SQLITE_BUSY") throw nothingStored(system, cause);
    throw cause;
  }
  // In write-ahead mode the rows would stand beside the file, where a copy of it lacks them.
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return refused;
}

function keysDone(
  database: NativeDatabase,
  lines: readonly OutboxLine[],
  { connector }: SqliteSystem,
): Set<string> {
  const keys = JSON.stringify(lines.map(({ key }) => key));
  const rows = database.prepare(connector.imported).all({ keys });
  return new Set(rows.flatMap((row) => (isObject(row) ? [String(row["key"])] : [])));
}

/** Runs a part of the transaction; a refusal by a rule of the database takes back that part alone. */
function attempt(database: NativeDatabase, work: () => Refusal | undefined): Refusal | undefined {
  database.exec("SAVEPOINT line");
  let refusal: Refusal | undefined;
  try {
    refusal = work();
  } catch (cause) {
    const code = codeOf(cause);
    if (!code.startsWith("SQLITE_CONSTRAINT")) throw cause;
    const isTaken = code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY";
    refusal = { class: isTaken ? "duplicate" : "invalid", message: textOf(cause) };
  }
  database.exec(refusal === undefined ? "RELEASE line" : "ROLLBACK TO line; RELEASE line");
  return refusal;
}

function change(
  database: NativeDatabase,
  line: OutboxLine,
  system: SqliteSystem,
  now: string,
): Refusal | undefined {
  const { key, table, operation, id, row } = line;
  const { connector } = system;
  const spec = Object.values(connector.entities).find((one) => one.table === table);
  const direct = connector.direct;
  if (spec === undefined || direct === null) throw new Error(`nothing says how rows of ${table} are written`);
  const columns = Object.entries({
    ...row,
    [spec.key]: id,
    ...(direct.stamp === null ? {} : { [direct.stamp]: now }),
  }).filter(([, value]) => !Array.isArray(value));
  const values = columns.map(([, value]) => bound(value));
  const names = columns.map(([column]) => quoted(column));
  if (operation === "create") {
    const marks = columns.map(() => "?").join(", ");
    database.prepare(`INSERT INTO ${quoted(table)} (${names.join(", ")}) VALUES (${marks})`).run(...values);
  } else {
    const where = `${quoted(spec.key)} = ?`;
    const there = database.prepare(`SELECT 1 FROM ${quoted(table)} WHERE ${where}`).get(id);
    if (there === undefined) return { class: "not_found", message: `${table} has no row ${id}` };
    const sets = names.map((name) => `${name} = ?`).join(", ");
    database.prepare(`UPDATE ${quoted(table)} SET ${sets} WHERE ${where}`).run(...values, id);
  }
  for (const [name, items] of Object.entries(row)) {
    if (Array.isArray(items)) replaceList(database, { name, items, id }, listsOf(system, table));
  }
  database.prepare(direct.recorded).run({ key, table, id, now });
  return undefined;
}

/** Where the lists of a table's rows are kept; entities that share a row may each know some of them. */
function listsOf({ connector }: SqliteSystem, table: string): SqliteEntity["lists"] {
  return Object.assign(
    {},
    ...Object.values(connector.entities)
      .filter((one) => one.table === table)
      .map(({ lists }) => lists),
  );
}

function replaceList(
  database: NativeDatabase,
  { name, items, id }: { readonly name: string; readonly items: readonly Json[]; readonly id: string },
  lists: SqliteEntity["lists"],
): void {
  const list = lists[name];
  if (list === undefined) throw new Error(`nothing says in which table the list ${name} is kept`);
  const [table, parent] = [quoted(list.table), quoted(list.parent)];
  // A list whose items have names keeps those that are not named.
  if (list.named_by === null) database.prepare(`DELETE FROM ${table} WHERE ${parent} = ?`).run(id);
  for (const item of items.filter(isObject)) {
    if (list.named_by !== null) {
      database
        .prepare(`DELETE FROM ${table} WHERE ${parent} = ? AND ${quoted(list.named_by)} = ?`)
        .run(id, bound(item[list.named_by]));
    }
    const columns = Object.entries({ ...item, [list.parent]: id });
    const names = columns.map(([column]) => quoted(column)).join(", ");
    const marks = columns.map(() => "?").join(", ");
    database
      .prepare(`INSERT INTO ${table} (${names}) VALUES (${marks})`)
      .run(...columns.map(([, value]) => bound(value)));
  }
}

function bound(value: Json | undefined): string | number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "number") return value;
  return typeof value === "boolean" ? Number(value) : JSON.stringify(value);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function nothingStored(system: SqliteSystem, cause: unknown): SystemError {
  const isLater = ["SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR"].some((code) =>
    codeOf(cause).startsWith(code),
  );
  const { name, connector } = system;
  const message = `${connector.title} (${name}) was not written: ${textOf(cause)}.`;
  return new SystemError(name, isLater ? "unreachable" : "answer", message, { cause });
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
