import type { SystemRecord } from "../connector/types.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { compareFields } from "./compare.ts";
import { type DecideContext, dayOf, decisionHash } from "./decision.ts";
import { closedPeriod, dated, isWord } from "./document.ts";
import { movedIn } from "./moved.ts";
import { written } from "./shape.ts";
import type { Resolved, SetAside, SyncBase, WriteDecision } from "./stages.ts";
import { describe, labelOf } from "./text.ts";

/** What the source says of a document. */
export interface Said {
  readonly resolved: Resolved;
  /** The record as the target can hold it. */
  readonly held: CanonicalRecord;
}

/**
 * Dates and memo of a document that others adjust are its own alone: they change there while its books are open, and
 * wait until then. `inStep`: what the state keeps once both say the same. Undefined: the source has said no other. Pure.
 */
export function decideReworded(
  { resolved, held }: Said,
  original: SystemRecord,
  inStep: SyncBase,
  context: DecideContext,
): SetAside | WriteDecision | undefined {
  const { candidate, record } = resolved;
  const { target, pipeline, told } = context;
  const { sync, issue } = candidate;
  if (sync?.fingerprint === inStep.fingerprint) return undefined;
  const standing = { current: original.record, moved: movedIn(sync?.fields ?? null) };
  const wanted = dated(held, standing, context);
  const fields = told.filter((field) => isWord(field) || field === target.dateField);
  const { changes } = compareFields(
    written(target, wanted, fields),
    written(target, original.record, fields),
    pipeline.conflicts,
    sync?.fields ?? null,
    issue,
  );
  if (changes.length === 0) return undefined;
  const closed = closedPeriod(record, [dayOf(original.record, target), dayOf(wanted, target)], context);
  if (closed !== undefined) {
    const { system } = pipeline.target;
    const message =
      `${describe(record)}: its ${changes.map(({ field }) => field).join(" and ")} changed, and its books in ${system} are ` +
      `closed: open the period there, or change ${String(original.record["number"])} there by hand`;
    return { candidate, ...closed, message };
  }
  const reworded = {
    ...original.record,
    ...Object.fromEntries(changes.map(({ field, to }) => [field, to ?? null])),
  };
  return {
    action: "update",
    candidate,
    label: labelOf(record),
    reason: "source_changed",
    record: reworded,
    held: reworded,
    fields: changes.map(({ field }) => field),
    targetId: original.id,
    target: original,
    changes,
    base: inStep,
    hash: decisionHash("update", resolved, context, changes),
  };
}
