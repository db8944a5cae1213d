import type { Json } from "../core/json.ts";

/** One id of one thing: rows that share a uid are the same customer, invoice … in several systems. */
export interface LinkRow {
  readonly entity: string;
  readonly system: string;
  readonly id: string;
  readonly uid: string;
  /** The number people use for it in that system (CUST-1001), for look-ups by hand; "" when it has none. */
  readonly label: string;
}

/** What was last written for one source record by one pipeline. */
export interface SyncRow {
  readonly pipeline: string;
  readonly source_id: string;
  readonly target_id: string;
  /** Hash of the canonical record as last written. */
  readonly fingerprint: string;
  /** Hash of the vendor's source record and the pipeline's configuration: equal means nothing to map. */
  readonly source_hash: string;
  /** Field → hash (or value, for rule manual) as last synced, only for fields whose rule is not source_wins. */
  readonly fields: string | null;
  readonly synced_at: string;
}

export type IssueKind = "held" | "conflict" | "dead_letter" | "skipped";

/** A record set aside, with its reason: tried again at every run (held), on retry or change (dead_letter). */
export interface IssueRow {
  readonly pipeline: string;
  readonly source_id: string;
  readonly kind: IssueKind;
  /** Stable word such as reference_missing, code_unmapped, guard_failed. */
  readonly reason: string;
  readonly message: string;
  /** JSON text with what the reason needs (fields and both values of a conflict, the missing reference …). */
  readonly detail: string;
  readonly source_hash: string;
  readonly since: string;
  readonly attempts: number;
}

/** A write that was promised to disk before it was sent and has no proven outcome yet. */
export interface IntentRow {
  /** Idempotency key. */
  readonly key: string;
  readonly pipeline: string;
  readonly system: string;
  readonly entity: string;
  readonly operation: "create" | "update" | "void" | "external_id";
  readonly source_id: string;
  /** Known target id; "" for a create. */
  readonly target_id: string;
  /** Intents sent in one call share it; "" when sent alone. */
  readonly batch: string;
  /** Exact bytes of the request without auth headers, and what is needed to record its outcome: JSON text. */
  readonly request: string;
  readonly opened_at: string;
}

export interface GenerationRow {
  /** `<system>/<entity>/<source_id>/<operation>` */
  readonly slot: string;
  readonly n: number;
}

export interface CursorRow {
  readonly pipeline: string;
  /** Highest updated_at whose records all have an outcome; "" before the first run. */
  readonly value: string;
  /** Instant of the last complete full compare; "" when there was none. */
  readonly full_at: string;
  /** Hash of the pipeline's configuration at that run. */
  readonly hash: string;
}

/** A record of another entity that makes a source record eligible (`require`). */
export interface RelatedRow {
  readonly pipeline: string;
  readonly entity: string;
  readonly id: string;
  /** Id of the source record it belongs to. */
  readonly parent_id: string;
  /** Its canonical record, JSON text. */
  readonly record: string;
}

/** A plan over its limits, ended by apply. */
export interface PlanRow {
  readonly id: string;
  readonly pipeline: string;
  readonly created_at: string;
  readonly reason: string;
  /** JSON text: counts, totals and the hash of each decision. */
  readonly detail: string;
}

export interface RunRow {
  readonly id: string;
  readonly started_at: string;
  readonly finished_at: string;
  readonly status: string;
  /** The run's report, JSON text. */
  readonly report: string;
}

/** Where something in a system comes from: one write to a record, or the link that made it ours. Values are not kept. */
export interface HistoryRow {
  readonly system: string;
  readonly entity: string;
  /** The record that was written or linked. */
  readonly id: string;
  /** Pipeline, `external_id/<entity>/<system>`, or the command by which a person linked it. */
  readonly pipeline: string;
  /** Id of the run; for a command the instant at which it was given. */
  readonly run: string;
  readonly action: "create" | "update" | "void" | "external_id" | "link";
  /** Why it was decided: source_changed, linked, matched, a person's name … */
  readonly reason: string;
  /** JSON list of the fields that were written; "*" for all of a new record. */
  readonly fields: string;
  /** JSON object: rule of each of those fields that is not source_wins; null when there is none. */
  readonly rules: string | null;
  /** Hash of the pipeline's configuration at that time; "" where no pipeline decided. */
  readonly config: string;
}

export interface DueRow {
  /** `(readiness)`: when accounts were last judged. */
  readonly pipeline: string;
  /** The last due time that was started, RFC 3339 UTC. */
  readonly last_due: string;
}

