import type { Json } from "../core/json.ts";
import type { PlaceOf } from "./source.ts";

/** A connector.yaml as parsed: the language in which a system is described. */

/** What a failed answer means; the connector's error table maps answers to these, and nothing else judges them. */
export type ErrorClass =
  | "invalid"
  | "duplicate"
  | "stale"
  | "not_found"
  | "auth"
  | "forbidden"
  | "rate_limited"
  | "quota"
  | "transient"
  | "period_closed"
  | "unknown_outcome";

/**
 * A connector.yaml as parsed, defaults filled in. An "expression" is JSONata text, a "template" is text with
 * `{expression}` in it; the schema of its driver says which variables each of them sees.
 */
export type ConnectorConfig = HttpConnector | SqliteConnector | FilesConnector;

/** What every driver's descriptor says. */
interface ConnectorBase {
  readonly connector: string;
  readonly title: string;
  readonly file: string;
  /** JSON Schema (draft-07 object) of `settings` in client.yaml. */
  readonly settings: { readonly [key: string]: Json };
  readonly settle_ms: number;
  readonly settle_again_ms: number;
  /** Name → JSONata function, bound as $name in every expression that names it. */
  readonly functions: { readonly [name: string]: string };
  readonly placeOf: PlaceOf;
}

/** What the engine asks of an entity, whatever its driver. */
export interface EntityBase {
  /** Entities kept in the same vendor row: creating one links them all. */
  readonly shares_row: readonly string[];
  /** Why money writes of this entity rest on unverified facts; null when they do not. */
  readonly unverified: string | null;
  /** Writes that the system takes from a person alone: a record that needs one is held with the task. */
  readonly by_hand: readonly ("create" | "update" | "void")[];
  /** Settings without which nothing of this entity can be written. */
  readonly needs_settings?: readonly string[];
  /** Whether a mark on a record keeps its system from billing it. */
  readonly mark_blocks?: "yes" | "no" | "unverified";
  readonly list: ListBase | null;
  readonly get: { readonly many: number } | null;
  /** Expression over a vendor record for its id where `read` fails and in tombstones; null: its `id` or `Id`. */
  readonly id: string | null;
  /** Expression over a vendor record for its concurrency token. */
  readonly token: string | null;
  /** Expression over a vendor record for what `raw.` shows of it; null: the record as it came. */
  readonly raw: string | null;
  /** Expression over a vendor record for its canonical fields, `id` and `updated_at` among them. */
  readonly read: string;
  /** Canonical field → expression for the part of the vendor's record that carries it. */
  readonly write: { readonly [field: string]: string };
  readonly create: object | null;
  readonly update: object | null;
  readonly void: object | null;
  /** Writes one `raw.` field, with $field and $value: external ids. */
  readonly set_field: object | null;
}

export interface ListBase {
  /** True when `$since` narrows the list; without it every read is a full one. */
  readonly incremental: boolean;
  /** Entity whose records are walked, `$parent` being the id of each in turn (a child list, N+1 calls). */
  readonly parent: string | null;
}

/** A system that is a database file: rows by SQL, writes as lines of an outbox beside it. */
export interface SqliteConnector extends ConnectorBase {
  readonly driver: "sqlite";
  /** Expression for the path of the database. */
  readonly database: string;
  /** Expression for the path of the outbox; null: lines are carried out in the database, as `direct` says. */
  readonly outbox: string;
  readonly direct: DirectWrites | null;
  /** SQL for the :keys that the system has imported from the outbox, in a column `key`. */
  readonly imported: string;
  readonly page_size: number;
  readonly max_mb: number;
  readonly entities: { readonly [entity: string]: SqliteEntity };
}

/** How lines are carried out in the database itself. */
export interface DirectWrites {
  /** Column that gets the time of every write; null: none does. */
  readonly stamp: string | null;
  /** SQL that records a line as carried out, in the transaction of its rows: sees :key, :table, :id and :now. */
  readonly recorded: string;
}

/** Where the items of a row's list are kept. */
export interface ListTable {
  readonly table: string;
  /** Column that says whose item it is. */
  readonly parent: string;
  /** Column that names an item: a write changes those that it names and leaves the others. null: it replaces all. */
  readonly named_by: string | null;
}

