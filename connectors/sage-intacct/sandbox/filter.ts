import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { groupOf, rowsOf, valueAt } from "./books.ts";
import { Refusal } from "./errors.ts";
import type { Shape } from "./shapes.ts";

/** The query's filters: [{"$op": {field: value}}, …], put together by a filterExpression such as "1 and (2 or 3)". */
export type Test = (row: Row) => boolean;

type KindOf = (field: string) => Shape["kind"];
type Comparable = string | number | null;

const OPERATORS: { readonly [op: string]: (held: Comparable, wanted: readonly Comparable[]) => boolean } = {
  $eq: (held, [wanted]) => held === wanted,
  $ne: (held, [wanted]) => held !== wanted,
  $lt: (held, [wanted]) => order(held, wanted, (sign) => sign < 0),
  $lte: (held, [wanted]) => order(held, wanted, (sign) => sign <= 0),
  $gt: (held, [wanted]) => order(held, wanted, (sign) => sign > 0),
  $gte: (held, [wanted]) => order(held, wanted, (sign) => sign >= 0),
  $in: (held, wanted) => wanted.includes(held),
  $notIn: (held, wanted) => !wanted.includes(held),
  $between: (held, [low, high]) =>
    order(held, low, (sign) => sign >= 0) && order(held, high, (sign) => sign <= 0),
  $notBetween: (held, [low, high]) =>
    order(held, low, (sign) => sign < 0) || order(held, high, (sign) => sign > 0),
  $contains: (held, [wanted]) => String(held ?? "").includes(String(wanted)),
  $notContains: (held, [wanted]) => !String(held ?? "").includes(String(wanted)),
  $startsWith: (held, [wanted]) => String(held ?? "").startsWith(String(wanted)),
  $notStartsWith: (held, [wanted]) => !String(held ?? "").startsWith(String(wanted)),
  $endsWith: (held, [wanted]) => String(held ?? "").endsWith(String(wanted)),
  $notEndsWith: (held, [wanted]) => !String(held ?? "").endsWith(String(wanted)),
};

/** Compiles filters, filterExpression and filterParameters of a query's body. */
export function compileFilters(body: Row, kindOf: KindOf): Test {
  const isExact = groupOf(body["filterParameters"])["caseSensitiveComparison"] !== false;
  const tests = rowsOf(body["filters"]).map((filter) => compile(filter, isExact, kindOf));
  const expression = String(body["filterExpression"] ?? "");
  if (expression !== "") return parseExpression(expression, tests);
  return (row) => tests.every((test) => test(row));
}

function compile(filter: Row, isExact: boolean, kindOf: KindOf): Test {
  const [[op, condition] = ["", null]] = Object.entries(filter);
  const operator = Object.hasOwn(OPERATORS, op) ? OPERATORS[op] : undefined;
  const [[field, value] = ["", null]] = Object.entries(isObject(condition) ? condition : {});
  if (operator === undefined || field === "") throw new Refusal("value", `${op} is not a valid filter`);
  const kind = kindOf(field);
  const wanted = (Array.isArray(value) ? value : [value]).map((one: Json) => comparable(one, kind, isExact));
  return (row) => operator(comparable(valueAt(row, field) ?? null, kind, isExact), wanted);
}

function comparable(value: Json, kind: Shape["kind"], isExact: boolean): Comparable {
  if (value === null) return null;
  if (kind === "instant") return Date.parse(String(value));
  if (kind === "decimal" || kind === "number") return Number(value);
  return isExact ? String(value) : String(value).toLowerCase();
}

function order(
  held: Comparable,
  wanted: Comparable | undefined,
  accepts: (sign: number) => boolean,
): boolean {
  if (held === null || wanted === null || wanted === undefined) return false;
  return accepts(held < wanted ? -1 : held > wanted ? 1 : 0);
}

/** "1 and (2 or 3)": and binds closer than or. */
function parseExpression(text: string, tests: readonly Test[]): Test {
  const tokens = text.toLowerCase().match(/\d+|and|or|[()]/g) ?? [];
  let at = 0;
  const either = (): Test => {
    const parts = [both()];
    while (tokens[at] === "or") {
      at++;
      parts.push(both());
    }
    return (row) => parts.some((test) => test(row));
  };
  const both = (): Test => {
    const parts = [one()];
    while (tokens[at] === "and") {
      at++;
      parts.push(one());
    }
    return (row) => parts.every((test) => test(row));
  };
  const one = (): Test => {
    const token = tokens[at++];
    if (token === "(") {
      const inner = either();
      at++;
      return inner;
    }
    const test = tests[Number(token) - 1];
    if (test === undefined) throw new Refusal("value", `${text} is not a valid filterExpression`);
    return test;
  };
  const whole = either();
  if (at < tokens.length) throw new Refusal("value", `${text} is not a valid filterExpression`);
  return whole;
}
