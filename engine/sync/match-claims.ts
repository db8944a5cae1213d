import type { PipelineConfig } from "../config/types.ts";
import type { State } from "../state/types.ts";
import type { Match } from "./match.ts";
import { entityOf } from "./shape.ts";
import { MATCH_AMBIGUOUS } from "./stages.ts";

/** Which records of the target belong to somebody already, or are claimed by several at once: nobody gets those. */

/** Target id → the records that take it for theirs. */
export type Claims = Map<string, Set<string>>;

/** Claims of records that were held because of them, so that one of the claimants is no surer for being read alone. */
export function openClaims(state: Pick<State, "rows">, { pipeline }: PipelineConfig): Claims {
  const claims: Claims = new Map();
  for (const { source_id, reason, detail } of state.rows("issue", { pipeline })) {
    if (reason !== MATCH_AMBIGUOUS) continue;
    const { ids } = JSON.parse(detail) as { readonly ids: readonly string[] };
    // Several ids are several possible targets of one record: that one claims none of them.
    const [id] = ids;
    if (id !== undefined && ids.length === 1) claim(claims, id, source_id);
  }
  return claims;
}

/** Two records that take the same target for theirs: neither gets it. The claims made here are added to `claims`. */
export function withoutDoubleClaims(
  sourceIds: readonly string[],
  matches: readonly Match[],
  claims: Claims,
): readonly Match[] {
  for (const [index, match] of matches.entries()) {
    if (match.kind === "one") claim(claims, match.id, sourceIds[index] ?? "");
  }
  return matches.map((match) =>
    match.kind === "one" && (claims.get(match.id)?.size ?? 0) > 1
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

function claim(claims: Claims, id: string, sourceId: string): void {
  claims.set(id, (claims.get(id) ?? new Set()).add(sourceId));
}
