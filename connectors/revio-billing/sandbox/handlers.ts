import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { newId, timestamp } from "./books.ts";
import { checkBody } from "./check.ts";
import { removal } from "./delete.ts";
import { names } from "./names.ts";
import { applyPatch } from "./patch.ts";
import { missing, validation } from "./replies.ts";
import type { Resource } from "./resources.ts";

/** What each method does to one row of a resource. */

type Handler = (resource: Resource, request: SandboxRequest, context: SandboxContext) => SandboxReply;

/** The object's fields at top level, with ok and links. */
export const getOne: Handler = (resource, request, context) => {
  const row = find(resource, request, context);
  if (row === undefined) return missing(resource.noun, request.params["id"] ?? "");
  // The sample of the sheet spells the path in lower case; paths are not case-sensitive here.
  const href = `${context.origin}/v1/${resource.path.toLowerCase()}/${request.params["id"]}`;
  return { status: 200, body: { ok: true, ...row, links: [{ rel: "self", href }] } };
};

/** 201 with the new id alone and a Location; sent twice it creates two. */
export const create: Handler = (resource, request, context) => {
  const body = jsonObject(request);
  if (body === undefined) return validation(["The Body field is required."]);
  const result = prepare(resource, body, undefined, context);
  if ("refusal" in result) return result.refusal;
  const id = newId(resource.collection, resource.firstId, context);
  store(resource, { ...result.row, [resource.idField]: id }, undefined, context);
  const headers = { location: `${context.origin}/v1/${resource.path}/${id}` };
  return { status: 201, body: { ok: true, id }, headers };
};

/** The whole resource anew: what the body leaves out is emptied. */
export const replace: Handler = (resource, request, context) => {
  const old = find(resource, request, context);
  if (old === undefined) return missing(resource.noun, request.params["id"] ?? "");
  const body = jsonObject(request);
  if (body === undefined) return validation(["The Body field is required."]);
  const result = prepare(resource, body, old, context);
  return "refusal" in result ? result.refusal : changed(resource, result.row, old, context);
};

/** JSON Patch under its own media type. */
export const patch: Handler = (resource, request, context) => {
  const old = find(resource, request, context);
  if (old === undefined) return missing(resource.noun, request.params["id"] ?? "");
  // 415 is not among the vendor's documented statuses.
  if (context.rule("patch_content_type") && mediaType(request) !== "application/json-patch+json") {
    return validation(["The Content-Type must be application/json-patch+json."]);
  }
  const patched = applyPatch(
    old,
    parsed(request) ?? null,
    resource.fields,
    context.rule("positional_fields"),
  );
  if ("problem" in patched) return validation([patched.problem]);
  const result = prepare(resource, patched.row, old, context);
  return "refusal" in result ? result.refusal : changed(resource, result.row, old, context);
};

export const remove: Handler = (resource, request, context) => {
  const old = find(resource, request, context);
  if (old === undefined) return missing(resource.noun, request.params["id"] ?? "");
  const refusal = removal(resource.collection, request.params["id"] ?? "", old, jsonObject(request), context);
  return refusal ?? { status: 200, body: { ok: true } };
};

function find(resource: Resource, request: SandboxRequest, context: SandboxContext): Row | undefined {
  return context.ledger.get(resource.collection, request.params["id"] ?? "");
}

/** The checked row that a request asks for, or the refusal. */
function prepare(
  resource: Resource,
  body: Row,
  old: Row | undefined,
  context: SandboxContext,
): { readonly row: Row } | { readonly refusal: SandboxReply } {
  const { row, messages } = checkBody(resource.fields, body, old, context);
  const all = messages.length > 0 ? messages : (resource.check?.(row, old, context) ?? []);
  return all.length > 0 ? { refusal: validation(all) } : { row };
}

function changed(resource: Resource, row: Row, old: Row, context: SandboxContext): SandboxReply {
  store(resource, row, old, context);
  // What a change answers is not documented; the id alone is what a create answers.
  return { status: 200, body: { ok: true, id: row[resource.idField] ?? 0 } };
}

function store(resource: Resource, row: Row, old: Row | undefined, context: SandboxContext): void {
  const stamp = timestamp(context.now());
  const complete = { ...(resource.complete?.(row, old, context) ?? row) };
  if (names.stamps.updated in resource.fields) complete[names.stamps.updated] = stamp;
  if (old === undefined && names.stamps.created in resource.fields) complete[names.stamps.created] = stamp;
  context.ledger.put(resource.collection, String(complete[resource.idField]), complete);
  resource.stored?.(complete, context);
}

function mediaType(request: SandboxRequest): string {
  return (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/** A body sent as JSON; undefined for another media type, broken text or anything but an object. */
function jsonObject(request: SandboxRequest): Row | undefined {
  if (!["application/json", "text/json"].includes(mediaType(request))) return undefined;
  const body = parsed(request);
  return isObject(body) ? { ...body } : undefined;
}

function parsed(request: SandboxRequest): Json | undefined {
  try {
    return JSON.parse(request.body) as Json;
  } catch {
    // Broken JSON is answered like a missing body.
    return undefined;
  }
}
