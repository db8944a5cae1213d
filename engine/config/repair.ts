import type { ErrorObject, ValidateFunction } from "ajv";
import { isObject, type Json } from "../core/json.ts";
import { pointerKeys, pointerTo } from "./source.ts";

type Mutable = { [key: string]: unknown };

const ROUNDS_MAX = 12;

/**
 * What is left of a value when everything its schema refuses is taken out and defaults are filled in, so that the
 * checks across files can still look at the rest and all mistakes are reported at once. A required text that is missing
 * becomes "", which the checks pass over. The result is for checking only, never for running.
 */
export function repaired(validate: ValidateFunction, value: Json): Json {
  const copy: unknown = isObject(value) ? structuredClone(value) : {};
  const placeholders = new Set<string>();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (validate(copy)) break;
    const errors: readonly ErrorObject[] = validate.errors ?? [];
    const open = errors.filter((error) => !placeholders.has(targetOf(error)));
    if (open.length === 0) break;
    for (const error of open) repairOne(copy, error, placeholders);
  }
  return copy as Json;
}

function targetOf(error: ErrorObject): string {
  const { params, propertyName, instancePath } = error;
  const key: unknown = propertyName ?? params["additionalProperty"] ?? params["missingProperty"];
  return typeof key === "string" ? pointerTo(instancePath, key) : instancePath;
}

function repairOne(root: unknown, error: ErrorObject, placeholders: Set<string>): void {
  const pointer = targetOf(error);
  const keys = pointerKeys(pointer);
  // A list without one of its items has other positions: it is left out whole.
  if (error.keyword !== "required" && /^\d+$/.test(keys.at(-1) ?? "")) keys.pop();
  const last = keys.pop();
  const parent = last === undefined ? undefined : keys.reduce<unknown>(step, root);
  if (last === undefined || !isMutable(parent)) return;
  if (error.keyword !== "required") {
    delete parent[last];
    return;
  }
  parent[last] = placeholderFor(error, last);
  placeholders.add(pointer);
}

function placeholderFor(error: ErrorObject, key: string): unknown {
  const properties = error.parentSchema?.["properties"] as { readonly [key: string]: unknown } | undefined;
  const schema = properties?.[key];
  const type = isMutable(schema) ? schema["type"] : undefined;
  return type === "object" ? {} : type === "array" ? [] : "";
}

function step(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isMutable(value) ? value[key] : undefined;
}

function isMutable(value: unknown): value is Mutable {
  return typeof value === "object" && value !== null;
}
