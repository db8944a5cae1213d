import type { Json } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import { type NodeSources, placeFinder, pointerTo } from "./source.ts";

/** Environment as `process.env` has it. */
export type Env = { readonly [name: string]: string | undefined };

const VARIABLE = /\$\{([^}]*)(\}|$)/g;
const NAME_AND_DEFAULT = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

/**
 * Replaces `${VAR}` and `${VAR:-default}` in the text values of client.yaml. It works on parsed scalars, so a value
 * with quotes, newlines or another `${` in it stays one value; secrets take `env:NAME` instead.
 */
export function interpolate(
  value: Json,
  nodes: NodeSources,
  env: Env,
): { readonly value: Json; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const placeOf = placeFinder(nodes);
  const visit = (current: Json, pointer: string): Json => {
    if (typeof current === "string") {
      const { text, problem } = interpolateText(current, pointer, env);
      if (problem !== undefined)
        problems.push(problemAt(problem.code, placeOf(pointer), problem.message, problem.hint));
      return text;
    }
    if (Array.isArray(current))
      return current.map((item: Json, index) => visit(item, pointerTo(pointer, index)));
    if (!isObject(current)) return current;
    return Object.fromEntries(
      Object.entries(current).map(([key, item]) => [key, visit(item, pointerTo(pointer, key))]),
    );
  };
  return { value: visit(value, ""), problems };
}

interface Refusal {
  readonly code: "TP1020" | "TP1021" | "TP1022";
  readonly message: string;
  readonly hint: string;
}

function interpolateText(
  written: string,
  pointer: string,
  env: Env,
): { readonly text: string; readonly problem?: Refusal } {
  if (!written.includes("${")) return { text: written };
  if (/^\/systems\/[^/]+\/auth\//.test(pointer)) {
    const hint = "Write env:NAME or file:PATH.";
    return { text: written, problem: { code: "TP1022", message: "a secret takes no variable", hint } };
  }
  let problem: Refusal | undefined;
  const text = written.replace(VARIABLE, (whole: string, inner: string, end: string) => {
    const [, name, fallback] = NAME_AND_DEFAULT.exec(inner) ?? [];
    if (name === undefined || end === "") {
      const hint = `Write \${NAME} or \${NAME:-default}, the name in letters, digits and _.`;
      problem ??= { code: "TP1021", message: `${whole} is no variable`, hint };
      return whole;
    }
    const found = env[name];
    const value = found === undefined || found === "" ? fallback : found;
    if (value !== undefined) return value;
    const hint = `Set ${name} in the environment, or give a default: \${${name}:-value}.`;
    problem ??= { code: "TP1020", message: `the environment variable ${name} is not set`, hint };
    return whole;
  });
  return problem === undefined ? { text } : { text, problem };
}
