import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type ClientPlace, loadConfig } from "../../engine/commands/client.ts";
import { issuesOf } from "../../engine/commands/issues.ts";
import { withClient } from "../../engine/commands/open-client.ts";
import { loadSandbox } from "../../engine/commands/sandbox-files.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import { resolveSecret } from "../../engine/config/secrets.ts";
import type { ClientConfig, LedgerName } from "../../engine/config/types.ts";
import { openConnection } from "../../engine/connector/open-connection.ts";
import { startSandbox } from "../../engine/connector/sandbox/kit.ts";
import { worldWithOwnIds } from "../../engine/connector/sandbox/own-ids.ts";
import type { RunningSandbox, Sandbox } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import type { Connection } from "../../engine/connector/types.ts";
import type { Clock } from "../../engine/core/clock.ts";
import type { Json } from "../../engine/core/json.ts";
import type { IssueView } from "../../engine/report/issues.ts";
import { initState } from "../../engine/state/store.ts";
import type { State } from "../../engine/state/types.ts";
import { planClient, runClient } from "../../engine/sync/run.ts";
import type { PipelineReport, Plan, RunOptions, RunReport } from "../../engine/sync/types.ts";
import { makeWorld } from "../../mappings/demo/world.ts";
import { type Books, booksOf } from "./books.ts";
import { type ClientCopy, copyClient } from "./client-copy.ts";

/**
 * A client in this process: the sandboxes of its three systems, a state folder, and one clock for all of them that jumps
 * where it would wait. What needs processes of its own, to kill them, is in triangle.ts.
 */
export interface Demo {
  readonly world: World;
  readonly client: ClientConfig;
  readonly sandboxes: { readonly [role in LedgerName]: RunningSandbox };
  readonly clock: JumpingClock;
  /** The client as the commands take it. */
  readonly place: ClientPlace;
  /** Changes a file of the client's folder. */
  edit(file: string, change: (text: string) => string): void;
  run(options?: Partial<RunOptions>): Promise<RunReport>;
  /** Runs until one writes nothing, five times at most, as a system of files needs it; the last report. */
  settle(): Promise<RunReport>;
  plan(options?: Partial<RunOptions>): Promise<Plan>;
  /** Looks into the state, or changes it, between two runs. */
  state<T>(work: (state: State) => T): Promise<T>;
  /** What is held, in conflict or refused for good. */
  issues(): Promise<readonly IssueView[]>;
  /** A connection to a system, as a run opens it, with tokens of its own. */
  connect(role: LedgerName): Connection;
  /** What stands in a system's books. */
  books(role: LedgerName): Books;
  /** Writes that reached a system since the last call of this. */
  writes(role: LedgerName): number;
}

export type JumpingClock = Clock & { advance(ms: number): void };

export interface DemoOptions extends ClientCopy {
  /** The demo's own unless given. */
  readonly world?: World;
  /** When it begins, in milliseconds since the epoch; now unless given. */
  readonly start?: number;
  /** Sandboxes of connectors that are in no package folder. */
  readonly sandboxes?: { readonly [role in LedgerName]?: Sandbox };
}

const ROLES: readonly LedgerName[] = ["psa", "billing", "accounting"];
const RUNS_MAX = 5;

/** A test, or whatever else ends some time. */
export type Scope = Pick<TestContext, "after">;