/** Rows by SQL with named parameters. */
export interface SqlRead {
  readonly sql: string;
}

export interface SqliteEntity extends EntityBase {
  readonly table: string;
  /** Column that identifies a row. */
  readonly key: string;
  /** Key of the row that gets a list → SQL that sees :ids, the parents' ids as JSON, and gives each item's `parent_id`. */
  readonly children: { readonly [key: string]: string };
  /** Key of a written row whose value is a list → the table of its items, for writes into the database itself. */
  readonly lists: { readonly [key: string]: ListTable };
  readonly list: (SqlRead & ListBase) | null;
  readonly get: (SqlRead & { readonly many: number }) | null;
  readonly find: (SqlRead & { readonly match: string }) | null;
  readonly create: NewRowWrite | null;
  readonly update: RowWrite | null;
  readonly void: RowWrite | null;
  readonly set_field: RowWrite | null;
}

/** A row that another program will put in its place. */
export interface RowWrite {
  /** Expression over the canonical record with $fields, $id, $current, $key. */
  readonly row: string;
}

export interface NewRowWrite extends RowWrite {
  /** Expression for the id of a new record; it sees $key alone, so that every retry has the same one. */
  readonly id: string;
}

/** A system that drops files and picks others up. */
export interface FilesConnector extends ConnectorBase {
  readonly driver: "files";
  /** Expressions for the paths of folders. */
  readonly folders: {
    readonly in: string;
    readonly out: string;
    readonly archive: string;
    readonly rejects: string;
  };
  /** Expression: a file that changed within so many milliseconds may still be written. */
  readonly quiet_ms: string;
  /** Suffix of an empty file that says that the one beside it is complete; null: none is needed. */
  readonly sentinel: string | null;
  readonly out_format: "csv" | "ndjson";
  readonly batch_size: number;
  readonly page_size: number;
  readonly max_mb: number;
  readonly max_record_kb: number;
  readonly max_rejects: number;
  readonly delimiter: string;
  readonly entities: { readonly [entity: string]: FilesEntity };
}

/** Where an entity's records stand: the format follows from the file's ending. */
export interface FilesList extends ListBase {
  /** File names with * for any characters; names sort in the order in which the files were written. */
  readonly files: string;
  /** changes: every file adds to those before it. all: the newest file is the whole list. */
  readonly holds: "changes" | "all";
  /** Columns that must be there, beside the key. */
  readonly columns: readonly string[];
  /** Key of the record that gets the rows → where they stand; `files` with what * stood for in the record's file. */
  readonly children: {
    readonly [key: string]: {
      readonly files: string;
      readonly parent_key: string;
      readonly columns: readonly string[];
    };
  };
}

export interface FilesEntity extends EntityBase {
  readonly table: string;
  /** Column or key with the id of a record. */
  readonly key: string;
  readonly list: FilesList | null;
  readonly create: NewRowWrite | null;
  readonly update: RowWrite | null;
  readonly void: RowWrite | null;
  readonly set_field: RowWrite | null;
}

export interface HttpConnector extends ConnectorBase {
  readonly driver: "http";
  readonly base_url: string;
  /** Patterns of hosts that addresses from the system may name beside that of base_url; * is a part of a name. */
  readonly hosts: readonly string[];
  readonly discovery: DiscoverySpec | null;
  readonly auth: AuthSpec;
  readonly headers: Templates;
  readonly query: Templates;
  readonly limits: {
    readonly concurrency: number;
    /** Of each first part of the path; null: as many as in all. */
    readonly concurrency_per_endpoint: number | null;
    readonly per_second: number | null;
    readonly per_minute: number | null;
    readonly per_five_minutes: number | null;
    readonly per_hour: number | null;
    readonly per_day: number | null;
    /** Wait after "too many requests" when the answer does not say how long. */
    readonly wait_ms: number;
    /** A longer Retry-After fails the pipeline instead of waiting. */
    readonly retry_after_max_ms: number;
  };
  readonly timeout_ms: number;
  readonly errors: readonly ErrorRule[];
  /** Expression over {status, body}: the vendor's own words. */
  readonly error_message: string;
  readonly page: PageSpec;
  readonly ledger: LedgerSpec;
  readonly lookups: { readonly [name: string]: LookupSpec };
  readonly batch: BatchSpec | null;
  readonly entities: { readonly [entity: string]: EntitySpec };
}

