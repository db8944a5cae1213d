import type { SqlValue } from "sql.js";
import { names, shapeOf } from "./tables.ts";
import type { Change, TableName, Tables } from "./types.ts";

/** The SQL of single changes and of reading a table page by page. Names come from the tables' shapes, values are bound. */

export type Values = readonly SqlValue[];

const putTexts = new Map<TableName, string>();

/** Inserts a row or replaces the one with its key. */
export function putStatement(table: TableName, row: object): { sql: string; values: SqlValue[] } {
  let sql = putTexts.get(table);
  const { columns } = shapeOf(table);
  if (sql === undefined) {
    const marks = columns.map(() => "?").join(", ");
    sql = `INSERT OR REPLACE INTO "${table}" (${names(columns.map(([name]) => name))}) VALUES (${marks})`;
    putTexts.set(table, sql);
  }
  const given: { readonly [column: string]: SqlValue } = { ...row };
  return { sql, values: columns.map(([name]) => given[name] ?? null) };
}

/** Deletes the rows equal to the change's row. */
export function deleteStatement(change: Extract<Change, { del: TableName }>): {
  sql: string;
  values: Values;
} {
  const { text, values } = condition(change.row);
  return { sql: `DELETE FROM "${change.del}" WHERE ${text}`, values };
}

/** Rows equal to `where` in the columns it names; all rows when it names none. */
export function condition(where: object, unindexed: readonly string[] = []) {
  const entries: [string, SqlValue][] = Object.entries(where);
  const terms = entries.map(([column]) => `${unindexed.includes(column) ? "+" : ""}"${column}" IS ?`);
  return { text: terms.join(" AND ") || "TRUE", values: entries.map(([, value]) => value) };
}

/** Pages by key: the leading key columns that `where` fixes are left out, so that each page is one search in the index. */
export function pageQuery(table: TableName, where: object) {
  const shape = shapeOf(table);
  const columns = shape.columns.map(([name]) => name);
  const free = shape.key.findIndex((column) => !Object.hasOwn(where, column));
  const key = free < 0 ? [] : shape.key.slice(free);
  // The plus keeps the planner from dropping a fixed column of the key out of the order and then sorting every page.
  const { text, values } = condition(where, key);
  const order = key.length === 0 ? "" : `ORDER BY ${names(key)} `;
  const marks = key.map(() => "?").join(", ");
  const sql = (following: boolean): string => {
    const rest = following ? ` AND (${names(key)}) > (${marks})` : "";
    return `SELECT ${names(columns)} FROM "${table}" WHERE ${text}${rest} ${order}LIMIT ?`;
  };
  return { sql, values, keyIndexes: key.map((column) => columns.indexOf(column)) };
}

/** A row as an object; the tables are STRICT, so each value has the type of its column. */
export function toRow<T extends TableName>(table: T, values: Values): Tables[T] {
  const row: { [column: string]: SqlValue } = {};
  shapeOf(table).columns.forEach(([name], index) => {
    row[name] = values[index] ?? null;
  });
  return row as unknown as Tables[T];
}
