import { createHash } from "node:crypto";
import type { Row, SandboxContext } from "../../../engine/connector/sandbox/types.ts";
import type { World } from "../../../engine/connector/sandbox/world.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { formatMoney, parseMoney } from "../../../engine/core/money.ts";

/** What the records are kept in and measured by: the ledger, its world and clock, without anything of HTTP. */
export type Books = Pick<SandboxContext, "ledger" | "world" | "now" | "rule">;

/** A new id. The vendor's ids are 32 hex digits; these are the same in every run of one world. */
export function newId(books: Pick<Books, "ledger" | "world">): string {
  return hexId(`${books.world.seed}:${books.ledger.next("id", 1)}`);
}

/** The id that stands for a text. */
export function hexId(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** The id of a record that the world knows by `id`: itself where it has the vendor's form already. */
export function worldId(id: string): string {
  return /^[0-9a-f]{32}$/.test(id) ? id : hexId(`world:${id}`);
}

/** The world where accounting's ids are 32 hex digits. */
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

/** Minor units of an amount, which may be a number or a text; undefined where it is neither, or finer than a cent. */
export function minorOf(value: Json | undefined, { world }: Pick<Books, "world">): number | undefined {
  return typeof value === "number" || typeof value === "string"
    ? parseMoney(value, world.currency)
    : undefined;
}

/** Minor units of a stored amount. */
export function cents(value: Json | undefined, books: Pick<Books, "world">): number {
  return minorOf(value, books) ?? 0;
}

/** An amount as it arrives: 18000 is "180.0". The interface description says numbers; texts are what comes. */
export function amount(minor: number, { world }: Pick<Books, "world">): string {
  return formatMoney(minor, world.currency).replace(/(\.\d+?)0+$/, "$1");
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

/** How a read shows another record. */
export function reference(path: string, id: string, shown: string): Row {
  return { id, displayed_as: shown, $path: `/${path}/${id}` };
}

/** The id of such a reference; "" where there is none. */
export function refId(value: Json | undefined): string {
  return textOf(rowOf(value)["id"]);
}

/** Head of a record: when it was made and changed. */
export function stamped(old: Row | undefined, books: Pick<Books, "now">): Row {
  const now = timestamp(books.now());
  return { created_at: old?.["created_at"] ?? now, updated_at: now };
}

export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A calendar day of a request; undefined where it is none. */
export function dayOf(value: Json | undefined): string | undefined {
  const text = textOf(value);
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text ? text : undefined;
}
