import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { customFields, names, pageSizes } from "./names.ts";
import { failed, missing } from "./replies.ts";
import type { Resource } from "./resources.ts";

/** What each method does to a resource. Everything good stands under `data`. */

export type Handler = (resource: Resource, request: SandboxRequest, context: SandboxContext) => SandboxReply;

/** A page: `page` counts from 1, `perPage` rows; how many there are in all is not said, a short page is the last. */
export const listPage: Handler = (resource, { query }, context) => {
  const perPage = wholeNumber(query, "perPage") ?? pageSizes.usual;
  const number = wholeNumber(query, "page") ?? 1;
  const size = context.rule("page_size_cap") ? Math.min(perPage, pageSizes.max) : perPage;
  const rows = context.ledger.all(resource.collection).filter((row) =>
    Object.entries(resource.filters).every(([parameter, field]) => {
      const wanted = query.get(parameter);
      return wanted === null || wanted === "" || String(row[field]) === wanted;
    }),
  );
  const items = rows.slice((number - 1) * size, number * size);
  return { status: 200, body: { data: context.rule("items_envelope") ? { items } : items } };
};

/** Anything but a whole number from 1 on is ignored: nothing is known of a refusal. */
function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = Number(query.get(name) ?? "");
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

export const getOne: Handler = (resource, request, context) => {
  const row = find(resource, request, context);
  return row === undefined ? missing(resource.noun) : { status: 200, body: { data: row } };
};

/** PATCH as a merge: what the body names is changed, of the custom fields too. The media type is not known. */
export const patch: Handler = (resource, request, context) => {
  const row = find(resource, request, context);
  if (row === undefined) return missing(resource.noun);
  const body = parsed(request.body);
  if (!isObject(body)) return failed(400, "BadRequest", "The request body is not a JSON object");
  const merged = { ...row, ...body, [resource.id]: row[resource.id] ?? null };
  const { customFields: field } = names.customer;
  const own = Object.fromEntries(
    customFields.map((name) => [name, valueAt(body[field], name) ?? valueAt(row[field], name) ?? ""]),
  );
  const modified = { [names.modified]: new Date(context.now()).toISOString().slice(0, 19).concat("Z") };
  const stored: Row = { ...merged, [field]: own, ...modified };
  context.ledger.put(resource.collection, String(row[resource.id]), stored);
  return { status: 200, body: { data: stored } };
};

function valueAt(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined;
}

function find(resource: Resource, { params }: SandboxRequest, { ledger }: SandboxContext): Row | undefined {
  return ledger.get(resource.collection, params["id"] ?? "");
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
