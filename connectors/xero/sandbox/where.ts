import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { atPath, type Json } from "../../../engine/core/json.ts";
import { wireMillis } from "./dates.ts";

/** The `where` parameter: a C#-like condition over a record, of which this is the part that its documents show. */

type Value = string | number | boolean | null;
type Test = (row: Row) => boolean;
type Operand = (row: Row) => Value;

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[A-Za-z_][\w.]*|\d+(?:\.\d+)?|==|!=|>=|<=|&&|\|\||[()<>,!-])/y;
const COMPARISONS: { readonly [operator: string]: (left: Value, right: Value) => boolean } = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  ">": (left, right) => ordered(left, right) > 0,
  ">=": (left, right) => ordered(left, right) >= 0,
  "<": (left, right) => ordered(left, right) < 0,
  "<=": (left, right) => ordered(left, right) <= 0,
};

/** The condition as a function of a record; undefined where it is not understood. */
export function parseWhere(text: string): Test | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  const reader = readerOf(tokens);
  try {
    const test = anyOf(reader);
    return reader.peek() === undefined ? test : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

interface Reader {
  peek(): string | undefined;
  take(expected?: string): string;
}

function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== "") {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

function readerOf(tokens: readonly string[]): Reader {
  let at = 0;
  return {
    peek: () => tokens[at],
    take: (expected) => {
      const token = tokens[at];
      if (token === undefined || (expected !== undefined && token !== expected)) throw new SyntaxError(token);
      at += 1;
      return token;
    },
  };
}

function anyOf(reader: Reader): Test {
  const tests = [allOf(reader)];
  while (isOperator(reader, "OR", "||")) tests.push(allOf(reader));
  return (row) => tests.some((test) => test(row));
}

function allOf(reader: Reader): Test {
  const tests = [single(reader)];
  while (isOperator(reader, "AND", "&&")) tests.push(single(reader));
  return (row) => tests.every((test) => test(row));
}

function isOperator(reader: Reader, word: string, sign: string): boolean {
  const token = reader.peek();
  if (token?.toUpperCase() !== word && token !== sign) return false;
  reader.take();
  return true;
}

function single(reader: Reader): Test {
  if (reader.peek() === "(") {
    reader.take();
    const inner = anyOf(reader);
    reader.take(")");
    return inner;
  }
  const left = operand(reader);
  const compare = COMPARISONS[reader.peek() ?? ""];
  // A bare operand is a flag (IsReconciled) or a call of a method (Name.Contains("x")).
  if (compare === undefined) return (row) => left(row) === true;
  reader.take();
  const right = operand(reader);
  return (row) => compare(left(row), right(row));
}

function operand(reader: Reader): Operand {
  const token = reader.take();
  if (token.startsWith('"')) return constant(unquoted(token));
  if (/^\d/.test(token)) return constant(Number(token));
  if (token === "-") return constant(-Number(reader.take()));
  if (["true", "false"].includes(token.toLowerCase())) return constant(token.toLowerCase() === "true");
  if (token === "null") return constant(null);
  if (reader.peek() !== "(") return field(token);
  const input = argumentsOf(reader);
  if (/^guid$/i.test(token)) return constant(String(input[0] ?? "").toLowerCase());
  if (token === "DateTime") return constant(dateTime(input));
  return method(token, String(input[0] ?? ""));
}

function argumentsOf(reader: Reader): readonly Value[] {
  reader.take("(");
  const values: Value[] = [];
  while (reader.peek() !== ")") {
    values.push(operand(reader)({}));
    if (reader.peek() === ",") reader.take();
  }
  reader.take(")");
  return values;
}

function method(path: string, input: string): Operand {
  const dot = path.lastIndexOf(".");
  const value = field(path.slice(0, dot));
  const text = (row: Row): string => String(value(row) ?? "");
  switch (path.slice(dot + 1)) {
    case "Contains":
      return (row) => text(row).includes(input);
    case "StartsWith":
      return (row) => text(row).startsWith(input);
    case "EndsWith":
      return (row) => text(row).endsWith(input);
    case "ToLower":
      return (row) => text(row).toLowerCase();
    default:
      throw new SyntaxError(path);
  }
}

function field(path: string): Operand {
  return (row) => plain(atPath(row, path));
}

// Dates compare as instants, ids whatever their case.
function plain(value: Json | undefined): Value {
  if (typeof value === "number" || typeof value === "boolean") return value;
  return wireMillis(value) ?? (typeof value === "string" ? value : null);
}

function constant(value: Value): Operand {
  return () => value;
}

function dateTime(parts: readonly Value[]): number {
  const [year = 0, month = 1, day = 1, hours = 0, minutes = 0, seconds = 0] = parts.map(Number);
  return Date.UTC(year, month - 1, day, hours, minutes, seconds);
}

function unquoted(token: string): string {
  return token.slice(1, -1).replace(/\\(.)/g, "$1");
}

function ordered(left: Value, right: Value): number {
  if (left === null || right === null) return Number.NaN;
  return left < right ? -1 : left > right ? 1 : 0;
}
