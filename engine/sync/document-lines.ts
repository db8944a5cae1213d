import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";

/** The lines of a document as a client wants them posted: a named line of rounding, one line for each code. Pure. */

/** A line for what rounding left over, by the client's choice. */
export interface RoundingLine {
  /** Its code in the client's code maps, as any charge has one. */
  readonly code: string;
  readonly description: string;
}

/**
 * The document with a line for what its lines and taxes miss of its total: one minor unit for each of them at most. What
 * is more is no rounding and stays, for the guards to find.
 */
export function withRounding(record: CanonicalRecord, rule: RoundingLine): CanonicalRecord {
  const { total } = record;
  const [lines, taxes] = [itemsOf(record["lines"]), itemsOf(record["taxes"])];
  const missing = typeof total === "number" ? total - sum(lines) - sum(taxes) : 0;
  if (missing === 0 || Math.abs(missing) > lines.length + taxes.length) return record;
  const line = {
    line_number: lines.length + 1,
    charge_type: rule.code,
    description: rule.description,
    quantity: "1",
    amount: missing,
  };
  return { ...record, lines: [...lines, line] };
}

// A summed line is of no single service or period any more, unless all of them agree.
const AGREED = [
  "charge_type",
  "tax_code",
  "location_id",
  "service_id",
  "contract_id",
  "billable_item_id",
  "period",
];

// What keeps amounts apart in a ledger: sums may only be made of what it shows as one.
const POSTED_AS = ["gl_code", "class", "department", "branch", "tax_code"];

/** One line, and one tax, for each account, split and tax code; amounts are summed exactly. */
export function summarised(record: CanonicalRecord): CanonicalRecord {
  const lines = grouped(itemsOf(record["lines"]), POSTED_AS);
  const placeOf = new Map(
    lines.flatMap((group, index) => group.map(({ line_number }) => [line_number, index + 1] as const)),
  );
  const taxes = grouped(itemsOf(record["taxes"]), POSTED_AS);
  return {
    ...record,
    lines: lines.map((group, index) => ({ ...oneLine(group), line_number: index + 1 })),
    taxes: taxes.map((group) => ({
      ...agreed(group, ["rate_decimal"]),
      ...(group.length === 1 ? {} : { taxable_amount: null }),
      line_number: agreedValue(group.map((tax) => placeOf.get(tax["line_number"] ?? null) ?? null)),
      amount: sum(group),
    })),
  };
}

type Item = { readonly [field: string]: Json };

function oneLine(group: readonly Item[]): Item {
  const [first = {}, ...more] = group;
  if (more.length === 0) return first;
  const description = `${String(first["description"])} and ${more.length} more`;
  return {
    ...agreed(group, AGREED),
    description,
    quantity: "1",
    unit_amount_decimal: null,
    amount: sum(group),
  };
}

/** The first of a group without what the others say otherwise. */
function agreed([first = {}, ...more]: readonly Item[], fields: readonly string[]): Item {
  const known = fields.filter((field) => Object.hasOwn(first, field));
  return {
    ...first,
    ...Object.fromEntries(
      known.map((field) => [field, agreedValue([first, ...more].map((one) => one[field] ?? null))]),
    ),
  };
}

function agreedValue(values: readonly Json[]): Json {
  const [first = null, ...more] = values;
  return more.every((value) => JSON.stringify(value) === JSON.stringify(first)) ? first : null;
}

/** Items with the same values in some fields, in the order in which the first of each comes. */
function grouped(items: readonly Item[], fields: readonly string[]): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = JSON.stringify(fields.map((field) => item[field] ?? null));
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}

function itemsOf(value: Json | undefined): readonly Item[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function sum(items: readonly Item[]): number {
  return items.reduce((total, { amount }) => total + (typeof amount === "number" ? amount : 0), 0);
}