/** Starts everything; it ends with the test. */
export async function openDemo(t: Scope, options: DemoOptions = {}): Promise<Demo> {
  const root = mkdtempSync(join(tmpdir(), "tripoint-demo-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const connectors = copyClient(root, options);
  const clock = jumpingClock(options.start);
  const [psa, billing, accounting] = await Promise.all([
    options.sandboxes?.psa ?? loadSandbox(connectors.psa),
    options.sandboxes?.billing ?? loadSandbox(connectors.billing),
    options.sandboxes?.accounting ?? loadSandbox(connectors.accounting),
  ]);
  const world = worldWithOwnIds(options.world ?? makeWorld(), [psa, billing, accounting]);
  const start = async (role: LedgerName, sandbox: Sandbox): Promise<RunningSandbox> => {
    const running = await startSandbox(sandbox, {
      world,
      now: clock.now,
      off: limitsPerTime(sandbox),
      // Only a system of files needs a folder; the others are faster without.
      ...(sandbox.open === undefined ? {} : { folder: join(root, "books", role) }),
    });
    t.after(() => running.close());
    return running;
  };
  const sandboxes = {
    psa: await start("psa", psa),
    billing: await start("billing", billing),
    accounting: await start("accounting", accounting),
  };
  const place: ClientPlace = {
    root,
    client: options.client ?? "demo",
    state: join(root, "state"),
    cwd: root,
    env: Object.assign({}, ...ROLES.map((role) => sandboxes[role].environment)),
    clock,
  };
  const { config: client, problems } = loadClient(root, place.client, place.env, root);
  // No assertion of the test: what is wrong here is its client.
  if (problems.length > 0) throw new Error(`the client does not validate: ${JSON.stringify(problems)}`);
  assert.ok(client);
  // Read once for all runs, and again where the files were edited.
  let config: ClientConfig | undefined = client;
  await initState({ folder: place.state });

  function opened<T>(work: (options: RunOptions) => Promise<T>, given: Partial<RunOptions> = {}): Promise<T> {
    config ??= loadConfig(place);
    const known = config;
    return withClient(place, known, (open) => work({ config: known, ...open, clock, ...given }));
  }
  const once = (given?: Partial<RunOptions>): Promise<RunReport> => {
    for (const role of ROLES) sandboxes[role].tend();
    return opened(runClient, given);
  };
  const file = (name: string): string => join(root, "mappings", place.client, name);
  const seen = { psa: 0, billing: 0, accounting: 0 };
  return {
    world,
    client,
    sandboxes,
    clock,
    place,
    edit: (name, change) => {
      writeFileSync(file(name), change(readFileSync(file(name), "utf8")));
      config = undefined;
    },
    run: once,
    settle: async () => {
      for (let left = RUNS_MAX; ; left--) {
        const report = await once();
        if (left === 1 || writesIn(report) === 0) return report;
      }
    },
    plan: (given) => opened(planClient, given),
    state: (work) => opened(async ({ state }) => work(state)),
    issues: () => opened(async ({ state }) => issuesOf(state, ["held", "conflict", "dead_letter"])),
    connect: (role) => connect(t, client, role, place),
    books: (role) => booksOf(connectors[role], sandboxes[role].ledger.all),
    writes: (role) => {
      const { log } = sandboxes[role];
      const count = log.slice(seen[role]).filter(({ write }) => write).length;
      seen[role] = log.length;
      return count;
    },
  };
}

/** The report of one pipeline. */
export function part(report: RunReport, pipeline: string): PipelineReport {
  const found = report.pipelines.find((one) => one.pipeline === pipeline);
  assert.ok(found, `no report of ${pipeline}`);
  return found;
}

/** Writes of a run, over all systems. */
export function writesIn({ pipelines }: RunReport): number {
  return pipelines.flatMap(({ writes }) => Object.values(writes)).reduce((sum, count) => sum + count, 0);
}

// A call leaves before the clock jumps and arrives after it: a limit per time would see calls that were never so close.
function limitsPerTime({ rules }: Sandbox): readonly string[] {
  return Object.keys(rules).filter((rule) => rule.startsWith("rate_limit"));
}

function jumpingClock(start = Date.now()): JumpingClock {
  let jumped = start - Date.now();
  return {
    now: () => Date.now() + jumped,
    sleep: async (ms) => {
      jumped += Math.max(0, ms);
    },
    advance: (ms) => {
      jumped += ms;
    },
  };
}

function connect(t: Scope, client: ClientConfig, role: LedgerName, place: ClientPlace): Connection {
  const system = client.systems.get(role);
  assert.ok(system);
  const tokens = new Map<string, Json>();
  const connection = openConnection({
    system,
    currency: client.currency,
    go_live: client.go_live,
    codes: client.codes,
    secret: (reference) => resolveSecret(reference, place.env),
    tokens: { get: (name) => tokens.get(name), put: (name, value) => void tokens.set(name, value) },
    clock: place.clock,
  });
  t.after(() => connection.close());
  return connection;
}
