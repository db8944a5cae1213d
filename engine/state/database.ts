import initSqlJs, { type Database as SqlDatabase, type SqlJsStatic, type Statement } from "sql.js";
import { condition, deleteStatement, pageQuery, putStatement, toRow, type Values } from "./statements.ts";
import { createStatements } from "./tables.ts";
import type { Change, TableName, Tables } from "./types.ts";

/** The state in memory: an SQLite database, changed row by row, exported whole at a checkpoint. */

export interface Database {
  /** Applies checked changes in order. */
  apply(changes: readonly Change[]): void;
  /** All result rows of one statement; statements are prepared once. */
  all(sql: string, values: Values): readonly Values[];
  /** Rows of a table in key order, read in pages so that changes between them do no harm. */
  rows<T extends TableName>(table: T, where: Partial<Tables[T]>): Generator<Tables[T]>;
  count<T extends TableName>(table: T, where: Partial<Tables[T]>): number;
  /** The SQLite file. */
  image(): Uint8Array;
  close(): void;
}

/** Version of the tables, kept in the file's user_version. */
const SCHEMA_VERSION = 4;

/** The step from version n + 1 to n + 2, as SQL; a new column needs a default. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE "alert" ("subject" TEXT NOT NULL, "level" INTEGER NOT NULL, "at" TEXT NOT NULL,
     PRIMARY KEY ("subject")) STRICT, WITHOUT ROWID`,
  `CREATE TABLE "history" ("system" TEXT NOT NULL, "entity" TEXT NOT NULL, "id" TEXT NOT NULL,
     "pipeline" TEXT NOT NULL, "run" TEXT NOT NULL, "action" TEXT NOT NULL, "reason" TEXT NOT NULL,
     "fields" TEXT NOT NULL, "rules" TEXT, "config" TEXT NOT NULL,
     PRIMARY KEY ("system", "entity", "id", "pipeline", "run")) STRICT, WITHOUT ROWID`,
  `CREATE TABLE "account" ("account" TEXT NOT NULL, "status" TEXT NOT NULL, "since" TEXT NOT NULL,
     PRIMARY KEY ("account")) STRICT, WITHOUT ROWID;
   CREATE TABLE "task" ("account" TEXT NOT NULL, "code" TEXT NOT NULL, "subject" TEXT NOT NULL,
     "since" TEXT NOT NULL, PRIMARY KEY ("account", "code", "subject")) STRICT, WITHOUT ROWID`,
];

const PAGE = 500;
const SETTINGS =
  "PRAGMA cache_size = -32768; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY";

let loading: Promise<SqlJsStatic> | undefined;

/** The database of an SQLite file, or an empty one. Throws when the file was made by a newer version. */
export async function openDatabase(file: Uint8Array | undefined): Promise<Database> {
  loading ??= initSqlJs();
  const sql = await loading;
  const raw = new sql.Database(file);
  raw.exec(SETTINGS);
  if (file === undefined) {
    for (const statement of createStatements()) raw.exec(statement);
    raw.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  } else {
    migrate(raw);
  }
  return wrap(raw);
}

function migrate(raw: SqlDatabase): void {
  const version = Number(raw.exec("PRAGMA user_version")[0]?.values[0]?.[0]);
  if (!(version >= 1 && version <= SCHEMA_VERSION)) {
    throw new Error(`it has version ${version} and this tripoint knows up to ${SCHEMA_VERSION}`);
  }
  for (const step of MIGRATIONS.slice(version - 1)) raw.exec(step);
  if (version < SCHEMA_VERSION) raw.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

function wrap(raw: SqlDatabase): Database {
  const statements = new Map<string, Statement>();
  const prepared = (sql: string): Statement => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = raw.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };

  const all = (sql: string, values: Values): readonly Values[] => {
    const statement = prepared(sql);
    const rows: Values[] = [];
    try {
      statement.bind([...values]);
      while (statement.step()) rows.push(statement.get());
    } finally {
      statement.reset();
    }
    return rows;
  };

  // One transaction lasts from checkpoint to checkpoint: the journal makes changes durable, and a commit of SQLite's own
  // for each row would double the cost.
  raw.exec("BEGIN");

  return {
    all,
    apply: (changes) => {
      for (const change of changes) {
        const { sql, values } =
          "put" in change ? putStatement(change.put, change.row) : deleteStatement(change);
        prepared(sql).run([...values]);
      }
    },
    *rows<T extends TableName>(table: T, where: Partial<Tables[T]>) {
      const query = pageQuery(table, where);
      let after: Values | undefined;
      for (;;) {
        const page = all(query.sql(after !== undefined), [...query.values, ...(after ?? []), PAGE]);
        for (const values of page) yield toRow(table, values);
        const last = page.at(-1);
        if (page.length < PAGE || last === undefined || query.keyIndexes.length === 0) return;
        after = query.keyIndexes.map((index) => last[index] ?? null);
      }
    },
    count: (table, where) => {
      const { text, values } = condition(where);
      return Number(all(`SELECT count(*) FROM "${table}" WHERE ${text}`, values)[0]?.[0]);
    },
    image: () => {
      raw.exec("COMMIT");
      const image = raw.export();
      raw.exec("BEGIN");
      return image;
    },
    close: () => raw.close(),
  };
}
