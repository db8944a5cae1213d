import type { ClientConfig, SystemName } from "../config/types.ts";
import type { Connection } from "../connector/types.ts";
import type { Clock } from "../core/clock.ts";
import type { Json } from "../core/json.ts";
import type { State } from "../state/types.ts";

/** What a run is given and what it answers with. */
export interface RunOptions {
  readonly config: ClientConfig;
  readonly state: State;
  readonly connections: ReadonlyMap<SystemName, Connection>;
  readonly clock: Clock;
  /** Only these pipelines, in `after` order; all of the client when left out. */
  readonly pipelines?: readonly string[];
  /** Only these decisions may be carried out, whatever the limits say: `apply`. */
  readonly approved?: Plan;
  /** Aborted: the writes under way are settled, no new ones begin, the rest stays for the next run. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: Progress) => void;
}

/** What is going on, for a progress line or a log. A plan counts what is read, since nothing becomes of it. */
export interface Progress {
  readonly pipeline: string;
  /** settle: open writes of an earlier run are looked up; wait: until they can be looked up. */
  readonly stage: "settle" | "wait" | "start" | "page" | "done";
  readonly counts: Counts;
  /** Present for wait: milliseconds. */
  readonly wait_ms?: number;
  /** Present for done. */
  readonly report?: PipelineReport;
}

/** Records by what became of them; each record read is in one of them. */
export interface Counts {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly voided: number;
  /** Linked and equal, or not meant for this pipeline (filter, require, go_live). */
  readonly unchanged: number;
  readonly held: number;
  readonly dead_lettered: number;
}

export type PerSystem = { readonly [system in SystemName]?: number };

export interface PipelineReport extends Counts {
  readonly pipeline: string;
  /**
   * failed: the others go on. waiting: over its limits, ended by apply. outdated: what changed since the plan was left.
   * stopped: by a signal.
   */
  readonly status: "done" | "failed" | "waiting" | "outdated" | "stopped";
  /** Why it is not done; null when it is. */
  readonly message: string | null;
  /** Id of the stored plan, when waiting. */
  readonly plan: string | null;
  /** Writes whose outcome is unknown: settled by the next run before it plans. */
  readonly uncertain: number;
  /** Why the first of them is; null when none is, or the pipeline failed. */
  readonly doubt: string | null;
  /** Ids written back into external-id fields. */
  readonly external_ids: number;
  readonly calls: PerSystem;
  /** Fewest calls that could do the same work with the vendor's page and batch sizes. */
  readonly calls_min: PerSystem;
  readonly writes: PerSystem;
  readonly duration_ms: number;
  readonly failure: Failure | null;
}

/** What a failure was, for the exit code. */
export type Failure = "login" | "unreachable" | "other";

export interface RunReport {
  readonly schemaVersion: 1;
  readonly client: string;
  readonly run: string;
  readonly status: "done" | "dead_letters" | "failed" | "waiting" | "outdated" | "stopped";
  readonly started_at: string;
  readonly finished_at: string;
  readonly pipelines: readonly PipelineReport[];
}

/** What would be written, decided and not sent. Saved plans hold ids and hashes, and no values. */
export interface Plan {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly client: string;
  readonly created_at: string;
  readonly pipelines: readonly PipelinePlan[];
}

export interface PipelinePlan {
  readonly pipeline: string;
  readonly target: { readonly system: SystemName; readonly entity: string };
  /** Hash of the pipeline's configuration: another one makes the plan void. */
  readonly hash: string;
  readonly counts: Counts;
  /** Minor units per currency over the documents to be created. */
  readonly amounts: { readonly [currency: string]: number };
  /** Why the plan needs a person: the limit that it passes; null when it passes none. */
  readonly over: string | null;
  /** True when everything is compared because the configuration changed. */
  readonly full_compare: boolean;
  /** Why planning failed; null when it did not. */
  readonly failed: string | null;
  readonly failure: Failure | null;
  readonly decisions: readonly PlannedDecision[];
}

/** One write to come, or one record that is set aside. */
export interface PlannedDecision {
  readonly action: "create" | "update" | "void" | "external_id" | "hold" | "dead_letter";
  readonly source_id: string;
  /** What people call it: "INV-1042", "Acme Widgets LLC". */
  readonly label: string;
  /** Known target id, `new:<entity>:<source id>` for one that this plan creates first. */
  readonly target_id: string | null;
  readonly reason: string;
  readonly message: string;
  /** Total of a money record, minor units. */
  readonly amount: { readonly amount: number; readonly currency: string } | null;
  /** Fields that change with both values; not saved. */
  readonly changes: readonly FieldChange[];
  /** Hash of what would be written: apply carries out a decision only when it comes out the same. */
  readonly hash: string;
}

export interface FieldChange {
  readonly field: string;
  readonly from: Json | undefined;
  readonly to: Json;
}
