import type { Json } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import type { ConnectorConfig, FilesConnector, HttpConnector, SqliteConnector } from "./connector-types.ts";
import type { ReadinessConfig } from "./readiness.ts";
import type { PlaceOf } from "./source.ts";

/** The three systems that describe the same customers. */
export type LedgerName = "psa" | "billing" | "accounting";
/** Those, and what tells which services an order was fulfilled with. */
export type SystemName = LedgerName | "provisioning";
export type FieldRule = "source_wins" | "target_wins" | "manual";

/** `env:NAME` or `file:PATH`: resolved when it is used, never stored. */
export type SecretReference = string;

export interface SystemConfig<C extends ConnectorConfig = ConnectorConfig> {
  readonly name: SystemName;
  readonly connector: C;
  /** client.yaml's own address, interpolated; undefined means the connector's default. */
  readonly base_url: string | undefined;
  readonly settings: { readonly [key: string]: Json };
  readonly auth: { readonly [key: string]: SecretReference };
  /** The system by whose ids its records name customers, accounts and locations; undefined: its own. */
  readonly ids_of?: LedgerName | undefined;
  /** Entities whose money writes rest on unverified vendor facts and are enabled by name. */
  readonly allow_unverified: readonly string[];
  /** Overrides of the connector's settle waits, in milliseconds. */
  readonly settle_ms: number | undefined;
  readonly settle_again_ms: number | undefined;
}

/** A system whose connector has one driver: what that driver is given. */
export type HttpSystem = SystemConfig<HttpConnector>;
export type SqliteSystem = SystemConfig<SqliteConnector>;
export type FilesSystem = SystemConfig<FilesConnector>;

export interface ExternalIdField {
  /** A canonical field (`customer_number`) or `raw.<path>` of the vendor's record. */
  readonly field: string;
  /** Which system's id the field holds. */
  readonly holds: SystemName;
  readonly write_back: boolean;
}

export interface IdentityConfig {
  readonly strategy: "external_id" | "crosswalk" | "both";
  readonly external_ids: { readonly [system in SystemName]?: ExternalIdField };
  /** Keys tried in order; a list is a key of several fields. `name_normalized` and `postal_code` are derived. */
  readonly match: readonly (string | readonly string[])[];
  readonly on_none: "create" | "hold";
}

export interface Limits {
  readonly create: number | null;
  readonly update: number | null;
  readonly void: number | null;
  /** Minor units per currency, summed over the documents that a pipeline creates in one run. */
  readonly amount: { readonly [currency: string]: number };
}

export type InvoicingMode = "separate" | "consolidated";

/** How customers are invoiced, decided for each item by the first day of its service. */
export interface InvoicingConfig {
  readonly mode: InvoicingMode;
  /** By the PSA's customer id. */
  readonly customers: { readonly [customer: string]: InvoicingMode };
  /** YYYY-MM-DD: service that began earlier is invoiced as `before` says; null: there is no earlier. */
  readonly switch_over: string | null;
  readonly before: InvoicingMode;
}

export type AlertEvent = "failed" | "waiting" | "token_expiring";

export interface NotifyConfig {
  readonly webhook: SecretReference;
  readonly on: readonly AlertEvent[];
}

export interface CodeMapRow {
  readonly code: string;
  readonly [column: string]: string;
}

export interface CodeMap {
  readonly name: string;
  readonly file: string;
  readonly rows: readonly CodeMapRow[];
  /** Where each row stands in the file, from 1. */
  readonly lines: readonly number[];
}

