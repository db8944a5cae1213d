import type { PipelineConfig } from "../config/types.ts";
import type { Connection, SystemRecord } from "../connector/types.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { unreachable } from "../core/unreachable.ts";
import type { SyncRow } from "../state/types.ts";
import { voidTask } from "./by-hand.ts";
import { entityOf } from "./shape.ts";
import type { Candidate, Decision, SetAside } from "./stages.ts";
import { labelOf } from "./text.ts";

/** Linked records whose source is gone: by a tombstone, or absent from everything and not found by its id. */

/** source_hash of a record whose disappearance was dealt with. */
export const GONE = "gone";

/** Reason under which a record is noted that a full read did not show. */
export const ABSENT = "source_absent";

/** What `source_deleted` makes of them; the target is read for those that are to be written. */
export async function decideGone(
  pipeline: PipelineConfig,
  target: Connection,
  gone: readonly Candidate[],
): Promise<readonly Decision[]> {
  const linked = gone.filter(({ sync }) => sync !== undefined && sync.source_hash !== GONE);
  const ids = linked.map(({ sync }) => sync?.target_id ?? "");
  const writes = pipeline.source_deleted === "void" || pipeline.source_deleted === "inactivate";
  const shows = target.can(pipeline.target.entity, "get");
  const records = writes && shows && ids.length > 0 ? await target.get(pipeline.target.entity, ids) : [];
  const byId = new Map(records.map((record) => [record.id, record]));
  return gone.map((candidate): Decision => {
    const { sync } = candidate;
    if (sync === undefined || sync.source_hash === GONE) return skip(candidate);
    return decideOne(pipeline, target, candidate, sync, byId.get(sync.target_id));
  });
}

function decideOne(
  pipeline: PipelineConfig,
  connection: Connection,
  candidate: Candidate,
  sync: SyncRow,
  current: SystemRecord | undefined,
): Decision {
  const { source, target, source_deleted: rule } = pipeline;
  const targetId = sync.target_id;
  const base = { fingerprint: GONE, source_hash: GONE, fields: null };
  const finished = (reason: string): Decision => {
    return { action: "unchanged", candidate, reason, targetId, target: current ?? null, base };
  };
  const write = (action: "void" | "update", fields: readonly string[], status: string): Decision => {
    const isShown = connection.can(target.entity, "get");
    if (isShown && (current === undefined || current.record["status"] === status))
      return finished("gone_on_both_sides");
    if (current === undefined || !connection.can(target.entity, action)) {
      const known = current?.record ?? { id: targetId };
      const message = voidTask(entityOf(target.entity), known, target.system, "is gone");
      return {
        candidate,
        action: "hold",
        reason: `target_cannot_${action}`,
        message,
        detail: { target_id: targetId },
      };
    }
    const reason =
      action === "void" && Object.hasOwn(current.record, "void_reason") ? { void_reason: "deleted" } : {};
    return {
      action,
      candidate,
      label: labelOf(current.record),
      reason: "source_deleted",
      record: { ...current.record, status, ...reason },
      fields,
      targetId,
      target: current,
      changes: [{ field: "status", from: current.record["status"], to: status }],
      base,
      hash: fingerprint([pipeline.hash, action, candidate.source.id, "source_deleted"]),
    };
  };
  switch (rule) {
    case "ignore":
      return finished("source_deleted_ignored");
    case "hold": {
      const message =
        `${source.entity} ${candidate.source.id} is gone from ${source.system}; deal with ${target.entity} ` +
        `${targetId} in ${target.system}, then unlink it (source_deleted: hold)`;
      return {
        candidate,
        action: "hold",
        reason: "source_deleted",
        message,
        detail: { target_id: targetId },
      };
    }
    case "void":
      return write("void", [], "voided");
    case "inactivate":
      return write("update", ["status"], "inactive");
    default:
      return unreachable(rule);
  }
}

/** Stands for a record that its system does not show any more. */
export function goneRecord(id: string): SystemRecord {
  const unreadable = undefined;
  return {
    id,
    record: { id },
    vendor: null,
    raw: null,
    token: null,
    updated_at: null,
    deleted: true,
    unreadable,
  };
}

function skip(candidate: Candidate): SetAside {
  return { candidate, action: "skip", reason: "gone", message: "", detail: null };
}
