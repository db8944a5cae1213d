import type { Problem } from "../core/problem.ts";
import { allowedHint } from "./allowed-hint.ts";
import { type ProblemCode, problemAt } from "./codes.ts";
import { type Entity, entities } from "./entities.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import type { Place } from "./source.ts";
import { keyFinder, pointerTo } from "./source.ts";

/** Fields that a pipeline names and its entities must have: transform, maps, conflicts. */
export function checkFields(pipeline: LoadedPipeline): readonly Problem[] {
  const source = entities().get(pipeline.source.entity);
  const target = entities().get(pipeline.target.entity);
  const keyOf = keyFinder(pipeline.nodes);
  const problems: Problem[] = [];
  if (target !== undefined) {
    for (const section of ["transform", "maps", "conflicts"] as const) {
      for (const path of Object.keys(pipeline[section])) {
        const place = keyOf(pointerTo("", section, path));
        problems.push(
          ...fieldProblems(path, target, place),
          ...readOnlyProblems(path, target, place),
          ...rawProblems(path, target, place),
        );
      }
    }
    problems.push(...waitProblems(pipeline, target));
  }
  if (source !== undefined) problems.push(...keyProblems(pipeline, source, target));
  return [...problems, ...twiceProblems(pipeline), ...relationProblems(pipeline)];
}

/** Nothing when the entity has the path, or when it leaves the model (`raw.`). */
export function fieldProblems(
  path: string,
  entity: Entity,
  place: Place,
  code: ProblemCode = "TP2206",
): readonly Problem[] {
  if (path === "" || path.startsWith("raw.") || entity.typeAt(path) !== undefined) return [];
  const keys = path.split(".");
  let known = "";
  for (const key of keys) {
    const next = known === "" ? key : `${known}.${key}`;
    if (entity.typeAt(next) === undefined) {
      const where = known === "" ? entity.name : `${entity.name}.${known}`;
      return [
        problemAt(
          code,
          place,
          `${where} has no field "${key}"`,
          allowedHint(key, entity.namesAt(known), "Fields"),
        ),
      ];
    }
    known = next;
  }
  return [];
}

/** What is waited for must be able to have a link. */
function waitProblems({ wait_for, placeOf }: LoadedPipeline, target: Entity): readonly Problem[] {
  const names = target.references
    .filter(({ by, of }) => by === "id" && of === undefined)
    .map(({ path }) => path);
  return wait_for.flatMap((path, index) => {
    if (path === "" || names.includes(path)) return [];
    const place = placeOf(pointerTo("/wait_for", index));
    const message = `${target.name}.${path} is no reference that can be linked`;
    return [problemAt("TP2210", place, message, allowedHint(path, names, "References"))];
  });
}

/** What leaves the model is read and never written by a pipeline: nobody could say what it means, or who owns it. */
function rawProblems(path: string, entity: Entity, place: Place): readonly Problem[] {
  if (!path.startsWith("raw.")) return [];
  const message = `${path} is read, and never written: ${entity.name} has no such field`;
  const hint =
    "Let the connector carry it as a field of the model; ids of other systems go by identity.external_ids.";
  return [problemAt("TP2206", place, message, hint)];
}

function readOnlyProblems(path: string, entity: Entity, place: Place): readonly Problem[] {
  const top = path.split(".")[0] ?? "";
  if (!entity.readOnly.has(top) && entity.typeAt(path)?.readOnly !== true) return [];
  const message = `${entity.name}.${path} is computed by its owner and never written`;
  return [problemAt("TP2207", place, message, "Leave it out.")];
}

function keyProblems(
  { maps, placeOf }: LoadedPipeline,
  source: Entity,
  target: Entity | undefined,
): readonly Problem[] {
  return Object.entries(maps).flatMap(([path, map]) => {
    const place = placeOf(pointerTo("/maps", path, "key"));
    const unknown = fieldProblems(map.key, source, place, "TP2106");
    if (unknown.length > 0 || target === undefined) return unknown;
    const list = listOf(map.key, source);
    if (list === undefined || list === listOf(path, target)) return [];
    const message = `the key ${map.key} stands in a list that ${path} is not in`;
    return [problemAt("TP2108", place, message, `A key in ${list} can only fill a field in ${list}.`)];
  });
}

/** The list that a path leads into: "lines" of lines.gl_code. */
function listOf(path: string, entity: Entity): string | undefined {
  const keys = path.split(".");
  for (let length = keys.length - 1; length > 0; length--) {
    const parent = keys.slice(0, length).join(".");
    if (entity.typeAt(parent)?.kinds.includes("array")) return parent;
  }
  return undefined;
}

function twiceProblems({ transform, maps, nodes }: LoadedPipeline): readonly Problem[] {
  return Object.keys(maps).flatMap((path) => {
    if (!Object.hasOwn(transform, path)) return [];
    const place = keyFinder(nodes)(pointerTo("/maps", path));
    return [
      problemAt("TP2209", place, `${path} stands under transform and under maps`, "Keep one of the two."),
    ];
  });
}

/** `require` looks at records that refer to the source record, so their entity needs such a reference. */
function relationProblems({ source, nodes }: LoadedPipeline): readonly Problem[] {
  const known = entities();
  if (!known.has(source.entity)) return [];
  const referring = [...known.values()].filter((entity) =>
    entity.references.some((reference) => reference.entity === source.entity),
  );
  const names = referring.map(({ name }) => name);
  return Object.keys(source.require).flatMap((entity) => {
    if (names.includes(entity)) return [];
    const place = keyFinder(nodes)(pointerTo("/source/require", entity));
    const message = `no ${entity} refers to a ${source.entity}`;
    return [problemAt("TP2208", place, message, allowedHint(entity, names, "Entities that do"))];
  });
}
