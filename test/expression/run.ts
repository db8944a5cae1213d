import type { Json } from "../../engine/core/json.ts";
import { compileExpression, type Evaluated, evaluateOne } from "../../engine/expression/index.ts";

/** 2026-08-01T12:00:00Z */
export const NOW = Date.UTC(2026, 7, 1, 12);

/** Compiles and evaluates; an error of compiling comes out like one of the evaluation. */
export async function run(
  text: string,
  input: Json = {},
  variables: { readonly [name: string]: unknown } = {},
): Promise<Evaluated> {
  const compiled = compileExpression(text);
  if ("error" in compiled) return { ok: false, error: compiled.error };
  return evaluateOne(compiled.expression, input, { variables, now: NOW });
}

/** The value, or the error's message. */
export async function outcome(
  text: string,
  input: Json = {},
  variables: { readonly [name: string]: unknown } = {},
): Promise<Json | undefined> {
  const result = await run(text, input, variables);
  return result.ok ? result.value : `${result.error.code} ${result.error.message}`;
}
