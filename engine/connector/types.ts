import type { ErrorClass } from "../config/connector-types.ts";
import type { ResolvedSecret } from "../config/secrets.ts";
import type { CodeMap, SystemConfig } from "../config/types.ts";
import type { Clock } from "../core/clock.ts";
import type { CanonicalRecord, Json } from "../core/json.ts";

/** One record as a system gave it, with its canonical reading. */
export interface SystemRecord {
  readonly id: string;
  /** Complete by its entity's schema; meaningless when `unreadable` is set. */
  readonly record: CanonicalRecord;
  /** The vendor's record: concurrency token and `raw.` fields come from it. */
  readonly vendor: Json;
  /** What `raw.` shows of it. */
  readonly raw: Json;
  readonly token: string | null;
  readonly updated_at: string | null;
  /** A tombstone: the system says that the record was removed. */
  readonly deleted: boolean;
  /** Why it could not be read into the canonical model. */
  readonly unreadable: string | undefined;
}

export interface Page {
  readonly records: readonly SystemRecord[];
  /**
   * True when the list is everything there is although `since` was asked for: its feed could not tell all that changed,
   * deletions among it, so what no page shows may be gone.
   */
  readonly whole?: boolean;
}

export type Operation = "create" | "update" | "void" | "external_id";

/** A write as decided, before it has bytes. */
export interface Write {
  readonly operation: Operation;
  readonly entity: string;
  /** Idempotency key. */
  readonly key: string;
  readonly record: CanonicalRecord;
  /** Canonical fields to carry: all for a create, the changed ones for an update. */
  readonly fields: readonly string[];
  readonly id: string | null;
  readonly token: string | null;
  /** The vendor's record as last read, null when there is none yet. */
  readonly vendor: Json;
  /** For operation external_id: the raw field and its value. */
  readonly field?: { readonly name: string; readonly value: string };
}

/** The exact bytes of a request, without credentials. */
export interface RequestBytes {
  readonly method: string;
  /** Path and query below the base URL. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** A write with its bytes: what an intent stores. */
export type Prepared =
  | {
      readonly ok: true;
      readonly write: Write;
      readonly request: RequestBytes;
      /** The same write as one item of a batch, when the vendor has batches. */
      readonly item: Json | undefined;
    }
  | { readonly ok: false; readonly write: Write; readonly message: string };

export type PreparedWrite = Extract<Prepared, { ok: true }>;

/** What one write came to. Unknown: it may have been stored; only settling can tell. */
export type Outcome =
  | {
      readonly kind: "done";
      readonly id: string;
      /** The record as the answer shows it stored; absent where answers do not carry it. */
      readonly posted?: SystemRecord;
    }
  | {
      readonly kind: "refused";
      readonly class: ErrorClass;
      readonly message: string;
      /** Id of the record that already owns the value, for class duplicate. */
      readonly owner: string | null;
    }
  | { readonly kind: "unknown"; readonly message: string };

/** Writes that go out in one call: one of them, or a batch. */
export interface Call {
  readonly writes: readonly PreparedWrite[];
  /** Key of the batch; "" when the write goes alone. */
  readonly batch: string;
}

export interface CallCount {
  calls: number;
  /** Fewest calls that could do the same work with the vendor's page and batch sizes. */
  calls_min: number;
  writes: number;
}

export interface ListOptions {
  /** Only records changed since then, where the vendor can tell. RFC 3339. */
  readonly since: string | undefined;
  /** Parents whose child lists are read, for entities that hang below another one. */
  readonly parents: readonly string[] | undefined;
}

/** One system of one client, open for a run. */
export interface Connection {
  readonly system: string;
  /** Pages in the vendor's order; the next one is fetched while this one is worked on. */
  list(entity: string, options: ListOptions): AsyncIterable<Page>;
  /** Records by id; an id that is gone is missing from the answer. */
  get(entity: string, ids: readonly string[]): Promise<readonly SystemRecord[]>;
  /** Those of the ids that can be asked for by `get`; absent where that is so for all or for none. */
  askable?(entity: string, ids: readonly string[]): Promise<readonly string[]>;
  /** Records that a create with an unknown outcome may have left behind. */
  find(entity: string, record: CanonicalRecord, key: string): Promise<readonly SystemRecord[]>;
  /** The record as this system can hold it: a declared loss is no difference. */
  carried(entity: string, records: readonly CanonicalRecord[]): Promise<readonly CanonicalRecord[]>;
  prepare(writes: readonly Write[]): Promise<readonly Prepared[]>;
  group(writes: readonly PreparedWrite[]): readonly Call[];
  /** Sends one call, once. Answers in the order of its writes; throws SystemError when nothing was sent. */
  send(call: Call): Promise<readonly Outcome[]>;
  /**
   * The run has recorded all that it was given, in every pipeline: what was read may be put away. It is called at most
   * once, and not when anything failed; what it does must not matter to whoever reads the same again.
   */
  recorded?(): Promise<void>;
  /** The last day of the closed books, read once; null: none are closed, or the system does not tell. */
  closedUntil?(): Promise<string | null>;
  /** The only currency of a document, `customer` where that is the customer's own; null: any, or it does not tell. */
  documentCurrency?(): Promise<string | null>;
  can(entity: string, operation: Operation | "get" | "find" | "list"): boolean;
  writableFields(entity: string): readonly string[];
  readonly counts: Readonly<CallCount>;
  readonly settle_ms: number;
  readonly settle_again_ms: number;
  readonly concurrency: number;
  close(): Promise<void>;
}

/** Where tokens outlive a run; put() is durable before it returns. */
export interface TokenStore {
  get(connection: string): Json | undefined;
  put(connection: string, value: Json): void;
  /**
   * Lets no other process read, refresh and put while `work` does; waits for its turn. A store that one process alone
   * knows of has none.
   */
  exclusively?<T>(work: () => Promise<T>): Promise<T>;
}

/** One request as it was answered: for a log. Nothing in it is secret. */
export interface CallNote {
  readonly system: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Undefined: no answer. */
  readonly status: number | undefined;
  readonly duration_ms: number;
  /** The answer's Date header. */
  readonly date: string | undefined;
}

export interface ConnectionOptions {
  readonly system: SystemConfig;
  /** The client's currency, for records that name none. */
  readonly currency: string;
  /** Documents dated before this day are never written, so what is made of older days need not be read. */
  readonly go_live?: string | null;
  readonly codes: ReadonlyMap<string, CodeMap>;
  readonly secret: (reference: string) => ResolvedSecret;
  readonly tokens: TokenStore;
  readonly clock: Clock;
  readonly onCall?: (note: CallNote) => void;
}

/** The system cannot be worked with now: the pipeline fails, the others go on. */
export class SystemError extends Error {
  readonly system: string;
  readonly kind: "unreachable" | "login" | "forbidden" | "quota" | "rate_limited" | "answer";
  constructor(system: string, kind: SystemError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SystemError";
    this.system = system;
    this.kind = kind;
  }
}
