import type { PipelineConfig } from "../config/types.ts";
import type { State } from "../state/types.ts";
import { slotName } from "./keys.ts";
import type { Links } from "./links.ts";

/**
 * Documents that make up for a change of one in closed books. The original stays as it is; each adjustment is an invoice
 * or a credit note of its own, known to the id map as invoice:<id of the original>~A1, ~A2 …
 */

/** Kinds of documents that are adjusted, and that adjust. */
export const ADJUSTING = ["invoice", "credit_note"] as const;
export type AdjustingEntity = (typeof ADJUSTING)[number];

export interface Adjustment {
  readonly entity: AdjustingEntity;
  /** In the target. */
  readonly id: string;
  /** Its place among the adjustments of its record, from 1. */
  readonly n: number;
}

/** True for an entity whose documents are adjusted. */
export function isAdjusting(entity: string): entity is AdjustingEntity {
  return ADJUSTING.some((one) => one === entity);
}

/** Id under which the `n`th adjustment of a source record is promised and linked; n counts from 1. */
export function adjustmentId(entity: AdjustingEntity, sourceId: string, n: number): string {
  return `${entity}:${sourceId}~A${n}`;
}

/** The record whose document is adjusted, by the id of an adjustment; undefined for any other id. */
export function adjustedBy(
  id: string,
): { readonly entity: AdjustingEntity; readonly id: string } | undefined {
  const [, entity = "", original = ""] = /^(\w+):(.+)~A\d+$/.exec(id) ?? [];
  return isAdjusting(entity) ? { entity, id: original } : undefined;
}

/** The documents that others adjust, by the ids of those in the target. */
export function originalsOf(
  { source, target }: Pick<PipelineConfig, "source" | "target">,
  entity: string,
  ids: readonly string[],
  links: Pick<Links, "translate">,
): readonly string[] {
  const known = [...links.translate(entity, target.system, source.system, ids).values()].flat();
  const originals = known.flatMap((id) => {
    const original = adjustedBy(id);
    return original?.entity === target.entity ? [original.id] : [];
  });
  return [...links.translate(target.entity, source.system, target.system, originals).values()].flat();
}

/** The number of the `n`th adjustment. */
export function adjustmentNumber(number: string, n: number): string {
  return `${number}-A${n}`;
}

/** True when an adjustment, by its id, is linked. */
export function isLinked(
  adjustment: string,
  { source, target }: Pick<PipelineConfig, "source" | "target">,
  links: Pick<Links, "translate">,
): boolean {
  return ADJUSTING.some((entity) =>
    links.translate(entity, source.system, target.system, [adjustment]).has(adjustment),
  );
}

/**
 * What was posted to adjust the documents of source records, in the order in which it was posted. One that a person has
 * unlinked is left out, and those after it still count.
 */
export function adjustmentsOf(
  { source, target }: Pick<PipelineConfig, "source" | "target">,
  links: Pick<Links, "translate">,
  state: Pick<State, "generations">,
  ids: readonly string[],
): ReadonlyMap<string, readonly Adjustment[]> {
  const found = new Map<string, readonly Adjustment[]>();
  const { entity: adjusted, system } = target;
  if (!isAdjusting(adjusted)) return found;
  let open = ids;
  for (let n = 1; open.length > 0; n++) {
    const idOf = (id: string): string => adjustmentId(adjusted, id, n);
    const slotsOf = (id: string): readonly string[] =>
      ADJUSTING.map((entity) => slotName({ system, entity, source_id: idOf(id), operation: "create" }));
    const tables = ADJUSTING.map((entity) => ({
      entity,
      table: links.translate(entity, source.system, system, open.map(idOf)),
    }));
    const sent = state.generations(open.flatMap(slotsOf));
    open = open.filter((id) => {
      const own = tables.flatMap(({ entity, table }) =>
        (table.get(idOf(id)) ?? []).map((one): Adjustment => ({ entity, id: one, n })),
      );
      if (own.length > 0) found.set(id, [...(found.get(id) ?? []), ...own]);
      return own.length > 0 || slotsOf(id).some((slot) => sent.has(slot));
    });
  }
  return found;
}
