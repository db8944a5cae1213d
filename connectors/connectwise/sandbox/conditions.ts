import type { Json } from "../../../engine/core/json.ts";
import { type Condition, type Literal, type Operator, parseCondition } from "./condition-parse.ts";
import { badCondition } from "./errors.ts";

/** A name of the filter language: what it holds and how it is read from a record. */
export interface Accessor<T> {
  readonly kind: "text" | "number" | "flag" | "date" | "any";
  readonly read: (item: T) => Json | undefined;
}

export type Predicate<T> = (item: T) => boolean;

/**
 * A predicate out of a conditions text. `find` knows the names; an unknown one is the vendor's 400, or holds for every
 * record when `strict` is off. Text compares without case, as the vendor's database does by default (low confidence).
 */
export function compileConditions<T>(
  text: string,
  find: (path: string) => Accessor<T> | undefined,
  strict: boolean,
): Predicate<T> {
  const compile = (condition: Condition): Predicate<T> => {
    if (condition.type === "not") {
      const inner = compile(condition.of);
      return (item) => !inner(item);
    }
    if (condition.type !== "compare") {
      const left = compile(condition.left);
      const right = compile(condition.right);
      return condition.type === "and"
        ? (item) => left(item) && right(item)
        : (item) => left(item) || right(item);
    }
    const { path, op, values } = condition;
    const accessor = find(path);
    if (accessor === undefined) {
      if (strict) throw badCondition(`${path} is not a recognized name.`);
      return () => true;
    }
    for (const value of values) checkType(path, op, accessor, value);
    const tests = values.map((value) => comparison(op === "in" ? "=" : op, value));
    return (item) => {
      const found = accessor.read(item);
      return tests.some((holds) => holds(found, accessor.kind));
    };
  };
  return compile(parseCondition(text));
}

function checkType<T>(path: string, op: Operator, accessor: Accessor<T>, value: Literal): void {
  if (value.type === "null") {
    if (op === "=" || op === "!=" || op === "in") return;
    throw badCondition(`${op} cannot be used with null`);
  }
  if (accessor.kind !== "any" && accessor.kind !== value.type) {
    throw badCondition(`${path} is a ${accessor.kind} and cannot be compared with a ${value.type}`);
  }
  if ((op === "like" || op === "contains") && value.type !== "text") {
    throw badCondition(`${op} needs a string`);
  }
}

type Test = (found: Json | undefined, kind: Accessor<unknown>["kind"]) => boolean;

function comparison(op: Operator, wanted: Literal): Test {
  if (wanted.type === "null") {
    return (found) => (found === undefined || found === null) === (op === "=");
  }
  if (op === "like" || op === "contains") return textTest(op, String(wanted.value));
  const right = comparable(wanted.value, wanted.type);
  return (found) => {
    // A record without the value meets no comparison but "is not", as far as a caller can tell.
    if (found === undefined || found === null) return op === "!=";
    const left = comparable(found, wanted.type);
    if (left === undefined || right === undefined) return op === "!=";
    return compare(op, left, right);
  };
}

function compare(op: Operator, left: string | number, right: string | number): boolean {
  switch (op) {
    case "=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    default:
      return left >= right;
  }
}

/** The value in a form that === and < understand; undefined when it is of another type. */
function comparable(value: Json, type: Literal["type"]): string | number | undefined {
  if (type === "date") return typeof value === "number" ? value : Date.parse(String(value));
  if (type === "flag") return typeof value === "boolean" ? Number(value) : undefined;
  if (type === "number") return typeof value === "number" ? value : undefined;
  return typeof value === "string" ? value.toLowerCase() : undefined;
}

/** like takes * and % as wildcards; contains looks anywhere in the text. */
function textTest(op: "like" | "contains", wanted: string): Test {
  const needle = wanted.toLowerCase();
  if (op === "contains") {
    return (found) => typeof found === "string" && found.toLowerCase().includes(needle);
  }
  const parts = needle.split(/[*%]+/).map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join("[^]*")}$`);
  return (found) => typeof found === "string" && pattern.test(found.toLowerCase());
}
