import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import type { EntityBase } from "./connector-types.ts";
import { type ClientDraft, carriedFields, systemOf } from "./draft.ts";
import { entities } from "./entities.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { keyFinder, pointerTo } from "./source.ts";
import type { SystemConfig } from "./types.ts";

/** What a pipeline asks of its two systems and their connectors cannot do. */
export function checkCapabilities(pipeline: LoadedPipeline, draft: ClientDraft): readonly Problem[] {
  const source = systemOf(draft, pipeline.source.system);
  const target = systemOf(draft, pipeline.target.system);
  return [
    ...(source === undefined ? [] : readProblems(pipeline, source)),
    ...(target === undefined ? [] : targetProblems(pipeline, target)),
  ];
}

function readProblems({ source, placeOf, nodes }: LoadedPipeline, system: SystemConfig): readonly Problem[] {
  const problems: Problem[] = [];
  const { connector } = system;
  if (isKnown(source.entity) && !connector.entities[source.entity]?.list) {
    const message = `the connector ${connector.connector} cannot read ${source.entity}`;
    problems.push(problemAt("TP2401", placeOf("/source/entity"), message, readableHint(system)));
  }
  for (const entity of Object.keys(source.require)) {
    if (!isKnown(entity) || connector.entities[entity]?.list) continue;
    const place = keyFinder(nodes)(pointerTo("/source/require", entity));
    const message = `the connector ${connector.connector} cannot read ${entity}`;
    problems.push(problemAt("TP2401", place, message, readableHint(system)));
  }
  return problems;
}

const NEEDS = {
  create_only: ["create"],
  upsert: ["create", "update"],
  update_only: ["update"],
} as const;

function targetProblems(pipeline: LoadedPipeline, system: SystemConfig): readonly Problem[] {
  const { target, placeOf } = pipeline;
  const { connector } = system;
  if (!isKnown(target.entity)) return [];
  const spec = connector.entities[target.entity];
  const needs = NEEDS[target.write_mode];
  const lacking = needs.filter(
    (operation: "create" | "update") =>
      !spec?.[operation] &&
      spec?.by_hand.includes(operation) !== true &&
      !isMadeWithAnother(operation, pipeline, system),
  );
  if (spec === undefined || lacking.length > 0) {
    const message = `the connector ${connector.connector} cannot ${lacking.join(" or ")} ${target.entity}`;
    const hint = lacking.includes("create") ? writableHint(system) : "Write write_mode: create_only.";
    return [problemAt("TP2402", placeOf("/target/entity"), message, hint)];
  }
  return [
    ...unlinkedProblems(pipeline, system, spec),
    ...deletionProblems(pipeline, system, spec),
    ...carryProblems(pipeline, system),
    ...unverifiedProblems(pipeline, system, spec),
    ...settingProblems(pipeline, system, spec),
  ];
}

/** A record in another entity's row comes into being with that one, so nobody has to create it. */
function isMadeWithAnother(
  operation: "create" | "update",
  { target }: LoadedPipeline,
  { connector }: SystemConfig,
): boolean {
  if (operation !== "create") return false;
  return Object.values(connector.entities).some((spec) => spec.shares_row.includes(target.entity));
}

function unlinkedProblems(
  { target, placeOf }: LoadedPipeline,
  system: SystemConfig,
  spec: EntityBase,
): readonly Problem[] {
  if (target.unlinked === "ignore" || spec.list) return [];
  const message = `the connector ${system.connector.connector} cannot read ${target.entity}, so nobody can tell what is unlinked there`;
  return [problemAt("TP2401", placeOf("/target/unlinked"), message, "Write unlinked: ignore.")];
}

function deletionProblems(
  { source_deleted, target, placeOf }: LoadedPipeline,
  system: SystemConfig,
  spec: EntityBase,
): readonly Problem[] {
  const name = system.connector.connector;
  const place = placeOf("/source_deleted");
  if (source_deleted === "void" && !spec.void && !spec.by_hand.includes("void")) {
    const message = `the connector ${name} cannot void ${target.entity}`;
    return [problemAt("TP2403", place, message, "Write hold or ignore.")];
  }
  const canInactivate = Boolean(spec.update) && carriedFields(system, target.entity).has("status");
  if (source_deleted !== "inactivate" || canInactivate) return [];
  const message = `the connector ${name} cannot make ${target.entity} inactive: it does not write its status`;
  return [problemAt("TP2406", place, message, "Write hold or ignore.")];
}

function carryProblems(
  { transform, maps, source, target, nodes }: LoadedPipeline,
  system: SystemConfig,
): readonly Problem[] {
  const entity = entities().get(target.entity);
  // A record made out of another entity has to get what no record may lack, though it is never sent: sums, its status.
  const isNeeded = (path: string): boolean =>
    source.entity !== target.entity && entity?.typeAt(path)?.nullable === false;
  const carried = carriedFields(system, target.entity);
  const named = [
    ...Object.keys(transform).map((path) => ["transform", path] as const),
    ...Object.keys(maps).map((path) => ["maps", path] as const),
  ];
  return named.flatMap(([section, path]) => {
    const field = path.split(".")[0] ?? "";
    // A field that the entity lacks, or that nobody writes, has its own problem.
    if (entity?.typeAt(path) === undefined || entity.readOnly.has(field) || carried.has(field)) return [];
    if (isNeeded(path)) return [];
    const place = keyFinder(nodes)(pointerTo("", section, path));
    const message = `the connector ${system.connector.connector} cannot carry ${target.entity}.${field}`;
    return [problemAt("TP2404", place, message, `It carries ${[...carried].sort().join(", ")}.`)];
  });
}

function unverifiedProblems(
  { target, placeOf }: LoadedPipeline,
  system: SystemConfig,
  spec: EntityBase,
): readonly Problem[] {
  if (!spec.unverified || system.allow_unverified.includes(target.entity)) return [];
  const message = `writing ${target.entity} to ${system.connector.connector} rests on unverified facts: ${spec.unverified}`;
  const hint = `Prove it on a test tenant, then write allow_unverified: [${target.entity}] under systems.${system.name}.`;
  return [problemAt("TP2405", placeOf("/target/entity"), message, hint)];
}

function settingProblems(
  { target, placeOf }: LoadedPipeline,
  { name, connector, settings }: SystemConfig,
  { needs_settings = [] }: EntityBase,
): readonly Problem[] {
  return needs_settings
    .filter((setting) => (settings[setting] ?? null) === null)
    .map((setting): Problem => {
      const message = `${connector.connector} cannot write ${target.entity} without its setting ${setting}: every record of this pipeline will be held`;
      const hint = `Give systems.${name}.settings.${setting}; the connector's README says what it is.`;
      return { ...problemAt("TP2409", placeOf("/target/entity"), message, hint), severity: "warning" };
    });
}

function isKnown(entity: string): boolean {
  return entities().has(entity);
}

function readableHint(system: SystemConfig): string {
  return `It reads ${namesWith(system, (spec) => Boolean(spec.list))}.`;
}

function writableHint(system: SystemConfig): string {
  return `It creates ${namesWith(system, (spec) => Boolean(spec.create))}.`;
}

function namesWith(system: SystemConfig, has: (spec: EntityBase) => boolean): string {
  const names = Object.entries(system.connector.entities).filter(([, spec]) => has(spec));
  return names.length === 0 ? "nothing" : names.map(([name]) => name).join(", ");
}
