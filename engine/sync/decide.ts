import type { SystemRecord } from "../connector/types.ts";
import { command } from "../core/command.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { changeTask, recordTask } from "./by-hand.ts";
import { chargesItems } from "./claims.ts";
import { type Conflict, compareFields, type Decided } from "./compare.ts";
import { decideDocument, kept } from "./decide-document.ts";
import { decideVoid } from "./decide-void.ts";
import {
  baseOf,
  type Comparison,
  type DecideContext,
  dayOf,
  decisionHash,
  fingerprintOf,
  isVoided,
  voidedBeforeSync,
} from "./decision.ts";
import { closedPeriod, dated, kindOfAccount, zeroTotal } from "./document.ts";
import { COMPARE_AGAIN } from "./look-again.ts";
import { movedIn, withMoved } from "./moved.ts";
import { differences, POSTED_DIFFERS } from "./posted-differs.ts";
import { roundingStop } from "./rounding.ts";
import { isDocument, written } from "./shape.ts";
import type { Decision, Resolved, SetAside, SyncBase, WriteDecision } from "./stages.ts";
import { describe, labelOf, shown } from "./text.ts";

/** What becomes of a record, with its reason: decided from values alone, before anything is sent. */

/** A new record, or one that there is nothing to do for. `held`: the record as the target can hold it. */
export function decideNew(resolved: Resolved, held: CanonicalRecord, context: DecideContext): Decision {
  const { candidate, record } = resolved;
  const { pipeline, target, can } = context;
  if (isVoided(record)) return voidedBeforeSync(candidate);
  if (!can.create) {
    const [from, to] = [pipeline.source.system, pipeline.target.system];
    const fields = context.carried.filter((field) => target.fields.includes(field));
    const message =
      `${describe(record)}: ${to} takes no ${target.name} from tripoint: enter it there by hand ` +
      `(${recordTask(target, resolved.resolved, fields)}), then link the two ` +
      `(${command(pipeline, "idmap", "link", target.name, `${from}:${candidate.source.id}`, `${to}:<id>`)})`;
    return { candidate, action: "hold", reason: "target_cannot_create", message, detail: null };
  }
  const day = dayOf(dated(record, undefined, context), target);
  if (!isDocument(target)) {
    const closed = target.moneyRecord ? closedPeriod(record, [day], context) : undefined;
    return closed === undefined ? toCreate(resolved, held, context) : { candidate, ...closed };
  }
  // What the target cannot hold at all comes back as it was: the write says why, and its rounding is nobody's matter.
  const isWritable = held !== resolved.resolved;
  const stop =
    zeroTotal(record, context) ??
    closedPeriod(record, [day], context) ??
    kindOfAccount(record, held, context) ??
    (isWritable ? roundingStop(held, context.rounding, pipeline.target.system) : undefined);
  return stop === undefined ? toCreate(resolved, held, context) : { candidate, ...stop };
}

function toCreate(resolved: Resolved, held: CanonicalRecord, context: DecideContext): WriteDecision {
  const { candidate, record } = resolved;
  const { target } = context;
  const own = isDocument(target) ? { held: dated(held, undefined, context) } : {};
  const toWrite = dated(resolved.resolved, undefined, context);
  return {
    action: "create",
    candidate,
    label: labelOf(record),
    reason: "not_in_id_map",
    record: toWrite,
    fields: context.carried.filter((field) => target.fields.includes(field)),
    targetId: null,
    target: null,
    changes: [],
    base: withMoved(baseOf(resolved, context, held, held), resolved.resolved, toWrite, target),
    hash: decisionHash("create", resolved, context, []),
    ...own,
  };
}

