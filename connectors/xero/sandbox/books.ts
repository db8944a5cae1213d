import { createHash } from "node:crypto";
import type { Ledger, Row, SandboxContext } from "../../../engine/connector/sandbox/types.ts";
import type { World } from "../../../engine/connector/sandbox/world.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { formatMoney, parseMoney } from "../../../engine/core/money.ts";

/** What the documents are kept in and measured by: the ledger, its world and clock, without anything of HTTP. */
export type Books = Pick<SandboxContext, "ledger" | "world" | "now" | "rule">;

/** A new id. The vendor's ids are UUIDs; these are the same in every run of one world. */
export function newId(books: Pick<Books, "ledger" | "world">): string {
  return uuid(`${books.world.seed}:${books.ledger.next("id", 1)}`);
}

/** The UUID that stands for a text. */
export function uuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

/** The id of a record that the world knows by `id`: itself where it is a UUID already. */
export function worldId(id: string): string {
  return isUuid(id) ? id.toLowerCase() : uuid(`world:${id}`);
}

/** The world where accounting's ids are UUIDs. */
export function ownIds(world: World): World {
  return {
    ...world,
    companies: world.companies.map((company) => {
      const { accounting } = company.ids;
      return accounting === undefined
        ? company
        : { ...company, ids: { ...company.ids, accounting: worldId(accounting) } };
    }),
    strangers: world.strangers.map((stranger) => ({ ...stranger, id: worldId(stranger.id) })),
  };
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** Minor units of an amount in a row; 0 where it is missing. */
export function cents(value: Json | undefined, books: Pick<Books, "world">): number {
  return typeof value === "number" ? (parseMoney(value, books.world.currency) ?? 0) : 0;
}

/** A JSON number of minor units: 1250 is 12.5. */
export function money(minor: number, books: Pick<Books, "world">): number {
  return Number(formatMoney(minor, books.world.currency));
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The objects of a list field; none where it is no list. */
export function rowsOf(value: Json | undefined): Row[] {
  return Array.isArray(value) ? value.filter(isObject).map((item) => ({ ...item })) : [];
}

/** An object field as a row; empty where it is none. */
export function rowOf(value: Json | undefined): Row {
  return isObject(value) ? { ...value } : {};
}

/**
 * The same books, whose changes are kept aside until `commit`: a call whose elements are refused as a whole has changed
 * nothing. What is stored together has one time of change.
 */
export function draftOf(books: Books): { readonly books: Books; readonly commit: () => void } {
  const { ledger } = books;
  const at = books.now();
  const puts = new Map<string, Map<string, Row>>();
  const draft: Ledger = {
    all: (collection) => {
      const own = puts.get(collection);
      if (own === undefined) return ledger.all(collection);
      const key = (row: Row): string => textOf(row[`${collection.slice(0, -1)}ID`]);
      const old = ledger.all(collection).map((row) => own.get(key(row)) ?? row);
      const known = new Set(ledger.all(collection).map(key));
      return [...old, ...[...own].filter(([id]) => !known.has(id)).map(([, row]) => row)];
    },
    get: (collection, id) => puts.get(collection)?.get(id) ?? ledger.get(collection, id),
    put: (collection, id, row) => {
      puts.set(collection, (puts.get(collection) ?? new Map<string, Row>()).set(id, row));
    },
    remove: () => {
      throw new Error("nothing of the vendor's is ever removed, only its status changes");
    },
    next: ledger.next,
    empty: false,
  };
  return {
    books: { ...books, ledger: draft, now: () => at },
    commit: () => {
      for (const [collection, rows] of puts) for (const [id, row] of rows) ledger.put(collection, id, row);
    },
  };
}
