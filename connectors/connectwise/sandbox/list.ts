import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { compileConditions, type Predicate } from "./conditions.ts";
import { badCondition } from "./errors.ts";
import { childItems, childNames, customFieldName, fieldNames } from "./names.ts";
import { customFields, idOf, render, rowsOf } from "./records.ts";
import type { Resource } from "./resources.ts";

/** Lists: a bare array, its pages linked by the Link header, and the count beside it. */

const PAGE_SIZE = 25;
const PAGE_SIZE_MAX = 1000;

/** GET of a list: conditions, order, fields, and one of the two kinds of paging. */
export function listRecords(
  resource: Resource,
  parent: string | undefined,
  request: SandboxRequest,
  context: SandboxContext,
): SandboxReply {
  const { query } = request;
  const found = matching(resource, parent, query, context);
  const size = pageSize(query, context);
  const forward = request.headers["pagination-type"] === "forward-only";
  const page = forward
    ? forwardPage(found, query, size)
    : numberedPage(found, query, size, resource, context);
  const shown = page.rows.map((row) => selectFields(render(row, resource, context), query.get("fields")));
  const link = page.links.map(
    ({ rel, name, value }) => `<${linkUrl(request, context, name, value)}>; rel="${rel}"`,
  );
  return { status: 200, body: shown, ...(link.length === 0 ? {} : { headers: { link: link.join(", ") } }) };
}

/** GET of …/count. */
export function countRecords(
  resource: Resource,
  parent: string | undefined,
  request: SandboxRequest,
  context: SandboxContext,
): SandboxReply {
  return { status: 200, body: { count: matching(resource, parent, request.query, context).length } };
}

/** One record's fields by the `fields` parameter, nested ones by slash; names that it does not have are left out. */
export function selectFields(record: Row, fields: string | null): Row {
  if (fields === null || fields.trim() === "") return record;
  const shown: Row = {};
  for (const path of fields.split(",")) copyPath(record, shown, path.trim().split("/"));
  return shown;
}

function copyPath(from: { readonly [key: string]: Json }, to: Row, path: readonly string[]): void {
  const [name = "", ...rest] = path;
  const value = from[name];
  if (value === undefined) return;
  if (rest.length === 0) to[name] = value;
  else if (isObject(value)) {
    const inner: Row = isObject(to[name]) ? { ...to[name] } : {};
    copyPath(value, inner, rest);
    to[name] = inner;
  }
}

function matching(
  resource: Resource,
  parent: string | undefined,
  query: URLSearchParams,
  context: SandboxContext,
): Row[] {
  const tests = [...conditionTests(resource, query, context)];
  return rowsOf(resource, parent, context).filter((row) => tests.every((test) => test(row)));
}

function* conditionTests(
  resource: Resource,
  query: URLSearchParams,
  context: SandboxContext,
): Generator<Predicate<Row>> {
  const strict = context.rule("conditions");
  const plain = query.get("conditions");
  if (plain) yield compileConditions(plain, fieldNames(resource, context), strict);
  const child = query.get("childConditions");
  if (child) {
    const names = childNames(resource, context);
    const test = compileConditions(child, names.find, strict);
    yield (row) => childItems(row, names.list ?? "").some(test);
  }
  const custom = query.get("customFieldConditions");
  if (custom) {
    const test = compileConditions(custom, customFieldName, strict);
    const { pod } = resource;
    yield (row) => pod !== undefined && customFields(row, pod, context).some(test);
  }
}

interface Link {
  readonly rel: "next" | "prev" | "first" | "last";
  readonly name: "page" | "pageId";
  readonly value: number;
}

interface PageOfRows {
  readonly rows: readonly Row[];
  readonly links: readonly Link[];
}

function numberedPage(
  found: readonly Row[],
  query: URLSearchParams,
  size: number,
  resource: Resource,
  context: SandboxContext,
): PageOfRows {
  const page = positive(query, "page") ?? 1;
  const last = Math.max(1, Math.ceil(found.length / size));
  const links: Link[] = [];
  if (page < last) {
    links.push({ rel: "next", name: "page", value: page + 1 }, { rel: "last", name: "page", value: last });
  }
  if (page > 1) {
    links.push({ rel: "prev", name: "page", value: page - 1 }, { rel: "first", name: "page", value: 1 });
  }
  const ordered = order(found, query.get("orderBy"), resource, context);
  return { rows: ordered.slice((page - 1) * size, page * size), links };
}

/** Forward-only paging: pageId means "id greater than this"; with an ordering of one's own it is refused (low confidence). */
function forwardPage(found: readonly Row[], query: URLSearchParams, size: number): PageOfRows {
  if (query.get("orderBy")) throw badCondition("orderBy cannot be used with forward-only paging");
  const after = Number(query.get("pageId") ?? 0);
  if (!Number.isInteger(after)) throw badCondition("pageId must be a number");
  const ahead = found.filter((row) => idOf(row) > after);
  const rows = ahead.slice(0, size);
  const end = rows.at(-1);
  const more = end !== undefined && ahead.length > rows.length;
  return { rows, links: more ? [{ rel: "next", name: "pageId", value: idOf(end) }] : [] };
}

function order(
  rows: readonly Row[],
  orderBy: string | null,
  resource: Resource,
  context: SandboxContext,
): readonly Row[] {
  if (orderBy === null || orderBy.trim() === "") return rows;
  const find = fieldNames(resource, context);
  const keys = orderBy.split(",").map((part) => {
    const [path = "", direction = "asc", ...rest] = part.trim().split(/\s+/);
    const accessor = find(path);
    if (accessor === undefined || rest.length > 0 || !/^(asc|desc)$/i.test(direction)) {
      throw badCondition(`${path} is not a recognized name.`);
    }
    return { accessor, sign: direction.toLowerCase() === "desc" ? -1 : 1 };
  });
  return [...rows].sort((a, b) => {
    for (const { accessor, sign } of keys) {
      const difference = compareValues(accessor.read(a), accessor.read(b));
      if (difference !== 0) return sign * difference;
    }
    return idOf(a) - idOf(b);
  });
}

function compareValues(a: Json | undefined, b: Json | undefined): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const left = a === undefined || a === null ? "" : String(a).toLowerCase();
  const right = b === undefined || b === null ? "" : String(b).toLowerCase();
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A larger size is cut to the maximum: the vendor names a hard maximum and no error (low confidence). */
function pageSize(query: URLSearchParams, context: SandboxContext): number {
  const asked = positive(query, "pageSize") ?? PAGE_SIZE;
  return context.rule("page_size_cap") ? Math.min(asked, PAGE_SIZE_MAX) : asked;
}

function positive(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw badCondition(`${name} must be a positive number`);
  return Number(text);
}

function linkUrl(request: SandboxRequest, context: SandboxContext, name: string, value: number): string {
  const query = new URLSearchParams(request.query);
  query.set(name, String(value));
  return `${context.origin}${request.path}?${query}`;
}
