import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { textOf } from "./books.ts";
import { names } from "./names.ts";
import { validation } from "./replies.ts";
import type { Resource } from "./resources.ts";

/** One page of a resource, filtered. */

const PAGE_SIZE = 10;
const PAGE_SIZE_MAX = 500;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

type Predicate = (row: Row) => boolean;

/** GET of a collection: {ok, has_more, record_count, records}, record_count being that of this page. */
export function listPage(resource: Resource, request: SandboxRequest, context: SandboxContext): SandboxReply {
  const size = wholeNumber(request.query, "page_size", PAGE_SIZE);
  const page = wholeNumber(request.query, "page", 1);
  if (size === undefined) return validation(["The page_size field must be between 1 and 500."]);
  if (page === undefined) return validation(["The page field must be 1 or more."]);
  const filters = predicates(resource, request.query, context);
  if (typeof filters === "string") return validation([filters]);

  // Whether a larger page is cut or refused is not documented; cut is what a client notices least, so it is tested.
  const length = context.rule("page_size_cap") ? Math.min(size, PAGE_SIZE_MAX) : size;
  const rows = context.ledger.all(resource.collection);
  const found = filters.length === 0 ? rows : rows.filter((row) => filters.every((matches) => matches(row)));
  const records = found.slice((page - 1) * length, page * length);
  const has_more = page * length < found.length;
  return { status: 200, body: { ok: true, has_more, record_count: records.length, records } };
}

/** The values of a parameter, given with the `search.` prefix of the current reference or bare as in the older guide. */
function given(query: URLSearchParams, name: string): string[] {
  const prefixed = query.getAll(`search.${name}`);
  return (prefixed.length > 0 ? prefixed : query.getAll(name)).filter((value) => value !== "");
}

function wholeNumber(query: URLSearchParams, name: string, preset: number): number | undefined {
  const [text] = given(query, name);
  if (text === undefined) return preset;
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

/** What the rows must meet, or what is wrong with the query. A field the resource cannot search is ignored. */
function predicates(
  resource: Resource,
  query: URLSearchParams,
  context: SandboxContext,
): Predicate[] | string {
  const all: Predicate[] = [];
  for (const [parameter, filter] of Object.entries(resource.filters)) {
    const values = given(query, parameter);
    if (values.length === 0 || (filter.rule !== undefined && !context.rule(filter.rule))) continue;
    const wanted = filter.repeatable === true ? values : values.slice(0, 1);
    all.push((row) => wanted.some((value) => filter.matches(row, value)));
  }
  if (!resource.dated) return all;
  for (const [parameter, field] of [
    ["created_date_start", names.stamps.created],
    ["updated_date_start", names.stamps.updated],
  ] as const) {
    const [start] = given(query, parameter);
    if (start === undefined) continue;
    if (!TIME.test(start)) return `The ${parameter} field must be a date of the form YYYY-MM-DDThh:mm:ss.`;
    all.push((row) => textOf(row[field]) >= start);
  }
  return all;
}
