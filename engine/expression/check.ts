import { nearMiss } from "../core/near-miss.ts";
import { boundNames, type Node, nodesOf, startOf } from "./ast.ts";
import { checkFields } from "./check-fields.ts";
import type { EntityShape, ExpressionProblem } from "./check-types.ts";
import { LIBRARY_NAMES } from "./library.ts";
import { NATIVE_NAMES } from "./natives.ts";
import { isForbidden, parseExpression, refusals } from "./parse.ts";

const FUNCTIONS = [...LIBRARY_NAMES, ...NATIVE_NAMES.filter((name) => !isForbidden(name))];

/**
 * Everything wrong with an expression that can be seen without running it, sorted by place: TP3101 does not parse,
 * TP3102 unpredictable function, TP3103 unknown name, TP3104 path that the entity lacks, TP3105 arithmetic on money,
 * TP3106 text function on a field that may be null, TP3107 hanging regular expression, TP3108 too large. Without an
 * entity no path is checked. Where the text leaves a doubt nothing is said: a false alarm would block a run.
 */
export function checkExpression(
  text: string,
  context: { readonly entity?: EntityShape; readonly variables: readonly string[] },
): readonly ExpressionProblem[] {
  const parsed = parseExpression(text);
  if ("code" in parsed) {
    return [{ ...parsed, code: parsed.code.startsWith("TP") ? parsed.code : "TP3101" }];
  }
  const problems = [
    ...refusals(text, parsed.root),
    ...unknownNames(text, parsed.root, context.variables),
    ...(context.entity === undefined ? [] : checkFields(text, parsed.root, context.entity)),
  ];
  const byPlace = new Map(problems.map((problem) => [`${problem.offset} ${problem.code}`, problem]));
  return [...byPlace.values()].sort((a, b) => a.offset - b.offset || a.code.localeCompare(b.code));
}

function unknownNames(text: string, root: Node, variables: readonly string[]): readonly ExpressionProblem[] {
  const nodes = nodesOf(root);
  const own = [...variables, ...boundNames(root)];
  const known = new Set([...own, ...FUNCTIONS, "", "$"]);
  const called = new Set(nodes.map((node) => node.procedure).filter((node) => node !== undefined));
  return nodes.flatMap((node) => {
    const bare = called.has(node) ? functionWithoutDollar(node) : undefined;
    if (bare !== undefined) {
      const message = `${bare} is called without its $.`;
      return [{ code: "TP3103", message, hint: `Write $${bare}(…).`, offset: startOf(text, node) }];
    }
    if (node.type !== "variable" || typeof node.value !== "string") return [];
    if (known.has(node.value) || isForbidden(node.value)) return [];
    const isCall = called.has(node);
    const message = `There is no ${isCall ? "function" : "variable"} $${node.value} here.`;
    const near = nearMiss(node.value, isCall ? [...FUNCTIONS, ...own] : [...own, ...FUNCTIONS]);
    return [{ code: "TP3103", message, hint: nameHint(near, isCall, own), offset: startOf(text, node) }];
  });
}

function functionWithoutDollar(node: Node): string | undefined {
  const [step, ...more] = node.type === "path" ? (node.steps ?? []) : [];
  const name = step?.type === "name" && more.length === 0 ? step.value : undefined;
  return typeof name === "string" && FUNCTIONS.includes(name) ? name : undefined;
}

function nameHint(near: string | undefined, isCall: boolean, variables: readonly string[]): string {
  if (near !== undefined) return `Did you mean $${near}?`;
  if (isCall) return "The functions are JSONata's own and those of the function reference.";
  const names = [...new Set(variables)].map((name) => `$${name}`);
  return names.length === 0
    ? "An expression here sees no variables."
    : `Variables here: ${names.join(", ")}.`;
}
