import type { Entity } from "../config/entities.ts";
import type { Connection, SystemRecord } from "../connector/types.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { CanonicalRecord } from "../core/json.ts";
import type { State } from "../state/types.ts";
import { claim, isLaterCharge, type Taken } from "./claims.ts";
import { decideLinked, decideNew, isUnchanged, unchangedBase } from "./decide.ts";
import type { DecideContext } from "./decision.ts";
import type { Links } from "./links.ts";
import type { Match, Matcher } from "./match.ts";
import { isDocument } from "./posted.ts";
import type { InvoiceGate } from "./readiness/invoice-gate.ts";
import type { Promised } from "./record.ts";
import type { Related } from "./related.ts";
import { resolvePage } from "./resolve.ts";
import { revisionSlot, withRevision } from "./revision.ts";
import { GONE } from "./source-gone.ts";
import {
  AWAITS_ITS_OWN_LINK,
  type Candidate,
  type Decision,
  MATCH_AMBIGUOUS,
  type Mapped,
  NOT_LINKED,
  type Resolved,
  type SetAside,
  TRANSIENT,
} from "./stages.ts";
import { describe } from "./text.ts";
import type { Transformer } from "./transform.ts";
import type { Unlinked } from "./unlinked.ts";

/** transform → resolve → decide for a page of source records: one decision for each, nothing sent, nothing written. */
export interface PageContext extends Omit<DecideContext, "closedUntil"> {
  readonly state: Pick<State, "syncRows" | "issues" | "rows" | "claimsOn" | "generations">;
  /** The last day of the target's closed books, asked for when the first document is to be written. */
  readonly closedUntil: () => Promise<string | null>;
  readonly links: Links;
  /** Claims on items that this run has decided on. */
  readonly taken: Taken;
  readonly connection: Connection;
  readonly source: Entity;
  readonly transformer: Transformer;
  readonly matcher: Matcher;
  readonly related: Related;
  /** Records of the target that nobody linked; undefined where the pipeline does not look at them. */
  readonly unlinked: Unlinked | undefined;
  /** Whether the target's connector knows an entity. */
  readonly targetHas: (entity: string) => boolean;
  /** What happens to a record that nothing in the target matches. */
  readonly onNone: "create" | "hold";
  /** Documents dated before it are never written. */
  readonly goLive: string | null;
  /** Holds new invoices of accounts that are not ready to bill; undefined where none are held. */
  readonly invoiceGate: InvoiceGate | undefined;
}

type Deciding = Omit<PageContext, "closedUntil"> & DecideContext;

