import type { Entity, EntityReference } from "../config/entities.ts";
import type { PipelineConfig } from "../config/types.ts";
import { command } from "../core/command.ts";
import { isObject, type Json } from "../core/json.ts";
import { adjustedBy } from "./adjustments.ts";
import { isVoided, voidedBeforeSync } from "./decision.ts";
import type { Links } from "./links.ts";
import { withoutPaidElsewhere } from "./paid-elsewhere.ts";
import type { Mapped, Resolved, SetAside } from "./stages.ts";
import { describe } from "./text.ts";

/**
 * Turns the references of mapped records into the target's ids through the id map, one look-up per entity and page. A
 * reference without a link holds the record; master data that hangs below a parent unknown to the target is not meant
 * for it and waits silently. `has`: whether the target knows an entity at all. Pure but for the look-up.
 */
export function resolvePage(
  page: readonly Mapped[],
  pipeline: PipelineConfig,
  target: Entity,
  carried: readonly string[],
  links: Pick<Links, "translate">,
  has: (entity: string) => boolean,
): readonly (Resolved | SetAside)[] {
  const all = referencesToResolve(pipeline, target, carried);
  // A target without locations has no id for the location of a line: what may be null there is.
  const droppable = (one: EntityReference): boolean =>
    !has(one.entity) && target.typeAt(one.path)?.nullable === true;
  const dropped = all.filter(droppable);
  const references = all.filter((one) => !droppable(one));
  const parts = withoutPaidElsewhere(page, pipeline, links);
  const mapped = parts.filter((one): one is Mapped => "record" in one);
  const tables = new Map<string, Map<string, readonly string[]>>();
  for (const entity of new Set(references.map((reference) => reference.entity))) {
    const ids = references
      .filter((reference) => reference.entity === entity)
      .flatMap(({ path }) => mapped.flatMap(({ record }) => idsAt(record, path.split("."))));
    const table = links.translate(entity, pipeline.source.system, pipeline.target.system, [...new Set(ids)]);
    tables.set(entity, new Map([...table].map(([id, found]) => [id, withoutAdjustments(entity, found)])));
  }
  return parts.map((one) => {
    if (!("record" in one)) return one;
    const record = dropped.reduce(
      (left, { path }) => replaceAt(left, path.split("."), () => null),
      one.record,
    );
    return resolveOne({ ...one, record }, references, tables, pipeline, target);
  });
}

/** What is paid of an adjustment is paid of the record that it adjusts: the source has no other. */
function withoutAdjustments(entity: string, ids: readonly string[]): readonly string[] {
  return ids.flatMap((id) => {
    const adjusted = adjustedBy(id);
    return adjusted === undefined ? [id] : adjusted.entity === entity ? [adjusted.id] : [];
  });
}

/** References that this pipeline writes or waits for and that are not filled by a code map. */
export function referencesToResolve(
  pipeline: PipelineConfig,
  target: Entity,
  carried: readonly string[],
): readonly EntityReference[] {
  return target.references.filter(
    ({ path, by, of, readOnly }) =>
      by === "id" &&
      of === undefined &&
      !readOnly &&
      (carried.includes(path.split(".")[0] ?? "") || pipeline.wait_for.includes(path)) &&
      !Object.hasOwn(pipeline.maps, path),
  );
}

function resolveOne(
  one: Mapped,
  references: readonly EntityReference[],
  tables: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>,
  pipeline: PipelineConfig,
  target: Entity,
): Resolved | SetAside {
  const { source, target: to } = pipeline;
  let resolved = one.record;
  for (const { path, entity } of references) {
    const table = tables.get(entity);
    const missing: string[] = [];
    const several: string[] = [];
    resolved = replaceAt(resolved, path.split("."), (id) => {
      const found = table?.get(id) ?? [];
      if (found.length === 0) missing.push(id);
      if (found.length > 1) several.push(id);
      return found[0] ?? id;
    });
    const [id] = missing;
    if (id !== undefined) {
      // What it hung on may be gone by now, or may never be sent: neither is in the way of its end.
      if (target.moneyRecord && isVoided(one.record)) {
        if (one.candidate.sync === undefined) return voidedBeforeSync(one.candidate);
        continue;
      }
      const parent = !target.moneyRecord && !path.includes(".") && target.typeAt(path)?.nullable === false;
      return {
        candidate: one.candidate,
        action: parent ? "skip" : "hold",
        reason: parent ? "parent_not_linked" : "reference_missing",
        message:
          `${describe(one.record)}: ${entity} ${id} of ${source.system} is not linked to ${to.system}; link it with ` +
          command(pipeline, "idmap", "link", entity, `${source.system}:${id}`, `${to.system}:<id>`),
        detail: { entity, id },
      };
    }
    if (several.length > 0) {
      const [id = ""] = several;
      const ids = (table?.get(id) ?? []).join(", ");
      const message =
        `${describe(one.record)}: ${entity} ${id} of ${source.system} is linked to several ids of ${to.system}: ${ids}; ` +
        `unlink all but one with ${command(pipeline, "idmap", "unlink", entity, `${to.system}:<id>`)}`;
      return {
        candidate: one.candidate,
        action: "hold",
        reason: "reference_ambiguous",
        message,
        detail: { entity, id },
      };
    }
  }
  return { ...one, resolved };
}

function idsAt(value: Json | undefined, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => idsAt(item, path));
  const [name, ...rest] = path;
  if (name === undefined) return typeof value === "string" ? [value] : [];
  return isObject(value) ? idsAt(value[name], rest) : [];
}

function replaceAt<T extends Json>(value: T, path: readonly string[], change: (id: string) => Json): T;
function replaceAt(value: Json, path: readonly string[], change: (id: string) => Json): Json {
  if (Array.isArray(value)) return value.map((item) => replaceAt(item, path, change));
  const [name, ...rest] = path;
  if (name === undefined) return typeof value === "string" ? change(value) : value;
  if (!isObject(value)) return value;
  const inside = value[name];
  return inside === undefined || inside === null
    ? value
    : { ...value, [name]: replaceAt(inside, rest, change) };
}
