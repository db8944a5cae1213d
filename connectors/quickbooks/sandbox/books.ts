import type { Row, SandboxContext } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { formatMoney, parseMoney } from "../../../engine/core/money.ts";
import { pacificTime } from "./pacific.ts";

/** What the resources are kept in and measured by: the ledger, its world and clock, without anything of HTTP. */
export type Books = Pick<SandboxContext, "ledger" | "world" | "now" | "rule">;

// Well above every id that a world's seed gives away.
const FIRST_ID = 100_001;

/** A new id; ids are numbers as text and never used again. */
export function newId(books: Pick<Books, "ledger">): string {
  return String(books.ledger.next("id", FIRST_ID));
}

/** Minor units of an amount in a row; 0 where it is missing. */
export function cents(value: Json | undefined, books: Pick<Books, "world">): number {
  return typeof value === "number" ? (parseMoney(value, books.world.currency) ?? 0) : 0;
}

/** A JSON number of minor units: 1250 is 12.5. */
export function money(minor: number, books: Pick<Books, "world">): number {
  return Number(formatMoney(minor, books.world.currency));
}

/** Row with a new version: SyncToken one higher (0 at creation) and the time of change. */
export function stamped(row: Row, old: Row | undefined, books: Books): Row {
  const now = pacificTime(books.now());
  const created = isObject(old?.["MetaData"]) ? (old["MetaData"]["CreateTime"] ?? now) : now;
  const token = old === undefined ? "0" : String(Number(textOf(old["SyncToken"])) + 1);
  return {
    domain: "QBO",
    sparse: false,
    ...row,
    SyncToken: token,
    MetaData: { CreateTime: created, LastUpdatedTime: now },
  };
}

/** As a change made to a record by another record's write: newer, same SyncToken (the sheet says not to rely on it). */
export function touched(row: Row, books: Books): Row {
  const meta = isObject(row["MetaData"]) ? row["MetaData"] : {};
  return { ...row, MetaData: { ...meta, LastUpdatedTime: pacificTime(books.now()) } };
}

/** The `value` of a reference; "" where there is none. */
export function refId(value: Json | undefined): string {
  return isObject(value) ? textOf(value["value"]) : "";
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The objects of a list field; none where it is no list. */
export function rowsOf(value: Json | undefined): Row[] {
  return Array.isArray(value) ? value.filter(isObject).map((item) => ({ ...item })) : [];
}
