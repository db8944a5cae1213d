import type { CanonicalRecord } from "../core/json.ts";
import { asOfOriginals } from "./adjusted-uses.ts";
import { decideLinked, isUnchanged, unchangedBase } from "./decide.ts";
import { decideAdjusted, type Earlier, readEarlier } from "./decide-adjusted.ts";
import { baseOf, type Comparison, isVoided } from "./decision.ts";
import { dated, kindOfAccount } from "./document.ts";
import { movedIn, withMoved } from "./moved.ts";
import type { Deciding, PageDecision } from "./page-context.ts";
import type { Decision, Resolved } from "./stages.ts";
import { describe } from "./text.ts";

/** Records whose counterpart in the target is known, by a link or by a match. */

export interface Known {
  readonly resolved: Resolved;
  readonly targetId: string;
  /** The numbers of a target record that was matched by its fields and is to be linked; undefined for a link. */
  readonly matched: CanonicalRecord | undefined;
}

/** Reads the target only for records that may have to be written. */
export async function decideKnown(
  context: Deciding,
  known: readonly Known[],
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
    // What waits for something may differ there, whatever was last sent.
    const isCompared = candidate.issue?.kind === "held" && connection.can(entity, "get");
    if (filled || (!isCompared && isUnchanged(resolved, targetId, context))) {
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
  const byId = new Map(asOfOriginals(context, current).map((record) => [record.id, record]));
  const held = await connection.carried(
    entity,
    compare.map(({ resolved }) => resolved.resolved),
  );
  const earlier = await readEarlier(
    context,
    compare.map(({ resolved }) => resolved.candidate.source.id),
  );
  for (const [index, { resolved, targetId, matched }] of compare.entries()) {
    const comparison = {
      resolved,
      held: held[index] ?? resolved.resolved,
      targetId,
      current: byId.get(targetId),
    };
    const decision = await decideCompared(
      comparison,
      earlier.get(resolved.candidate.source.id) ?? [],
      context,
    );
    decided.push({
      decision,
      matched: matched === undefined ? undefined : (comparison.current?.record ?? matched),
    });
  }
  return decided;
}

/** A document in closed books can have others beside it, which count with it. */
async function decideCompared(
  comparison: Comparison,
  earlier: readonly Earlier[],
  context: Deciding,
): Promise<Decision> {
  const { resolved, current, held } = comparison;
  const { candidate, record } = resolved;
  if (current === undefined || current.unreadable !== undefined) return decideLinked(comparison, context);
  const alone = earlier.length > 0 ? undefined : decideLinked(comparison, context);
  const standing = { current: current.record, moved: movedIn(candidate.sync?.fields ?? null) };
  const posted = dated(held, standing, context);
  const adjusted = {
    candidate,
    known: record,
    said: { resolved, held },
    // Its lines as the ledger would show them: a split can be one for the whole document there.
    wanted: isVoided(record)
      ? undefined
      : { ...resolved.resolved, lines: held["lines"] ?? null, taxes: held["taxes"] ?? null },
    original: current,
    earlier,
    base: withMoved(baseOf(resolved, context, held, current.record), held, posted, context.target),
  };
  const decision = await decideAdjusted(adjusted, alone, context);
  const stop = decision?.action === "create" ? kindOfAccount(record, held, context) : undefined;
  if (stop !== undefined) return { candidate, ...stop };
  return decision ?? alone ?? decideLinked(comparison, context);
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
