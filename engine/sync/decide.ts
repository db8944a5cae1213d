import type { Entity } from "../config/entities.ts";
import type { SystemRecord } from "../connector/types.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { type CanonicalRecord, isObject } from "../core/json.ts";
import { type Conflict, compareFields, type Decided, keptFields } from "./compare.ts";
import {
  type Correction,
  closedPeriod,
  correctionOf,
  type DocumentContext,
  dated,
  isRevision,
  paidAlready,
  type Stop,
  zeroTotal,
} from "./document.ts";
import { type Difference, differences, isDocument, POSTED_DIFFERS, postedDiffers } from "./posted.ts";
import { nextRevision } from "./revision.ts";
import { written } from "./shape.ts";
import type { Decision, Resolved, SetAside, SyncBase, WriteDecision } from "./stages.ts";
import { describe, labelOf, shown } from "./text.ts";
import type { FieldChange } from "./types.ts";

/** What becomes of a record, with its reason: decided from values alone, before anything is sent. */
export interface DecideContext extends DocumentContext {
  /** Documents that were changed in the target since it was last compared as a whole, by its ids. */
  readonly doubted: ReadonlySet<string>;
  /** Canonical fields that the target's connector writes. */
  readonly carried: readonly string[];
  readonly can: { readonly create: boolean; readonly update: boolean; readonly void: boolean };
}

/** A record whose link is known, beside what the target holds now. */
export interface Comparison {
  readonly resolved: Resolved;
  /** The record as the target can hold it. */
  readonly held: CanonicalRecord;
  readonly targetId: string;
  /** Undefined: the target has no such record any more. */
  readonly current: SystemRecord | undefined;
}

/** A new record, or one that there is nothing to do for. `held`: the record as the target can hold it. */
export function decideNew(resolved: Resolved, held: CanonicalRecord, context: DecideContext): Decision {
  const { candidate, record } = resolved;
  const { pipeline, target, can } = context;
  if (isVoided(record)) return skip(resolved, "voided_before_sync", "it was voided before it was ever sent");
  if (!can.create) {
    const message = `${pipeline.target.system} cannot create ${target.name}; link the one that belongs to it`;
    return { candidate, action: "hold", reason: "target_cannot_create", message, detail: null };
  }
  if (!isDocument(target)) return toCreate(resolved, held, context);
  const day = dayOf(dated(record, undefined, context), target);
  const stop = zeroTotal(record, context) ?? closedPeriod(record, [day], context);
  return stop === undefined ? toCreate(resolved, held, context) : { candidate, ...stop };
}

function toCreate(resolved: Resolved, held: CanonicalRecord, context: DecideContext): WriteDecision {
  const { candidate, record } = resolved;
  const { target } = context;
  const own = isDocument(target) ? { held: dated(held, undefined, context) } : {};
  return {
    action: "create",
    candidate,
    label: labelOf(record),
    reason: "not_in_id_map",
    record: isDocument(target) ? dated(resolved.resolved, undefined, context) : resolved.resolved,
    fields: context.carried.filter((field) => target.fields.includes(field)),
    targetId: null,
    target: null,
    changes: [],
    base: baseOf(resolved, context, held, held),
    hash: decisionHash("create", resolved, context, []),
    ...own,
  };
}

/** True when the record that was last written is the one that would be written now: nothing needs to be read. */
export function isUnchanged(resolved: Resolved, targetId: string, context: DecideContext): boolean {
  const { sync, issue } = resolved.candidate;
  if (sync === undefined || sync.target_id !== targetId || issue?.kind === "conflict") return false;
  if (issue?.reason === POSTED_DIFFERS || context.doubted.has(targetId)) return false;
  return sync.fingerprint === fingerprintOf(resolved.resolved, context);
}

/** The base of a record whose target needs no look. */
export function unchangedBase(resolved: Resolved, context: DecideContext): SyncBase {
  const fields = resolved.candidate.sync?.fields ?? null;
  return {
    fingerprint: fingerprintOf(resolved.resolved, context),
    source_hash: resolved.candidate.sourceHash,
    fields,
  };
}

