import type { Json } from "../core/json.ts";
import { ExpressionFailure, NOT_JSON, TOO_LARGE } from "./failure.ts";
import { DEPTH_MAX, NODES_MAX } from "./limits.ts";

/**
 * A copy as plain JSON: lists without the library's marks, objects with the normal prototype. Undefined members are
 * left out, and so is a key `__proto__`, which a later copy could turn into a prototype. Throws ExpressionFailure
 * for functions, numbers that are not finite, and results past the limits.
 */
export function plain(value: unknown): Json | undefined {
  const budget = { nodes: NODES_MAX };
  return copy(value, budget, 0);
}

/** Throws ExpressionFailure when a value is larger than a result may be; objects used twice count twice. */
export function measure(value: unknown): void {
  count(value, { nodes: NODES_MAX }, 0);
}

function copy(value: unknown, budget: { nodes: number }, depth: number): Json | undefined {
  spend(budget, depth);
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return value;
    case "number":
      return finite(value);
    case "object":
      if (value === null) return null;
      return Array.isArray(value) ? copyList(value, budget, depth) : copyObject(value, budget, depth);
    default:
      throw new ExpressionFailure(NOT_JSON, `The result holds a ${typeof value}; only JSON can be used.`);
  }
}

function copyList(list: readonly unknown[], budget: { nodes: number }, depth: number): Json {
  const items: Json[] = [];
  for (const item of list) {
    const member = copy(item, budget, depth + 1);
    if (member !== undefined) items.push(member);
  }
  return items;
}

function copyObject(object: object, budget: { nodes: number }, depth: number): Json {
  if (isFunction(object)) {
    throw new ExpressionFailure(NOT_JSON, "The result holds a function; only JSON can be used.");
  }
  const members: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(object)) {
    const member = copy(item, budget, depth + 1);
    if (member !== undefined && key !== "__proto__") members[key] = member;
  }
  return members;
}

function count(value: unknown, budget: { nodes: number }, depth: number): void {
  spend(budget, depth);
  if (typeof value !== "object" || value === null || isFunction(value)) return;
  for (const item of Array.isArray(value) ? value : Object.values(value)) count(item, budget, depth + 1);
}

function isFunction(object: object): boolean {
  return "_jsonata_lambda" in object || "_jsonata_function" in object;
}

function spend(budget: { nodes: number }, depth: number): void {
  budget.nodes -= 1;
  if (budget.nodes < 0) throw new ExpressionFailure(TOO_LARGE, `A value has more than ${NODES_MAX} parts.`);
  if (depth > DEPTH_MAX)
    throw new ExpressionFailure(TOO_LARGE, `A value is nested deeper than ${DEPTH_MAX} levels.`);
}

function finite(value: number): number {
  if (!Number.isFinite(value))
    throw new ExpressionFailure(NOT_JSON, "The result is a number that is not finite.");
  return value === 0 ? 0 : value;
}
