import type { Entity } from "../config/entities.ts";
import { canonicalJson } from "../core/fingerprint.ts";
import { isObject, type Json } from "../core/json.ts";
import { printMoney } from "../core/money.ts";

/** Values of records as people read them: money as money, lines by what they come to. Pure. */

/** "826.05 USD", "3 over 13.07 USD"; undefined for what is no amount. `currency`: the record's own. */
export function amountText(
  entity: Entity,
  path: string,
  value: Json | undefined,
  currency: Json | undefined,
): string | undefined {
  const isMoney = entity.typeAt(path)?.kinds.includes("money") === true;
  return isMoney && typeof value === "number" && typeof currency === "string"
    ? printMoney(value, currency)
    : sumText(value, currency);
}

/** "3 over 13.07 USD", "none"; undefined for what is no list of amounts. */
export function sumText(list: Json | undefined, currency: Json | undefined): string | undefined {
  if (!Array.isArray(list) || typeof currency !== "string") return undefined;
  const amounts = list.flatMap((item) =>
    isObject(item) && typeof item["amount"] === "number" ? [item["amount"]] : [],
  );
  if (amounts.length < list.length) return undefined;
  if (amounts.length === 0) return "none";
  return `${amounts.length} over ${printMoney(
    amounts.reduce((sum, one) => sum + one, 0),
    currency,
  )}`;
}

/** A field of a member of a list that differs. */
export interface ChangedMember {
  /** "lines 2", counted from 1. */
  readonly place: string;
  readonly field: string;
  readonly left: Json;
  readonly right: Json;
}

/** What differs between two lists of one length, member by member; undefined where they cannot be laid side by side. */
export function changedMembers(
  list: string,
  left: Json | undefined,
  right: Json | undefined,
): readonly ChangedMember[] | undefined {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return undefined;
  const members = left.flatMap((item, index) => {
    const other = right[index] ?? null;
    if (!isObject(item) || !isObject(other)) return [];
    return Object.entries(item).flatMap(([field, value]) =>
      canonicalJson(value) === canonicalJson(other[field] ?? null)
        ? []
        : [{ place: `${list} ${index + 1}`, field, left: value, right: other[field] ?? null }],
    );
  });
  return members.length === 0 ? undefined : members;
}
