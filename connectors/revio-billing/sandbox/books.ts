import type { Row, SandboxContext } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { formatMoney, parseMoney } from "../../../engine/core/money.ts";

/** What the resources are kept in: the ledger, its world and clock, without anything of HTTP. */
export type Books = Pick<SandboxContext, "ledger" | "world" | "now" | "rule">;

/** A new id of a collection, never used again. Rows that the world brought keep theirs. */
export function newId(collection: string, first: number, books: Pick<Books, "ledger">): number {
  for (;;) {
    const id = books.ledger.next(collection, first);
    if (books.ledger.get(collection, String(id)) === undefined) return id;
  }
}

/** Row under its id, or undefined; 0 stands for "none" at this vendor. */
export function findRow(
  collection: string,
  id: Json | undefined,
  books: Pick<Books, "ledger">,
): Row | undefined {
  return typeof id === "number" && id > 0 ? books.ledger.get(collection, String(id)) : undefined;
}

/** A timestamp as the vendor writes it: no zone. Which zone it means is not documented; here it is UTC. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1);
}

/** Midnight of a calendar date, in the vendor's writing. */
export function midnight(date: string): string {
  return `${date}T00:00:00`;
}

/** JSON number of minor units: 1250 is 12.5. */
export function money(minor: number, books: Pick<Books, "world">): number {
  return Number(formatMoney(minor, books.world.currency));
}

/** Minor units of an amount; undefined when it is no number or finer than the currency. */
export function minorUnits(value: Json | undefined, books: Pick<Books, "world">): number | undefined {
  return typeof value === "number" ? parseMoney(value, books.world.currency) : undefined;
}

/** The objects of a list; none where it is no list. */
export function rowsOf(value: Json | undefined): readonly Row[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