/** What a system that keeps books tells of them. */
export interface LedgerSpec {
  /** Expression for the last day of the closed books; null: the system does not tell. */
  readonly closed_until: string | null;
  /** Expression for the only currency of a document: a code, or `customer` for the customer's own; null: any. */
  readonly document_currency: string | null;
  /** How it comes to a total; null: not worked out ahead. */
  readonly rounding: RoundingSpec | null;
}

/** A line is quantity × price, half a minor unit up, each rounded first to so many decimal places; null: not rounded. */
export interface RoundingSpec {
  readonly unit_places: number | null;
  /** Decimal places of an amount, where the books have fewer than the currency. */
  readonly amount_places: number | null;
  readonly quantity_places: number | null;
}

export type Templates = { readonly [name: string]: string };

/** A call without credentials that tells where the API is. */
export interface DiscoverySpec {
  readonly path: string;
  readonly query: Templates;
  /** Expression over the reply's body. */
  readonly base_url: string;
}

interface AuthBase {
  /** Secrets that client.yaml gives under `auth`: name → what it is. */
  readonly secrets: { readonly [name: string]: string };
  /** Sent with every call; with $token where the kind has one. */
  readonly headers: Templates;
}

interface OauthBase extends AuthBase {
  /** Template; a relative one is taken below base_url. */
  readonly token_url: string;
  readonly client_id: string;
  readonly client_secret: string;
  /** Default: basic. */
  readonly client_auth?: "basic" | "form";
  /** Parameters of the token request beside those of the grant. */
  readonly form?: Templates;
}

/** How a person logs in: the authorization code grant. */
export interface AuthorizeSpec {
  /** Template; a relative one is taken below base_url. */
  readonly url: string;
  readonly query: Templates;
  readonly pkce: boolean;
  /** On this machine; without a port a free one is taken. */
  readonly redirect_uri: string;
  /** Template of an address that is read with the new token; null: none. */
  readonly ask: string | null;
  /** Setting → expression over {callback, answer} for its value, or for several to choose from. */
  readonly settings: { readonly [name: string]: string };
}

export type AuthSpec =
  | (AuthBase & { readonly kind: "basic"; readonly user: string; readonly password: string })
  | (AuthBase & { readonly kind: "headers" })
  | (OauthBase & {
      readonly kind: "oauth2_refresh";
      /** The first refresh token, used until the state folder holds a newer one. */
      readonly refresh_token: string;
      /** Expression over the token service's reply for the seconds until the refresh token ends. */
      readonly refresh_expires_in?: string;
      readonly authorize?: AuthorizeSpec;
    })
  | (OauthBase & { readonly kind: "oauth2_client_credentials" })
  | (AuthBase & {
      readonly kind: "token_exchange";
      /** Template; a relative one is taken below base_url. Asked by POST. */
      readonly token_url: string;
      readonly token_headers?: Templates;
      /** Expression. */
      readonly token_body?: string;
      /** Expression over the reply's body for the token's text. */
      readonly token: string;
      /** Expression over the reply's body for its lifetime in seconds; default: expires_in. */
      readonly expires_in?: string;
    });

export interface ErrorRule {
  /** Expression over {status, headers, body}; the first rule that is true decides. */
  readonly when: string;
  readonly class: ErrorClass;
  /** Expression for the id of the record that already owns the value (class duplicate). */
  readonly owner: string | null;
}

/** `more` and `next` are expressions over a page's body with $page, $size, $count and $read. */
export type PageSpec =
  | { readonly kind: "link_header"; readonly size: number }
  | { readonly kind: "next_url"; readonly size: number; readonly next: string }
  | { readonly kind: "page_number"; readonly size: number; readonly more: string }
  | { readonly kind: "cursor"; readonly size: number; readonly next: string }
  | { readonly kind: "offset"; readonly size: number };

export interface ReadRequestSpec {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly query: Templates;
  readonly headers: Templates;
  /** Expression; null: no body. */
  readonly body: string | null;
  /** Expression over the reply's body for the list of vendor records. */
  readonly records: string;
}

