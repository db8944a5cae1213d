import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { invalid, withDoubles } from "./errors.ts";
import { doubles, pageSizes } from "./names.ts";
import { summary, whole } from "./render.ts";
import type { Resource } from "./resource.ts";

/** GET of a resource: filtered, ordered, cut into pages, in the envelope {record_count, <key>: [...]}. */
export function listRows(resource: Resource, request: SandboxRequest, context: SandboxContext): SandboxReply {
  const { query } = request;
  const kept = context.ledger.all(resource.path).filter(filterOf(resource, query, context));
  const found = ordered(kept, query);
  const rows = page(found, query, context).map((row) =>
    isTrue(query, "idonly") ? { id: row["id"] ?? 0 } : shown(row, resource, query, context),
  );
  const body = resource.key === undefined ? rows : { record_count: found.length, [resource.key]: rows };
  return withDoubles(body, doubles[resource.path] ?? []);
}

function shown(row: Row, resource: Resource, query: URLSearchParams, context: SandboxContext): Row {
  const short = summary(row, resource, context);
  const lines = row["lines"];
  return isTrue(query, "includelines") && lines !== undefined ? { ...short, lines } : short;
}

function filterOf(
  resource: Resource,
  query: URLSearchParams,
  context: SandboxContext,
): (row: Row) => boolean {
  const equal = Object.entries(resource.filters).flatMap(([parameter, field]) => {
    const value = query.get(parameter);
    return value === null || value === "" ? [] : [[field, value] as const];
  });
  const search = (query.get("search") ?? "").toLowerCase();
  const [first, last] = [query.get("startdate") ?? "", query.get("enddate") ?? ""].map((day) =>
    day.slice(0, 10),
  );
  const from = time(query, "lastupdatefromdate");
  const to = time(query, "lastupdatetodate");
  const hidesInactive = context.rule("inactive_hidden") && !isTrue(query, "includeinactive");
  return (row) => {
    if (hidesInactive && resource.isInactive(row)) return false;
    const all = whole(row, resource, context);
    if (!equal.every(([field, value]) => String(all[field]) === value)) return false;
    const found = resource.searched.some((field) =>
      String(all[field] ?? "")
        .toLowerCase()
        .includes(search),
    );
    if (search !== "" && !found) return false;
    const day = resource.dated === undefined ? "" : String(row[resource.dated]).slice(0, 10);
    if (day !== "" && ((first && day < first) || (last && day > last))) return false;
    if (resource.changed === undefined) return true;
    const at = Date.parse(`${String(row[resource.changed])}Z`);
    return at >= (from ?? Number.NEGATIVE_INFINITY) && at <= (to ?? Number.POSITIVE_INFINITY);
  };
}

/** A time without an offset is UTC. The swagger calls the parameter a boolean; such a value filters nothing. */
function time(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name) ?? "";
  const ms = Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/.test(value) || !value.includes("T") ? value : `${value}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

function ordered(rows: readonly Row[], query: URLSearchParams): readonly Row[] {
  const field = query.get("order") ?? "";
  if (field === "") return rows;
  const sorted = rows.toSorted((a, b) => compare(a[field], b[field]));
  return isTrue(query, "orderdesc") ? sorted.toReversed() : sorted;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a ?? "").localeCompare(String(b ?? ""));
}

/** Without `pageinate` a list is one page of `count` rows; all of them when that is not given. */
function page(rows: readonly Row[], query: URLSearchParams, context: SandboxContext): readonly Row[] {
  if (!isTrue(query, "pageinate")) return rows.slice(0, wholeNumber(query, "count", rows.length));
  const asked = wholeNumber(query, "page_size", pageSizes.usual);
  // Whether a larger size is cut or refused is not documented; cut is what a client notices least.
  const size = context.rule("page_size_cap") ? Math.min(asked, pageSizes.max) : asked;
  const number = wholeNumber(query, "page_no", 1);
  return rows.slice((number - 1) * size, number * size);
}

function wholeNumber(query: URLSearchParams, name: string, preset: number): number {
  const text = query.get(name);
  if (text === null || text === "") return preset;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw invalid(`The value '${text}' is not valid for ${name}.`);
  return value;
}

function isTrue(query: URLSearchParams, name: string): boolean {
  return (query.get(name) ?? "").toLowerCase() === "true";
}
