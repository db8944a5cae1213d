import type { Change, State } from "../state/types.ts";
import { GONE } from "./source-gone.ts";

/** Notes that make the next run look at a record which did not change itself. */

/** The record is read and decided anew; its own trouble stays where there is any. `now`: RFC 3339. */
export function lookAgain(
  state: Pick<State, "issues">,
  pipeline: string,
  source_id: string,
  reason: string,
  now: string,
): readonly Change[] {
  if (state.issues(pipeline, [source_id]).has(source_id)) return [];
  return [noteOf(pipeline, source_id, reason, now)];
}

/** Reason of a record that is read in the target though its source did not change. */
export const COMPARE_AGAIN = "compare_again";

/**
 * The record is compared with what the target holds; what was last sent stays known, so that it shows who changed what.
 * Empty when the pipeline never wrote it, or the source has it no more.
 */
export function compareAgain(
  state: Pick<State, "issues" | "syncRows">,
  pipeline: string,
  source_id: string,
  now: string,
): readonly Change[] {
  const row = state.syncRows(pipeline, [source_id]).get(source_id);
  if (row === undefined || row.source_hash === GONE) return [];
  const isTrouble = (state.issues(pipeline, [source_id]).get(source_id)?.kind ?? "skipped") !== "skipped";
  return [
    { put: "sync", row: { ...row, source_hash: "" } },
    ...(isTrouble ? [] : [noteOf(pipeline, source_id, COMPARE_AGAIN, now)]),
  ];
}

/** The note itself, in the place of whatever was said of the record before. */
export function noteOf(pipeline: string, source_id: string, reason: string, now: string): Change {
  const text = { message: "", detail: "null", source_hash: "", since: now, attempts: 0 };
  return { put: "issue", row: { pipeline, source_id, kind: "skipped", reason, ...text } };
}