/** An update, a void, or nothing, field by field between the base, the source and the target. */
export function decideLinked(comparison: Comparison, context: DecideContext): Decision {
  const { resolved, targetId, current } = comparison;
  const { pipeline, target, can } = context;
  const { candidate, record } = resolved;
  const to = pipeline.target.system;
  if (current === undefined) {
    const message = `${target.name} ${targetId} is gone from ${to}; unlink it to have it created anew`;
    return { candidate, action: "hold", reason: "target_missing", message, detail: { target_id: targetId } };
  }
  if (current.unreadable !== undefined) {
    const message = `${target.name} ${targetId} of ${to} cannot be read: ${current.unreadable}`;
    return {
      candidate,
      action: "hold",
      reason: "target_unreadable",
      message,
      detail: { target_id: targetId },
    };
  }
  if (isVoided(record)) return decideVoid(comparison, current, context);
  const held = isDocument(target) ? dated(comparison.held, current.record, context) : comparison.held;
  const compared = compareFields(
    written(target, held, context.carried),
    written(target, current.record, context.carried),
    pipeline.conflicts,
    candidate.sync?.fields ?? null,
    candidate.issue,
  );
  if (compared.conflicts.length > 0) return conflict(resolved, compared.conflicts, compared.decided, to);
  const base = baseOf(resolved, context, held, compared.after);
  if (isDocument(target)) {
    const found = differences(
      target,
      held,
      compared.changes.map(({ field }) => field),
      current.record,
    );
    const verdict = decideDocument({ ...comparison, held, current }, compared.changes, found, context);
    if (verdict === "keep")
      return {
        action: "unchanged",
        candidate,
        reason: "kept",
        targetId,
        target: current,
        base: kept(base, current),
      };
    if (verdict !== undefined) return verdict;
  }
  const update = pipeline.target.write_mode === "upsert";
  if (compared.changes.length === 0 || (!update && can.update)) {
    const reason = compared.changes.length === 0 ? "unchanged" : "target_filled_already";
    return { action: "unchanged", candidate, reason, targetId, target: current, base };
  }
  if (!can.update) {
    const fields = compared.changes.map(({ field }) => field).join(", ");
    const message = `${fields} of ${target.name} ${targetId} changed, and ${to} cannot update it: change it there`;
    return {
      candidate,
      action: "hold",
      reason: "target_cannot_update",
      message,
      detail: { target_id: targetId },
    };
  }
  return {
    action: "update",
    candidate,
    label: labelOf(record),
    reason: candidate.sync === undefined ? "linked" : "source_changed",
    record: isDocument(target) ? dated(resolved.resolved, current.record, context) : resolved.resolved,
    fields: compared.changes.map(({ field }) => field),
    targetId,
    target: current,
    changes: compared.changes,
    base,
    hash: decisionHash("update", resolved, context, compared.changes),
    ...(isDocument(target) ? { held } : {}),
  };
}

type Posted = Comparison & { readonly current: SystemRecord };

/**
 * What the rules for documents make of one that is posted: undefined lets it be updated, or stay as it is. Money that
 * differs while the source said nothing new is never put right without a word from a person.
 */
function decideDocument(
  posted: Posted,
  changes: readonly FieldChange[],
  found: readonly Difference[],
  context: DecideContext,
): SetAside | WriteDecision | "keep" | undefined {
  const { resolved, held, current } = posted;
  const { candidate, record } = resolved;
  const { pipeline, target } = context;
  const { sync } = candidate;
  const correction: Correction | undefined = correctionOf(candidate.issue);
  const stop = (one: Stop): SetAside => ({ candidate, ...one });
  const asSent = sync?.fingerprint === fingerprintOf(resolved.resolved, context);
  if (found.length === 0) return undefined;
  if (asSent && isKept(sync?.fields ?? null, current)) return "keep";
  if (correction === "void") return toReissue(posted, "posted_differs", context);
  if (correction === "keep" && (asSent || changes.length === 0)) return "keep";
  if (changes.length === 0 || (asSent && correction !== "restore")) {
    const place = {
      pipeline: pipeline.pipeline,
      system: pipeline.target.system,
      source_id: candidate.source.id,
    };
    return stop(postedDiffers(place, record, current, found));
  }
  const paid = paidAlready(record, current, changes, context);
  if (paid !== undefined) return stop(paid);
  const closed = closedPeriod(record, [dayOf(held, target), dayOf(current.record, target)], context);
  if (closed !== undefined) return stop(closed);
  const reissues = pipeline.revise === "void_and_reissue" && sync !== undefined && isRevision(changes);
  return reissues ? toReissue(posted, "revised", context) : undefined;
}

/** The void of a posted document and the create that takes its place. */
function toReissue({ resolved, targetId, current, held }: Posted, reason: string, context: DecideContext) {
  const { candidate, record, revision = 0 } = resolved;
  const { target } = context;
  const stop =
    paidAlready(record, current, "void", context) ??
    closedPeriod(record, [dayOf(current.record, target)], context);
  if (stop !== undefined) return { candidate, ...stop };
  if (!context.can.void || !context.can.create) return cannotVoid(resolved, targetId, context);
  const next: Resolved = {
    candidate,
    revision: revision + 1,
    record: nextRevision(record, revision),
    resolved: nextRevision(resolved.resolved, revision),
  };
  const reissue = decideNew(next, nextRevision(held, revision), context);
  // A document that asks for nothing any more, say: it would be voided and not come back.
  if (reissue.action !== "create") return "message" in reissue ? reissue : undefined;
  return {
    action: "void",
    candidate,
    label: labelOf(current.record),
    reason,
    record: resolved.resolved,
    fields: [],
    targetId,
    target: current,
    changes: [],
    base: baseOf(resolved, context, held, current.record),
    hash: decisionHash("void", resolved, context, [
      { field: "number", from: record["number"], to: next.record["number"] ?? null },
    ]),
    reissue,
  } satisfies WriteDecision;
}

