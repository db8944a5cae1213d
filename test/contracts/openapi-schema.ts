import { isObject, type Json } from "../../engine/core/json.ts";

/**
 * Schemas of OpenAPI 3.0 and Swagger 2 as JSON Schema draft-07. Objects that list their properties are closed, so that
 * a field which the vendor does not have is found; those that are parts of an allOf stay open, since each is only a part.
 */

type Fields = { readonly [key: string]: Json };

const DROPPED = new Set([
  "nullable",
  "discriminator",
  "example",
  "xml",
  "externalDocs",
  "readOnly",
  "writeOnly",
  "deprecated",
  "description",
  "title",
  "default",
]);
const FORMATS = new Set(["date", "date-time", "int32", "int64", "float", "double", "uuid"]);
// Sub-schemas by name, in a list, and alone.
const NAMED = new Set(["properties", "patternProperties"]);
const LISTED = new Set(["allOf", "anyOf", "oneOf"]);
const SINGLE = new Set(["items", "not", "additionalProperties"]);

/** The named schemas of a document, for `definitions`. */
export function definitionsOf(schemas: Fields): { [name: string]: Json } {
  const parts = new Set<string>();
  collectParts(schemas, parts);
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, toDraft07(schema, !parts.has(name))]),
  );
}

/** One schema; `$ref`s lead to `#/definitions/`. */
export function toDraft07(schema: Json, closed = true): Json {
  if (!isObject(schema)) return schema;
  const { $ref } = schema;
  if (typeof $ref === "string") {
    const target = { $ref: `#/definitions/${nameOf($ref)}` };
    return schema["nullable"] === true ? { anyOf: [target, { type: "null" }] } : target;
  }
  const result: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(schema)) {
    if (DROPPED.has(key) || key.startsWith("x-") || key.startsWith("exclusiveM")) continue;
    if (key === "format" && !keepsFormat(schema)) continue;
    result[key] = keyword(key, value);
  }
  return nullable(limits(close(result, closed), schema), schema);
}

function keyword(key: string, value: Json): Json {
  if (NAMED.has(key) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, sub]) => [name, toDraft07(sub)]));
  }
  if (LISTED.has(key) && Array.isArray(value)) return value.map((sub) => toDraft07(sub, key !== "allOf"));
  return SINGLE.has(key) ? toDraft07(value) : value;
}

/** One vendor marks strings as dates that are written in a form of its own. */
function keepsFormat(schema: Fields): boolean {
  const isOwnForm = Object.keys(schema).some((key) => key.startsWith("x-is-msdate"));
  return !isOwnForm && FORMATS.has(String(schema["format"]));
}

function close(schema: { [key: string]: Json }, closed: boolean): { [key: string]: Json } {
  const isWhole = isObject(schema["properties"]) && ![...LISTED].some((key) => key in schema);
  return closed && isWhole && !("additionalProperties" in schema)
    ? { ...schema, additionalProperties: false }
    : schema;
}

/** `minimum: 0, exclusiveMinimum: true` is `exclusiveMinimum: 0`. */
function limits(result: { [key: string]: Json }, schema: Fields): { [key: string]: Json } {
  for (const [bound, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    if (typeof schema[exclusive] === "number") result[exclusive] = schema[exclusive];
    if (schema[exclusive] !== true || schema[bound] === undefined) continue;
    result[exclusive] = schema[bound];
    delete result[bound];
  }
  return result;
}

function nullable(result: { [key: string]: Json }, schema: Fields): Json {
  if (schema["nullable"] !== true) return result;
  const { type, enum: values } = result;
  if (typeof type !== "string") return { anyOf: [result, { type: "null" }] };
  return {
    ...result,
    type: [type, "null"],
    ...(Array.isArray(values) ? { enum: [...new Set([...values, null])] } : {}),
  };
}

function collectParts(value: Json, parts: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectParts(item, parts);
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    collectParts(item, parts);
    if (key !== "allOf" || !Array.isArray(item)) continue;
    for (const part of item) {
      if (isObject(part) && typeof part["$ref"] === "string") parts.add(nameOf(part["$ref"]));
    }
  }
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}
