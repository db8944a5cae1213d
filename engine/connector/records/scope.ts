import type { CodeMap, SystemConfig } from "../../config/types.ts";
import type { Json } from "../../core/json.ts";
import { type Evaluated, evaluateOne, evaluatePage } from "../../expression/index.ts";
import type { Redactor } from "../redact.ts";
import { SystemError } from "../types.ts";
import { PATH_PART } from "./compose.ts";
import type { Program } from "./programs.ts";

/** Evaluates a connector's programs with the variables that all of them see. */
export interface Scope {
  one(program: Program, input: Json, variables?: Variables): Promise<Evaluated>;
  /** One call of the expression unit for a page of records. */
  page(
    program: Program,
    inputs: readonly Json[],
    variables?: (index: number) => Variables,
  ): Promise<readonly Evaluated[]>;
  /** As `one`; throws SystemError when it fails: without this value the system cannot be worked with. */
  value(program: Program, input: Json, variables?: Variables): Promise<Json | undefined>;
}

export type Variables = { readonly [name: string]: Json | undefined };

export type LookupRows = { readonly [name: string]: { readonly [key: string]: Json } };

export function createScope(options: {
  readonly system: SystemConfig;
  readonly currency: string;
  readonly go_live?: string | null;
  readonly codes: ReadonlyMap<string, CodeMap>;
  readonly now: number;
  readonly redactor: Redactor;
  /** Rows of the lookups named; reads them when they have not been read yet. */
  readonly lookups: (names: readonly string[]) => Promise<LookupRows>;
}): Scope {
  const { system, now, redactor } = options;
  const always = {
    settings: system.settings,
    currency: options.currency,
    go_live: options.go_live ?? null,
    codes: (map: unknown, column: unknown, value: unknown) => codeRow(options.codes, map, column, value),
    [PATH_PART]: pathPart,
  };
  const bound = async ({ lookups }: Program): Promise<{ readonly [name: string]: unknown }> =>
    lookups.length === 0 ? always : { ...always, lookups: await options.lookups(lookups) };

  // A failure may show the value that it stumbled over.
  const redacted = (result: Evaluated): Evaluated =>
    result.ok
      ? result
      : { ok: false, error: { ...result.error, message: redactor.redact(result.error.message) } };
  const one: Scope["one"] = async (program, input, variables) => {
    const given = { ...(await bound(program)), ...variables };
    return redacted(await evaluateOne(program.expression, input, { now, variables: given }));
  };
  return {
    one,
    page: async (program, inputs, variables) => {
      const results = await evaluatePage(program.expression, inputs, {
        now,
        variables: await bound(program),
        ...(variables === undefined ? {} : { each: variables }),
      });
      return results.map(redacted);
    },
    value: async (program, input, variables) => {
      const result = await one(program, input, variables);
      if (result.ok) return result.value;
      const name = system.connector.connector;
      throw new SystemError(
        system.name,
        "answer",
        `The connector ${name} cannot go on: ${result.error.message}`,
      );
    },
  };
}

/** $codes(map, column, value): the first row of the client's code map whose column holds the value. */
function codeRow(
  codes: ReadonlyMap<string, CodeMap>,
  map: unknown,
  column: unknown,
  value: unknown,
): unknown {
  const found = codes.get(String(map));
  if (found === undefined) throw new Error(`client.yaml names no code map "${String(map)}" under codes`);
  return found.rows.find((row) => row[String(column)] === value);
}

/** An empty part would turn the path of one record into that of all of them. */
function pathPart(value: unknown): string {
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  if (text === "" || text === "." || text === "..") throw new Error("a part of the path is empty");
  return encodeURIComponent(text);
}
