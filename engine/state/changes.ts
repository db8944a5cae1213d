import { isObject } from "../core/json.ts";
import { isTableName, shapeOf, type TableShape } from "./tables.ts";
import type { Change } from "./types.ts";

/** The check that a change can be stored exactly as it is: what passes here cannot be refused by the database later. */

// SQLite would end a text at NUL and replace half a surrogate pair: two ids could become one.
const NOT_STORABLE = /[\0\p{Surrogate}]/u;

/** The change, with nothing in its row but columns of its table. Throws an Error that names what cannot be stored. */
export function checkChange(value: unknown): Change {
  if (!isObject(value) || !isObject(value["row"])) throw new Error("a change needs put or del, and a row");
  const { put, del, row } = value;
  const table = put ?? del;
  if (!isTableName(table)) throw new Error(`a change names no table: ${JSON.stringify(table)}`);
  const shape = shapeOf(table);
  const clean: { [column: string]: unknown } = {};
  for (const [column, kind] of shape.columns) {
    if (!Object.hasOwn(row, column)) {
      if (put === undefined) continue;
      throw new Error(`${table}.${column} is absent`);
    }
    clean[column] = checkValue(table, shape, column, kind, row[column]);
  }
  if (put === undefined && Object.keys(clean).length === 0) {
    throw new Error(`a deletion from ${table} names no column: it would empty the table`);
  }
  // Each column was held against the table's shape, which the compiler holds against the row type.
  return (put === undefined ? { del: table, row: clean } : { put: table, row: clean }) as Change;
}

function checkValue(table: string, shape: TableShape, column: string, kind: string, value: unknown): unknown {
  if (kind === "integer") {
    if (Number.isSafeInteger(value)) return value;
    throw new Error(`${table}.${column} is no integer: ${JSON.stringify(value)}`);
  }
  if (kind === "nullable" && value === null) return null;
  if (typeof value !== "string") throw new Error(`${table}.${column} is no text: ${JSON.stringify(value)}`);
  if (!NOT_STORABLE.test(value)) return value;
  if (shape.key.includes(column) || shape.indexes.some((index) => index.includes(column))) {
    throw new Error(`${table}.${column} has a character that cannot be stored: ${JSON.stringify(value)}`);
  }
  return value.replaceAll("\0", "\ufffd").replaceAll(/\p{Surrogate}/gu, "\ufffd");
}
