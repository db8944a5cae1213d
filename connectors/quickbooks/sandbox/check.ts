import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { currenciesOf } from "../../../engine/connector/sandbox/world.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { type Books, refId, textOf } from "./books.ts";
import {
  inactiveReference,
  invalidNumber,
  invalidReference,
  type Refusal,
  unknownProperty,
  wrongLength,
} from "./refusal.ts";
import type { Fields, Shape } from "./shapes.ts";

/** Checks of a request body against the fields an entity has, and its references against the ledger. */

const ENVELOPE = new Set(["Id", "SyncToken", "MetaData", "sparse", "domain", "status"]);
// The vendor names the list, not the entity, in its text for a missing reference.
const LISTS: { readonly [entity: string]: string } = { Customer: "Names", Class: "Klasses" };

/** The first thing wrong with a body's own fields; undefined when the vendor would take it. */
export function checkBody(body: Row, fields: Fields, books: Books): Refusal | undefined {
  for (const [name, value] of Object.entries(body)) {
    if (ENVELOPE.has(name)) continue;
    const refusal = checkField(value, fields[name], name, books);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Same value with the name of each referenced record beside its id, as replies show it. */
export function namedReferences(body: Row, fields: Fields, books: Books): Row {
  const entries = Object.entries(body).map(
    ([name, value]) => [name, named(value, fields[name], books)] as const,
  );
  return Object.fromEntries(entries);
}

function checkField(value: Json, shape: Shape | undefined, path: string, books: Books): Refusal | undefined {
  if (shape === undefined) return books.rule("unknown_fields") ? unknownProperty(path) : undefined;
  if (value === null) return undefined;
  switch (shape.kind) {
    case "computed":
      return undefined;
    case "text":
      return checkText(value, shape.max, path, books);
    case "number":
      // Whether the vendor also takes numbers as text is not in the sheet; it documents decimals.
      return typeof value === "number" ? undefined : invalidNumber(path, value);
    case "flag":
      return typeof value === "boolean" ? undefined : unknownProperty(path);
    case "date":
      return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) ? undefined : unknownProperty(path);
    case "ref":
      return checkReference(value, shape.to, path, books);
    case "group":
      return checkGroup(value, shape.fields, path, books);
    case "list":
      return checkList(value, shape.of, path, books);
  }
}

function checkText(value: Json, max: number, path: string, books: Books): Refusal | undefined {
  if (typeof value !== "string") return unknownProperty(path);
  const tooLong = value.length > max && books.rule("lengths");
  return tooLong ? wrongLength(path, max, value.length) : undefined;
}

function checkGroup(value: Json, fields: Fields, path: string, books: Books): Refusal | undefined {
  if (!isObject(value)) return unknownProperty(path);
  for (const [name, item] of Object.entries(value)) {
    const refusal = checkField(item, fields[name], `${path}.${name}`, books);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkList(value: Json, of: Shape, path: string, books: Books): Refusal | undefined {
  if (!Array.isArray(value)) return unknownProperty(path);
  for (const item of value) {
    const refusal = checkField(item, of, path, books);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkReference(value: Json, to: string, path: string, books: Books): Refusal | undefined {
  if (!isObject(value) || typeof value["value"] !== "string") return unknownProperty(path);
  if (!books.rule("references")) return undefined;
  const id = value["value"];
  if (to === "Currency")
    return currenciesOf(books.world).includes(id) ? undefined : invalidReference("Currencies", id);
  const target = books.ledger.get(to, id);
  if (target === undefined) return invalidReference(LISTS[to] ?? `${to}s`, id);
  return target["Active"] === false ? inactiveReference() : undefined;
}

function named(value: Json, shape: Shape | undefined, books: Books): Json {
  if (shape?.kind === "list" && Array.isArray(value))
    return value.map((item) => named(item, shape.of, books));
  if (shape?.kind === "group" && isObject(value)) return namedReferences({ ...value }, shape.fields, books);
  if (shape?.kind !== "ref" || !isObject(value)) return value;
  const target = books.ledger.get(shape.to, refId(value));
  const name = textOf(target?.["DisplayName"]) || textOf(target?.["Name"]);
  return name === "" ? { value: refId(value) } : { value: refId(value), name };
}
