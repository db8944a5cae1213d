import type { SystemName } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import type { CanonicalRecord, Json } from "../core/json.ts";
import type { IssueRow, SyncRow } from "../state/types.ts";
import type { AdjustingEntity } from "./adjustments.ts";
import type { FieldChange } from "./types.ts";

/** What one stage hands to the next: values only, so that each stage can be read and tested by itself. */

/** A source record that may have something to say, with what the state knows of it. */
export interface Candidate {
  readonly source: SystemRecord;
  /** Hash of all that its decision rests on: its canonical record, related records, the configuration. */
  readonly sourceHash: string;
  readonly sync: SyncRow | undefined;
  readonly issue: IssueRow | undefined;
  /** entity → records that refer to this one and met `require`. */
  readonly related: { readonly [entity: string]: readonly CanonicalRecord[] };
}

/** A candidate in the target's shape, its references still in the source's ids. */
export interface Mapped {
  readonly candidate: Candidate;
  readonly record: CanonicalRecord;
  /** How often its document was voided and posted anew, which is part of its number; absent: never. */
  readonly revision?: number;
}

/** Why a record goes no further in this run. */
export interface SetAside {
  readonly candidate: Candidate;
  readonly action: "skip" | "hold" | "dead_letter";
  readonly reason: string;
  readonly message: string;
  /** What the reason needs when the record is tried again; JSON. */
  readonly detail: Json;
}

/** A mapped record whose references are the target's own ids. */
export interface Resolved extends Mapped {
  readonly resolved: CanonicalRecord;
}

/** What is to be written for one record, decided before anything is sent. */
export interface WriteDecision {
  readonly action: "create" | "update" | "void";
  readonly candidate: Candidate;
  readonly label: string;
  readonly reason: string;
  /** In the target's ids. */
  readonly record: CanonicalRecord;
  /** The record as the target can hold it, for a document: what is read back is compared with it. */
  readonly held?: CanonicalRecord;
  /** The create that follows a void at once: the document is posted anew. */
  readonly reissue?: WriteDecision;
  /** For a document that adjusts another one, which stays as it is. */
  readonly adjusts?: Adjusts;
  /** Canonical fields to carry. */
  readonly fields: readonly string[];
  readonly targetId: string | null;
  /** The target's record as last read; null for a create. */
  readonly target: SystemRecord | null;
  readonly changes: readonly FieldChange[];
  /** What the state keeps once it is done. */
  readonly base: SyncBase;
  readonly hash: string;
}

/** A document of its own kind and with its own link, by which the original's record is in step again. */
export interface Adjusts {
  /** Under which it is promised and linked. */
  readonly id: string;
  readonly entity: AdjustingEntity;
  /** The original in the target, and what the state keeps of it once the adjustment is posted. */
  readonly targetId: string;
  readonly base: SyncBase;
  /** True when the original's dates or memo are still to follow. */
  readonly again: boolean;
  readonly message: string;
}

/** What was last written for a record, by which the next run tells whether anything changed. */
export interface SyncBase {
  readonly fingerprint: string;
  readonly source_hash: string;
  readonly fields: string | null;
}

/** A record that needs no write, and what the state is to remember of that. */
export interface NoWrite {
  readonly action: "unchanged";
  readonly candidate: Candidate;
  readonly reason: string;
  readonly targetId: string;
  readonly target: SystemRecord | null;
  readonly base: SyncBase;
}

export type Decision = WriteDecision | NoWrite | SetAside;

/** A record that waits or is refused, with the row that said so before. */
export interface Aside extends Omit<SetAside, "candidate"> {
  readonly source_id: string;
  readonly source_hash: string;
  readonly before: IssueRow | undefined;
}

/** What a stage said of a record, as the state takes it. */
export function asideOf({ candidate, action, reason, message, detail }: SetAside): Aside {
  const { source, sourceHash, issue } = candidate;
  return { source_id: source.id, source_hash: sourceHash, before: issue, action, reason, message, detail };
}

/** Reasons of a create that may have been stored: only a link that a person makes, or a retry, ends such a hold. */
export const AWAITS_ITS_OWN_LINK: ReadonlySet<string> = new Set(["outcome_unknown", "found_twice"]);

/** Reason of a record that is only changed where it is linked, and is not: its link brings it back. */
export const NOT_LINKED = "not_linked";

/** Reason of a record that could be several of the target's, or one that others could be as well: detail `{ids}`. */
export const MATCH_AMBIGUOUS = "match_ambiguous";

/** Reason of a hold that ends by itself, or becomes a dead letter after `retries` runs. */
export const TRANSIENT = "refused_for_now";

/** A system's field that is to hold another system's id of the same thing. */
export interface WriteBack {
  readonly entity: string;
  /** The system whose field it is, and the system whose id it holds. */
  readonly system: SystemName;
  readonly holds: SystemName;
  /** Canonical field, or `raw.` and a path of the vendor's record. */
  readonly field: string;
}
