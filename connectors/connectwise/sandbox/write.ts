import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { afterSave, beforeCreate, createErrors } from "./behaviour.ts";
import { type FieldError, inUse, invalidObject, Refusal } from "./errors.ts";
import { fieldError, missingFields, normalize, resourceName, seconds } from "./normalize.ts";
import { applyPatch, parsePatch } from "./patch.ts";
import { idOf, linkId, render, upward } from "./records.ts";
import { type Resource, resources } from "./resources.ts";

/** POST, PUT, PATCH and DELETE. Every save sets _info.lastUpdated to the sandbox's clock. */

const API_MEMBER = "api-lakeside";

/** POST: 201 with the record and its location. */
export function createRecord(
  resource: Resource,
  parent: string | undefined,
  request: SandboxRequest,
  context: SandboxContext,
): SandboxReply {
  const sent = withParent(jsonObject(request.body), resource, parent);
  const { row, errors } = normalize(beforeCreate(sent, resource, context), resource, context);
  const all = [
    ...errors,
    ...missingFields(row, unnamed(resource.entity.required, errors), resource),
    ...createErrors(row, resource),
    ...uniqueErrors(row, undefined, resource, context),
  ];
  if (all.length > 0) throw invalidObject(resourceName(resource), all);
  const saved = save({ ...row, id: newId(resource, row, context) }, undefined, resource, parent, context);
  const location = `${context.origin}${request.path}/${saved["id"]}`;
  return { status: 201, body: render(saved, resource, context), headers: { location } };
}

/** PUT: what is not sent is emptied. */
export function replaceRecord(
  resource: Resource,
  parent: string | undefined,
  old: Row,
  request: SandboxRequest,
  context: SandboxContext,
): SandboxReply {
  const sent = withParent(jsonObject(request.body), resource, parent);
  const { row, errors } = normalize(sent, resource, context);
  const needed = [...resource.entity.required, ...resource.entity.requiredOnPut];
  const missing = missingFields(row, unnamed(needed, errors), resource);
  return update(row, [...errors, ...missing], old, resource, parent, context);
}

/** PATCH: only what is named changes; only named fields are checked for being there. */
export function patchRecord(
  resource: Resource,
  parent: string | undefined,
  old: Row,
  request: SandboxRequest,
  context: SandboxContext,
): SandboxReply {
  const operations = parsePatch(parseJson(request.body));
  const named = operations.map(({ path }) => path[0] ?? "");
  for (const name of named) {
    const known = resource.entity.fields.has(name) || (name === "customFields" && resource.pod !== undefined);
    if (!known) {
      const error = fieldError(resource, name, "InvalidValue", `${name} is not a field.`);
      throw invalidObject(resourceName(resource), [error]);
    }
  }
  const patched = applyPatch(old, operations);
  const { row, errors } = normalize(isObject(patched) ? patched : {}, resource, context);
  const needed = unnamed(resource.entity.required, errors).filter((name) => named.includes(name));
  return update(row, [...errors, ...missingFields(row, needed, resource)], old, resource, parent, context);
}

/** DELETE: 204. A company is only marked; a record that another one points to is in use. */
export function deleteRecord(
  resource: Resource,
  parent: string | undefined,
  old: Row,
  context: SandboxContext,
): SandboxReply {
  if (resource.soft === true) {
    const marks = { deletedFlag: true, dateDeleted: seconds(context.now()), deletedBy: API_MEMBER };
    save({ ...old, ...marks }, old, resource, parent, context);
  } else if (resource.inside !== undefined) {
    changeInside(resource, parent, context, (items) =>
      items.filter((item) => !sameItem(item, old, resource)),
    );
  } else {
    if (pointedTo(resource.collection, idOf(old), context)) throw inUse();
    context.ledger.remove(resource.collection, String(old["id"]));
  }
  return { status: 204 };
}

function update(
  row: Row,
  errors: readonly FieldError[],
  old: Row,
  resource: Resource,
  parent: string | undefined,
  context: SandboxContext,
): SandboxReply {
  const all = [...errors, ...uniqueErrors(row, old, resource, context)];
  if (all.length > 0) throw invalidObject(resourceName(resource), all);
  const saved = save({ ...row, id: old["id"] ?? null }, old, resource, parent, context);
  return { status: 200, body: render(saved, resource, context) };
}