export interface ListSpec extends ReadRequestSpec, ListBase {
  /** More lists of the same entity, read one after the other; with a parent, the child lists of all its records. */
  readonly also: readonly (ReadRequestSpec & { readonly parent: string | null })[];
  /** True when its rows are an index only: each record is read by `get`. */
  readonly by_id: boolean;
  /** Expression over a row for the records in it; null: a row is a record. */
  readonly each: string | null;
  readonly details: DetailsSpec | null;
}

/**
 * Rows that belong to the listed records but come from a list of their own; put under `as` of each record. A list reads
 * them once, in full; a record read by id, or not complete after that, asks for its own by `one`.
 */
export interface DetailsSpec extends Omit<ReadRequestSpec, "path"> {
  /** Null: there is no list of all rows, and each record asks for its own. */
  readonly path: string | null;
  readonly as: string;
  /** Fields whose values say which rows belong to which record. */
  readonly row_key: string;
  readonly record_key: string;
  /** Expression over a record with its rows: false when rows are missing, so that they are asked for by $record. */
  readonly complete: string;
  readonly one: ReadRequestSpec;
  /** More lists of such rows, where a system keeps them in several places. */
  readonly also: readonly (ReadRequestSpec & { readonly one: ReadRequestSpec })[];
}

export interface ChangesSpec extends ReadRequestSpec {
  readonly window_ms: number;
  /** A reply with this many records or more may have been cut: everything is read instead. */
  readonly overflow: number;
  /** Expression over a vendor record: true for one that was deleted. */
  readonly deleted: string;
}

/** A list of what was removed, read after the list when that is read by $since. */
export interface DeletedSpec extends ReadRequestSpec {
  /** Expression over a row for the id of the record that is gone. */
  readonly id: string;
}

export interface GetSpec extends ReadRequestSpec {
  /** How many ids one call may name. */
  readonly many: number;
  /** Expression over an id for the ids that a call may name with it; nothing: it cannot be asked for. null: all. */
  readonly by: string | null;
}

export interface FindSpec extends ReadRequestSpec {
  /** Expression over a vendor record with $record and $key: true for the one a lost create left behind. */
  readonly match: string;
  /** True where the system may have made the record by itself: it is looked for before every create. */
  readonly before_create: boolean;
}

export interface LookupSpec extends ReadRequestSpec {
  readonly key: string;
  readonly value: string;
  /** False: the table is not read, and empty. */
  readonly when: string | null;
}

export interface BatchSpec {
  readonly size: number;
  /** Batches in any minute; null: as many as other calls. */
  readonly per_minute: number | null;
  readonly path: string;
  readonly query: Templates;
  readonly headers: Templates;
  /** Expression with $items. */
  readonly body: string;
  /** Expression over the reply's body for the list of results. */
  readonly results: string;
  /** Expression over one result for the item id it answers; null: results come in the order of the items. */
  readonly item_id: string | null;
}

/** How a write's own address takes several bodies at once. */
export interface ArraySpec {
  readonly size: number;
  /** Expression with $items. */
  readonly body: string;
  /** Expression over the reply's body for the list of results, in the order of the items. */
  readonly results: string;
}

export interface WriteSpec {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query: Templates;
  readonly headers: Templates;
  /** Expression over the canonical record with $fields, $id, $token, $current, $key; null: no body. */
  readonly body: string | null;
  /** Expression over the reply's body (or one batch result) for the record's id; null: the id is known. */
  readonly id: string | null;
  /** Expression over the reply's body (or one batch result) for the vendor's record as stored; none: it is read by `get`. */
  readonly posted?: string | null;
  /** Expression for one item of a batch, with $body and $item_id; null: sent alone. */
  readonly batch_item: string | null;
  /** Null: the body goes as it is, by itself. */
  readonly array: ArraySpec | null;
}

export interface EntitySpec extends EntityBase {
  readonly list: ListSpec | null;
  readonly changes: ChangesSpec | null;
  readonly deleted: DeletedSpec | null;
  readonly get: GetSpec | null;
  readonly find: FindSpec | null;
  readonly create: WriteSpec | null;
  readonly update: WriteSpec | null;
  readonly void: WriteSpec | null;
  readonly set_field: WriteSpec | null;
}
