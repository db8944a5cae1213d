import type jsonata from "jsonata";
import { boundNames, isNode, type Node, nodesOf } from "./ast.ts";
import { CONCATENATE, GUARDED } from "./guards.ts";
import { LIBRARY } from "./library.ts";
import { type ExpressionError, parseExpression, refusals } from "./parse.ts";

/** A checked expression; what it was compiled to is known to this room only. */
export interface Expression {
  readonly text: string;
}

/** What evaluate.ts runs. */
export interface Program {
  readonly library: jsonata.Expression;
  /** The expression has a `[]`, with which the library marks lists of its input. */
  readonly marksLists: boolean;
}

type Compiled = { readonly expression: Expression } | { readonly error: ExpressionError };

// Texts come from configuration files; only a process that loads clients for weeks could collect more.
const CACHE_MAX = 5000;
const cache = new Map<string, Compiled>();
const programs = new WeakMap<Expression, Program>();

/**
 * Compiles JSONata text with our functions and guards; the same text gives the same expression. Never throws: a text
 * that does not parse, uses $eval, $random or $shuffle, or has a regular expression that can hang gives the error.
 */
export function compileExpression(text: string): Compiled {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const compiled = compile(text);
  const [oldest] = cache.keys();
  if (cache.size >= CACHE_MAX && oldest !== undefined) cache.delete(oldest);
  cache.set(text, compiled);
  return compiled;
}

/** The program of an expression that compileExpression gave out. */
export function programOf(expression: Expression): Program {
  const program = programs.get(expression);
  if (program === undefined) throw new Error("the expression was not made by compileExpression");
  return program;
}

function compile(text: string): Compiled {
  const parsed = parseExpression(text);
  if ("code" in parsed) return { error: parsed };
  const { library, root } = parsed;
  const [refused] = refusals(text, root);
  if (refused !== undefined) return { error: refused };
  for (const [name, { implementation, signature }] of Object.entries(GUARDED)) {
    library.registerFunction(name, implementation, signature);
  }
  for (const [name, implementation] of Object.entries(LIBRARY)) {
    library.registerFunction(name, implementation);
    library.registerFunction(alias(name), implementation);
  }
  const nodes = nodesOf(root);
  separateCalls(nodes, new Set(boundNames(root)));
  for (const node of nodes) guardConcatenation(node);
  const expression: Expression = { text };
  programs.set(expression, { library, marksLists: nodes.some((node) => node.keepSingletonArray === true) });
  return { expression };
}

/**
 * Lets a function and a variable share a name: in a write, `$id` is the record's id while `$id(x)` stays the function.
 * The library knows one name for both, so calls of our functions are given another.
 */
function separateCalls(nodes: readonly Node[], bound: ReadonlySet<string>): void {
  for (const { type, procedure } of nodes) {
    if ((type !== "function" && type !== "partial") || procedure?.type !== "variable") continue;
    const name = procedure.value;
    if (typeof name === "string" && Object.hasOwn(LIBRARY, name) && !bound.has(name)) {
      procedure.value = alias(name);
    }
  }
}

/** Turns `a & b` into a call, because a text that doubles a few dozen times would take all memory. */
function guardConcatenation(node: Node): void {
  if (node.type !== "binary" || node.value !== "&" || !isNode(node.lhs) || !isNode(node.rhs)) return;
  node.type = "function";
  node.arguments = [node.lhs, node.rhs];
  node.procedure = { type: "variable", value: CONCATENATE, position: node.position ?? 0 };
}

function alias(name: string): string {
  return `${name}()`;
}
