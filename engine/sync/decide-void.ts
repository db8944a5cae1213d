import type { SystemRecord } from "../connector/types.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { voidTask } from "./by-hand.ts";
import { type DecideContext, dayOf } from "./decision.ts";
import { closedPeriod, usedAlready } from "./document.ts";
import { isDocument } from "./shape.ts";
import type { Candidate, SetAside, WriteDecision } from "./stages.ts";
import { labelOf } from "./text.ts";

/** The one place where a void is decided, whatever asks for it: no way to a void goes round its checks. Pure. */

/** A void that is asked for. */
export interface Voiding
  extends Pick<WriteDecision, "reason" | "record" | "changes" | "base" | "hash" | "reissue"> {
  readonly candidate: Candidate;
  /** As people know it: the source's record, or the target's where the source has none any more. */
  readonly known: CanonicalRecord;
  readonly end: "was voided" | "is gone";
  readonly current: SystemRecord;
}

/**
 * The void, or why it waits: the target takes none from tripoint, its books are closed, or
 * it is paid.
 */
export function decideVoid(voiding: Voiding, context: DecideContext): SetAside | WriteDecision {
  const { known, end, current, ...write } = voiding;
  const { candidate, reissue } = write;
  const { can, target } = context;
  const closed = target.moneyRecord
    ? closedPeriod(known, [dayOf(current.record, target)], context)
    : undefined;
  const stop =
    closed ?? (isDocument(target) ? usedAlready(known, current, reissue !== undefined, context) : undefined);
  if (stop !== undefined) return { candidate, ...stop };
  if (!can.void || (reissue !== undefined && !can.create)) {
    return {
      candidate,
      action: "hold",
      reason: "target_cannot_void",
      message: voidTask(target, current.record, context.pipeline.target.system, end),
      detail: { target_id: current.id },
    };
  }
  return {
    ...write,
    action: "void",
    label: labelOf(known),
    fields: [],
    targetId: current.id,
    target: current,
  };
}
