import { instant } from "../core/clock.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { Change, IssueRow, State } from "../state/types.ts";

/**
 * Required records (`require`) that cannot be read or judged. They keep their parent out, so a person must see them:
 * each is a dead letter `<entity>:<id>` among the pipeline's own, until it is read whole.
 */

/** The reason word of such an issue; its source_id names no record of the pipeline's own source entity. */
export const RELATED_UNREADABLE = "related_unreadable";

/** `troubles`: id → what is wrong with the record, undefined when it is whole. `now` in ms. */
export function relatedTroubles(
  pipeline: string,
  entity: string,
  troubles: ReadonlyMap<string, string | undefined>,
  state: State,
  now: number,
): readonly Change[] {
  const known = state.issues(
    pipeline,
    [...troubles.keys()].map((id) => `${entity}:${id}`),
  );
  return [...troubles].flatMap(([id, trouble]): readonly Change[] => {
    const key = { pipeline, source_id: `${entity}:${id}` };
    const before = known.get(key.source_id);
    if (trouble === undefined) return before === undefined ? [] : [{ del: "issue", row: key }];
    const message = `${entity} ${id} does not count for what needs one (require): ${trouble}`;
    if (before?.message === message) return [];
    const rest = { detail: "null", source_hash: fingerprint(message), since: instant(now), attempts: 0 };
    const row: IssueRow = { ...key, kind: "dead_letter", reason: RELATED_UNREADABLE, message, ...rest };
    return [{ put: "issue", row }];
  });
}

/** Reasons of issues whose source_id names a record of the target that no source record is linked to. */
export const UNLINKED_THERE: ReadonlySet<string> = new Set(["unlinked_there", "typed_in_there"]);

/** True where the source_id names no record of the pipeline's own source entity. */
export function isForeign({ reason }: Pick<IssueRow, "reason">): boolean {
  return reason === RELATED_UNREADABLE || UNLINKED_THERE.has(reason);
}

/** Issues of the pipeline's own source records: those whose source_id can be asked for. */
export function ownIssues(state: Pick<State, "rows">, pipeline: string): readonly IssueRow[] {
  return [...state.rows("issue", { pipeline })].filter((row) => !isForeign(row));
}
