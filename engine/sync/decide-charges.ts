import type { SystemRecord } from "../connector/types.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { type Charged, reverseItems, sortItems } from "./charges.ts";
import { decidePage } from "./decide-page.ts";
import type { PageContext, PageDecision } from "./page-context.ts";
import { ABSENT, GONE } from "./source-gone.ts";
import type { Candidate, Decision } from "./stages.ts";

/** Decisions of a pipeline that charges items: new ones are decided as any record, charged ones by what is still due. */

/** Items that are there. `seen` takes the ids of further charges, which no list of the source shows. */
export async function decideItems(
  page: PageContext,
  records: readonly SystemRecord[],
  seen: Set<string>,
): Promise<readonly PageDecision[]> {
  const { fresh, charged } = sortItems(page, records);
  return [
    ...(await decidePage(page, [...fresh, ...chargesIn(charged, seen)])).map(asCharged).map(asMarked),
    ...charged.map((one) => only(standing(one, candidateOf(page, one.source)))),
  ];
}

/** Items that are gone: what was charged for them is credited. Answers for those that were charged. */
export async function decideReversed(
  page: PageContext,
  ids: readonly string[],
  seen: Set<string>,
): Promise<readonly PageDecision[]> {
  const charged = reverseItems(page, ids);
  return [
    ...(await decidePage(page, chargesIn(charged, seen))).map(asCharged),
    ...charged.map((one) => only(reversed(one, candidateOf(page, one.source)))),
  ];
}

/** An item that carries a mark was charged, by whomever: its charge may be found, and none is made. */
function asMarked(one: PageDecision): PageDecision {
  const { action, candidate } = one.decision;
  if (candidate.source.record["status"] !== "claimed" || action === "unchanged") return one;
  return only({ candidate, action: "skip", reason: "claimed_elsewhere", message: "", detail: null });
}

/** A charge that was found in billing is claimed over what stands there, which may be another amount than the item's. */
function asCharged(one: PageDecision): PageDecision {
  const { decision } = one;
  if (decision.action !== "unchanged" || decision.target === null) return one;
  const { candidate, target } = decision;
  const { source } = candidate;
  const record = { ...source.record, amount: target.record["amount"] ?? null };
  return { ...one, decision: { ...decision, candidate: { ...candidate, source: { ...source, record } } } };
}

function chargesIn(charged: readonly Charged[], seen: Set<string>): readonly SystemRecord[] {
  const charges = charged.flatMap((one) => (one.kind === "further" ? [one.charge] : []));
  for (const { id } of charges) seen.add(id);
  return charges;
}

/** The item itself: its first charge stands as it is. */
function standing(one: Charged, candidate: Candidate): Decision {
  if (one.kind === "held") {
    return { candidate, action: "hold", reason: one.reason, message: one.message, detail: null };
  }
  const { sync } = candidate;
  // It was credited because it was gone. It is there again, and could go again; what it claims is its first charge.
  if (sync?.source_hash === GONE) {
    const base = { fingerprint: sync.fingerprint, source_hash: candidate.sourceHash, fields: null };
    return {
      action: "unchanged",
      candidate: { ...candidate, source: one.first },
      reason: "back_again",
      targetId: sync.target_id,
      target: null,
      base,
    };
  }
  return { candidate, action: "skip", reason: "charged_already", message: "", detail: null };
}

/** The item that is gone stays noted until its credit is written. */
function reversed(one: Charged, candidate: Candidate): Decision {
  const { sync } = candidate;
  if (one.kind !== "settled" || sync === undefined) {
    return { candidate, action: "skip", reason: ABSENT, message: "", detail: null };
  }
  const base = { fingerprint: sync.fingerprint, source_hash: GONE, fields: null };
  return { action: "unchanged", candidate, reason: "credited", targetId: sync.target_id, target: null, base };
}

function candidateOf({ pipeline, state }: PageContext, source: SystemRecord): Candidate {
  const { id, record } = source;
  return {
    source,
    sourceHash: fingerprint([pipeline.hash, record]),
    sync: state.syncRows(pipeline.pipeline, [id]).get(id),
    issue: state.issues(pipeline.pipeline, [id]).get(id),
    related: {},
  };
}

function only(decision: Decision): PageDecision {
  return { decision, matched: undefined };
}
