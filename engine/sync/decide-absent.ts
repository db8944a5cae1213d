import type { Connection } from "../connector/types.ts";
import { adjustedBy } from "./adjustments.ts";
import { goneCandidates } from "./candidates.ts";
import { isLaterCharge } from "./claims.ts";
import { decideDead } from "./decide-batch.ts";
import { askableIn } from "./extract.ts";
import type { PageContext, PageDecision } from "./page-context.ts";
import { ownIssues } from "./related-trouble.ts";
import { ABSENT, GONE } from "./source-gone.ts";

/**
 * Linked records that a full read did not show. The first time they are only noted, and the next run asks for them by
 * id; where a system cannot be asked by id, a second full read without them is the proof.
 */
export async function decideAbsent(
  page: PageContext,
  source: Connection,
  seen: Set<string>,
): Promise<readonly PageDecision[]> {
  const { state } = page;
  const { pipeline, source: from } = page.pipeline;
  const missing: string[] = [];
  for (const row of state.rows("sync", { pipeline })) {
    // No list shows a further charge, nor an adjustment: they go with their item and their document.
    const listed = !isLaterCharge(page.pipeline, row.source_id) && adjustedBy(row.source_id) === undefined;
    if (listed && !seen.has(row.source_id) && row.source_hash !== GONE) missing.push(row.source_id);
  }
  const noted = state.issues(pipeline, missing);
  const syncRows = state.syncRows(pipeline, missing);
  const proven: string[] = [];
  const unseen = ownIssues(state, pipeline).filter(({ source_id }) => !seen.has(source_id));
  const ids = unseen.map(({ source_id }) => source_id);
  const askable = new Set(await askableIn(source, from.entity, ids));
  for (const { source_id, reason } of unseen) {
    // What was never sent is forgotten at once; it would be back with the next full read.
    const known = syncRows.has(source_id);
    if (!askable.has(source_id) && (!known || reason === ABSENT)) proven.push(source_id);
  }
  const unnoted = missing.filter((id) => !noted.has(id));
  const first = goneCandidates(page, unnoted).map((candidate): PageDecision => {
    return {
      decision: { candidate, action: "skip", reason: ABSENT, message: "", detail: null },
      matched: undefined,
    };
  });
  return [...first, ...(await decideDead(page, proven, seen))];
}
