import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { checkRow } from "./check.ts";
import type { Entity } from "./define.ts";
import { invalid, Refusal } from "./errors.ts";
import { customFields, texts } from "./names.ts";
import { stamp } from "./stamp.ts";

/** POST, PUT, PATCH and DELETE. A reply names the id and nothing else; the last write wins. */

type Sent = { readonly [field: string]: Json };

const DEFAULTS: { readonly [entity: string]: Row } = {
  Companies: { isActive: true, isTaxExempt: false },
  CompanyLocations: { isActive: true, isPrimary: false },
  Contacts: { isActive: 1, primaryContact: false },
};

/** POST: `{"itemId": n}`. */
export function createRow(
  entity: Entity,
  parent: string | undefined,
  request: SandboxRequest,
  context: SandboxContext,
): SandboxReply {
  const { userDefinedFields, ...fields } = settable(sentBody(request), entity);
  const row: Row = { ...DEFAULTS[entity.path], ...fields, ...parentField(entity, parent, context) };
  checkRow(row, fields, entity, context);
  const id = context.ledger.next(entity.path, 1);
  const custom = customValues(userDefinedFields, {}, entity);
  save({ ...row, userDefinedFields: custom, id }, undefined, entity, context);
  return { status: 200, body: { itemId: id } };
}

/** PATCH changes what is sent; PUT empties every writable field that is not. Both name the record by `id` in the body. */
export function updateRow(
  entity: Entity,
  parent: string | undefined,
  request: SandboxRequest,
  context: SandboxContext,
): SandboxReply {
  const body = sentBody(request);
  const old = context.ledger.get(entity.path, String(body["id"]));
  const { child } = entity;
  const isOurs = parent === undefined || child === undefined || String(old?.[child.field]) === parent;
  // The status of a record that is not there: the sheet has 404 for it, with an unknown text.
  if (old === undefined || !isOurs)
    throw new Refusal(404, [`No ${entity.name} has the id ${String(body["id"])}.`]);
  const { userDefinedFields, ...fields } = settable(body, entity);
  const isPut = request.method === "PUT" && context.rule("put_nulls");
  const row: Row = { ...(isPut ? keptByPut(old, entity) : old), ...fields };
  checkRow(row, fields, entity, context);
  const before = isPut || !isObject(old["userDefinedFields"]) ? {} : old["userDefinedFields"];
  save({ ...row, userDefinedFields: customValues(userDefinedFields, before, entity) }, old, entity, context);
  return { status: 200, body: { itemId: Number(old["id"]) } };
}

/** DELETE /{Parent}/{id}/{Children}/{childId}. */
export function deleteRow(
  entity: Entity,
  parent: string,
  id: string,
  { ledger }: SandboxContext,
): SandboxReply {
  const row = ledger.get(entity.path, id);
  if (row === undefined || String(row[entity.child?.field ?? ""]) !== parent) {
    throw new Refusal(404, [`No ${entity.name} has the id ${id}.`]);
  }
  ledger.remove(entity.path, id);
  return { status: 200, body: { itemId: Number(id) } };
}

function save(row: Row, old: Row | undefined, entity: Entity, { ledger, now }: SandboxContext): void {
  const at = stamp(now());
  const stamps = Object.fromEntries(
    entity.computed.flatMap((name): [string, Json][] => {
      if (name === "lastModifiedDate" || name === "lastTrackedModifiedDateTime") return [[name, at]];
      // Activity moves with notes and tickets; that a plain edit moves it too is not sure, so here it does not.
      return name === "createDate" || name === "lastActivityDate" ? [[name, old?.[name] ?? at]] : [];
    }),
  );
  ledger.put(entity.path, String(row["id"]), { ...row, ...stamps });
}

/** What the body says of fields that can be written; names that the entity lacks are passed over (assumed). */
function settable(body: Sent, entity: Entity): Sent {
  const kept = Object.entries(body).filter(
    ([name]) =>
      name === "userDefinedFields" ||
      (name !== "id" && entity.fields.has(name) && !entity.computed.includes(name)),
  );
  return Object.fromEntries(kept);
}

function keptByPut(old: Row, entity: Entity): Row {
  const kept = ["id", ...entity.computed, ...(entity.child === undefined ? [] : [entity.child.field])];
  return Object.fromEntries(Object.entries(old).filter(([name]) => kept.includes(name)));
}

function parentField(entity: Entity, parent: string | undefined, { ledger }: SandboxContext): Row {
  if (entity.child === undefined || parent === undefined) return {};
  if (ledger.get(entity.child.parent, parent) === undefined) {
    throw new Refusal(404, [`No parent has the id ${parent}.`]);
  }
  return { [entity.child.field]: Number(parent) };
}

/** `[{name, value}]` over what the record had. Every value is kept as a text. */
function customValues(sent: Json | undefined, before: Sent, entity: Entity): Sent {
  const values: { [name: string]: Json } = { ...before };
  for (const field of Array.isArray(sent) ? sent : []) {
    const name = isObject(field) ? String(field["name"]) : "";
    if (!customFields[entity.path]?.includes(name)) throw invalid(texts.unknownField(name, entity.name));
    const value = isObject(field) ? (field["value"] ?? null) : null;
    values[name] = value === null ? null : String(value);
  }
  return values;
}

/** The body as an object. */
export function sentBody(request: SandboxRequest): Sent {
  let body: unknown;
  try {
    body = JSON.parse(request.body);
  } catch {
    throw invalid("The body is not valid JSON.");
  }
  if (!isObject(body)) throw invalid("The body has to be an object.");
  return body;
}
