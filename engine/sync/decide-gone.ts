import type { SystemRecord } from "../connector/types.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { unreachable } from "../core/unreachable.ts";
import { voidTask } from "./by-hand.ts";
import { decideAdjusted, readEarlier } from "./decide-adjusted.ts";
import { decideVoid } from "./decide-void.ts";
import type { Deciding, PageContext } from "./page-context.ts";
import { isDocument } from "./shape.ts";
import { GONE } from "./source-gone.ts";
import type { Candidate, Decision, SetAside } from "./stages.ts";
import { labelOf } from "./text.ts";
import { unknownOf } from "./triage.ts";

/** What `source_deleted` makes of them; the target is read for those that are to be written. */
export async function decideGone(
  page: PageContext,
  gone: readonly Candidate[],
): Promise<readonly Decision[]> {
  const { pipeline, connection, closedUntil } = page;
  const unknown = unknownOf(page, gone);
  const linked = gone.filter(({ sync }) => sync !== undefined && sync.source_hash !== GONE);
  const ids = linked.map(({ sync }) => sync?.target_id ?? "");
  const writes = pipeline.source_deleted === "void" || pipeline.source_deleted === "inactivate";
  const shows = writes && ids.length > 0 && connection.can(pipeline.target.entity, "get");
  const records = shows ? await connection.get(pipeline.target.entity, ids) : [];
  const byId = new Map(records.map((record) => [record.id, record]));
  const isVoiding = records.length > 0 && pipeline.source_deleted === "void";
  const isDated = isVoiding && page.target.moneyRecord;
  const deciding = { ...page, closedUntil: isDated ? await closedUntil() : null };
  const voids = isVoiding && isDocument(page.target);
  const earlier = voids
    ? await readEarlier(
        page,
        linked.map(({ source }) => source.id),
      )
    : new Map();
  const decisions: Decision[] = [];
  for (const candidate of gone) {
    const { sync, source } = candidate;
    const open = unknown(candidate);
    if (open !== undefined) decisions.push(open);
    else if (sync === undefined || sync.source_hash === GONE) decisions.push(skip(candidate));
    else {
      const original = byId.get(sync.target_id);
      const alone = decideOne(deciding, candidate, sync.target_id, original);
      const adjusted =
        !voids || original === undefined || original.unreadable !== undefined
          ? undefined
          : await decideAdjusted(
              {
                candidate,
                known: original.record,
                said: undefined,
                wanted: undefined,
                original,
                earlier: earlier.get(source.id) ?? [],
                base: GONE_BASE,
              },
              alone,
              deciding,
            );
      decisions.push(adjusted ?? alone);
    }
  }
  return decisions;
}

const GONE_BASE = { fingerprint: GONE, source_hash: GONE, fields: null };

function decideOne(
  page: Deciding,
  candidate: Candidate,
  targetId: string,
  current: SystemRecord | undefined,
): Decision {
  const { pipeline, connection } = page;
  const { source, target, source_deleted: rule } = pipeline;
  const base = GONE_BASE;
  const finished = (reason: string): Decision => {
    return { action: "unchanged", candidate, reason, targetId, target: current ?? null, base };
  };
  const held = (reason: string, message: string): Decision => {
    return { candidate, action: "hold", reason, message, detail: { target_id: targetId } };
  };
  const end = (action: "void" | "update", status: string): Decision => {
    const isShown = connection.can(target.entity, "get");
    if (isShown && (current === undefined || current.record["status"] === status))
      return finished("gone_on_both_sides");
    if (current === undefined || (action === "update" && !page.can.update)) {
      const known = current?.record ?? { id: targetId };
      return held(`target_cannot_${action}`, voidTask(page.target, known, target.system, "is gone"));
    }
    // Nobody knows whether it is paid, or lies in closed books.
    if (current.unreadable !== undefined) {
      const message = `${target.entity} ${targetId} of ${target.system} cannot be read: ${current.unreadable}`;
      return held("target_unreadable", message);
    }
    const reason =
      action === "void" && Object.hasOwn(current.record, "void_reason") ? { void_reason: "deleted" } : {};
    const write = {
      candidate,
      reason: "source_deleted",
      record: { ...current.record, status, ...reason },
      changes: [{ field: "status", from: current.record["status"], to: status }],
      base,
      hash: fingerprint([pipeline.hash, action, candidate.source.id, "source_deleted"]),
    };
    if (action === "void")
      return decideVoid({ ...write, known: current.record, end: "is gone", current }, page);
    return {
      ...write,
      action,
      label: labelOf(current.record),
      fields: ["status"],
      targetId,
      target: current,
    };
  };
  switch (rule) {
    case "ignore":
      return finished("source_deleted_ignored");
    case "hold":
      return held(
        "source_deleted",
        `${source.entity} ${candidate.source.id} is gone from ${source.system}; deal with ${target.entity} ` +
          `${targetId} in ${target.system}, then unlink it (source_deleted: hold)`,
      );
    case "void":
      return end("void", "voided");
    case "inactivate":
      return end("update", "inactive");
    default:
      return unreachable(rule);
  }
}

function skip(candidate: Candidate): SetAside {
  return { candidate, action: "skip", reason: "gone", message: "", detail: null };
}
