import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Entity, FieldType } from "./define.ts";
import { invalid } from "./errors.ts";
import { customFields, texts } from "./names.ts";

/** The vendor's query filters: a list of conditions, joined by and, with groups in it. */
export type Test = (row: Row) => boolean;

const OR_MAX = 500;
// The vendor cannot filter by these two (its page on billing items says so).
const UNFILTERABLE = ["lineItemFullDescription", "lineItemGroupDescription"];
const NO_VALUE = ["exist", "notexist"];

export interface FilterRules {
  readonly orLimit: boolean;
  readonly oneCustomField: boolean;
}

/** Compiles a filter; throws the vendor's refusal. A query without any condition is refused. */
export function compileFilter(filter: Json | undefined, entity: Entity, rules: FilterRules): Test {
  if (!Array.isArray(filter) || filter.length === 0) throw invalid("A filter is required.");
  const conditions = flatten(filter);
  if (rules.orLimit && countOrs(filter) > OR_MAX) throw invalid(texts.tooManyOrs);
  const custom = conditions.filter(({ udf }) => udf === true);
  if (rules.oneCustomField && custom.length > 1) throw invalid("Only one UDF is allowed in a query.");
  return all(filter.map((item: Json) => compile(item, entity)));
}

function compile(item: Json, entity: Entity): Test {
  if (!isObject(item)) throw invalid("A filter has to be an object.");
  const op = String(item["op"] ?? "").toLowerCase();
  if (op === "and" || op === "or") {
    const items = Array.isArray(item["items"]) ? item["items"] : [];
    const tests = items.map((part: Json) => compile(part, entity));
    return op === "and" ? all(tests) : (row) => tests.some((test) => test(row));
  }
  const field = String(item["field"] ?? "");
  const value = item["value"];
  if (!NO_VALUE.includes(op) && value === undefined) throw invalid(`The filter for ${field} has no value.`);
  if (item["udf"] === true) {
    if (!customFields[entity.path]?.includes(field)) throw invalid(texts.unknownField(field, entity.name));
    return compare(op, (row) => customValue(row, field), value, "text");
  }
  // Field names are taken in any casing (assumed), as those of paths are.
  const name = [...entity.fields.keys()].find((known) => known.toLowerCase() === field.toLowerCase());
  const type = name === undefined ? undefined : entity.fields.get(name);
  if (name === undefined || type === undefined) throw invalid(texts.unknownField(field, entity.name));
  if (UNFILTERABLE.includes(name)) throw invalid(`${name} cannot be queried.`);
  return compare(op, (row) => row[name] ?? null, value, type.kind);
}

/** The value of a custom field; null when the record has none. */
export function customValue(row: Row, name: string): Json {
  const values = row["userDefinedFields"];
  return isObject(values) ? (values[name] ?? null) : null;
}

function compare(
  op: string,
  read: (row: Row) => Json,
  value: Json | undefined,
  kind: FieldType["kind"],
): Test {
  const wanted = comparable(value, kind);
  const order = (row: Row, accepts: (difference: number) => boolean): boolean => {
    const held = comparable(read(row), kind);
    if (held === null || wanted === null) return false;
    return accepts(held < wanted ? -1 : held > wanted ? 1 : 0);
  };
  const text = (row: Row): string => String(comparable(read(row), kind) ?? "");
  switch (op) {
    case "eq":
      return (row) => comparable(read(row), kind) === wanted;
    case "noteq":
      return (row) => comparable(read(row), kind) !== wanted;
    case "gt":
      return (row) => order(row, (difference) => difference > 0);
    case "gte":
      return (row) => order(row, (difference) => difference >= 0);
    case "lt":
      return (row) => order(row, (difference) => difference < 0);
    case "lte":
      return (row) => order(row, (difference) => difference <= 0);
    case "beginswith":
      return (row) => text(row).startsWith(String(wanted));
    case "endswith":
      return (row) => text(row).endsWith(String(wanted));
    case "contains":
      return (row) => text(row).includes(String(wanted));
    case "exist":
      return (row) => read(row) !== null;
    case "notexist":
      return (row) => read(row) === null;
    case "in":
    case "notin": {
      if (!Array.isArray(value)) throw invalid(`The value of ${op} has to be a list.`);
      const values = new Set(value.map((one: Json) => comparable(one, kind)));
      return (row) => values.has(comparable(read(row), kind)) === (op === "in");
    }
    default:
      throw invalid(`${op || "(none)"} is not a filter operator.`);
  }
}

/** Texts without regard to case, as the vendor's database compares them; instants by time. */
function comparable(value: Json | undefined, kind: FieldType["kind"]): string | number | null {
  if (value === null || value === undefined || Array.isArray(value)) return null;
  if (kind === "text") return String(value).toLowerCase();
  if (kind === "flag") return String(value) === "true" ? 1 : 0;
  if (kind !== "date") return Number(value);
  const text = String(value);
  // An instant without zone is UTC.
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes("T") ? text : `${text}Z`);
}

function all(tests: readonly Test[]): Test {
  return (row) => tests.every((test) => test(row));
}

function flatten(items: readonly Json[]): { readonly [key: string]: Json }[] {
  return items.filter(isObject).flatMap((item) => {
    const { items: inner } = item;
    return Array.isArray(inner) ? flatten(inner) : [item];
  });
}

function countOrs(items: readonly Json[]): number {
  return items.filter(isObject).reduce((sum, item) => {
    const inner = Array.isArray(item["items"]) ? item["items"] : [];
    const own = String(item["op"]).toLowerCase() === "or" ? inner.length : 0;
    return sum + own + countOrs(inner);
  }, 0);
}
