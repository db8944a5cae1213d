import { setImmediate as turn } from "node:timers/promises";
import type { Json } from "../core/json.ts";
import { type Expression, type Program, programOf } from "./compile.ts";
import { PAGE_TIMEOUT_MS } from "./limits.ts";
import { native } from "./natives.ts";
import { type ExpressionError, errorOf } from "./parse.ts";
import { plain } from "./plain.ts";

export type Evaluated =
  | { readonly ok: true; readonly value: Json | undefined }
  | { readonly ok: false; readonly error: ExpressionError };

export interface EvaluateOptions {
  /** Variables of the page, without the `$`: JSON or functions. A function of the library keeps its calls. */
  readonly variables?: { readonly [name: string]: unknown };
  /** Milliseconds since the epoch: what $now() and $millis() answer. */
  readonly now: number;
}

export interface PageOptions extends EvaluateOptions {
  /** Variables of one record, by its place in the page. */
  readonly each?: (index: number) => { readonly [name: string]: unknown };
}

// The library runs in microtasks; without a turn now and then, a page would keep timers and sockets waiting.
const RECORDS_PER_TURN = 50;

/**
 * One call per page: the expression over each input, results in the order of the inputs, as plain JSON. A record that
 * fails gives its error and stops no other; never throws. Time per record and page is limited (limits.ts).
 */
export async function evaluatePage(
  expression: Expression,
  inputs: readonly Json[],
  options: PageOptions,
): Promise<readonly Evaluated[]> {
  const program = programOf(expression);
  const fixed = constants(options.now);
  const started = performance.now();
  const results: Evaluated[] = [];
  for (const [index, input] of inputs.entries()) {
    if (index > 0 && index % RECORDS_PER_TURN === 0) await turn();
    if (performance.now() - started > PAGE_TIMEOUT_MS) {
      results.push(pageTimeout());
      continue;
    }
    const bindings = () => ({ ...options.variables, ...options.each?.(index), ...fixed });
    results.push(await evaluateRecord(expression.text, program, input, bindings));
  }
  return results;
}

/** The expression over one input; else as evaluatePage. */
export async function evaluateOne(
  expression: Expression,
  input: Json,
  options: EvaluateOptions,
): Promise<Evaluated> {
  const bindings = () => ({ ...options.variables, ...constants(options.now) });
  return evaluateRecord(expression.text, programOf(expression), input, bindings);
}

// The end of the evaluation that was asked for last.
let queue: Promise<unknown> = Promise.resolve();

/**
 * One record at a time, whoever asks: the limit is wall-clock time, and an evaluation that shared the thread with those
 * of another page would use it up by waiting for them.
 */
function evaluateRecord(
  text: string,
  program: Program,
  input: Json,
  bindings: () => { readonly [name: string]: unknown },
): Promise<Evaluated> {
  const result = queue.then(() => evaluateAlone(text, program, input, bindings));
  queue = result;
  return result;
}

async function evaluateAlone(
  text: string,
  program: Program,
  input: Json,
  bindings: () => { readonly [name: string]: unknown },
): Promise<Evaluated> {
  try {
    const bound = bindings();
    const value = await program.library.evaluate(input, bound);
    if (program.marksLists) unmark([input, bound]);
    return { ok: true, value: plain(value) };
  } catch (cause) {
    return { ok: false, error: errorOf(text, cause) };
  }
}

/** $now and $millis of the run: every record of every page sees the same moment. */
function constants(now: number): { readonly [name: string]: unknown } {
  const fromMillis = native("fromMillis").implementation;
  return {
    now: { ...native("now"), implementation: (...picture: unknown[]) => fromMillis(now, ...picture) },
    millis: { ...native("millis"), implementation: () => now },
  };
}

/** For `a[]` the library leaves a property on the list it read; an expression must leave its input as it was. */
function unmark(value: unknown): void {
  if (typeof value !== "object" || value === null || "_jsonata_function" in value) return;
  if (Array.isArray(value) && "keepSingleton" in value) delete value["keepSingleton"];
  for (const member of Object.values(value)) unmark(member);
}

function pageTimeout(): Evaluated {
  const message = `The page took longer than ${PAGE_TIMEOUT_MS} ms; this record was not reached.`;
  return { ok: false, error: { code: "D1012", message, offset: 0 } };
}
