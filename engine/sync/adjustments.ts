import type { PipelineConfig } from "../config/types.ts";
import type { Links } from "./links.ts";

/**
 * Documents that make up for a change of one in closed books. The original stays as it is; each adjustment is an invoice
 * or a credit note of its own, known to the id map as the original's id with ~A1, ~A2 … behind it.
 */

const ADJUSTING = ["invoice", "credit_note"] as const;
export type AdjustingEntity = (typeof ADJUSTING)[number];

export interface Adjustment {
  readonly entity: AdjustingEntity;
  /** In the target. */
  readonly id: string;
}

/** True for an entity whose documents are adjusted. */
export function isAdjusting(entity: string): entity is AdjustingEntity {
  return ADJUSTING.some((one) => one === entity);
}

/** Id under which the `n`th adjustment of a source record is promised and linked; n counts from 1. */
export function adjustmentId(sourceId: string, n: number): string {
  return `${sourceId}~A${n}`;
}

/** The id of the record that is adjusted; undefined for the id of anything else. */
export function adjustedBy(id: string): string | undefined {
  return /^(.+)~A\d+$/.exec(id)?.[1];
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

/** What was posted to adjust the documents of source records, in the order in which it was posted. */
export function adjustmentsOf(
  { source, target }: Pick<PipelineConfig, "source" | "target">,
  links: Pick<Links, "translate">,
  ids: readonly string[],
): ReadonlyMap<string, readonly Adjustment[]> {
  const found = new Map<string, readonly Adjustment[]>();
  let open = ids;
  for (let n = 1; open.length > 0; n++) {
    const asked = open.map((id) => adjustmentId(id, n));
    const tables = ADJUSTING.map((entity) => ({
      entity,
      table: links.translate(entity, source.system, target.system, asked),
    }));
    open = open.filter((id) => {
      const own = tables.flatMap(({ entity, table }) =>
        (table.get(adjustmentId(id, n)) ?? []).map((one): Adjustment => ({ entity, id: one })),
      );
      if (own.length > 0) found.set(id, [...(found.get(id) ?? []), ...own]);
      return own.length > 0;
    });
  }
  return found;
}
