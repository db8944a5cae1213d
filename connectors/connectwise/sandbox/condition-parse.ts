import { badCondition } from "./errors.ts";

/** The vendor's filter language as a tree: `field op value` joined by and/or, parentheses, not. */
export type Literal =
  | { readonly type: "text"; readonly value: string }
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "flag"; readonly value: boolean }
  | { readonly type: "date"; readonly value: number }
  | { readonly type: "null" };

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "like" | "contains" | "in";

export type Condition =
  | { readonly type: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly type: "not"; readonly of: Condition }
  | {
      readonly type: "compare";
      readonly path: string;
      readonly op: Operator;
      readonly values: readonly Literal[];
    };

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*")|(\[[^\]]*\])|(<=|>=|!=|=|<|>)|([(),])|(-?\d+(?:\.\d+)?(?![\w/]))|([A-Za-z_][\w/]*))/y;
const OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "like", "contains", "in"];
const DEPTH_MAX = 100;

/**
 * Parses a conditions parameter; throws the vendor's 400. Keywords are taken in any case. Inside a string a backslash
 * escapes a quote: how the vendor escapes is not documented (low confidence).
 */
export function parseCondition(text: string): Condition {
  const tokens = tokenize(text);
  let at = 0;
  let depth = 0;

  const peek = (): string | undefined => tokens[at];
  const keyword = (word: string): boolean => {
    if (peek()?.toLowerCase() !== word) return false;
    at++;
    return true;
  };
  const take = (): string => {
    const token = tokens[at++];
    if (token === undefined) throw badCondition(`Unexpected end of conditions: ${text}`);
    return token;
  };
  const or = (): Condition => {
    if (++depth > DEPTH_MAX) throw badCondition("conditions are nested too deeply");
    let left = and();
    while (keyword("or")) left = { type: "or", left, right: and() };
    depth--;
    return left;
  };
  const and = (): Condition => {
    let left = unary();
    while (keyword("and")) left = { type: "and", left, right: unary() };
    return left;
  };
  const unary = (): Condition => {
    if (keyword("not")) {
      if (++depth > DEPTH_MAX) throw badCondition("conditions are nested too deeply");
      return { type: "not", of: unary() };
    }
    if (!keyword("(")) return comparison();
    const inner = or();
    if (!keyword(")")) throw badCondition(`A ) is missing: ${text}`);
    return inner;
  };
  const comparison = (): Condition => {
    const path = take();
    if (!/^[A-Za-z_]/.test(path)) throw badCondition(`A field name is expected at ${path}`);
    const negated = keyword("not");
    const op = take().toLowerCase();
    if (!isOperator(op)) throw badCondition(`${op} is not a recognized operator.`);
    const condition: Condition = {
      type: "compare",
      path,
      op,
      values: op === "in" ? list() : [literal(take())],
    };
    return negated ? { type: "not", of: condition } : condition;
  };
  const list = (): Literal[] => {
    if (!keyword("(")) throw badCondition("in needs a list in parentheses");
    const values = [literal(take())];
    while (keyword(",")) values.push(literal(take()));
    if (!keyword(")")) throw badCondition(`A ) is missing: ${text}`);
    return values;
  };

  const condition = or();
  const rest = peek();
  if (rest !== undefined) throw badCondition(`Unexpected ${rest} in conditions`);
  return condition;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw badCondition(`Conditions cannot be read at: ${text.slice(start, start + 40)}`);
    tokens.push(match[0].trim());
  }
  return tokens;
}

function literal(token: string): Literal {
  if (token.startsWith('"')) return { type: "text", value: token.slice(1, -1).replace(/\\(.)/g, "$1") };
  if (token.startsWith("[")) {
    const value = Date.parse(token.slice(1, -1));
    if (Number.isNaN(value)) throw badCondition(`${token} is not a valid date`);
    return { type: "date", value };
  }
  if (/^-?\d/.test(token)) return { type: "number", value: Number(token) };
  const word = token.toLowerCase();
  if (word === "true" || word === "false") return { type: "flag", value: word === "true" };
  if (word === "null") return { type: "null" };
  throw badCondition(`${token} is not a value: strings stand in double quotes, dates in square brackets`);
}

function isOperator(text: string): text is Operator {
  return OPERATORS.includes(text);
}
