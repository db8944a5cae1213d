import type { IncomingHttpHeaders } from "node:http";
import type { Json } from "../../core/json.ts";
import type { World } from "./world.ts";

export type Row = { [key: string]: Json };

/** A sandbox's books: collections of rows by id, kept in memory and, when asked, in a file that a second start reads. */
export interface Ledger {
  /** All rows of a collection in the order they were first put. */
  all(collection: string): readonly Row[];
  get(collection: string, id: string): Row | undefined;
  /** Inserts or replaces; durable before the reply leaves when the ledger has a file. */
  put(collection: string, id: string, row: Row): void;
  remove(collection: string, id: string): void;
  /** Next number of a sequence that starts at `from`: ids are never reused, not even after a restart. */
  next(sequence: string, from: number): number;
  /** True until something was put: only then is the world seeded. */
  readonly empty: boolean;
}

export interface SandboxRequest {
  readonly method: string;
  /** Path without query, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Raw body text, "" when there is none. */
  readonly body: string;
  /** Named groups of the route's pattern. */
  readonly params: { readonly [name: string]: string };
}

export interface SandboxReply {
  readonly status: number;
  /** An object is sent as JSON; a string is sent as it stands (give a content-type). */
  readonly body?: Json | undefined;
  readonly headers?: { readonly [name: string]: string };
}

export interface SandboxContext {
  readonly ledger: Ledger;
  readonly world: World;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** False when a test switched the rule off: the vendor's protection is then absent. */
  readonly rule: (name: string) => boolean;
  /** Address the server listens on, such as http://127.0.0.1:40123 */
  readonly origin: string;
}

export interface Route {
  readonly method: string;
  /** Matched against the whole path; named groups become params. */
  readonly path: RegExp;
  readonly handle: (request: SandboxRequest, context: SandboxContext) => SandboxReply;
  /** True when a 2xx of this route changed the ledger: it is logged as a write. Default: any method but GET. */
  readonly write?: (request: SandboxRequest) => boolean;
}

/** One vendor as a server: written from the vendor's facts, never from our connector.yaml. */
export interface Sandbox {
  readonly name: string;
  /** Rules that can be switched off, name → what the vendor enforces. */
  readonly rules: { readonly [name: string]: string };
  /**
   * The world as it is where this vendor has its part, for a vendor whose ids have a form of their own: other systems
   * keep these ids too. Applied twice it changes nothing more.
   */
  readonly ownIds?: (world: World) => World;
  /** Fills an empty ledger with the world's records in the vendor's own shapes. */
  readonly seed: (ledger: Ledger, world: World, now: number) => void;
  /** Checks credentials and limits before a route is called; a reply ends the request. */
  readonly before?: (request: SandboxRequest, context: SandboxContext) => SandboxReply | undefined;
  readonly routes: readonly Route[];
  /** The vendor's own answer for an unknown path. */
  readonly notFound: (request: SandboxRequest, context: SandboxContext) => SandboxReply;
  /** Path under which the API begins on this server, such as /v4_6_release/apis/3.0; base_url = origin + basePath. */
  readonly basePath: string;
  /** Environment variables that point a client at this sandbox, given its base URL and its folder: NAME → value. */
  readonly environment: (baseUrl: string, folder?: string) => { readonly [name: string]: string };
  /** For a system that is no server but files: makes them, and says how they are kept from then on. */
  readonly open?: (context: FolderContext) => Promise<Housekeeping>;
}

/** What a sandbox works with that keeps files in its folder. */
export interface FolderContext extends SandboxContext {
  readonly folder: string;
  /** Logs a write that came in by a file, and what became of it: 200, or 422 for one that is refused. */
  readonly log: (write: { readonly to: string; readonly status: 200 | 422; readonly body: string }) => void;
}

export interface Housekeeping {
  /** What the system does by itself: takes in what lies there for it, and puts out what is new. */
  tend(): void;
  /** Puts out the books as they are now. */
  show(): void;
}

/** Something that goes wrong on purpose, used up after `times` matching requests. */
export interface Fault {
  readonly method?: string;
  /** Regular expression source matched against path + "?" + query. */
  readonly path?: string;
  /** Let this many matching requests pass first. */
  readonly skip?: number;
  readonly times?: number;
  /**
   * before: nothing is stored and the socket is cut. commit_then_cut: stored, then the socket is cut.
   * commit_then_hang: stored, then no answer until the client gives up. reply: nothing is stored and this reply is
   * sent. cut_body: stored, then only half of the body is sent.
   */
  readonly kind: "before" | "commit_then_cut" | "commit_then_hang" | "reply" | "cut_body";
  readonly reply?: SandboxReply;
}

/** One line of requests.ndjson. */
export interface LoggedRequest {
  readonly at: string;
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly status: number;
  /** The request changed the ledger. */
  readonly write: boolean;
  readonly body: string;
  /** Kind of the fault that hit it. */
  readonly fault?: string;
}

/** One request with the answer that is about to leave, secrets and all: for tests that look at the traffic itself. */
export interface SandboxExchange {
  readonly request: SandboxRequest;
  /** Path with query. */
  readonly url: string;
  /** Undefined when the request was cut before anything happened. */
  readonly reply: SandboxReply | undefined;
  /** Kind of the fault that hit it. */
  readonly fault: Fault["kind"] | undefined;
}

export interface RunningSandbox {
  readonly name: string;
  readonly origin: string;
  readonly baseUrl: string;
  readonly environment: { readonly [name: string]: string };
  readonly ledger: Ledger;
  readonly log: readonly LoggedRequest[];
  fault(fault: Fault): void;
  setRule(name: string, on: boolean): void;
  /** Lets a system of files do now what it else does by itself a moment later. */
  tend(): void;
  /** Lets a system of files put out its books as a person has just left them. */
  show(): void;
  close(): Promise<void>;
}

export interface SandboxOptions {
  /** Folder for ledger.ndjson and requests.ndjson; without it everything is in memory. A system of files needs it. */
  readonly folder?: string;
  readonly port?: number;
  readonly world: World;
  readonly now?: () => number;
  /** Rules switched off from the start. */
  readonly off?: readonly string[];
  /** Called with every exchange before its answer leaves, so that a test can change the books between two pages. */
  readonly onExchange?: (exchange: SandboxExchange) => void;
}