// Beside the fields that are compared three ways, under a name that no field has.
const KEPT = "$kept";

/** The base of a document that is to stay as the target has it. */
function kept(base: SyncBase, { record }: SystemRecord): SyncBase {
  const fields: unknown = base.fields === null ? {} : JSON.parse(base.fields);
  const marked = { ...(isObject(fields) ? fields : {}), [KEPT]: keptPrint(record) };
  return { ...base, fields: JSON.stringify(marked) };
}

function isKept(fields: string | null, { record }: SystemRecord): boolean {
  const known: unknown = fields === null ? {} : JSON.parse(fields);
  return isObject(known) && known[KEPT] === keptPrint(record);
}

function keptPrint({ number, customer_id, lines, taxes, total }: CanonicalRecord): string {
  return fingerprint([number, customer_id, lines, taxes, total].map((value) => value ?? null)).slice(0, 12);
}

/** The day of a document. */
function dayOf(record: CanonicalRecord, { dateField = "" }: Entity): string | undefined {
  const day = record[dateField];
  return typeof day === "string" ? day : undefined;
}

function decideVoid(
  { resolved, targetId }: Comparison,
  current: SystemRecord,
  context: DecideContext,
): Decision {
  const { candidate, record } = resolved;
  const base = baseOf(resolved, context, record, current.record);
  if (isVoided(current.record)) {
    return { action: "unchanged", candidate, reason: "voided_already", targetId, target: current, base };
  }
  if (!context.can.void) return cannotVoid(resolved, targetId, context);
  if (isDocument(context.target)) {
    const stop = closedPeriod(record, [dayOf(current.record, context.target)], context);
    if (stop !== undefined) return { candidate, ...stop };
  }
  return {
    action: "void",
    candidate,
    label: labelOf(record),
    reason: "voided_at_source",
    record: resolved.resolved,
    fields: [],
    targetId,
    target: current,
    changes: [],
    base,
    hash: decisionHash("void", resolved, context, []),
  };
}

function cannotVoid(
  { candidate, record }: Resolved,
  targetId: string,
  { pipeline: { target } }: DecideContext,
): SetAside {
  const { system, entity } = target;
  const message = `${describe(record)} was voided, and ${system} cannot void ${entity}: void ${targetId} there`;
  return {
    candidate,
    action: "hold",
    reason: "target_cannot_void",
    message,
    detail: { target_id: targetId },
  };
}

/** `source` and `target`: the record's fields on both sides once the decision is carried out. */
function baseOf(
  { candidate, resolved }: Resolved,
  context: DecideContext,
  source: CanonicalRecord,
  target: CanonicalRecord,
): SyncBase {
  return {
    fingerprint: fingerprintOf(resolved, context),
    source_hash: candidate.sourceHash,
    fields: keptFields(context.pipeline.conflicts, source, target),
  };
}

/** Fingerprint of what is written. Voiding is an operation and often no field, so it must show by itself. */
function fingerprintOf(resolved: CanonicalRecord, { target, carried }: DecideContext): string {
  const content = written(target, resolved, carried);
  return fingerprint(isVoided(resolved) ? { voided: content } : content);
}

/** Waits for a person; what they have decided of it already is kept. */
function conflict(
  { candidate, record }: Resolved,
  conflicts: readonly Conflict[],
  decided: readonly Decided[],
  to: string,
): SetAside {
  const parts = conflicts.map(
    ({ field, source, target }) => `${field} is ${shown(source)} at the source and ${shown(target)} in ${to}`,
  );
  const fields = Object.fromEntries(
    [...conflicts, ...decided].map(({ field, base, source, target }) => [field, { base, source, target }]),
  );
  const resolution = Object.fromEntries(decided.map(({ field, side }) => [field, side]));
  const message = `${labelOf(record)}: both sides changed ${parts.join("; ")}`;
  const detail = decided.length === 0 ? { fields } : { fields, resolution };
  return { candidate, action: "hold", reason: "both_changed", message, detail };
}

function decisionHash(
  action: string,
  { candidate, record }: Resolved,
  { pipeline, target, carried }: DecideContext,
  changes: readonly FieldChange[],
): string {
  // Before references are resolved, so that it stays the same when a provisional id becomes a real one.
  return fingerprint([pipeline.hash, action, candidate.source.id, written(target, record, carried), changes]);
}

function skip({ candidate }: Resolved, reason: string, message: string): SetAside {
  return { candidate, action: "skip", reason, message, detail: null };
}

function isVoided(record: CanonicalRecord): boolean {
  return record["status"] === "voided";
}
