import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { rowsOf } from "./books.ts";
import type { Fields } from "./shapes.ts";

/** JSON Patch (RFC 6902) on one row: add, replace, remove and test; the vendor shows no other operation. */

/** A patch is applied whole or not at all, with the vendor's reason. */
export type Patched = { readonly row: Row } | PatchRefused;
interface PatchRefused {
  readonly problem: string;
}

/** The row after all operations, or the reason none of them is applied. `byPosition`: see fieldIndex. */
export function applyPatch(row: Row, body: Json, fields: Fields, byPosition: boolean): Patched {
  if (!Array.isArray(body) || body.length === 0) return { problem: "The Body field is required." };
  let current: Json = row;
  for (const operation of body) {
    if (!isObject(operation)) return { problem: "A patch operation must be an object." };
    const next = applyOne(current, operation, fields, byPosition);
    if ("problem" in next) return next;
    current = next.value;
  }
  return isObject(current) ? { row: { ...current } } : { problem: "The patch leaves no object." };
}

function applyOne(
  current: Json,
  operation: Row,
  fields: Fields,
  byPosition: boolean,
): { readonly value: Json } | PatchRefused {
  const { op, path, value } = operation;
  if (typeof path !== "string") return { problem: "The path field is required." };
  const refusal: PatchRefused = { problem: `The target location specified by path '${path}' was not found.` };
  // One public client leaves the leading slash out, so the vendor takes that too.
  const segments = path.replace(/^\//, "").split("/").map(unescaped);
  const located = locate(current, segments, byPosition);
  if (located === undefined) return refusal;
  if (op === "test") {
    const same = JSON.stringify(valueAt(current, located)) === JSON.stringify(value ?? null);
    return same
      ? { value: current }
      : { problem: `The current value at path '${path}' is not equal to the test value.` };
  }
  if (op !== "add" && op !== "replace" && op !== "remove")
    return { problem: `Invalid patch operation '${op}'.` };
  if (op !== "remove" && value === undefined) return { problem: `The operation on '${path}' has no value.` };
  if (!isWritable(located, fields))
    return { problem: `The property at path '${path}' could not be updated.` };
  return { value: withValue(current, located, op === "remove" ? null : (value ?? null)) };
}

function unescaped(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The segments with a custom field's place in the list, or undefined where the path leads nowhere. */
function locate(
  current: Json,
  segments: readonly string[],
  byPosition: boolean,
): readonly string[] | undefined {
  const place =
    segments[0] === "fields" && segments.length > 1 ? fieldIndex(current, segments, byPosition) : segments;
  return place !== undefined && valueAt(current, place) !== undefined ? place : undefined;
}

/**
 * `/fields/{index}/value` counts positions in the customer's own list, from 0. With the rule off the number is taken
 * for the field_id, as a careless client expects.
 */
function fieldIndex(
  current: Json,
  segments: readonly string[],
  byPosition: boolean,
): readonly string[] | undefined {
  if (byPosition || !isObject(current)) return segments;
  const index = rowsOf(current["fields"]).findIndex((field) => String(field["field_id"]) === segments[1]);
  return index < 0 ? undefined : ["fields", String(index), ...segments.slice(2)];
}

function valueAt(value: Json | undefined, segments: readonly string[]): Json | undefined {
  const [head, ...rest] = segments;
  if (head === undefined) return value;
  if (Array.isArray(value))
    return /^(0|[1-9]\d*)$/.test(head) ? valueAt(value[Number(head)], rest) : undefined;
  return isObject(value) && Object.hasOwn(value, head) ? valueAt(value[head], rest) : undefined;
}

/** Of a custom field only the value can be set; of the rest what is not the vendor's own. */
function isWritable(segments: readonly string[], fields: Fields): boolean {
  const [head = "", , third] = segments;
  if (head === "fields") return segments.length === 3 && third === "value";
  if (segments[1] === "address_id") return false;
  const shape = fields[head];
  return shape !== undefined && shape.kind !== "server" && shape.kind !== "allocations";
}

function withValue(current: Json, segments: readonly string[], value: Json): Json {
  const [head, ...rest] = segments;
  if (head === undefined) return value;
  if (Array.isArray(current)) {
    return current.map((item: Json, index) => (String(index) === head ? withValue(item, rest, value) : item));
  }
  return isObject(current) ? { ...current, [head]: withValue(current[head] ?? null, rest, value) } : current;
}
