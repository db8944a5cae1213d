import { fingerprint } from "../core/fingerprint.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import type { AdjustingEntity } from "./adjustments.ts";

/** The difference between what documents are to come to together and what they come to, as a document of its own. Pure. */

/** A posted document, by its kind: an invoice asks, a credit note gives back. */
export interface PostedDocument {
  readonly entity: AdjustingEntity;
  readonly record: CanonicalRecord;
}

/** Lines and taxes over a difference; of a credit note as positive amounts. Minor units. */
export interface Adjusting {
  readonly entity: AdjustingEntity;
  readonly lines: readonly Json[];
  readonly taxes: readonly Json[];
  readonly subtotal: number;
  readonly tax_total: number;
  readonly total: number;
}

/**
 * What is still to be posted, one line for each GL code and split that differs; undefined: nothing. `wanted`: undefined for a
 * document that is to come to nothing.
 */
export function differenceOf(
  wanted: PostedDocument | undefined,
  posted: readonly PostedDocument[],
): Adjusting | undefined {
  const lines = differing("lines", wanted, posted);
  const taxes = differing("taxes", wanted, posted);
  if (lines.length + taxes.length === 0) return undefined;
  const sum = (items: readonly Item[]): number => items.reduce((before, { amount }) => before + amount, 0);
  const sign = sum(lines) + sum(taxes) < 0 ? -1 : 1;
  const signed = (items: readonly Item[]): readonly Item[] =>
    items.map((item) => ({ ...item, amount: sign * item.amount }));
  return {
    entity: sign < 0 ? "credit_note" : "invoice",
    lines: signed(lines),
    taxes: signed(taxes),
    subtotal: sign * sum(lines),
    tax_total: sign * sum(taxes),
    total: sign * (sum(lines) + sum(taxes)),
  };
}

/** What documents come to together by account and split, as one word: the same however they share it out. */
export function sumsPrint(documents: readonly PostedDocument[]): string {
  return fingerprint(
    (["lines", "taxes"] as const).map((list) =>
      [...sumsOf(list, documents, [])]
        .flatMap(([key, { amount }]) => (amount === 0 ? [] : [`${key} ${amount}`]))
        .sort(),
    ),
  ).slice(0, 12);
}

type Item = { readonly [field: string]: Json } & { readonly amount: number };

function differing(
  list: "lines" | "taxes",
  wanted: PostedDocument | undefined,
  posted: readonly PostedDocument[],
): readonly Item[] {
  const all = sumsOf(list, wanted === undefined ? [] : [wanted], posted);
  return [...all.values()]
    .filter(({ amount }) => amount !== 0)
    .map(({ amount, like }, index) =>
      list === "lines"
        ? { ...like, line_number: index + 1, ...LUMP, amount }
        : { ...like, line_number: null, taxable_amount: null, amount },
    );
}

/** Amounts by what keeps them apart, each with an item that is booked so: those of the one list less those of the other. */
function sumsOf(
  list: "lines" | "taxes",
  added: readonly PostedDocument[],
  taken: readonly PostedDocument[],
): ReadonlyMap<string, { readonly amount: number; readonly like: { readonly [field: string]: Json } }> {
  const all = new Map<string, { amount: number; readonly like: { readonly [field: string]: Json } }>();
  const add = ({ entity, record }: PostedDocument, sign: number): void => {
    const items = Array.isArray(record[list]) ? record[list].filter(isObject) : [];
    for (const item of items) {
      const key = JSON.stringify(BOOKED_BY.map((field) => item[field] ?? null));
      const sum = all.get(key) ?? { amount: 0, like: item };
      const amount = typeof item["amount"] === "number" ? item["amount"] : 0;
      sum.amount += entity === "credit_note" ? -sign * amount : sign * amount;
      all.set(key, sum);
    }
  };
  for (const one of added) add(one, 1);
  for (const one of taken) add(one, -1);
  return all;
}

// What keeps amounts apart in a ledger.
const BOOKED_BY = ["gl_code", "class", "department", "branch"];

// A difference is no quantity at a price, and it bills no item anew.
const LUMP = { quantity: "1", unit_amount_decimal: null, billable_item_id: null };
