import type { SystemRecord } from "../connector/types.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { PageContext } from "./page-context.ts";
import { GONE, goneRecord } from "./source-gone.ts";
import type { Candidate } from "./stages.ts";

/** Source records with what the state knows of them. */
export function toCandidates(
  { state, pipeline, related }: PageContext,
  records: readonly SystemRecord[],
): readonly Candidate[] {
  const ids = records.map(({ id }) => id);
  const syncRows = state.syncRows(pipeline.pipeline, ids);
  const issues = state.issues(pipeline.pipeline, ids);
  const relations = related.of(ids);
  return records.map((source): Candidate => {
    const relation = relations.get(source.id) ?? {};
    const { updated_at: _, external_ids: __, ...content } = source.record;
    const sourceHash = fingerprint([
      pipeline.hash,
      content,
      relation,
      source.unreadable ?? null,
      source.deleted,
    ]);
    return {
      source,
      sourceHash,
      sync: syncRows.get(source.id),
      issue: issues.get(source.id),
      related: relation,
    };
  });
}

/** What the state knows of records that the source has no more. */
export function goneCandidates(
  { state, pipeline: { pipeline } }: PageContext,
  ids: readonly string[],
): readonly Candidate[] {
  const syncRows = state.syncRows(pipeline, ids);
  const issues = state.issues(pipeline, ids);
  return ids.map((id) => {
    return {
      source: goneRecord(id),
      sourceHash: GONE,
      sync: syncRows.get(id),
      issue: issues.get(id),
      related: {},
    };
  });
}
