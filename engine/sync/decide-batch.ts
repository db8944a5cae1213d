import type { Connection, SystemRecord } from "../connector/types.ts";
import { goneCandidates } from "./candidates.ts";
import { chargesItems, marksItems } from "./claims.ts";
import { decideItems, decideReversed } from "./decide-charges.ts";
import { decideGone } from "./decide-gone.ts";
import { decideMarks } from "./decide-marks.ts";
import { decidePage } from "./decide-page.ts";
import type { PageContext, PageDecision } from "./page-context.ts";

/** One batch of the source: what is there, and what is gone. `seen` takes the ids of further charges. */
export async function decideBatch(
  page: PageContext,
  source: Connection,
  records: readonly SystemRecord[],
  gone: readonly string[],
  seen: Set<string>,
): Promise<readonly PageDecision[]> {
  const alive = records.filter(({ deleted }) => !deleted);
  const dead = [...records.filter(({ deleted }) => deleted).map(({ id }) => id), ...gone];
  const decided = chargesItems(page.pipeline)
    ? await decideItems(page, alive, seen)
    : marksItems(page.pipeline)
      ? await decideMarks(page, source, alive, seen)
      : await decidePage(page, alive);
  return [...decided, ...(await decideDead(page, dead, seen))];
}

/** Records that the source has no more. */
export async function decideDead(
  page: PageContext,
  all: readonly string[],
  seen: Set<string>,
): Promise<readonly PageDecision[]> {
  const credited = chargesItems(page.pipeline) ? await decideReversed(page, all, seen) : [];
  const answered = new Set(credited.map(({ decision }) => decision.candidate.source.id));
  const ids = all.filter((id) => !answered.has(id));
  if (ids.length === 0) return credited;
  const candidates = goneCandidates(page, ids);
  const decisions = await decideGone(page, candidates);
  return [...credited, ...decisions.map((decision) => ({ decision, matched: undefined }))];
}
