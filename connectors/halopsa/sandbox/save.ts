import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { invalid, plain, withDoubles } from "./errors.ts";
import { customFields, doubles, none } from "./names.ts";
import { whole } from "./render.ts";
import { type FieldType, keyOf, type Resource } from "./resource.ts";

/**
 * POST of a list: an element with an id changes what it names of that record, one without an id creates. Whether the
 * vendor stores the good elements of a list that has a bad one is not known; here the first bad one ends the call and
 * the ones before it stay.
 */
export function saveRows(resource: Resource, request: SandboxRequest, context: SandboxContext): SandboxReply {
  const elements = elementsOf(request, context);
  const saved = elements.map((element) => saveOne(element, resource, context));
  const isNew = elements.every((element) => element["id"] === undefined);
  // One element is answered by the record itself, several by a list of them; 201 for new ones is quoted.
  const body: Json = saved.length === 1 ? (saved[0] ?? {}) : saved;
  return { ...withDoubles(body, doubles[resource.path] ?? []), status: isNew ? 201 : 200 };
}

function elementsOf({ body }: SandboxRequest, context: SandboxContext): readonly Row[] {
  const parsed = parse(body);
  if (!Array.isArray(parsed) && context.rule("array_body"))
    throw invalid("The request body must be an array.");
  const list: readonly Json[] = Array.isArray(parsed) ? parsed : [parsed];
  if (list.length === 0) throw invalid("No objects were supplied.");
  return list.map((element) => {
    if (isObject(element)) return { ...element };
    throw invalid("An element of the array is no object.");
  });
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalid("The request body is no JSON.");
  }
}

function saveOne(element: Row, resource: Resource, context: SandboxContext): Row {
  const { ledger } = context;
  const old = oldRow(element, resource, context);
  const given = known(element, resource);
  const base = old !== undefined && context.rule("partial_update") ? old : resource.preset;
  const row: Row = {
    ...base,
    ...given,
    customfields: mergedFields(base["customfields"] ?? [], given["customfields"] ?? [], resource.path),
  };
  check(row, resource, context);
  const id = old === undefined ? ledger.next(resource.path, resource.firstId) : Number(old["id"]);
  const now = new Date(context.now()).toISOString().slice(0, 19);
  const stored: Row = { id, ...row, ...stamps(resource, now, old?.["datecreated"] ?? now) };
  const key = keyOf(resource, stored);
  ledger.put(resource.path, key, resource.path === "Users" ? named(stored) : stored);
  return whole(ledger.get(resource.path, key) ?? stored, resource, context);
}

function oldRow(element: Row, resource: Resource, { ledger }: SandboxContext): Row | undefined {
  const { id } = element;
  // 0 stands for a record that is not there yet.
  if (id === undefined || id === null || id === 0) return undefined;
  const found = ledger.get(resource.path, keyOf(resource, element));
  if (found === undefined) throw invalid(`${resource.path}: no record has the id ${String(id)}`);
  return found;
}

/** The fields of a body that the resource has; one of another type is refused as the vendor's JSON reader would. */
function known(element: Row, { fields }: Resource): Row {
  const entries = Object.entries(element).filter(([name]) => fields[name] !== undefined);
  for (const [name, value] of entries) {
    const type = fields[name];
    if (type !== undefined && value !== null && !isOf(type, value))
      throw invalid(`Error converting value to type '${type}'. Path '[0].${name}'.`);
  }
  return Object.fromEntries(entries);
}

function isOf(type: FieldType, value: Json): boolean {
  switch (type) {
    case "text":
      return typeof value === "string";
    case "int":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number";
    case "bool":
      return typeof value === "boolean";
    case "date":
      return typeof value === "string" && !Number.isNaN(Date.parse(value));
    case "list":
      return Array.isArray(value);
    default:
      return isObject(value);
  }
}

function check(row: Row, resource: Resource, { ledger, rule }: SandboxContext): void {
  if (rule("required")) {
    const missing = resource.required.find(
      (name) => row[name] === undefined || row[name] === null || row[name] === "",
    );
    // A contact hangs on a site; this one refusal is a bare text.
    if (missing === "site_id") throw plain("Please specify a site");
    if (missing !== undefined) throw invalid(`${resource.path}: ${missing} is required`);
  }
  if (!rule("references")) return;
  for (const [field, target] of Object.entries(resource.references)) {
    const id = row[field];
    const isNone = id === undefined || id === null || id === none.id || id === -1;
    if (!isNone && ledger.get(target, String(id)) === undefined)
      throw invalid(`${resource.path}: ${field} ${String(id)} does not exist`);
  }
}

/** Custom fields are matched by id or name; those that a body does not name stay as they are. */
function mergedFields(old: Json, given: Json, path: string): Json {
  const values = new Map<number, Json>();
  for (const list of [old, given]) {
    for (const item of Array.isArray(list) ? list : []) {
      const field = isObject(item) ? fieldOf(item, path) : undefined;
      // A field that the tenant has not set up is ignored, as any other unknown property is.
      if (field !== undefined && isObject(item)) values.set(field.id, item["value"] ?? null);
    }
  }
  return emptyFields(path).map((field) => {
    const value = values.get(Number(field["id"])) ?? null;
    return { ...field, value, display: value === null ? none.text : String(value) };
  });
}

function fieldOf({ id, name }: { readonly [key: string]: Json }, path: string) {
  return customFields.find((field) => field.table === path && (field.id === id || field.name === name));
}

/** The custom fields of a resource's records, without a value; a record by id shows these too. */
export function emptyFields(path: string): Row[] {
  const own = customFields.filter(({ table }) => table === path);
  return own.map(({ table: _, ...field }) => ({ ...field, value: null, display: none.text }));
}

/** Times of the last change, and of the first where the vendor keeps it. */
export function stamps({ changed }: Resource, now: string, created: Json): Row {
  return changed === undefined ? { last_modified: now } : { [changed]: now, datecreated: created };
}

/** A contact's name is made of its parts where it is not given. */
function named(row: Row): Row {
  if (typeof row["name"] === "string" && row["name"] !== "") return row;
  return { ...row, name: [row["firstname"], row["surname"]].filter((part) => part !== "").join(" ") };
}