function save(
  row: Row,
  old: Row | undefined,
  resource: Resource,
  parent: string | undefined,
  context: SandboxContext,
): Row {
  const now = seconds(context.now());
  const before = isObject(old?.["_info"]) ? old["_info"] : { dateEntered: now, enteredBy: API_MEMBER };
  const saved: Row = {
    ...afterSave(row, old, resource, context),
    _info: { ...before, lastUpdated: now, updatedBy: API_MEMBER },
  };
  if (resource.inside === "types") saved["id"] = newId(resource, saved, context);
  if (resource.inside === undefined) {
    context.ledger.put(resource.collection, String(saved["id"]), saved);
  } else {
    const item = insideItem(saved, resource);
    changeInside(resource, parent, context, (items) => [
      ...items.filter((other) => !sameItem(other, old ?? saved, resource)),
      item,
    ]);
  }
  return saved;
}

/** What of a child is kept in the parent's list: of a type link only the type. */
function insideItem(row: Row, resource: Resource): Row {
  if (resource.inside === "types") return { id: upward(row["type"]) ?? null };
  const { contactId: _, _info, ...item } = row;
  return item;
}

function sameItem(item: Json, row: Row, resource: Resource): boolean {
  const id = resource.inside === "types" ? upward(row["type"]) : row["id"];
  return isObject(item) && item["id"] === id;
}

function changeInside(
  resource: Resource,
  parent: string | undefined,
  { ledger, now }: SandboxContext,
  change: (items: readonly Json[]) => Json[],
): void {
  const { inside } = resource;
  const collection = resource.parent?.collection ?? "";
  const owner = parent === undefined ? undefined : ledger.get(collection, parent);
  if (inside === undefined || parent === undefined || owner === undefined) return;
  const items = owner[inside];
  const info = isObject(owner["_info"]) ? owner["_info"] : {};
  ledger.put(collection, parent, {
    ...owner,
    [inside]: change(Array.isArray(items) ? items : []),
    _info: { ...info, lastUpdated: seconds(now()), updatedBy: API_MEMBER },
  });
}

function newId(resource: Resource, row: Row, { ledger }: SandboxContext): number {
  if (resource.inside === "types") return linkId(Number(upward(row["company"])), Number(upward(row["type"])));
  return ledger.next(resource.collection, 1);
}

function uniqueErrors(
  row: Row,
  old: Row | undefined,
  resource: Resource,
  { ledger, rule }: SandboxContext,
): FieldError[] {
  const { unique } = resource;
  const value = unique === undefined ? undefined : row[unique];
  if (unique === undefined || typeof value !== "string" || !rule("unique_identifier")) return [];
  const taken = ledger
    .all(resource.collection)
    .some(
      (other) => other["id"] !== old?.["id"] && String(other[unique]).toLowerCase() === value.toLowerCase(),
    );
  // A deleted company keeps its identifier. The code is not documented.
  return taken
    ? [fieldError(resource, unique, "DuplicateValue", `The ${unique} ${value} is already in use.`)]
    : [];
}

function pointedTo(collection: string, id: number, { ledger }: SandboxContext): boolean {
  return resources.some(({ collection: other, entity, parent }) =>
    [...entity.fields].some(([name, type]) => {
      const points =
        (type.kind === "ref" && type.to === collection) ||
        (parent?.field === name && parent.collection === collection);
      return points && ledger.all(other).some((row) => upward(row[name]) === id);
    }),
  );
}

function withParent(
  sent: { readonly [key: string]: Json },
  resource: Resource,
  parent: string | undefined,
): { readonly [key: string]: Json } {
  if (resource.parent === undefined || parent === undefined) return sent;
  const { field } = resource.parent;
  const isReference = resource.entity.fields.get(field)?.kind === "ref";
  return { ...sent, [field]: isReference ? { id: Number(parent) } : Number(parent) };
}

function unnamed(names: readonly string[], errors: readonly FieldError[]): string[] {
  return names.filter((name) => !errors.some((error) => error.field === name));
}

function jsonObject(body: string): { readonly [key: string]: Json } {
  const value = parseJson(body);
  if (!isObject(value)) throw new Refusal(400, "InvalidObject", "A JSON object is expected");
  return value;
}

function parseJson(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    throw new Refusal(400, "InvalidObject", "The body is not valid JSON");
  }
}
