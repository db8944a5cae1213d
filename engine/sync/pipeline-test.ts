import type { ClientConfig, PipelineConfig, PipelineTest } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { canonicalJson } from "../core/fingerprint.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import { compileExpression, evaluatePage } from "../expression/index.ts";
import { decideLinked, decideNew } from "./decide.ts";
import type { DecideContext } from "./decision.ts";
import type { Links } from "./links.ts";
import { resolvePage } from "./resolve.ts";
import { entityOf, PipelineError } from "./shape.ts";
import { type Candidate, type Decision, NOT_LINKED } from "./stages.ts";
import { shown } from "./text.ts";
import { toldFields } from "./told.ts";
import { createTransformer } from "./transform.ts";

/** The `tests:` of pipelines: a source record in, a decision out, through the same stages as a run and no network. */

export interface TestResult {
  readonly pipeline: string;
  readonly name: string;
  readonly ok: boolean;
  /** What differs, one line each; "" when it passed. */
  readonly message: string;
}

// $now() and $millis() of every test: the same result on every day.
const NOW = Date.UTC(2026, 0, 1);
const TARGET_ID = "linked";

/** Runs the tests of some or all pipelines. */
export async function runPipelineTests(
  config: ClientConfig,
  pipelines?: readonly string[],
): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const pipeline of config.pipelines) {
    if (pipelines !== undefined && !pipelines.includes(pipeline.pipeline)) continue;
    for (const test of pipeline.tests) {
      const message = differences(test, await decide(config, pipeline, test)).join("\n");
      results.push({ pipeline: pipeline.pipeline, name: test.name, ok: message === "", message });
    }
  }
  return results;
}

async function decide(
  config: ClientConfig,
  pipeline: PipelineConfig,
  test: PipelineTest,
): Promise<Decision | string> {
  const source = entityOf(pipeline.source.entity);
  const target = entityOf(pipeline.target.entity);
  const spec = config.systems.get(pipeline.target.system)?.connector.entities[target.name];
  const carried = Object.keys(spec?.write ?? {}).flatMap((key) => key.split(",").map((name) => name.trim()));
  const context: DecideContext = {
    pipeline,
    target,
    carried,
    told: toldFields(config, pipeline, carried),
    closedUntil: null,
    rounding: null,
    doubted: new Set(),
    can: { create: Boolean(spec?.create), update: Boolean(spec?.update), void: Boolean(spec?.void) },
  };
  const record = source.complete({ id: "test", ...test.given.record });
  const wrong = source.validate(record);
  if (wrong.length > 0) return `the given record is no ${source.name}: ${wrong.join("; ")}`;
  const related = await requiredOf(pipeline, test);
  if (typeof related === "string") return related;
  const candidate: Candidate = {
    source: systemRecord("test", record),
    sourceHash: "",
    sync: undefined,
    issue: undefined,
    related,
  };
  const transformer = createTransformer(config, pipeline, carried, NOW);
  try {
    const [taken] = await transformer.takes([record]);
    if (typeof taken === "string") return taken;
    if (taken !== true) return skip(candidate, "filtered");
    if (Object.keys(pipeline.source.require).some((entity) => (related[entity] ?? []).length === 0)) {
      return skip(candidate, "not_required");
    }
    const date = source.dateField === undefined ? undefined : record[source.dateField];
    if (config.go_live !== null && target.moneyRecord && typeof date === "string" && date < config.go_live) {
      return skip(candidate, "before_go_live");
    }
    const [mapped] = await transformer.map([candidate]);
    if (mapped === undefined || !("record" in mapped)) return mapped ?? "nothing came out of the transform";
    const [resolved] = resolvePage([mapped], pipeline, target, carried, linksOf(test), (entity) =>
      knows(config, pipeline, entity),
    );
    if (resolved === undefined || !("resolved" in resolved)) return resolved ?? "nothing was resolved";
    if (test.given.target === null && pipeline.target.write_mode === "update_only") {
      return skip(candidate, NOT_LINKED);
    }
    if (test.given.target === null) return decideNew(resolved, resolved.resolved, context);
    const current = systemRecord(TARGET_ID, target.complete({ id: TARGET_ID, ...test.given.target }));
    return decideLinked({ resolved, held: resolved.resolved, targetId: TARGET_ID, current }, context);
  } catch (cause) {
    if (cause instanceof PipelineError) return `the pipeline fails: ${cause.message}`;
    throw cause;
  }
}

function knows({ systems }: ClientConfig, { target }: PipelineConfig, entity: string): boolean {
  return systems.get(target.system)?.connector.entities[entity] !== undefined;
}

async function requiredOf(
  pipeline: PipelineConfig,
  test: PipelineTest,
): Promise<{ readonly [entity: string]: readonly CanonicalRecord[] } | string> {
  const related: { [entity: string]: readonly CanonicalRecord[] } = {};
  for (const [entity, text] of Object.entries(pipeline.source.require)) {
    const records = (test.given.related[entity] ?? []).map((one) =>
      entityOf(entity).complete({ id: "test", ...one }),
    );
    const compiled = compileExpression(text);
    if ("error" in compiled) return compiled.error.message;
    const met = await evaluatePage(compiled.expression, records, { now: NOW });
    related[entity] = records.filter((_, index) => {
      const verdict = met[index];
      return verdict?.ok === true && verdict.value === true;
    });
  }
  return related;
}

function linksOf({ given }: PipelineTest): Pick<Links, "translate"> {
  return {
    translate: (entity, _from, _to, ids) => {
      const table = given.links[entity] ?? {};
      return new Map(
        ids.flatMap((id) => {
          const target = Object.hasOwn(table, id) ? table[id] : undefined;
          return target === undefined ? [] : [[id, [target]] as const];
        }),
      );
    },
  };
}

function differences({ expect }: PipelineTest, decision: Decision | string): readonly string[] {
  if (typeof decision === "string") return [decision];
  const action = decision.action === "unchanged" ? "skip" : decision.action;
  const why = "message" in decision && decision.message !== "" ? ` (${decision.message})` : "";
  const found: string[] = [];
  if (action !== expect.action)
    found.push(`expected ${expect.action}, it is ${action}: ${decision.reason}${why}`);
  if (expect.reason !== undefined && expect.reason !== decision.reason) {
    found.push(`expected the reason ${expect.reason}, it is ${decision.reason}${why}`);
  }
  const record: Json = "record" in decision ? decision.record : {};
  return [...found, ...unlike(expect.record, record, "")];
}

/** Listed fields only; lists are compared by length, too. */
function unlike(expected: Json, found: Json | undefined, path: string): readonly string[] {
  if (isObject(expected)) {
    return Object.entries(expected).flatMap(([name, value]) =>
      unlike(value, isObject(found) ? found[name] : undefined, path === "" ? name : `${path}.${name}`),
    );
  }
  if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length) {
    return expected.flatMap((value: Json, index) => unlike(value, found[index], `${path}[${index}]`));
  }
  if (canonicalJson(expected) === canonicalJson(found ?? null)) return [];
  return [`${path} is ${shown(found)}, expected ${shown(expected)}`];
}

function systemRecord(id: string, record: CanonicalRecord): SystemRecord {
  const unreadable = undefined;
  return { id, record, vendor: null, raw: null, token: null, updated_at: null, deleted: false, unreadable };
}

function skip(candidate: Candidate, reason: string): Decision {
  return { candidate, action: "skip", reason, message: "", detail: null };
}
