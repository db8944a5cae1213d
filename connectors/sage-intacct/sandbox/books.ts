import type { Ledger, Row, SandboxContext } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { formatMoney, parseMoney } from "../../../engine/core/money.ts";

/** What the objects are kept in and measured by, without anything of HTTP. */
export type Books = Pick<SandboxContext, "ledger" | "world" | "now" | "rule">;

export const CUSTOMER = "accounts-receivable/customer";
export const INVOICE = "accounts-receivable/invoice";
export const LINE = "accounts-receivable/invoice-line";
export const PAYMENT = "accounts-receivable/payment";
export const TERM = "accounts-receivable/term";
export const ACCOUNT = "general-ledger/account";

// Well above every key that a world's seed gives away.
const FIRST_KEY = 100_001;

/** A new record number; they are texts and never used again. */
export function newKey({ ledger }: Pick<Books, "ledger">): string {
  return String(ledger.next("key", FIRST_KEY));
}

/** Stores a record with its times; the reply of every write names it as {key, id, href}. */
export function save(object: string, row: Row, { ledger, now }: Books): Row {
  const key = textOf(row["key"]);
  const old = ledger.get(object, key);
  const at = new Date(now()).toISOString().replace(/\.\d+Z$/, "Z");
  const before = isObject(old?.["audit"]) ? textOf(old["audit"]["createdDateTime"]) : at;
  ledger.put(object, key, { ...row, audit: { createdDateTime: before, modifiedDateTime: at } });
  return referenceTo(object, row);
}

export function referenceTo(object: string, row: Row): Row {
  const key = textOf(row["key"]);
  return { key, id: textOf(row["id"]), href: `/objects/${object}/${key}` };
}

/** The record that a reference names by key or by id. */
export function find(
  object: string,
  reference: Json | undefined,
  ledger: Pick<Ledger, "get" | "all">,
): Row | undefined {
  if (!isObject(reference)) return undefined;
  const key = textOf(reference["key"]);
  if (key !== "") return ledger.get(object, key);
  const id = textOf(reference["id"]);
  return id === "" ? undefined : ledger.all(object).find((row) => row["id"] === id);
}

/** Minor units of a decimal text; 0 where there is none. */
export function cents(value: Json | undefined, { world }: Pick<Books, "world">): number {
  return typeof value === "string" ? (parseMoney(value, world.currency) ?? 0) : 0;
}

/** Amounts are texts: 1250 is "12.50". */
export function money(minor: number, { world }: Pick<Books, "world">): string {
  return formatMoney(minor, world.currency);
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

export function groupOf(value: Json | undefined): Row {
  return isObject(value) ? { ...value } : {};
}

/** The objects of a list field; none where it is no list. */
export function rowsOf(value: Json | undefined): Row[] {
  return Array.isArray(value) ? value.filter(isObject).map((item) => ({ ...item })) : [];
}

/** The value at a dotted name. */
export function valueAt(row: Row, field: string): Json | undefined {
  let value: Json | undefined = row;
  for (const name of field.split(".")) value = isObject(value) ? value[name] : undefined;
  return value;
}
