import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { atPath, isObject, type Json } from "../../../engine/core/json.ts";
import type { Books } from "./books.ts";
import { type Entity, findEntity } from "./entities.ts";
import { type Condition, type Literal, parseQuery, type Query } from "./query.ts";
import { invalidQuery, Refusal } from "./refusal.ts";

/** Runs a query over the ledger. Text is compared with case; whether the vendor does so is not in the sheet. */

const TIMES = ["MetaData.CreateTime", "MetaData.LastUpdatedTime"];

/** The QueryResponse object of a query's text: `{}` when nothing matches. */
export function runQuery(text: string, books: Books): Row | Refusal {
  const query = parseQuery(text);
  if (query instanceof Refusal) return query;
  const entity = findEntity(query.entity);
  if (entity === undefined) return invalidQuery(`Invalid context declaration : ${query.entity}`);
  const refusal = checkProperties(query, entity);
  if (refusal !== undefined) return refusal;
  const rows = books.ledger.all(entity.name).filter((row) => matches(row, query, entity, books));
  if (query.count) return { totalCount: rows.length };
  const sorted = query.orderBy.length === 0 ? rows : [...rows].sort((a, b) => compareRows(a, b, query));
  const page = sorted.slice(query.startPosition - 1, query.startPosition - 1 + query.maxResults);
  if (page.length === 0) return {};
  const shown = page.map((row) => project(row, query.properties));
  return { [entity.name]: shown, startPosition: query.startPosition, maxResults: page.length };
}

function checkProperties(query: Query, entity: Entity): Refusal | undefined {
  const known = new Set(["Id", ...TIMES, ...entity.filters]);
  const used = [...query.where, ...query.orderBy].map((item) => item.property);
  const unknown = used.find((property) => !known.has(property));
  if (unknown !== undefined) return invalidQuery(`Property ${unknown} not found for Entity ${entity.name}`);
  const byId = query.where.find((item) => item.property === "Id" && !["=", "in"].includes(item.operator));
  if (byId !== undefined) return invalidQuery(`Operator ${byId.operator} is not supported for property Id`);
  const missing = query.properties?.find((property) => !isField(property, entity));
  return missing === undefined
    ? undefined
    : invalidQuery(`Property ${missing} not found for Entity ${entity.name}`);
}

function isField(property: string, entity: Entity): boolean {
  const field = property.split(".")[0] ?? "";
  return (
    field === "Id" || field === "SyncToken" || field === "MetaData" || Object.hasOwn(entity.fields, field)
  );
}

function matches(row: Row, query: Query, entity: Entity, books: Books): boolean {
  const asksActive = query.where.some((condition) => condition.property === "Active");
  const hidesInactive = entity.kind === "name_list" && !asksActive && books.rule("name_list_active");
  if (hidesInactive && row["Active"] === false) return false;
  return query.where.every((condition) => holds(row, condition));
}

function holds(row: Row, condition: Condition): boolean {
  const value = valueAt(row, condition.property);
  if (value === undefined) return false;
  const order = (literal: Literal): number => compare(value, typed(literal, value, condition.property));
  const first = condition.values[0] ?? "";
  switch (condition.operator) {
    case "=":
    case "in":
      return condition.values.some((literal) => order(literal) === 0);
    case "<":
      return order(first) < 0;
    case ">":
      return order(first) > 0;
    case "<=":
      return order(first) <= 0;
    case ">=":
      return order(first) >= 0;
    case "like":
      return pattern(String(first)).test(String(value));
  }
}

/** The comparable value of a property: a reference's id, an address's text, a time in milliseconds. */
function valueAt(row: Row, property: string): Literal | undefined {
  const value = flat(atPath(row, property));
  if (value === undefined || !TIMES.includes(property)) return value;
  return Date.parse(String(value));
}

function flat(value: Json | undefined): Literal | undefined {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (!isObject(value)) return undefined;
  return flat(value["value"] ?? value["Address"] ?? value["FreeFormNumber"]);
}

// Values are quoted whatever their type: '12.5', 'true' and a time are read as what they are compared with.
function typed(literal: Literal, beside: Literal, property: string): Literal {
  if (TIMES.includes(property)) return Date.parse(String(literal));
  if (typeof beside === "number") return Number(literal);
  return typeof beside === "boolean" ? String(literal).toLowerCase() === "true" : String(literal);
}

function compare(a: Literal, b: Literal): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return a === b ? 0 : String(a) < String(b) ? -1 : 1;
}

function compareRows(a: Row, b: Row, query: Query): number {
  for (const { property, descending } of query.orderBy) {
    const order = compare(sortKey(a, property), sortKey(b, property));
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

function sortKey(row: Row, property: string): Literal {
  const value = valueAt(row, property) ?? "";
  return property === "Id" && /^\d+$/.test(String(value)) ? Number(value) : value;
}

function pattern(like: string): RegExp {
  const parts = like.split("%").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

function project(row: Row, properties: readonly string[] | undefined): Row {
  if (properties === undefined) return row;
  const fields = new Set(["Id", ...properties.map((property) => property.split(".")[0] ?? "")]);
  const kept = Object.entries(row).filter(([key]) => fields.has(key));
  return { domain: "QBO", sparse: true, ...Object.fromEntries(kept) };
}
