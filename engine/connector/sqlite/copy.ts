import fs from "node:fs";
import initSqlJs, { type Database, type SqlJsStatic, type SqlValue, type Statement } from "sql.js";
import type { Clock } from "../../core/clock.ts";
import type { Json } from "../../core/json.ts";

/**
 * Reads a database file that another program keeps: never the file itself but a copy in memory, taken at a moment at
 * which nothing was being written, and taken anew when the file has changed.
 */
export interface Copies {
  /** A copy that stays as it is until it is released. */
  open(): Promise<Copy>;
  close(): void;
}

export interface Copy {
  /** Rows of one statement; each value is bound to the parameter of its name, and a name that is not there is null. */
  rows(sql: string, values: { readonly [parameter: string]: string | null }): Generator<Row>;
  release(): void;
}

export type Row = { readonly [column: string]: Json };

/** Why the file cannot be copied, as a sentence's end. */
export class CopyError extends Error {}

const HEADER = "SQLite format 3\0";
// First bytes of a rollback journal that belongs to an unfinished transaction.
const HOT_JOURNAL = Buffer.from("d9d505f920a163d7", "hex");
const PATIENCE_MS = 5000;
const STEP_MS = 50;

let loading: Promise<SqlJsStatic> | undefined;

interface Open {
  readonly database: Database;
  readonly mark: string;
  users: number;
}

/** Copies of one file; `path` is asked for when the first is needed. */
export function createCopies(options: {
  readonly path: () => Promise<string>;
  readonly max_mb: number;
  readonly clock: Clock;
}): Copies {
  let newest: Open | undefined;
  const letGo = (one: Open): void => {
    one.users -= 1;
    if (one.users === 0) one.database.close();
  };
  return {
    open: async () => {
      const path = await options.path();
      if (newest === undefined || newest.mark !== markOf(path)) {
        const { bytes, mark } = await readQuiet(path, options);
        loading ??= initSqlJs();
        const sql = await loading;
        if (newest !== undefined) letGo(newest);
        newest = { database: new sql.Database(bytes), mark, users: 1 };
      }
      const own = newest;
      own.users += 1;
      return {
        rows: (statement, values) => rowsOf(own.database, statement, values),
        release: () => letGo(own),
      };
    },
    close: () => {
      if (newest !== undefined) letGo(newest);
      newest = undefined;
    },
  };
}

/** What changes with every write to the file. */
function markOf(path: string): string | undefined {
  const stat = fs.statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
}

async function readQuiet(
  path: string,
  { max_mb, clock }: { readonly max_mb: number; readonly clock: Clock },
): Promise<{ readonly bytes: Buffer; readonly mark: string }> {
  for (let waited = 0; ; waited += STEP_MS) {
    const mark = markOf(path);
    if (mark === undefined) throw new CopyError(`there is no file ${path}`);
    if (fs.statSync(path).size > max_mb * 1024 * 1024)
      throw new CopyError(`${path} is larger than the ${max_mb} MB of max_mb`);
    refuseWal(path);
    if (!isHot(path)) {
      const bytes = fs.readFileSync(path);
      refuseWal(path);
      // Changed while it was read: the copy could be half of one transaction and half of the next.
      if (markOf(path) === mark && !isHot(path)) return { bytes: asRollback(bytes, path), mark };
    }
    if (waited >= PATIENCE_MS)
      throw new CopyError(
        `${path} is being written all the time, or a transaction was left unfinished in it`,
      );
    await clock.sleep(STEP_MS);
  }
}

function refuseWal(path: string): void {
  const wal = `${path}-wal`;
  if ((fs.statSync(wal, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  throw new CopyError(
    `${wal} holds rows that are not in the database file yet. Let its owner run ` +
      "PRAGMA wal_checkpoint(TRUNCATE), or keep it in another journal mode",
  );
}

/** True while a transaction is under way, or was left behind by a crash. */
function isHot(path: string): boolean {
  const journal = `${path}-journal`;
  if ((fs.statSync(journal, { throwIfNoEntry: false })?.size ?? 0) < HOT_JOURNAL.length) return false;
  let file: number | undefined;
  try {
    file = fs.openSync(journal, "r");
    const start = Buffer.alloc(HOT_JOURNAL.length);
    fs.readSync(file, start, 0, start.length, 0);
    return start.equals(HOT_JOURNAL);
  } catch {
    // It was removed just now: the transaction has ended, and the file has another mark.
    return true;
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
}

/** A file in write-ahead mode, its log being empty, marked as an ordinary one: in memory there is no such log. */
function asRollback(bytes: Buffer, path: string): Buffer {
  if (bytes.length === 0) return bytes;
  if (bytes.subarray(0, HEADER.length).toString("latin1") !== HEADER)
    throw new CopyError(`${path} is no SQLite database`);
  bytes[18] = 1;
  bytes[19] = 1;
  return bytes;
}

function* rowsOf(
  database: Database,
  sql: string,
  values: { readonly [parameter: string]: string | null },
): Generator<Row> {
  const statement = database.prepare(sql);
  try {
    statement.bind({ ...values });
    while (statement.step()) yield rowOf(statement);
  } finally {
    statement.free();
  }
}

// The typings do not know the second argument, without which an id beyond 2^53 would be rounded.
type ExactGet = (values: undefined, options: { readonly useBigInt: true }) => readonly (SqlValue | bigint)[];

function rowOf(statement: Statement): Row {
  const get = statement.get.bind(statement) as unknown as ExactGet;
  const values = get(undefined, { useBigInt: true });
  return Object.fromEntries(
    statement.getColumnNames().map((column, place) => [column, toJson(values[place] ?? null)]),
  );
}

function toJson(value: SqlValue | bigint): Json {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}
