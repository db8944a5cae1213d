import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ClientPlace } from "../../engine/commands/client.ts";
import { run } from "../../engine/commands/run.ts";
import { loadSandbox } from "../../engine/commands/sandbox-files.ts";
import type { LedgerName } from "../../engine/config/types.ts";
import { worldWithOwnIds } from "../../engine/connector/sandbox/own-ids.ts";
import { readRequests } from "../../engine/connector/sandbox/read-ledger.ts";
import type { Fault, LoggedRequest } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { systemClock } from "../../engine/core/clock.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import { type Books, readBooks } from "./books.ts";
import { copyClient, type JsonObject, type SystemEntry } from "./client-copy.ts";
import type { SandboxMessage, SandboxReady } from "./sandbox-process.ts";

/**
 * A whole client in a temp folder: three sandboxes, each in a process of its own with its books in a folder, a copy of
 * the demo's YAML, a state folder, and the built CLI as a real process against them.
 *
 *     const triangle = await openTriangle({ world: makeWorld() });
 *     try {
 *       await triangle.run();
 *       assert.deepEqual(triangle.books("accounting").gl_totals, world.expected.gl_totals);
 *     } finally {
 *       await triangle.close();
 *     }
 */
export interface TriangleOptions {
  readonly world: World;
  /**
   * Entries of client.yaml's `systems`, each in place of the demo's: `{ accounting: { connector: "xero", settings, auth } }`
   * puts another vendor there. Its sandbox and its `${VARIABLES}` follow from the connector.
   */
  readonly systems?: { readonly [system in LedgerName]?: SystemEntry };
  /** Other keys of client.yaml: merged into the demo's by key, null removes. */
  readonly client?: JsonObject;
  /** Further files of the client by name, in place of the demo's or beside them; null removes. */
  readonly files?: { readonly [name: string]: string | null };
  /** Rules that a connector's sandbox does not enforce from the start. */
  readonly off?: { readonly [connector: string]: readonly string[] };
}

export interface Finished {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly finished: Promise<Finished>;
  /** SIGKILL, and its end. */
  kill(): Promise<Finished>;
}

export interface Triangle {
  /** Holds mappings/, as --root wants it. */
  readonly root: string;
  readonly client: string;
  readonly state: string;
  /** What the CLI sees besides PATH: addresses and credentials of the sandboxes. */
  readonly environment: { readonly [name: string]: string };
  connector(system: LedgerName): string;
  /** Address of a system's sandbox: http://127.0.0.1:<port>. */
  origin(system: LedgerName): string;
  /** Starts the built CLI; --client, --root and --state are added. `kill` is for kill-at-line.ts: "before 7". */
  start(args: readonly string[], kill?: string): Running;
  tripoint(args: readonly string[], kill?: string): Promise<Finished>;
  /** `tripoint run --format json`: its report. Throws with what it printed unless the exit code is 0. */
  run(...args: string[]): Promise<RunReport>;
  /** The client as the commands take it, for what is to run in this process. */
  readonly place: ClientPlace;
  /** The command behind `tripoint run`, in this process: for the hundreds of runs that need no process of their own. */
  runHere(...pipelines: string[]): Promise<RunReport>;
  /** What stands in a system's books. */
  books(system: LedgerName): Books;
  /** Requests that a system's sandbox has answered since the start or the last `forget`. */
  requests(system: LedgerName): readonly LoggedRequest[];
  /** Writes among them, over all three, as "POST /v1/Payments". */
  writes(): readonly string[];
  /** The requests so far are not shown again. */
  forget(): void;
  fault(system: LedgerName, fault: Fault): Promise<void>;
  setRule(system: LedgerName, name: string, on: boolean): Promise<void>;
  /** Returns when a request of a system hangs (fault commit_then_hang). */
  untilHung(system: LedgerName): Promise<void>;
  /** Keeps a copy of state and books under a name. */
  save(name: string): void;
  /** Puts state and books back to a copy; the sandboxes keep their processes and addresses. */
  rewind(name: string): Promise<void>;
  /** Ends the sandboxes and removes the folder. */
  close(): Promise<void>;
}

const SYSTEMS: readonly LedgerName[] = ["psa", "billing", "accounting"];
const CLI = fileURLToPath(new URL("../../engine/cli.js", import.meta.url));
const SANDBOX = fileURLToPath(new URL("./sandbox-process.js", import.meta.url));
const KILLER = new URL("./kill-at-line.js", import.meta.url).href;
const CLIENT = "demo";
// Sandboxes show a write at once, so a lost answer can be looked up at once.
const SETTLE = { settle_ms: 30, settle_again_ms: 30 };

const HUNG_ATTEMPTS = 3000;
const HUNG_AGAIN_MS = 10;

interface Seat {
  readonly system: LedgerName;
  readonly connector: string;
  readonly folder: string;
  readonly child: ChildProcess;
  readonly ready: SandboxReady;
}

