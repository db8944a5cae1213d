import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { isObject, type Json } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import { parseDuration } from "./duration.ts";
import { applyExtends, isInside } from "./extends.ts";
import { checkSchema } from "./schema.ts";
import { type NodeSources, placeFinder, pointerTo, type SourceFile } from "./source.ts";
import type { FieldMap, PipelineConfig, PipelineTest } from "./types.ts";
import type { YamlFile } from "./yaml.ts";

/** A pipeline before its hash is known, with the source of every node. */
export interface LoadedPipeline extends Omit<PipelineConfig, "hash"> {
  readonly nodes: NodeSources;
  readonly sources: readonly SourceFile[];
  readonly problems: readonly Problem[];
  /** The resolved YAML without what does not change its decisions. */
  readonly decisive: Json;
}

const FULL_COMPARE_MS: { readonly [how: string]: number | null } = {
  daily: 86_400_000,
  weekly: 7 * 86_400_000,
  never: null,
};

// What the schema proves, with its defaults filled in.
interface Shape extends Omit<PipelineConfig, "source" | "maps" | "tests" | "hash" | "file" | "placeOf"> {
  readonly source: Omit<PipelineConfig["source"], "incremental" | "filter"> & {
    readonly filter?: string;
    readonly incremental: { readonly lookback: string; readonly full_compare: string };
  };
  readonly maps: { readonly [path: string]: Omit<FieldMap, "value"> & { readonly value?: string } };
  readonly tests: readonly TestShape[];
  readonly extends?: string;
}

interface TestShape {
  readonly name: string;
  readonly given: Omit<PipelineTest["given"], "record"> & { readonly record: unknown };
  readonly expect: Omit<PipelineTest["expect"], "reason"> & { readonly reason?: string };
}

/** Makes a pipeline out of a parsed file and the base it extends. With problems it is for checking only. */
export function loadPipeline(yaml: YamlFile, mappingsRoot: string, cwd: string): LoadedPipeline {
  const extended = applyExtends(
    { value: yaml.value ?? {}, nodes: yaml.nodes },
    yaml.source.path,
    mappingsRoot,
    cwd,
  );
  const { nodes } = extended;
  const checked = checkSchema("pipeline", extended.value, nodes);
  // Valid by its schema, or what is left of it.
  const shape = checked.value as unknown as Shape;
  const wrong = checked.problems.filter(({ code }) => !(extended.bare && code === "TP2011"));
  const problems = [...yaml.problems, ...extended.problems, ...wrong];
  const context: TestContext = { nodes, mappingsRoot, cwd, problems };
  const tests = shape.tests.map((test, index) => loadTest(test, index, context));
  const lookback = parseDuration(shape.source.incremental.lookback);
  if (lookback === undefined) problems.push(durationProblem(shape, nodes));
  const { description, tests: _, extends: __, ...decisive } = shape;
  return {
    ...decisive,
    description,
    file: yaml.source.file,
    source: {
      system: shape.source.system,
      entity: shape.source.entity,
      filter: shape.source.filter,
      require: shape.source.require,
      incremental: {
        lookback_ms: lookback ?? 0,
        full_compare_ms: FULL_COMPARE_MS[shape.source.incremental.full_compare] ?? null,
      },
    },
    maps: Object.fromEntries(
      Object.entries(shape.maps).map(([path, map]) => [path, { ...map, value: map.value ?? lastPart(path) }]),
    ),
    tests,
    placeOf: placeFinder(nodes),
    nodes,
    sources: extended.base === undefined ? [yaml.source] : [yaml.source, extended.base.source],
    problems,
    decisive: decisive as unknown as Json,
  };
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function durationProblem(shape: Shape, nodes: NodeSources): Problem {
  const place = placeFinder(nodes)("/source/incremental/lookback");
  const message = `${JSON.stringify(shape.source.incremental.lookback)} is no duration`;
  return problemAt("TP2507", place, message, "Write weeks, days, hours, minutes or seconds: PT15M, P1D.");
}

interface TestContext {
  readonly nodes: NodeSources;
  readonly mappingsRoot: string;
  readonly cwd: string;
  readonly problems: Problem[];
}

function loadTest(test: TestShape, index: number, context: TestContext): PipelineTest {
  const record = isObject(test.given.record)
    ? test.given.record
    : readFixture(test.given.record, index, context);
  return {
    name: test.name,
    given: { ...test.given, record: record ?? {} },
    expect: { ...test.expect, reason: test.expect.reason },
  };
}

/** A fixture's path is relative to the file that names it, which may be the base. */
function readFixture(
  written: unknown,
  index: number,
  { nodes, mappingsRoot, cwd, problems }: TestContext,
): { readonly [field: string]: Json } | undefined {
  const pointer = pointerTo("/tests", index, "given", "record");
  const node = nodes.get(pointer);
  if (node === undefined || typeof written !== "string" || written === "") return undefined;
  const path = resolve(dirname(node.source.path), written);
  const place = placeFinder(nodes)(pointer);
  if (!isInside(path, mappingsRoot)) {
    problems.push(problemAt("TP1031", place, "the test record leaves the mappings folder", "Move it there."));
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isObject(value)) return value;
  } catch {
    // The problem below says it: a file that is not there and one that is no JSON have one cure.
  }
  const message = `the test record ${relative(cwd, path)} cannot be read`;
  problems.push(problemAt("TP2701", place, message, "It must be a JSON file with one record (an object)."));
  return undefined;
}
