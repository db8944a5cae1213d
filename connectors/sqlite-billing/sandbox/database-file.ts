import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import initSqlJs, { type Database, type SqlValue } from "sql.js";
import { importLines } from "../../../engine/connector/sandbox/reference-billing.ts";
import { itemsOf, LAYOUT, type LayoutTable } from "../../../engine/connector/sandbox/reference-layout.ts";
import type { FolderContext, Housekeeping, Row } from "../../../engine/connector/sandbox/types.ts";

/** The billing program: it imports what its outbox holds, and its database file always shows its books. */

const INTEGERS = new Set([
  ...["amount", "total", "subtotal", "tax_total", "balance", "taxable_amount"],
  ...["refunded_amount", "unapplied_amount", "line_number", "due_days"],
]);

/** Makes the file, and says how it is kept. */
export async function openDatabaseFile(context: FolderContext): Promise<Housekeeping> {
  const { Database: Made } = await initSqlJs();
  const file = join(context.folder, "billing.db");
  const outbox = `${file}.outbox.ndjson`;
  const show = (): void => {
    const database = new Made();
    try {
      for (const table of LAYOUT) fillTable(database, table, context.ledger.all(table.name));
      // Under another name first: a reader has either the old file or the new one.
      writeFileSync(`${file}.new`, database.export());
      renameSync(`${file}.new`, file);
    } finally {
      database.close();
    }
  };
  let done = 0;
  show();
  return {
    show,
    tend: () => {
      const lines = existsSync(outbox) ? wholeLines(readFileSync(outbox, "utf8")) : [];
      if (lines.length === done) return;
      importLines(lines.slice(done), context);
      done = lines.length;
      show();
    },
  };
}

/** A line that has no end yet is still being written. */
function wholeLines(text: string): readonly string[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "");
}

function fillTable(database: Database, { name, columns, lists }: LayoutTable, rows: readonly Row[]): void {
  const first = name === "imports" ? "key" : "id";
  fill(database, name, columns, rows, `, PRIMARY KEY (${first})`);
  for (const [list, shape] of Object.entries(lists)) {
    fill(database, shape.table, [shape.parent, ...shape.columns], itemsOf(rows, list, shape), "");
  }
}

function fill(
  database: Database,
  table: string,
  columns: readonly string[],
  rows: readonly Row[],
  constraint: string,
): void {
  const types = columns.map((column) => `${column} ${INTEGERS.has(column) ? "INTEGER" : "TEXT"}`);
  database.run(`CREATE TABLE ${table} (${types.join(", ")}${constraint})`);
  database.run("BEGIN");
  const statement = database.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => "?").join(", ")})`);
  for (const row of rows) statement.run(columns.map((column) => toSql(row[column])));
  statement.free();
  database.run("COMMIT");
}

function toSql(value: Row[string] | undefined): SqlValue {
  if (value === undefined || value === null) return null;
  return typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value);
}
