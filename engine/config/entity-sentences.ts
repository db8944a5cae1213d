import type { ErrorObject } from "ajv";
import { isObject } from "../core/json.ts";
import { nearMiss } from "../core/near-miss.ts";
import type { Shape } from "./entity-shape.ts";

/** Turns the validator's errors into sentences for integrators: which field, what it must be, what it is. */

const SENTENCES_MAX = 10;
const SHOWN_CHARACTERS_MAX = 60;

/**
 * One sentence for each mistake, at most ten; the tenth counts the rest when there are more. The errors must carry
 * their schema and value (ajv's `verbose`).
 */
export function sentences(errors: readonly ErrorObject[], root: Shape): readonly string[] {
  const all = new Set(errors.filter(({ keyword }) => keyword !== "if").map((error) => sentence(error, root)));
  if (all.size <= SENTENCES_MAX) return [...all];
  const shown = [...all].slice(0, SENTENCES_MAX - 1);
  return [...shown, `and ${all.size - shown.length} more mistakes`];
}

function sentence(error: ErrorObject, root: Shape): string {
  const keys = error.instancePath.split("/").slice(1).map(unescapeKey);
  const path = keys.reduce(joinKey, "");
  if (error.keyword === "required") return missing(path, keys, String(error.params["missingProperty"]), root);
  if (error.keyword === "additionalProperties") {
    return unknown(path, keys, String(error.params["additionalProperty"]), root);
  }
  const where = path === "" ? "the record" : path;
  const wanted = want(error.parentSchema);
  if (wanted === undefined) return `${where} ${error.message ?? "is refused by its schema"}`;
  return `${where} must be ${wanted}, not ${show(error.data)}`;
}

function missing(path: string, keys: readonly string[], name: string, root: Shape): string {
  const nullable = shapeAt(keys, root)?.members.get(name)?.type.nullable === true;
  return `${joinKey(path, name)} is missing${nullable ? ": write null when there is no value" : ""}`;
}

function unknown(path: string, keys: readonly string[], name: string, root: Shape): string {
  const near = nearMiss(name.slice(0, SHOWN_CHARACTERS_MAX), [
    ...(shapeAt(keys, root)?.members.keys() ?? []),
  ]);
  const hint = near === undefined ? "" : `: did you mean ${near}?`;
  return `${joinKey(path, name)} is not in the canonical model${hint}`;
}

/** What the schema asks for, in words; undefined when it does not say. */
function want(schema: unknown): string | undefined {
  if (!isObject(schema)) return undefined;
  const { title, type, enum: values, pattern, format, examples } = schema;
  if (Array.isArray(values)) return `one of ${either(values.map((value) => value ?? "null").map(String))}`;
  if (typeof title !== "string") return typeWords(Array.isArray(type) ? type[0] : type);
  const example = Array.isArray(examples) ? examples[0] : undefined;
  const hasForm = pattern !== undefined || format !== undefined;
  return hasForm && example !== undefined ? `${title} such as ${show(example)}` : title;
}

function typeWords(type: unknown): string | undefined {
  switch (type) {
    case "string":
      return "text";
    case "integer":
      return "an integer";
    case "boolean":
      return "true or false";
    case "array":
      return "a list";
    case "object":
      return "an object";
    default:
      return undefined;
  }
}

function either(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** A value in at most 60 characters; what is inside a list or an object is not shown. */
function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (isObject(value)) return "an object";
  return shorten(typeof value === "string" ? JSON.stringify(value.slice(0, 100)) : String(value));
}

function shorten(text: string): string {
  const characters = [...text];
  if (characters.length <= SHOWN_CHARACTERS_MAX) return text;
  return `${characters.slice(0, SHOWN_CHARACTERS_MAX - 1).join("")}…`;
}

function joinKey(path: string, key: string): string {
  if (/^\d+$/.test(key)) return `${path}[${key}]`;
  const plain = key.length <= SHOWN_CHARACTERS_MAX && /^[\w-]+$/.test(key);
  const name = plain ? key : show(key);
  return path === "" ? name : `${path}.${name}`;
}

function unescapeKey(key: string): string {
  return key.replaceAll("~1", "/").replaceAll("~0", "~");
}

function shapeAt(keys: readonly string[], root: Shape): Shape | undefined {
  let shape: Shape | undefined = root;
  for (const key of keys) if (!/^\d+$/.test(key)) shape = shape?.members.get(key);
  return shape;
}