/** True when the record that was last written is the one that would be written now: nothing needs to be read. */
export function isUnchanged(
  resolved: Resolved,
  targetId: string,
  context: Pick<DecideContext, "target" | "carried" | "doubted">,
): boolean {
  const { sync, issue } = resolved.candidate;
  if (sync === undefined || sync.target_id !== targetId || issue?.kind === "conflict") return false;
  if (issue?.reason === POSTED_DIFFERS || issue?.reason === COMPARE_AGAIN) return false;
  if (context.doubted.has(targetId)) return false;
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
  if (current === undefined && isVoided(record)) {
    const base = baseOf(resolved, context, record, {});
    return { action: "unchanged", candidate, reason: "gone_on_both_sides", targetId, target: null, base };
  }
  // What is not there any more needs no word of what became of it.
  if (current === undefined && pipeline.target.write_mode === "update_only") {
    const base = baseOf(resolved, context, record, {});
    return { action: "unchanged", candidate, reason: "target_gone", targetId, target: null, base };
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
  if (isVoided(record)) return voidedAtSource(comparison, current, context);
  if (target.moneyRecord && !isDocument(target) && isVoided(current.record))
    return voidedThere(resolved, targetId, context);
  const standing = { current: current.record, moved: movedIn(candidate.sync?.fields ?? null) };
  const own = resolved.resolved;
  const [held, toWrite] = isDocument(target)
    ? [dated(comparison.held, standing, context), dated(own, standing, context)]
    : [comparison.held, own];
  const compared = compareFields(
    written(target, held, context.told),
    written(target, current.record, context.told),
    pipeline.conflicts,
    candidate.sync?.fields ?? null,
    candidate.issue,
  );
  if (compared.conflicts.length > 0) return conflict(resolved, compared.conflicts, compared.decided, to);
  const base = withMoved(baseOf(resolved, context, held, compared.after), own, toWrite, target);
  if (isDocument(target)) {
    const found = differences(
      target,
      held,
      compared.changes.map(({ field }) => field),
      current.record,
    );
    const verdict = decideDocument(
      { ...comparison, held, current },
      compared.changes,
      found,
      context,
      decideNew,
    );
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
  const update = pipeline.target.write_mode !== "create_only";
  if (compared.changes.length === 0 || (!update && can.update)) {
    const reason = compared.changes.length === 0 ? "unchanged" : "target_filled_already";
    return { action: "unchanged", candidate, reason, targetId, target: current, base };
  }
  // A charge stands as it was made; what its item has become since is charged beside it.
  if (chargesItems(pipeline)) {
    return { action: "unchanged", candidate, reason: "charged_already", targetId, target: current, base };
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
    record: toWrite,
    fields: compared.changes.map(({ field }) => field),
    targetId,
    target: current,
    changes: compared.changes,
    base,
    hash: decisionHash("update", resolved, context, compared.changes),
    ...(isDocument(target) ? { held } : {}),
  };
}

function voidedAtSource(
  { resolved, targetId }: Comparison,
  current: SystemRecord,
  context: DecideContext,
): Decision {
  const { candidate, record } = resolved;
  const base = baseOf(resolved, context, record, current.record);
  if (isVoided(current.record)) {
    return { action: "unchanged", candidate, reason: "voided_already", targetId, target: current, base };
  }
  const voiding = {
    candidate,
    known: record,
    end: "was voided",
    current,
    reason: "voided_at_source",
    record: resolved.resolved,
    changes: [],
    base,
    hash: decisionHash("void", resolved, context, []),
  } as const;
  return decideVoid(voiding, context);
}

/** Nothing brings back what is voided, and a second one is made only when a person says so. */
function voidedThere(
  { candidate, record }: Resolved,
  targetId: string,
  { pipeline }: DecideContext,
): SetAside {
  const { source, target } = pipeline;
  const message =
    `${describe(record)} stands in ${source.system}, and ${target.entity} ${targetId} of ${target.system} is voided: to have ` +
    `it there anew, ${command(pipeline, "idmap", "unlink", target.entity, `${target.system}:${targetId}`)}; to leave it, ` +
    `void it in ${source.system}, too`;
  return { candidate, action: "hold", reason: "voided_there", message, detail: { target_id: targetId } };
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
