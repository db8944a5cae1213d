import { invalidQuery, parseError, Refusal } from "./refusal.ts";

/** The vendor's query language: a subset of SQL without OR, joins, grouping and functions but count(*). */

export type Literal = string | number | boolean;

export interface Condition {
  readonly property: string;
  readonly operator: "=" | "<" | ">" | "<=" | ">=" | "in" | "like";
  /** One value; several for `in`. */
  readonly values: readonly Literal[];
}

export interface Query {
  readonly entity: string;
  readonly count: boolean;
  /** Properties asked for; undefined for all. */
  readonly properties: readonly string[] | undefined;
  readonly where: readonly Condition[];
  readonly orderBy: readonly { readonly property: string; readonly descending: boolean }[];
  /** 1-based. */
  readonly startPosition: number;
  readonly maxResults: number;
}

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

interface Token {
  readonly kind: "word" | "text" | "number" | "sign" | "end";
  readonly text: string;
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

const END: Token = { kind: "end", text: "<EOF>" };
const TOKEN = /\s*(?:'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_][\w.]*)|(<=|>=|[=<>(),*]))/y;

/** A query's text as a structure; a Refusal of code 4000 or 4001 as the vendor answers. */
export function parseQuery(text: string): Query | Refusal {
  const tokens = tokenize(text);
  if (tokens instanceof Refusal) return tokens;
  const cursor: Cursor = { tokens, at: 0 };
  if (!takeWord(cursor, "select")) return unexpected(cursor);
  const selected = parseSelection(cursor);
  if (selected instanceof Refusal) return selected;
  if (!takeWord(cursor, "from")) return unexpected(cursor);
  const entity = take(cursor);
  if (entity.kind !== "word") return parseError(`Encountered "${entity.text}"`);
  const where = takeWord(cursor, "where") ? parseConditions(cursor) : [];
  if (where instanceof Refusal) return where;
  const orderBy = parseOrder(cursor);
  if (orderBy instanceof Refusal) return orderBy;
  const startPosition = parseCount(cursor, "startposition", 1);
  const maxResults = parseCount(cursor, "maxresults", DEFAULT_PAGE);
  if (startPosition instanceof Refusal) return startPosition;
  if (maxResults instanceof Refusal) return maxResults;
  if (peek(cursor).kind !== "end") return unexpected(cursor);
  // The vendor documents 1000 as the most; that it refuses more rather than cutting is of low confidence.
  if (maxResults > MAX_PAGE)
    return invalidQuery(`value ${maxResults} is too large. Max allowed value is ${MAX_PAGE}.`);
  return {
    entity: entity.text,
    ...selected,
    where,
    orderBy,
    startPosition: Math.max(1, startPosition),
    maxResults,
  };
}

function tokenize(text: string): Token[] | Refusal {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) return parseError(`Lexical error at line 1, column ${from + 1}.`);
    const [, quoted, number, word, sign] = match;
    if (quoted !== undefined) tokens.push({ kind: "text", text: quoted.replace(/\\(.)/gs, "$1") });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else tokens.push({ kind: "sign", text: sign ?? "" });
  }
  return tokens;
}

function parseSelection(cursor: Cursor): Pick<Query, "count" | "properties"> | Refusal {
  if (takeWord(cursor, "count")) {
    const isCount = takeSign(cursor, "(") && takeSign(cursor, "*") && takeSign(cursor, ")");
    return isCount ? { count: true, properties: undefined } : unexpected(cursor);
  }
  if (takeSign(cursor, "*")) return { count: false, properties: undefined };
  const properties: string[] = [];
  do {
    const token = take(cursor);
    if (token.kind !== "word") return parseError(`Encountered "${token.text}"`);
    properties.push(token.text);
  } while (takeSign(cursor, ","));
  return { count: false, properties };
}

function parseConditions(cursor: Cursor): Condition[] | Refusal {
  const conditions: Condition[] = [];
  do {
    const condition = parseCondition(cursor);
    if (condition instanceof Refusal) return condition;
    conditions.push(condition);
  } while (takeWord(cursor, "and"));
  return conditions;
}

function parseCondition(cursor: Cursor): Condition | Refusal {
  const property = take(cursor);
  if (property.kind !== "word") return parseError(`Encountered "${property.text}"`);
  if (takeWord(cursor, "in")) return parseIn(property.text, cursor);
  const operator = takeWord(cursor, "like") ? "like" : parseComparison(cursor);
  if (operator === undefined) return unexpected(cursor);
  const value = parseLiteral(cursor);
  return value instanceof Refusal ? value : { property: property.text, operator, values: [value] };
}

function parseComparison(cursor: Cursor): Exclude<Condition["operator"], "in" | "like"> | undefined {
  for (const operator of ["=", "<", ">", "<=", ">="] as const) {
    if (takeSign(cursor, operator)) return operator;
  }
  return undefined;
}

function parseIn(property: string, cursor: Cursor): Condition | Refusal {
  if (!takeSign(cursor, "(")) return unexpected(cursor);
  const values: Literal[] = [];
  do {
    const value = parseLiteral(cursor);
    if (value instanceof Refusal) return value;
    values.push(value);
  } while (takeSign(cursor, ","));
  return takeSign(cursor, ")") ? { property, operator: "in", values } : unexpected(cursor);
}

function parseLiteral(cursor: Cursor): Literal | Refusal {
  const token = take(cursor);
  if (token.kind === "text") return token.text;
  if (token.kind === "number") return Number(token.text);
  if (token.kind === "word" && /^(true|false)$/i.test(token.text)) return token.text.toLowerCase() === "true";
  return parseError(`Encountered "${token.text}"`);
}

function parseOrder(cursor: Cursor): Query["orderBy"] | Refusal {
  const isOrdered = takeWord(cursor, "orderby") || (takeWord(cursor, "order") && takeWord(cursor, "by"));
  if (!isOrdered) return [];
  const order: { property: string; descending: boolean }[] = [];
  do {
    const token = take(cursor);
    if (token.kind !== "word") return parseError(`Encountered "${token.text}"`);
    const descending = takeWord(cursor, "desc");
    if (!descending) takeWord(cursor, "asc");
    order.push({ property: token.text, descending });
  } while (takeSign(cursor, ","));
  return order;
}

function parseCount(cursor: Cursor, word: string, fallback: number): number | Refusal {
  if (!takeWord(cursor, word)) return fallback;
  const token = take(cursor);
  return token.kind === "number" && /^\d+$/.test(token.text)
    ? Number(token.text)
    : parseError(`Encountered "${token.text}"`);
}

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.at] ?? END;
}

function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.at += 1;
  return token;
}

function takeWord(cursor: Cursor, word: string): boolean {
  const token = peek(cursor);
  const isIt = token.kind === "word" && token.text.toLowerCase() === word;
  if (isIt) cursor.at += 1;
  return isIt;
}

function takeSign(cursor: Cursor, sign: string): boolean {
  const token = peek(cursor);
  const isIt = token.kind === "sign" && token.text === sign;
  if (isIt) cursor.at += 1;
  return isIt;
}

function unexpected(cursor: Cursor): Refusal {
  return parseError(`Encountered "${peek(cursor).text}"`);
}
