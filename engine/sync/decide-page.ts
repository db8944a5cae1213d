import type { SystemRecord } from "../connector/types.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { toCandidates } from "./candidates.ts";
import { claim, isLaterCharge } from "./claims.ts";
import { decideResolved } from "./decide-resolved.ts";
import type { PageContext, PageDecision } from "./page-context.ts";
import { resolvePage } from "./resolve.ts";
import { revisionsOf, withRevisions } from "./revision.ts";
import { GONE } from "./source-gone.ts";
import type { Candidate, Decision, Mapped, Resolved } from "./stages.ts";
import { deadLetter, notMeant, skip, triageOf } from "./triage.ts";

/** transform → resolve → decide for a page of source records: one decision for each, nothing sent, nothing written. */

/** One decision per record, in their order. `adopt`: source id → target id that the target itself named. */
export async function decidePage(
  context: PageContext,
  records: readonly SystemRecord[],
  adopt: ReadonlyMap<string, string> = new Map(),
): Promise<readonly PageDecision[]> {
  const candidates = toCandidates(context, records);
  const decided = new Map<Candidate, PageDecision>();
  const settle = (decision: Decision, matched?: CanonicalRecord): void => {
    decided.set(decision.candidate, { decision, matched });
  };
  const open: Candidate[] = [];
  const triage = triageOf(context, candidates);
  for (const candidate of candidates) {
    const early = triage(candidate);
    if (early === undefined || adopt.has(candidate.source.id)) open.push(candidate);
    else settle(early);
  }
  const taken: Candidate[] = [];
  const revisionOf = revisionsOf(context, open);
  const takes = await context.transformer.takes(open.map(({ source }) => source.record));
  for (const [index, candidate] of open.entries()) {
    // Filter and require say who comes in; what came in stays in step, so that its end reaches the target, too.
    const isIn =
      (candidate.sync !== undefined && candidate.sync.source_hash !== GONE) ||
      // One that was voided to be posted anew has no row until it is.
      revisionOf(candidate) > 0 ||
      isLaterCharge(context.pipeline, candidate.source.id);
    const takesIt = takes[index];
    if (typeof takesIt === "string" && !isIn) {
      settle(deadLetter(candidate, "filter_failed", takesIt));
      continue;
    }
    const left = takesIt === true ? notMeant(candidate, context) : skip(candidate, "filtered");
    if (left === undefined || isIn) taken.push(candidate);
    else settle(left);
  }
  const mapped: Mapped[] = [];
  for (const one of await context.transformer.map(taken)) {
    if ("record" in one) mapped.push(one);
    else settle(one);
  }
  const revised = withRevisions(context, mapped);
  const resolved: Resolved[] = [];
  for (const one of resolvePage(
    revised,
    context.pipeline,
    context.target,
    context.carried,
    context.links,
    context.targetHas,
  )) {
    const held =
      "resolved" in one ? claim(context.pipeline, one.candidate, context.state, context.taken) : one;
    if (held !== undefined) settle(held);
    else if ("resolved" in one) resolved.push(one);
  }
  for (const { decision, matched } of await decideResolved(context, resolved, adopt))
    settle(decision, matched);
  return candidates.map((candidate) => {
    const one = decided.get(candidate);
    if (one === undefined) throw new Error(`no decision for ${candidate.source.id}`);
    return one;
  });
}