export interface ClientConfig {
  readonly client: string;
  /** Absolute path of mappings/<client>. */
  readonly folder: string;
  readonly file: string;
  readonly time_zone: string;
  readonly currency: string;
  readonly go_live: string | null;
  readonly systems: ReadonlyMap<SystemName, SystemConfig>;
  readonly truth: { readonly [entity: string]: SystemName };
  readonly identity: { readonly [entity: string]: IdentityConfig };
  readonly invoicing: InvoicingConfig;
  readonly payments: { readonly sync_back: boolean };
  readonly readiness: ReadinessConfig;
  readonly codes: ReadonlyMap<string, CodeMap>;
  /** Pipeline → cron expression, "manual". */
  readonly schedules: { readonly [pipeline: string]: string };
  readonly limits: Limits & { readonly first_run: Partial<Limits> };
  readonly notify: NotifyConfig | null;
  /** In `after` order: a pipeline stands behind everything it waits for. */
  readonly pipelines: readonly PipelineConfig[];
  readonly placeOf: PlaceOf;
}

export interface FieldMap {
  /** Name of a code map of the client. */
  readonly codes: string;
  /** Canonical path of the code to look up; inside a list it names the same list as the mapped path. */
  readonly key: string;
  /** Column of the code map to take; default: the last part of the mapped path. */
  readonly value: string;
  readonly on_unmapped: "hold" | "default" | "fail_pipeline";
  readonly default: string | null;
  /** Rows may lack the column: the field is then empty. */
  readonly optional: boolean;
}

export interface PipelineTest {
  readonly name: string;
  readonly given: {
    readonly record: { readonly [field: string]: Json };
    /** entity → source id → target id: what the id map holds. */
    readonly links: { readonly [entity: string]: { readonly [id: string]: string } };
    /** entity → records linked to this one, for `require`. */
    readonly related: { readonly [entity: string]: readonly { readonly [field: string]: Json }[] };
    /** The target's record, for updates; null: not there yet. */
    readonly target: { readonly [field: string]: Json } | null;
  };
  readonly expect: {
    readonly action: "create" | "update" | "void" | "skip" | "hold" | "dead_letter";
    readonly reason: string | undefined;
    readonly record: { readonly [field: string]: Json };
  };
}

export interface PipelineConfig {
  readonly pipeline: string;
  /** Whose it is: commands in what people read name it. */
  readonly client: string;
  readonly description: string;
  readonly file: string;
  readonly after: readonly string[];
  readonly source: {
    readonly system: SystemName;
    readonly entity: string;
    readonly filter: string | undefined;
    /** entity → predicate on the records of the source system that refer to this one. */
    readonly require: { readonly [entity: string]: string };
    readonly incremental: { readonly lookback_ms: number; readonly full_compare_ms: number | null };
  };
  readonly target: {
    readonly system: SystemName;
    readonly entity: string;
    readonly write_mode: "create_only" | "upsert" | "update_only";
    readonly unlinked: "ignore" | "report";
  };
  /** Target field → JSONata over the source's canonical record; a field not named passes through. */
  readonly transform: { readonly [field: string]: string };
  readonly maps: { readonly [path: string]: FieldMap };
  /** Canonical paths of references that must be linked, whatever the target carries. */
  readonly wait_for: readonly string[];
  readonly guards: readonly { readonly name: string; readonly assert: string }[];
  readonly conflicts: { readonly [field: string]: FieldRule };
  readonly source_deleted: "hold" | "void" | "inactivate" | "ignore";
  /** Of invoices and credit notes, as the four that follow. */
  readonly period_closed: "hold" | "next_open_day" | "adjust";
  readonly zero_total: "skip" | "hold" | "post";
  /** Minor units up to which a total counts as nothing. */
  readonly zero_up_to: number;
  readonly revise: "update" | "void_and_reissue";
  readonly lines: "detail" | "summarised";
  readonly rounding_line: { readonly code: string; readonly description: string } | null;
  readonly retries: number;
  readonly tests: readonly PipelineTest[];
  /** Changes when the resolved pipeline or a code map it uses changes: the next run is a full compare. */
  readonly hash: string;
  readonly placeOf: PlaceOf;
}

/** A resolved client with every mistake found; config is undefined when an error makes it unusable. */
export interface Loaded<T> {
  readonly config: T | undefined;
  readonly problems: readonly Problem[];
}