/** Sets everything up, with an empty state; nothing has run. */
export async function openTriangle(options: TriangleOptions): Promise<Triangle> {
  const root = mkdtempSync(join(tmpdir(), "tripoint-triangle-"));
  const state = join(root, "state");
  const connectors = writeClient(root, options);
  const sandboxes = await Promise.all(connectors.map(({ connector }) => loadSandbox(connector)));
  const world = worldWithOwnIds(options.world, sandboxes);
  const seats = await Promise.all(connectors.map((one) => seat(one, root, { ...options, world })));
  const environment = Object.assign({}, ...seats.map(({ ready }) => ready.environment));
  const skipped = new Map<LedgerName, number>();
  const seatOf = (system: LedgerName): Seat => {
    const found = seats.find((one) => one.system === system);
    if (found === undefined) throw new Error(`nobody plays ${system}`);
    return found;
  };
  const control = async (system: LedgerName, method: string, door: string, body?: object): Promise<Json> => {
    const answer = await fetch(`${seatOf(system).ready.origin}/__sandbox/${door}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${system} ${door}: ${text}`);
    return text === "" ? null : (JSON.parse(text) as Json);
  };
  const triangle: Triangle = {
    root,
    client: CLIENT,
    state,
    environment,
    connector: (system) => seatOf(system).connector,
    origin: (system) => seatOf(system).ready.origin,
    start: (args, kill) => startCli(triangle, args, kill),
    tripoint: (args, kill) => triangle.start(args, kill).finished,
    run: async (...args) => {
      const done = await triangle.tripoint(["run", "--format", "json", ...args]);
      if (done.code !== 0)
        throw new Error(`exit ${done.code ?? done.signal}\n${done.stderr}\n${done.stdout}`);
      return JSON.parse(done.stdout) as RunReport;
    },
    place: { root, client: CLIENT, state, cwd: root, env: environment, clock: systemClock },
    runHere: (...pipelines) => run(triangle.place, pipelines.length === 0 ? {} : { pipelines }),
    books: (system) => readBooks(seatOf(system).connector, seatOf(system).folder),
    requests: (system) => readRequests(seatOf(system).folder).slice(skipped.get(system) ?? 0),
    writes: () =>
      SYSTEMS.flatMap((system) => triangle.requests(system))
        .filter(({ write }) => write)
        .map(({ method, url }) => `${method} ${url}`),
    forget: () => {
      for (const { system, folder } of seats) skipped.set(system, readRequests(folder).length);
    },
    fault: async (system, fault) => {
      await control(system, "POST", "fault", fault);
    },
    setRule: async (system, name, on) => {
      await control(system, "POST", "rule", { name, on });
    },
    untilHung: async (system) => {
      for (let attempt = 0; attempt < HUNG_ATTEMPTS; attempt++) {
        const answer = await control(system, "GET", "state");
        if (isObject(answer) && Number(answer["hung"]) > 0) return;
        await sleep(HUNG_AGAIN_MS);
      }
      throw new Error(`no request of ${system} came to hang`);
    },
    save: (name) => {
      const copy = join(root, "saved", name);
      rmSync(copy, { recursive: true, force: true });
      cpSync(state, join(copy, "state"), { recursive: true });
      for (const { system, folder } of seats) cpSync(folder, join(copy, system), { recursive: true });
    },
    rewind: async (name) => {
      const copy = join(root, "saved", name);
      rmSync(state, { recursive: true, force: true });
      cpSync(join(copy, "state"), state, { recursive: true });
      await Promise.all(seats.map(({ child, system }) => tell(child, { rewind: join(copy, system) })));
      triangle.forget();
    },
    close: async () => {
      await Promise.all(seats.map(({ child }) => end(child)));
      rmSync(root, { recursive: true });
    },
  };
  const made = await triangle.tripoint(["state", "init"]);
  if (made.code !== 0) throw new Error(made.stderr);
  return triangle;
}

/** The demo's client on these systems; answers with who plays which. */
function writeClient(
  root: string,
  { systems = {}, client = {}, files = {} }: TriangleOptions,
): readonly { readonly system: LedgerName; readonly connector: string }[] {
  const settled = { systems: Object.fromEntries(SYSTEMS.map((system) => [system, SETTLE])) };
  const connectors = copyClient(root, { systems, changes: { ...client, ...settled }, files });
  return SYSTEMS.map((system) => ({ system, connector: connectors[system] }));
}

async function seat(
  { system, connector }: { readonly system: LedgerName; readonly connector: string },
  root: string,
  { world, off = {} }: TriangleOptions,
): Promise<Seat> {
  const folder = join(root, "books", system);
  const child = fork(SANDBOX, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ready = await tell(child, { connector, world, folder, off: off[connector] ?? [] });
  return { system, connector, folder, child, ready };
}

async function tell(child: ChildProcess, message: SandboxMessage): Promise<SandboxReady> {
  // Listeners that stayed would pile up, since a child is told many things.
  const listening = new AbortController();
  const { signal } = listening;
  const ended = once(child, "exit", { signal }).then(() => {
    throw new Error("a sandbox ended; its reason stands on stderr");
  });
  try {
    child.send(message);
    const [ready] = await Promise.race([once(child, "message", { signal }), ended]);
    return ready as SandboxReady;
  } finally {
    ended.catch(() => {});
    listening.abort();
  }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
}

/** The built CLI as a process of its own, for a client that stands anywhere. */
export function startCli(
  { root, client, state, environment }: Pick<Triangle, "root" | "client" | "state" | "environment">,
  args: readonly string[],
  kill?: string,
): Running {
  const preload = kill === undefined ? [] : ["--import", KILLER];
  const place = ["--client", client, "--root", root, "--state", state];
  const child = spawn(process.execPath, [...preload, CLI, ...args, ...place], {
    cwd: root,
    env: { PATH: process.env["PATH"], ...environment, TRIPOINT_TEST_KILL: kill },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const finished = once(child, "close").then(async ([code, signal]) => {
    return { code, signal, stdout: await stdout, stderr: await stderr };
  });
  return {
    finished,
    kill: () => {
      child.kill("SIGKILL");
      return finished;
    },
  };
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}
