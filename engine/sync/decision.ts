import type { Entity } from "../config/entities.ts";
import type { SystemRecord } from "../connector/types.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { keptFields } from "./compare.ts";
import type { DocumentContext } from "./document.ts";
import { written } from "./shape.ts";
import type { Candidate, Resolved, SetAside, SyncBase } from "./stages.ts";
import type { FieldChange } from "./types.ts";

/** What every decision is made of: its grounds, its hash, and what the state is to remember of it. Pure. */

/** What a decision rests on beside the record itself. */
export interface DecideContext extends DocumentContext {
  /** What was changed in the target since it was last compared as a whole, by its ids. */
  readonly doubted: ReadonlySet<string>;
  /** Canonical fields that the target's connector writes. */
  readonly carried: readonly string[];
  /** Those of them that the source tells, or the pipeline sets: the others change nothing that is there. */
  readonly told: readonly string[];
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

/** `source` and `target`: the record's fields on both sides once the decision is carried out. */
export function baseOf(
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
export function fingerprintOf(
  resolved: CanonicalRecord,
  { target, carried }: Pick<DecideContext, "target" | "carried">,
): string {
  const content = written(target, resolved, carried);
  return fingerprint(isVoided(resolved) ? { voided: content } : content);
}

/** Hash of a decision, by which an approved plan knows it again. */
export function decisionHash(
  action: string,
  { candidate, record }: Resolved,
  { pipeline, target, carried }: DecideContext,
  changes: readonly FieldChange[],
): string {
  // Before references are resolved, so that it stays the same when a provisional id becomes a real one.
  return fingerprint([pipeline.hash, action, candidate.source.id, written(target, record, carried), changes]);
}

/** True for a document that was voided. */
export function isVoided(record: CanonicalRecord): boolean {
  return record["status"] === "voided";
}

/** There is nothing to do for a record that was voided before it was ever sent. */
export function voidedBeforeSync(candidate: Candidate): SetAside {
  const message = "it was voided before it was ever sent";
  return { candidate, action: "skip", reason: "voided_before_sync", message, detail: null };
}

/** The day of a document. */
export function dayOf(record: CanonicalRecord, { dateField = "" }: Entity): string | undefined {
  const day = record[dateField];
  return typeof day === "string" ? day : undefined;
}