/** What a person was told, so that it is told once. */
export interface AlertRow {
  /** What about, such as `login:accounting`. */
  readonly subject: string;
  /** How urgent it was: for a login the days ahead of its end. */
  readonly level: number;
  readonly at: string;
}

/** How far a billing account was on its way to billing when it was last judged. */
export interface AccountRow {
  /** Billing's id. */
  readonly account: string;
  readonly status: string;
  readonly since: string;
}

/** When something missing of a billing account was first seen. */
export interface TaskRow {
  readonly account: string;
  readonly code: string;
  /** The service, location or contract line that it is about; "" for the account. */
  readonly subject: string;
  readonly since: string;
}

/** Who bills an item: written with the promise to bill it, so that nothing else can bill it meanwhile. */
export interface ClaimRow {
  /** route: the way it is billed, a charge in billing or an invoice of the PSA. invoice: the invoice that names it. */
  readonly kind: "route" | "invoice";
  /** Id of the item, `~2` and so on behind it for what it is charged later; `contract:<id>:<first day>` for a lump sum. */
  readonly item: string;
  /** The item's own id. */
  readonly base: string;
  /** The owner: a record of a pipeline's source. */
  readonly pipeline: string;
  readonly source_id: string;
  /** The rest of the key that the item is claimed by, as the owner's system has it; "" for none. */
  readonly customer_id: string;
  readonly contract_id: string;
  readonly product_code: string;
  /** First day of its service. */
  readonly period_from: string;
  /** Minor units that the owner bills of it. */
  readonly amount: number;
  readonly currency: string;
  /** The item as it was when it was charged, JSON text; "" for a line of an invoice. */
  readonly record: string;
}

export interface Tables {
  link: LinkRow;
  sync: SyncRow;
  issue: IssueRow;
  intent: IntentRow;
  generation: GenerationRow;
  cursor: CursorRow;
  related: RelatedRow;
  plan: PlanRow;
  run: RunRow;
  due: DueRow;
  alert: AlertRow;
  history: HistoryRow;
  account: AccountRow;
  task: TaskRow;
  claim: ClaimRow;
}
export type TableName = keyof Tables;

/** One change to the state; a commit of several is one journal line, so they hold together or not at all. */
export type Change =
  | { [T in TableName]: { readonly put: T; readonly row: Tables[T] } }[TableName]
  | { [T in TableName]: { readonly del: T; readonly row: Partial<Tables[T]> } }[TableName];

/** An open state folder: one process at a time, every change journaled. */
export interface State {
  readonly folder: string;
  /** Grows with every opening for writing; part of every journal line. */
  readonly epoch: number;
  /** Number of the last journal line. */
  readonly sequence: number;
  /** Writes one journal line and applies it; durable against kill -9 at once, against power loss after flush(). */
  commit(changes: readonly Change[], note?: { readonly [key: string]: Json }): void;
  /** fsync of the journal. Throws StateError when the disk refuses: stop sending at once. */
  flush(): void;
  /** Target ids for a page of source ids: one statement. A source id may have several target ids. */
  translate(entity: string, from: string, to: string, ids: readonly string[]): Map<string, readonly string[]>;
  /** The uid of each id that is linked. */
  uidsOf(entity: string, system: string, ids: readonly string[]): Map<string, string>;
  /** All link rows of the given uids. */
  linksOf(entity: string, uids: readonly string[]): readonly LinkRow[];
  syncRows(pipeline: string, sourceIds: readonly string[]): Map<string, SyncRow>;
  issues(pipeline: string, sourceIds: readonly string[]): Map<string, IssueRow>;
  generations(slots: readonly string[]): Map<string, number>;
  relatedOf(
    pipeline: string,
    entity: string,
    parentIds: readonly string[],
  ): Map<string, readonly RelatedRow[]>;
  /** Claims on each of the items, by the item's own id. */
  claimsOn(bases: readonly string[]): Map<string, readonly ClaimRow[]>;
  /** Rows of a table in key order, optionally only those equal to `where`, streamed. */
  rows<T extends TableName>(table: T, where?: Partial<Tables[T]>): Iterable<Tables[T]>;
  count<T extends TableName>(table: T, where?: Partial<Tables[T]>): number;
  /** Checkpoints when due (always with force), ends the journal cleanly, gives up the lock. */
  close(): void;
}

/** The state is missing, damaged, locked by another run, or the disk refuses. */
export class StateError extends Error {
  readonly kind: "missing" | "damaged" | "locked" | "fenced" | "disk" | "permissions";
  constructor(kind: StateError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StateError";
    this.kind = kind;
  }
}
