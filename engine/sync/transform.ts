import type { Entity } from "../config/entities.ts";
import type { ClientConfig, CodeMap, FieldMap, PipelineConfig } from "../config/types.ts";
import { atPath, type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import { type EvaluateOptions, type Expression, evaluatePage } from "../expression/index.ts";
import { summarised, withRounding } from "./document-lines.ts";
import { invoicingOf } from "./invoicing.ts";
import { compiled, entityOf, PipelineError, pick } from "./shape.ts";
import type { Candidate, Mapped, SetAside } from "./stages.ts";

/** Source records into the target's shape: filter, transform, code maps, schema, guards. Pure, a page at a time. */
export interface Transformer {
  /** Whether the pipeline's filter takes each record; a text says why that cannot be told. */
  takes(records: readonly CanonicalRecord[]): Promise<readonly (boolean | string)[]>;
  map(candidates: readonly Candidate[]): Promise<readonly (Mapped | SetAside)[]>;
}

/** Compiles a pipeline's expressions once. `now`: milliseconds, the run's constant for $now() and $millis(). */
export function createTransformer(
  config: ClientConfig,
  pipeline: PipelineConfig,
  carried: readonly string[],
  now: number,
): Transformer {
  const source = entityOf(pipeline.source.entity);
  const target = entityOf(pipeline.target.entity);
  const filter = pipeline.source.filter === undefined ? undefined : compiled(pipeline.source.filter);
  const named = Object.entries(pipeline.transform);
  const transform =
    named.length === 0
      ? undefined
      : compiled(`{${named.map(([field, text]) => `${JSON.stringify(field)}: (${text})`).join(", ")}}`);
  const guards = compiled(`[${pipeline.guards.map(({ assert }) => `(${assert}) = true`).join(", ")}]`);
  const passing = passingFields(source, target, carried, pipeline);
  const variables = { invoicing: invoicingOf(config.invoicing) };
  const maps = Object.entries(pipeline.maps)
    .filter(([, map]) => !map.optional || hasColumn(map, config.codes))
    .map(([path, map]) => codeFiller(path, map, config.codes));

  const takes: Transformer["takes"] = async (records) => {
    if (filter === undefined) return records.map(() => true);
    const results = await evaluatePage(filter, records, { now, variables });
    return results.map((result) =>
      result.ok ? result.value === true : `the filter failed: ${result.error.message}`,
    );
  };

  const map = async (candidates: readonly Candidate[]): Promise<readonly (Mapped | SetAside)[]> => {
    const inputs = candidates.map(({ source: { record } }) => record);
    const each = (index: number) => ({ related: candidates[index]?.related ?? {} });
    const named =
      transform === undefined ? undefined : await evaluatePage(transform, inputs, { now, variables, each });
    const mapped = candidates.map((candidate, index): Mapped | SetAside => {
      const result = named?.[index];
      if (result?.ok === false) {
        return deadLetter(candidate, "transform_failed", `the transform failed: ${result.error.message}`);
      }
      const own = isObject(result?.value) ? result.value : {};
      const draft: CanonicalRecord = { ...pick(candidate.source.record, passing), ...own };
      const { rounding_line, lines } = pipeline;
      const start = rounding_line === null ? draft : withRounding(draft, rounding_line);
      return fillCodes(candidate, start, maps, target, lines === "summarised");
    });
    return guarded(mapped, guards, pipeline, { now, variables });
  };
  return { takes, map };
}

// Between two entities a name may mean two things (a contract's status, an account's): then only what the target
// carries passes. Between records of one entity everything does, since guards look at totals that no target carries.
function passingFields(
  source: Entity,
  target: Entity,
  carried: readonly string[],
  pipeline: PipelineConfig,
): readonly string[] {
  const same = source.name === target.name;
  return source.fields.filter(
    (field) =>
      !Object.hasOwn(pipeline.transform, field) &&
      target.fields.includes(field) &&
      (same || carried.includes(field)),
  );
}

type Filler = (draft: CanonicalRecord, source: CanonicalRecord) => CanonicalRecord | Unmapped;
interface Unmapped {
  readonly unmapped: { readonly map: string; readonly codes: readonly string[]; readonly fatal: boolean };
}

function hasColumn({ codes: name, value }: FieldMap, codes: ReadonlyMap<string, CodeMap>): boolean {
  return codes.get(name)?.rows.some((row) => row[value] !== undefined) === true;
}

/** Code to the value that a map gives it; a row without the column has undefined. */
export function tableOf(
  map: FieldMap,
  codes: ReadonlyMap<string, CodeMap>,
): ReadonlyMap<string, string | undefined> {
  return new Map(codes.get(map.codes)?.rows.map((row) => [row.code, row[map.value]]));
}

function codeFiller(path: string, map: FieldMap, codes: ReadonlyMap<string, CodeMap>): Filler {
  const table = tableOf(map, codes);
  const [head = "", leaf] = path.split(".");
  const keyLeaf = map.key.slice(map.key.lastIndexOf(".") + 1);
  return (draft, source) => {
    const missing = new Set<string>();
    const look = (code: Json | undefined, stands: Json): Json => {
      if (code === null || code === undefined) return map.optional ? stands : null;
      const value = table.get(String(code));
      if (value !== undefined) return value;
      // Its row has no such column.
      if (map.optional && table.has(String(code))) return stands;
      if (map.on_unmapped !== "default") missing.add(String(code));
      return map.default;
    };
    // Below a list or an object the code stands beside what it fills, else in the source's record.
    const fill = (item: Json): Json =>
      isObject(item) && leaf !== undefined
        ? { ...item, [leaf]: look(item[keyLeaf], item[leaf] ?? null) }
        : item;
    const value = draft[head] ?? null;
    const filled =
      leaf === undefined
        ? look(atPath(source, map.key), value)
        : Array.isArray(value)
          ? value.map(fill)
          : fill(value);
    if (missing.size === 0) return { ...draft, [head]: filled };
    return { unmapped: { map: map.codes, codes: [...missing], fatal: map.on_unmapped === "fail_pipeline" } };
  };
}

function fillCodes(
  candidate: Candidate,
  start: CanonicalRecord,
  maps: readonly Filler[],
  target: Entity,
  summarise: boolean,
): Mapped | SetAside {
  let draft = start;
  for (const fill of maps) {
    const filled = fill(draft, candidate.source.record);
    if (isUnmapped(filled)) return unmapped(candidate, filled);
    draft = filled;
  }
  if (summarise) draft = summarised(draft);
  const record = target.complete({ ...draft, id: null, external_ids: [], updated_at: null });
  const wrong = target.validateWritten(record);
  if (wrong.length === 0) return { candidate, record };
  return deadLetter(
    candidate,
    "record_invalid",
    `as ${target.name} it breaks the schema: ${wrong.join("; ")}`,
  );
}

function isUnmapped(value: CanonicalRecord | Unmapped): value is Unmapped {
  return isObject(value["unmapped"]);
}

function unmapped(candidate: Candidate, { unmapped: { map, codes, fatal } }: Unmapped): SetAside {
  const which = codes.map((code) => `"${code}"`).join(", ");
  const message = `the code map ${map} has no row for ${which}; add one: { code: "${codes[0]}", … }`;
  if (fatal) throw new PipelineError(`${candidate.source.id}: ${message}`);
  return { candidate, action: "hold", reason: "code_unmapped", message, detail: { map, codes } };
}

async function guarded(
  mapped: readonly (Mapped | SetAside)[],
  guards: Expression,
  pipeline: PipelineConfig,
  options: EvaluateOptions,
): Promise<readonly (Mapped | SetAside)[]> {
  if (pipeline.guards.length === 0) return mapped;
  const good = mapped.filter((one) => "record" in one);
  const results = await evaluatePage(
    guards,
    good.map(({ record }) => record),
    options,
  );
  const verdicts = new Map(good.map(({ candidate }, index) => [candidate, results[index]]));
  return mapped.map((one) => {
    const verdict = verdicts.get(one.candidate);
    if (verdict === undefined) return one;
    if (!verdict.ok) return hold(one.candidate, "guard_failed", `a guard failed: ${verdict.error.message}`);
    const answers: readonly Json[] = Array.isArray(verdict.value) ? verdict.value : [verdict.value ?? null];
    const broken = pipeline.guards.filter((_, index) => answers[index] !== true).map(({ name }) => name);
    if (broken.length === 0) return one;
    return hold(one.candidate, "guard_failed", `not true of it: ${broken.join("; ")}`);
  });
}

function hold(candidate: Candidate, reason: string, message: string): SetAside {
  return { candidate, action: "hold", reason, message, detail: null };
}

function deadLetter(candidate: Candidate, reason: string, message: string): SetAside {
  return { candidate, action: "dead_letter", reason, message, detail: null };
}
