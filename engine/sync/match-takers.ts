import type { PipelineConfig } from "../config/types.ts";
import type { State } from "../state/types.ts";
import type { Match } from "./match.ts";
import { entityOf } from "./shape.ts";
import { MATCH_AMBIGUOUS } from "./stages.ts";

/** Which records of the target belong to somebody already, or are taken by several at once: nobody gets those. */

/** Target id → the records that take it for theirs. */
export type Takers = Map<string, Set<string>>;

/** Those of records that were held because of it, so that one of the takers is no surer for being read alone. */
export function openTakers(state: Pick<State, "rows">, { pipeline }: PipelineConfig): Takers {
  const takers: Takers = new Map();
  for (const { source_id, reason, detail } of state.rows("issue", { pipeline })) {
    if (reason !== MATCH_AMBIGUOUS) continue;
    const { ids } = JSON.parse(detail) as { readonly ids: readonly string[] };
    // Several ids are several possible targets of one record: that one takes none of them.
    const [id] = ids;
    if (id !== undefined && ids.length === 1) take(takers, id, source_id);
  }
  return takers;
}

/** Two records that take the same target for theirs: neither gets it. Who takes what here is added to `takers`. */
export function withoutContested(
  sourceIds: readonly string[],
  matches: readonly Match[],
  takers: Takers,
): readonly Match[] {
  for (const [index, match] of matches.entries()) {
    if (match.kind === "one") take(takers, match.id, sourceIds[index] ?? "");
  }
  return matches.map((match) =>
    match.kind === "one" && (takers.get(match.id)?.size ?? 0) > 1
      ? { kind: "several", ids: [match.id], by: `${match.by}, which several records claim` }
      : match,
  );
}

/**
 * Those of the target's ids that are linked to a record of the source; of money records, to one of any source: a customer
 * is one in all systems, an invoice of the PSA is none of billing's.
 */
export function takenIds(
  state: Pick<State, "uidsOf" | "linksOf">,
  { source, target }: PipelineConfig,
  ids: readonly string[],
): ReadonlySet<string> {
  const { moneyRecord } = entityOf(target.entity);
  const uids = state.uidsOf(target.entity, target.system, ids);
  const owned = new Set(
    state
      .linksOf(target.entity, [...uids.values()])
      .filter(({ system }) => (moneyRecord ? system !== target.system : system === source.system))
      .map(({ uid }) => uid),
  );
  return new Set([...uids].filter(([, uid]) => owned.has(uid)).map(([id]) => id));
}

function take(takers: Takers, id: string, sourceId: string): void {
  takers.set(id, (takers.get(id) ?? new Set()).add(sourceId));
}