export interface PageDecision {
  readonly decision: Decision;
  /** The numbers of a target record that was matched by its fields and is to be linked; undefined otherwise. */
  readonly matched: CanonicalRecord | undefined;
}

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
  const unsettled = unsettledIds(context);
  const open: Candidate[] = [];
  const doubtful = withoutTheirLink(context, candidates);
  for (const candidate of candidates) {
    const early = unsettled.has(candidate.source.id)
      ? outcomeOpen(candidate, context)
      : doubtful.has(candidate)
        ? asBefore(candidate)
        : triage(candidate, context);
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

/** Documents that were voided and posted anew have a number of their own. */
export function withRevisions(context: RevisionContext, mapped: readonly Mapped[]): readonly Mapped[] {
  const revisionOf = revisionsOf(
    context,
    mapped.map(({ candidate }) => candidate),
  );
  return mapped.map((one) => {
    const revision = revisionOf(one.candidate);
    return revision === 0 ? one : { ...one, revision, record: withRevision(one.record, revision) };
  });
}

type RevisionContext = Pick<PageContext, "state" | "pipeline" | "target">;

/** How often the document of each was voided to be posted anew. */
function revisionsOf(
  { state, pipeline, target }: RevisionContext,
  candidates: readonly Candidate[],
): (candidate: Candidate) => number {
  const slotOf = ({ source }: Candidate) => revisionSlot(pipeline.target.system, target.name, source.id);
  const revisions = isDocument(target)
    ? state.generations(candidates.map(slotOf))
    : new Map<string, number>();
  return (candidate) => revisions.get(slotOf(candidate)) ?? 0;
}

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

/** Records of which a write was sent that nobody knows the outcome of: deciding them anew could store them twice. */
function unsettledIds({ state, pipeline, links }: PageContext): ReadonlySet<string> {
  const { source, target } = pipeline;
  const own = [...state.rows("intent", { pipeline: pipeline.pipeline })].map(({ source_id }) => source_id);
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
  return new Set(waiting.filter(({ source: { id } }) => !linked.has(id)));
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

async function decideResolved(
  context: PageContext,
  resolved: readonly Resolved[],
  adopt: ReadonlyMap<string, string>,
): Promise<readonly PageDecision[]> {
  const { pipeline, links } = context;
  const ids = resolved.map(({ candidate }) => candidate.source.id);
  const linked = links.translate(pipeline.target.entity, pipeline.source.system, pipeline.target.system, ids);
  const decided: PageDecision[] = [];
  const known: { resolved: Resolved; targetId: string; matched: CanonicalRecord | undefined }[] = [];
  const unlinked: Resolved[] = [];
  for (const one of resolved) {
    const id = one.candidate.source.id;
    const [targetId, ...more] = linked.get(id) ?? [];
    const adopted = adopt.get(id);
    if (more.length > 0)
      decided.push({ decision: ambiguousLink(one, [targetId ?? "", ...more]), matched: undefined });
    else if (targetId !== undefined) known.push({ resolved: one, targetId, matched: undefined });
    else if (adopted !== undefined) known.push({ resolved: one, targetId: adopted, matched: {} });
    else if (pipeline.target.write_mode === "update_only")
      decided.push({ decision: skip(one.candidate, NOT_LINKED), matched: undefined });
    else unlinked.push(one);
  }
  const open = unlinked.length + known.length > 0 && isDocument(context.target);
  const closedUntil = open ? await context.closedUntil() : null;
  const deciding = { ...context, closedUntil };
  const matches = await context.matcher.match(unlinked);
  const held = await heldRecords(context, unlinked);
  for (const [index, one] of unlinked.entries()) {
    const match = matches[index] ?? { kind: "none" };
    if (match.kind === "one") known.push({ resolved: one, targetId: match.id, matched: match.numbers });
    else
      decided.push({
        decision: decideUnlinked(one, held[index] ?? one.resolved, match, deciding),
        matched: undefined,
      });
  }
  return [...(await gated(context, decided)), ...(await decideKnown(deciding, known))];
}

/** New invoices of accounts that are not ready to bill wait; what is, or was, in the target stays in step. */
async function gated(
  context: PageContext,
  decided: readonly PageDecision[],
): Promise<readonly PageDecision[]> {
  const { invoiceGate } = context;
  const candidates = decided.map(({ decision }) => decision.candidate);
  const revisionOf = revisionsOf(context, candidates);
  const creates = decided.flatMap(({ decision: { action, candidate } }) =>
    action === "create" && revisionOf(candidate) === 0 ? [candidate] : [],
  );
  if (invoiceGate === undefined || creates.length === 0) return decided;
  const reasons = await invoiceGate.waits(creates.map(({ source }) => source.record));
  const waiting = new Map(creates.map((candidate, index) => [candidate, reasons[index]]));
  return decided.map((one): PageDecision => {
    const { candidate } = one.decision;
    const message = waiting.get(candidate);
    if (message === undefined) return one;
    const text = `${describe(candidate.source.record)}: ${message}`;
    const hold = {
      candidate,
      action: "hold",
      reason: "account_not_ready",
      message: text,
      detail: null,
    } as const;
    return { decision: hold, matched: undefined };
  });
}

function asBefore(candidate: Candidate): SetAside {
  const { reason = "", message = "", detail = "null" } = candidate.issue ?? {};
  return { candidate, action: "hold", reason, message, detail: JSON.parse(detail) };
}

/** What the target would hold of new records: of interest where it is compared later, as every document is. */
async function heldRecords(
  { connection, pipeline, target }: PageContext,
  unlinked: readonly Resolved[],
): Promise<readonly CanonicalRecord[]> {
  const records = unlinked.map(({ resolved }) => resolved);
  const compares =
    isDocument(target) || Object.values(pipeline.conflicts).some((rule) => rule !== "source_wins");
  return compares && records.length > 0 ? connection.carried(pipeline.target.entity, records) : records;
}

/** A new record, unless it is probably one that was typed in by hand: nothing is made twice by guess. */
function decideCreate(one: Resolved, held: CanonicalRecord, context: Deciding): Decision {
  const { candidate, resolved, record } = one;
  // An emptied hash is how `held retry` says that it is another one.
  const isApproved = candidate.issue?.reason === POSSIBLE_DUPLICATE && candidate.issue.source_hash === "";
  const decision = decideNew(one, held, context);
  const ids = decision.action !== "create" || isApproved ? [] : (context.unlinked?.alike(resolved) ?? []);
  if (ids.length === 0) return decision;
  const { source, target } = context.pipeline;
  const id = candidate.source.id;
  const message =
    `${describe(record)} is probably ${target.entity} ${ids.join(" or ")}, which was entered in ${target.system}: if so, ` +
    `tripoint idmap link ${target.entity} ${source.system}:${id} ${target.system}:${ids[0]}; if not, tripoint held retry ` +
    `${id} makes a second one`;
  return { candidate, action: "hold", reason: POSSIBLE_DUPLICATE, message, detail: { ids: [...ids] } };
}

const POSSIBLE_DUPLICATE = "possible_duplicate";

function decideUnlinked(
  one: Resolved,
  held: CanonicalRecord,
  match: Exclude<Match, { kind: "one" }>,
  context: Deciding,
): Decision {
  const { candidate, record } = one;
  const { system, entity } = context.pipeline.target;
  if (match.kind === "several") {
    const message = `${describe(record)} could be ${entity} ${match.ids.join(" or ")} of ${system} (same ${match.by}): link the right one`;
    return { candidate, action: "hold", reason: MATCH_AMBIGUOUS, message, detail: { ids: [...match.ids] } };
  }
  if (match.kind === "unsure") {
    const ids = match.unreadable.slice(0, 5).join(", ");
    const message =
      `${describe(record)} has no counterpart in ${system}, but ${match.unreadable.length} of ${entity} there cannot be ` +
      `read (${ids}) and one may be it: mend or link them`;
    return {
      candidate,
      action: "hold",
      reason: "match_unsure",
      message,
      detail: { ids: [...match.unreadable] },
    };
  }
  return context.onNone === "hold" && candidate.sync === undefined
    ? {
        candidate,
        action: "hold",
        reason: "no_match",
        message: `${describe(record)} has no counterpart in ${system}, and identity.${entity}.on_none is hold: link one`,
        detail: null,
      }
    : decideCreate(one, held, context);
}

/** Reads the target only for records that may have to be written. */
async function decideKnown(
  context: Deciding,
  known: readonly {
    readonly resolved: Resolved;
    readonly targetId: string;
    readonly matched: CanonicalRecord | undefined;
  }[],
): Promise<readonly PageDecision[]> {
  const { connection, pipeline, can } = context;
  const entity = pipeline.target.entity;
  const decided: PageDecision[] = [];
  const compare: (typeof known)[number][] = [];
  for (const one of known) {
    const { resolved, targetId, matched } = one;
    const { candidate } = resolved;
    if (!connection.can(entity, "get") && !isUnchanged(resolved, targetId, context)) {
      decided.push({ decision: enteredByHand(resolved, targetId, context), matched });
      continue;
    }
    const filled = pipeline.target.write_mode === "create_only" && can.update;
    if (filled || isUnchanged(resolved, targetId, context)) {
      const base = unchangedBase(resolved, context);
      const reason = filled ? "target_filled_already" : "unchanged";
      decided.push({
        decision: { action: "unchanged", candidate, reason, targetId, target: null, base },
        matched,
      });
    } else compare.push(one);
  }
  if (compare.length === 0) return decided;
  const current = await connection.get(entity, [...new Set(compare.map(({ targetId }) => targetId))]);
  const byId = new Map(current.map((record) => [record.id, record]));
  const held = await connection.carried(
    entity,
    compare.map(({ resolved }) => resolved.resolved),
  );
  for (const [index, { resolved, targetId, matched }] of compare.entries()) {
    const comparison = {
      resolved,
      held: held[index] ?? resolved.resolved,
      targetId,
      current: byId.get(targetId),
    };
    const decision = decideLinked(comparison, context);
    decided.push({
      decision,
      matched: matched === undefined ? undefined : (comparison.current?.record ?? matched),
    });
  }
  return decided;
}

/** A record of a system that shows none of its kind: a person's link says that it is there, and later changes are theirs. */
function enteredByHand(resolved: Resolved, targetId: string, context: Deciding): Decision {
  const { candidate, record } = resolved;
  const { system, entity } = context.pipeline.target;
  if (candidate.sync === undefined) {
    const base = unchangedBase(resolved, context);
    return { action: "unchanged", candidate, reason: "entered_by_hand", targetId, target: null, base };
  }
  const end = record["status"] === "voided" ? "was voided" : "changed";
  const message =
    `${describe(record)} ${end} since it was entered in ${system} as ${entity} ${targetId}: do the same there by hand, ` +
    "then unlink the two and link them again";
  return {
    candidate,
    action: "hold",
    reason: "target_cannot_update",
    message,
    detail: { target_id: targetId },
  };
}

function ambiguousLink({ candidate, record }: Resolved, ids: readonly string[]): SetAside {
  const message = `${describe(record)} is linked to several records: ${ids.join(", ")}; unlink all but one`;
  return { candidate, action: "hold", reason: "link_ambiguous", message, detail: { ids: [...ids] } };
}

function deadLetter(candidate: Candidate, reason: string, message: string): SetAside {
  return { candidate, action: "dead_letter", reason, message, detail: null };
}

function skip(candidate: Candidate, reason: string): SetAside {
  return { candidate, action: "skip", reason, message: "", detail: null };
}
