import type { Entity } from "../config/entities.ts";
import { canonicalJson } from "../core/fingerprint.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import { printMoney } from "../core/money.ts";
import { describe, shown } from "./text.ts";
import type { FieldChange } from "./types.ts";

/** What a person has to do in a system that takes a write from nobody else: field by field, with both values. */

/** "amount 552.86 USD → 500.00 USD; allocations: invoice 9001 552.86 USD → 500.00 USD". */
export function changeTask(
  entity: Entity,
  changes: readonly FieldChange[],
  currency: Json | undefined,
): string {
  return changes
    .map(({ field, from, to }) =>
      Array.isArray(to)
        ? `${field}: ${itemsTask(entity, field, itemsOf(from), itemsOf(to), currency)}`
        : `${field} ${value(entity, field, from, currency)} → ${value(entity, field, to, currency)}`,
    )
    .join("; ");
}

/** The end of a record that the target takes from nobody else, with what hangs on it. `record`: the target's own. */
export function voidTask(
  entity: Entity,
  record: CanonicalRecord,
  system: string,
  what: "was voided" | "is gone",
): string {
  const lists = entity.fields.filter((field) => !entity.readOnly.has(field) && Array.isArray(record[field]));
  const frees = recordTask(entity, record, lists);
  return (
    `${describe(record)} ${what} at the source, and ${system} takes no void of a ${entity.name} from tripoint: ` +
    `void ${entity.name} ${shown(record["id"])} there by hand${frees === "" ? "" : ` (${frees})`}, then unlink it`
  );
}

/** What a record says in the named fields: "customer_id 5555; amount 50.00 USD". What is empty is left out. */
export function recordTask(entity: Entity, record: CanonicalRecord, fields: readonly string[]): string {
  const currency = record["currency"];
  const isEmpty = (one: Json | undefined): boolean =>
    one === undefined || one === null || one === "" || (Array.isArray(one) && one.length === 0);
  return fields
    .filter((field) => field !== "currency" && !isEmpty(record[field]))
    .map((field) => {
      const one = record[field];
      return Array.isArray(one)
        ? `${field}: ${one.map((item) => itemText(entity, field, item, currency)).join(", ")}`
        : `${field} ${value(entity, field, one, currency)}`;
    })
    .join("; ");
}

function itemsTask(
  entity: Entity,
  list: string,
  from: readonly Json[],
  to: readonly Json[],
  currency: Json | undefined,
): string {
  const same = (one: Json, others: readonly Json[]): boolean =>
    others.some((other) => canonicalJson(other) === canonicalJson(one));
  const gone = from.filter((one) => !same(one, to)).map((one) => itemText(entity, list, one, currency));
  const added = to.filter((one) => !same(one, from)).map((one) => itemText(entity, list, one, currency));
  return [
    ...(gone.length === 0 ? [] : [`take off ${gone.join(", ")}`]),
    ...(added.length === 0 ? [] : [`put on ${added.join(", ")}`]),
  ].join(", ");
}

/** "invoice_id 9001 amount 500.00 USD": what an item names, without what is empty and its own id. */
function itemText(entity: Entity, list: string, item: Json, currency: Json | undefined): string {
  if (!isObject(item)) return value(entity, list, item, currency);
  return Object.entries(item)
    .filter(([name, one]) => name !== "id" && one !== null)
    .map(([name, one]) => `${name} ${value(entity, `${list}.${name}`, one, currency)}`)
    .join(" ");
}

function value(entity: Entity, path: string, one: Json | undefined, currency: Json | undefined): string {
  const isMoney = entity.typeAt(path)?.kinds.includes("money") === true;
  return isMoney && typeof one === "number" && typeof currency === "string"
    ? printMoney(one, currency)
    : shown(one);
}

function itemsOf(list: Json | undefined): readonly Json[] {
  return Array.isArray(list) ? list : [];
}
