import type { SystemRecord } from "../connector/types.ts";
import { command } from "../core/command.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { type CanonicalRecord, isObject } from "../core/json.ts";
import { decideVoid } from "./decide-void.ts";
import {
  baseOf,
  type Comparison,
  type DecideContext,
  dayOf,
  decisionHash,
  fingerprintOf,
  isVoided,
} from "./decision.ts";
import { closedPeriod, correctionOf, isRevision, kindOfAccount, paidAlready, type Stop } from "./document.ts";
import { type Difference, POSTED_DIFFERS, postedDiffers } from "./posted-differs.ts";
import { nextRevision } from "./revision.ts";
import { roundingStop } from "./rounding.ts";
import type { Decision, Resolved, SetAside, SyncBase, WriteDecision } from "./stages.ts";
import { describe } from "./text.ts";
import type { FieldChange } from "./types.ts";

/** What becomes of a document that is posted and differs: left, corrected, changed, or voided and posted anew. Pure. */

/** A document that the target holds, beside what it should be. */
export type Posted = Comparison & { readonly current: SystemRecord };

/** Decides a new record. */
export type Create = (resolved: Resolved, held: CanonicalRecord, context: DecideContext) => Decision;

/**
 * What the rules for documents make of one that is posted: undefined lets it be updated, or stay as it is. Money that
 * differs while the source said nothing new is never put right without a word from a person.
 */
export function decideDocument(
  posted: Posted,
  changes: readonly FieldChange[],
  found: readonly Difference[],
  context: DecideContext,
  create: Create,
): SetAside | WriteDecision | "keep" | undefined {
  const { resolved, held, current } = posted;
  const { candidate, record } = resolved;
  const { pipeline, target } = context;
  const { sync } = candidate;
  const correction = correctionOf(candidate.issue);
  const stop = (one: Stop): SetAside => ({ candidate, ...one });
  const asSent = sync?.fingerprint === fingerprintOf(resolved.resolved, context);
  if (found.length === 0) return undefined;
  if (asSent && isKept(sync?.fields ?? null, current)) return "keep";
  if (correction === "void") return toReissue(posted, changes, POSTED_DIFFERS, context, create);
  if (correction === "keep" && (asSent || changes.length === 0)) return "keep";
  if (changes.length === 0 || (asSent && correction !== "restore")) {
    const place = {
      ...pipeline,
      system: pipeline.target.system,
      source_id: candidate.source.id,
    };
    return stop(postedDiffers(place, record, current, found));
  }
  const closed = closedPeriod(record, [dayOf(held, target), dayOf(current.record, target)], context);
  if (closed !== undefined) return stop(closed);
  const paid = paidAlready(record, current, changes, context);
  if (paid !== undefined) return stop(paid);
  const rounded =
    kindOfAccount(record, held, context) ?? roundingStop(held, context.rounding, pipeline.target.system);
  if (rounded !== undefined) return stop(rounded);
  const reissues = pipeline.revise === "void_and_reissue" && sync !== undefined && isRevision(changes);
  return reissues ? toReissue(posted, changes, "revised", context, create) : undefined;
}

/** The void of a posted document and the create that takes its place. */
function toReissue(
  { resolved, targetId, current, held }: Posted,
  changes: readonly FieldChange[],
  reason: string,
  context: DecideContext,
  create: Create,
): SetAside | WriteDecision | undefined {
  const { candidate, record, revision = 0 } = resolved;
  if (isVoided(current.record)) return voidedThere(resolved, targetId, context);
  const next: Resolved = {
    candidate,
    revision: revision + 1,
    record: nextRevision(record, revision),
    resolved: nextRevision(resolved.resolved, revision),
  };
  const reissue = create(next, nextRevision(held, revision), context);
  // One that asks for nothing any more, say: it would be voided and not come back.
  if ("message" in reissue) return { ...reissue, action: "hold" };
  if (reissue.action !== "create") return undefined;
  const number = { field: "number", from: record["number"], to: next.record["number"] ?? null };
  const voiding = {
    candidate,
    known: record,
    end: "was voided",
    current,
    reason,
    record: resolved.resolved,
    changes,
    base: baseOf(resolved, context, held, current.record),
    hash: decisionHash("void", resolved, context, [number]),
    reissue,
  } as const;
  return decideVoid(voiding, context);
}

function voidedThere(
  { candidate, record }: Resolved,
  targetId: string,
  { pipeline }: DecideContext,
): SetAside {
  const { system, entity } = pipeline.target;
  const message =
    `${describe(record)} was voided in ${system} by hand: void it at the source, too, or have it posted anew: give ` +
    `${targetId} another number there, then ${command(pipeline, "idmap", "unlink", entity, `${system}:${targetId}`)}`;
  return { candidate, action: "hold", reason: "voided_there", message, detail: { target_id: targetId } };
}

// Beside the fields that are compared three ways, under a name that no field has.
const KEPT = "$kept";

/** The base of a document that is to stay as the target has it. */
export function kept(base: SyncBase, { record }: SystemRecord): SyncBase {
  const fields: unknown = base.fields === null ? {} : JSON.parse(base.fields);
  const marked = { ...(isObject(fields) ? fields : {}), [KEPT]: keptPrint(record) };
  return { ...base, fields: JSON.stringify(marked) };
}

/** True of a document that was kept as it is and did not change since. */
export function isKept(fields: string | null, { record }: SystemRecord): boolean {
  const known: unknown = fields === null ? {} : JSON.parse(fields);
  return isObject(known) && known[KEPT] === keptPrint(record);
}

function keptPrint({ number, customer_id, lines, taxes, total }: CanonicalRecord): string {
  return fingerprint([number, customer_id, lines, taxes, total].map((value) => value ?? null)).slice(0, 12);
}
