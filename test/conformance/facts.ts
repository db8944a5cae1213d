import type { SystemName } from "../../engine/config/types.ts";
import type { Capability } from "../../engine/connector/sandbox/capabilities.ts";
import type { Ledger, RunningSandbox, Sandbox, SandboxReply } from "../../engine/connector/sandbox/types.ts";
import type { CanonicalRecord, Json } from "../../engine/core/json.ts";

/** What the suite cannot know of a vendor: its words, and how a person at the vendor changes things. */
export interface Facts {
  readonly role: SystemName;
  /** The folder's sandbox with limits that a test can reach; the plain one when left out. */
  readonly sandbox?: Sandbox;
  /** systems.<role> of client.yaml, given the variables of the sandbox. */
  readonly system: (env: Environment) => {
    readonly base_url?: string;
    readonly settings: { readonly [name: string]: Json };
    readonly auth?: { readonly [name: string]: string };
  };
  /** Variables of the sandbox that are credentials: each is broken in turn. */
  readonly credentials: readonly string[];
  /** Rules that clocks of tests cannot live with. */
  readonly off?: readonly string[];
  /** An entity of which the world makes nine records or more. */
  readonly listed: Listed;
  /** How a person deletes a record, and how that shows. */
  readonly deleted: {
    readonly entity: string;
    readonly act: (books: Bookkeeping) => string;
    /** tombstone: in a change feed; status: the record says so; absent: it is no longer there. */
    readonly shows: "tombstone" | "status" | "absent";
  };
  /** How a person voids a document; answers its id. */
  readonly voided?: {
    readonly entity: string;
    readonly act: (books: Bookkeeping) => string;
  };
  readonly tokens?: {
    /** Addresses of the token service. */
    readonly path: RegExp;
    /** Every access token ends at once. */
    readonly end: (books: Bookkeeping) => void;
    /** Rules to switch off so that every refresh rotates. */
    readonly rotateAlways: readonly string[];
    /** True when the value before the last one still works for a while. */
    readonly grace: boolean;
  };
  /** Entities that are created here; none when nothing is. */
  readonly created: readonly Created[];
  readonly external_id?: { readonly entity: string; readonly field: string };
  /** The vendor's "too many requests", without Retry-After; a system of files has none. */
  readonly tooMany?: SandboxReply;
  /** The vendor's answer once the day's quota is used up. */
  readonly quota?: SandboxReply;
  /** For a system that is no server but files. */
  readonly files?: FileFacts;
  /** Asks the sandbox for what the connector never asks for, so that the contracts see it too. */
  readonly tour?: (sandbox: RunningSandbox) => Promise<void>;
  /** Every rule of the sandbox, and what notices that it is off: a capability of the suite, or a look of its own. */
  readonly rules: { readonly [rule: string]: Capability | Look };
}

/** What can be wrong with files. */
export interface FileFacts {
  /** Leaves what is written when there is no record of the listed entity. */
  readonly empty: (books: Bookkeeping, folder: string) => void;
  /** Leaves what a crash leaves in the middle of writing the line, and in the middle of an export. */
  readonly tear: (folder: string, line: string) => void;
  /** Puts HTML where the records of the listed entity stand. */
  readonly garble: (folder: string) => void;
  /** What the refusal of it says. */
  readonly garbled: RegExp;
}

/** Looks at one rule over plain HTTP, or in plain files: gives `on` while the vendor enforces it, and something else when it does not. */
export interface Look {
  readonly name: string;
  readonly on: Json;
  readonly look: (sandbox: RunningSandbox, clock: Advance) => Promise<Json>;
}

export interface Created {
  readonly entity: string;
  readonly collection: string;
  /** How it is sent; POST when left out. */
  readonly method?: "POST" | "PUT";
  /** A record that the vendor takes; another one for each number. */
  readonly record: (number: number) => CanonicalRecord;
  /** A text without room in its field. */
  readonly tooLong: CanonicalRecord;
  /** What makes the vendor refuse a record for itself. */
  readonly invalid: CanonicalRecord;
  /** Field that takes words of any alphabet. */
  readonly named: string;
  /** What of another record keeps its natural key; absent where none is unique. */
  readonly twin?: CanonicalRecord;
  /** A change that a record of the entity takes. */
  readonly change: CanonicalRecord;
}

export interface Listed {
  readonly entity: string;
  readonly collection: string;
  /** Path and query of a page of it; of a system of files, `list <entity>`. */
  readonly page: RegExp;
  readonly remove: (books: Bookkeeping, id: string) => void;
  /** Adds one more; answers its id. */
  readonly add: (books: Bookkeeping) => string;
  /** Changes a record as a person would, without meaning. */
  readonly touch: (books: Bookkeeping, id: string) => void;
}

export type Environment = { readonly [name: string]: string };

/** The vendor's books and clock, as a person at the vendor has them before them. */
export interface Bookkeeping {
  readonly ledger: Ledger;
  readonly now: number;
}

export interface Advance {
  readonly now: () => number;
  readonly advance: (ms: number) => void;
}
