import { isObject } from "../core/json.ts";
import { adjustedBy, isLinked } from "./adjustments.ts";
import type { PageContext } from "./page-context.ts";
import type { Promised } from "./record.ts";
import { AWAITS_ITS_OWN_LINK, type Candidate, type SetAside, TRANSIENT } from "./stages.ts";
import { describe } from "./text.ts";

/** Records whose fate needs no mapping: their write is on its way, they were refused as they stand, nothing changed. */

/** Answers for each candidate of a page, or with undefined for one that is to be mapped. */
export function triageOf(
  context: PageContext,
  candidates: readonly Candidate[],
): (candidate: Candidate) => SetAside | undefined {
  const unknown = unknownOf(context, candidates);
  return (candidate) => unknown(candidate) ?? triage(candidate, context);
}

/** Answers for those that the target may have already without anybody knowing: they wait, whatever is known of their source. */
export function unknownOf(
  context: PageContext,
  candidates: readonly Candidate[],
): (candidate: Candidate) => SetAside | undefined {
  const unsettled = unsettledIds(context);
  const doubtful = withoutTheirLink(context, candidates);
  return (candidate) =>
    unsettled.has(candidate.source.id)
      ? outcomeOpen(candidate, context)
      : doubtful.has(candidate)
        ? asBefore(candidate)
        : undefined;
}

/** Why a record that the filter takes is kept out all the same; undefined when it is not. */
export function notMeant(
  candidate: Candidate,
  { source, related, goLive, target }: PageContext,
): SetAside | undefined {
  const { record } = candidate.source;
  const date = source.dateField === undefined ? undefined : record[source.dateField];
  if (goLive !== null && target.moneyRecord && typeof date === "string" && date < goLive) {
    return skip(candidate, "before_go_live");
  }
  return related.isMet(candidate.related) ? undefined : skip(candidate, "not_required");
}

/** A record that is refused for good. */
export function deadLetter(candidate: Candidate, reason: string, message: string): SetAside {
  return { candidate, action: "dead_letter", reason, message, detail: null };
}

/** A record that is left alone. */
export function skip(candidate: Candidate, reason: string): SetAside {
  return { candidate, action: "skip", reason, message: "", detail: null };
}

/** Records of which a write was sent that nobody knows the outcome of: deciding them anew could store them twice. */
function unsettledIds({ state, pipeline, links }: PageContext): ReadonlySet<string> {
  const { source, target } = pipeline;
  const own = [...state.rows("intent", { pipeline: pipeline.pipeline })].map(
    ({ source_id }) => adjustedBy(source_id)?.id ?? source_id,
  );
  // The same thing may be on its way to the same place by another pipeline, out of another system.
  const others = [...state.rows("intent", { system: target.system, entity: target.entity })].flatMap(
    (intent) => {
      if (intent.pipeline === pipeline.pipeline || intent.operation !== "create") return [];
      const { system } = (JSON.parse(intent.request) as Promised).source;
      if (system === source.system) return [intent.source_id];
      return [...links.translate(target.entity, system, source.system, [intent.source_id]).values()].flat();
    },
  );
  return new Set([...own, ...others]);
}

function outcomeOpen(candidate: Candidate, { pipeline }: PageContext): SetAside {
  const message =
    `${describe(candidate.source.record)} was sent to ${pipeline.target.system}, and whether it was stored is not ` +
    "known yet: the next run looks there first";
  return { candidate, action: "hold", reason: "outcome_open", message, detail: null };
}

/** Records that the target may have already and that nobody has linked yet: deciding anew would make them again. */
function withoutTheirLink(
  { pipeline: { source, target }, links }: PageContext,
  candidates: readonly Candidate[],
): ReadonlySet<Candidate> {
  const waiting = candidates.filter(
    // An emptied hash is how `held retry` asks for another try.
    ({ issue }) => issue !== undefined && AWAITS_ITS_OWN_LINK.has(issue.reason) && issue.source_hash !== "",
  );
  const ids = waiting.map(({ source: { id } }) => id);
  const linked =
    ids.length === 0 ? new Map() : links.translate(target.entity, source.system, target.system, ids);
  return new Set(
    waiting.filter(({ source: { id }, issue }) => {
      const detail: unknown = JSON.parse(issue?.detail ?? "null");
      const adjustment = isObject(detail) ? detail["adjustment"] : undefined;
      if (typeof adjustment !== "string") return !linked.has(id);
      return !isLinked(adjustment, { source, target }, links);
    }),
  );
}

function asBefore(candidate: Candidate): SetAside {
  const { reason = "", message = "", detail = "null" } = candidate.issue ?? {};
  return { candidate, action: "hold", reason, message, detail: JSON.parse(detail) };
}

/** What needs no mapping: unreadable, refused before as it stands, or not changed since it was last written. */
function triage(candidate: Candidate, { pipeline, doubted }: PageContext): SetAside | undefined {
  const { source, sourceHash, sync, issue } = candidate;
  if (source.unreadable !== undefined) {
    return deadLetter(candidate, "unreadable", source.unreadable);
  }
  const isAsBefore = issue?.source_hash === sourceHash;
  if (isAsBefore && issue.kind === "dead_letter") return deadLetter(candidate, issue.reason, issue.message);
  if (isAsBefore && issue.reason === TRANSIENT && issue.attempts > pipeline.retries) {
    return deadLetter(candidate, "refused_too_often", issue.message);
  }
  if (sync?.source_hash === sourceHash && issue === undefined && !doubted.has(sync.target_id))
    return skip(candidate, "unchanged");
  return undefined;
}
