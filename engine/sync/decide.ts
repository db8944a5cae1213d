import type { Entity } from "../config/entities.ts";
import type { PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { changeTask, recordTask, voidTask } from "./by-hand.ts";
import { type Conflict, compareFields, type Decided, keptFields } from "./compare.ts";
import { written } from "./shape.ts";
import type { Decision, Resolved, SetAside, SyncBase } from "./stages.ts";
import { describe, labelOf, shown } from "./text.ts";
import type { FieldChange } from "./types.ts";

/** What becomes of a record, with its reason: decided from values alone, before anything is sent. */
export interface DecideContext {
  readonly pipeline: PipelineConfig;
  readonly target: Entity;
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
    const [from, to] = [pipeline.source.system, pipeline.target.system];
    const fields = context.carried.filter((field) => target.fields.includes(field));
    const message =
      `${describe(record)}: ${to} takes no ${target.name} from tripoint: enter it there by hand ` +
      `(${recordTask(target, resolved.resolved, fields)}), then link the two ` +
      `(tripoint idmap link ${target.name} ${from}:${candidate.source.id} ${to}:<id>)`;
    return { candidate, action: "hold", reason: "target_cannot_create", message, detail: null };
  }
  return {
    action: "create",
    candidate,
    label: labelOf(record),
    reason: "not_in_id_map",
    record: resolved.resolved,
    fields: context.carried.filter((field) => target.fields.includes(field)),
    targetId: null,
    target: null,
    changes: [],
    base: baseOf(resolved, context, held, held),
    hash: decisionHash("create", resolved, context, []),
  };
}

/** True when the record that was last written is the one that would be written now: nothing needs to be read. */
export function isUnchanged(resolved: Resolved, targetId: string, context: DecideContext): boolean {
  const { sync, issue } = resolved.candidate;
  if (sync === undefined || sync.target_id !== targetId || issue?.kind === "conflict") return false;
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
  const { resolved, held, targetId, current } = comparison;
  const { pipeline, target, can } = context;
  const { candidate, record } = resolved;
  const to = pipeline.target.system;
  if (current === undefined && isVoided(record)) {
    const base = baseOf(resolved, context, record, {});
    return { action: "unchanged", candidate, reason: "gone_on_both_sides", targetId, target: null, base };
  }
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
  const compared = compareFields(
    written(target, held, context.carried),
    written(target, current.record, context.carried),
    pipeline.conflicts,
    candidate.sync?.fields ?? null,
    candidate.issue,
  );
  if (compared.conflicts.length > 0) return conflict(resolved, compared.conflicts, compared.decided, to);
  const base = baseOf(resolved, context, held, compared.after);
  const update = pipeline.target.write_mode === "upsert";
  if (compared.changes.length === 0 || (!update && can.update)) {
    const reason = compared.changes.length === 0 ? "unchanged" : "target_filled_already";
    return { action: "unchanged", candidate, reason, targetId, target: current, base };
  }
  if (!can.update) {
    const task = changeTask(target, compared.changes, record["currency"]);
    const message =
      `${describe(record)} changed, and ${to} takes no change of a ${target.name} from tripoint: change ` +
      `${target.name} ${targetId} there by hand (${task})`;
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
    record: resolved.resolved,
    fields: compared.changes.map(({ field }) => field),
    targetId,
    target: current,
    changes: compared.changes,
    base,
    hash: decisionHash("update", resolved, context, compared.changes),
  };
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
  if (!context.can.void) {
    const { target, pipeline } = context;
    const { system } = pipeline.target;
    const message = voidTask(target, current.record, system, "was voided");
    return {
      candidate,
      action: "hold",
      reason: "target_cannot_void",
      message,
      detail: { target_id: targetId },
    };
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
