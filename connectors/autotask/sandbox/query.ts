import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Entity } from "./define.ts";
import { invalid } from "./errors.ts";
import { compileFilter, customValue, type Test } from "./filter.ts";
import { customFields, pageNames, texts } from "./names.ts";

/** Queries: by POST body or ?search=, 500 rows a page in the order of their ids, a link to the next page. */

const PAGE_MAX = 500;

interface Query {
  readonly filter: Json;
  readonly maxRecords: number;
  readonly includeFields: readonly string[];
}

/** POST /{Entity}/query and GET /{Entity}/query?search=. */
export function queryRows(entity: Entity, request: SandboxRequest, context: SandboxContext): SandboxReply {
  return page(entity, parseQuery(searchOf(request)), undefined, context);
}

/** The link of a page before: GET, or POST with any body. */
export function nextRows(entity: Entity, request: SandboxRequest, context: SandboxContext): SandboxReply {
  const token = parseJson(Buffer.from(request.query.get("paging") ?? "", "base64url").toString("utf8"));
  if (!isObject(token)) throw invalid("The paging token is not valid.");
  return page(entity, parseQuery(token["query"] ?? null), Number(token["after"]), context);
}

/** GET or POST /{Entity}/query/count. */
export function countRows(entity: Entity, request: SandboxRequest, context: SandboxContext): SandboxReply {
  const test = testOf(entity, parseQuery(searchOf(request)), context);
  return { status: 200, body: { [pageNames.count]: context.ledger.all(entity.path).filter(test).length } };
}

/** GET /{Entity}/{id}: 200 with null when there is no such record. */
export function getRow(entity: Entity, id: string, context: SandboxContext): SandboxReply {
  const row = context.ledger.get(entity.path, id);
  return {
    status: 200,
    body: { item: row === undefined ? null : (shown([row], entity, context)[0] ?? null) },
  };
}

/** GET /{Parent}/{id}/{Children}: the children of one parent. */
export function childRows(entity: Entity, parent: string, context: SandboxContext): SandboxReply {
  const filter = [{ op: "eq", field: entity.child?.field ?? "", value: Number(parent) }];
  return page(entity, { filter, maxRecords: PAGE_MAX, includeFields: [] }, undefined, context);
}

function page(
  entity: Entity,
  query: Query,
  after: number | undefined,
  context: SandboxContext,
): SandboxReply {
  const test = testOf(entity, query, context);
  const size = Math.min(query.maxRecords, PAGE_MAX);
  const found = context.ledger
    .all(entity.path)
    .filter((row) => (after === undefined || Number(row["id"]) > after) && test(row))
    .sort((a, b) => Number(a["id"]) - Number(b["id"]));
  const rows = found.slice(0, size);
  const last = rows.at(-1);
  const next =
    found.length > size && last !== undefined ? linkAfter(Number(last["id"]), entity, query, context) : null;
  checkIncluded(query, entity, found.length, context);
  const pageDetails = {
    count: rows.length,
    [pageNames.requested]: size,
    // What the link back looks like is not known, and no client needs it.
    [pageNames.previous]: null,
    nextPageUrl: next,
  };
  const items = shown(rows, entity, context).map((row) => selected(row, query.includeFields));
  return { status: 200, body: { items, pageDetails } };
}

function testOf(entity: Entity, query: Query, { rule }: SandboxContext): Test {
  const rules = { orLimit: rule("or_limit"), oneCustomField: rule("one_udf") };
  return compileFilter(query.filter, entity, rules);
}

function linkAfter(after: number, entity: Entity, query: Query, { origin }: SandboxContext): string {
  const token = Buffer.from(JSON.stringify({ after, query })).toString("base64url");
  return `${origin}/ATServicesRest/V1.0/${entity.path}/query/next?paging=${token}`;
}

/** Records as a reply shows them: every field, and custom fields where any record of the reply has a value. */
function shown(rows: readonly Row[], entity: Entity, { rule }: SandboxContext): Row[] {
  const names = customFields[entity.path] ?? [];
  const isAny = rows.some((row) => names.some((name) => customValue(row, name) !== null));
  const withCustom = names.length > 0 && (isAny || !rule("udf_absent"));
  return rows.map((row) => {
    const plain = [...entity.fields.keys()].map((name) => [name, row[name] ?? null] as const);
    const custom = names.map((name) => ({ name, value: customValue(row, name) }));
    return { ...Object.fromEntries(plain), ...(withCustom ? { userDefinedFields: custom } : {}) };
  });
}

function selected(row: Row, names: readonly string[]): Row {
  if (names.length === 0) return row;
  const wanted = names.map((name) => name.toLowerCase());
  const kept = Object.entries(row).flatMap(([name, value]): [string, Json][] => {
    if (wanted.includes(name.toLowerCase())) return [[name, value]];
    if (name !== "userDefinedFields" || !Array.isArray(value)) return [];
    const custom = value.filter(
      (one: Json) => isObject(one) && wanted.includes(String(one["name"]).toLowerCase()),
    );
    return custom.length === 0 ? [] : [[name, custom]];
  });
  return Object.fromEntries(kept);
}

function checkIncluded(query: Query, entity: Entity, found: number, { rule }: SandboxContext): void {
  const custom = customFields[entity.path] ?? [];
  const known = [...entity.fields.keys(), ...custom].map((name) => name.toLowerCase());
  const unknown = query.includeFields.find((name) => !known.includes(name.toLowerCase()));
  if (unknown !== undefined) throw invalid(texts.unknownField(unknown, entity.name));
  const hasId =
    query.includeFields.length === 0 || query.includeFields.some((name) => name.toLowerCase() === "id");
  if (!hasId && found > PAGE_MAX && rule("id_in_fields")) {
    throw invalid("More than 500 results need id among includeFields.");
  }
}

function searchOf(request: SandboxRequest): Json {
  const text = request.method === "GET" ? (request.query.get("search") ?? "") : request.body;
  return parseJson(text) ?? null;
}

// Names of the query are taken in any casing: the vendor's own pages write both MaxRecords and maxRecords.
function parseQuery(search: Json): Query {
  if (!isObject(search)) throw invalid("The query is not valid JSON.");
  const lower = Object.fromEntries(
    Object.entries(search).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const size = lower["maxrecords"] ?? PAGE_MAX;
  if (typeof size !== "number" || size < 1) throw invalid("MaxRecords has to be at least 1.");
  const include = lower["includefields"] ?? [];
  if (!Array.isArray(include)) throw invalid("IncludeFields has to be a list.");
  return { filter: lower["filter"] ?? null, maxRecords: size, includeFields: include.map(String) };
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
