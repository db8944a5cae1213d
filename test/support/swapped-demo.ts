import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parseDocument } from "yaml";
import { sandbox as connectwise } from "../../connectors/connectwise/sandbox.ts";
import { sandbox as quickbooks } from "../../connectors/quickbooks/sandbox.ts";
import { sandbox as revio } from "../../connectors/revio-billing/sandbox.ts";
import { issuesOf } from "../../engine/commands/issues.ts";
import { run } from "../../engine/commands/run.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import { packageRoot } from "../../engine/config/root.ts";
import { resolveSecret } from "../../engine/config/secrets.ts";
import type { ClientConfig, SystemName } from "../../engine/config/types.ts";
import { openConnection } from "../../engine/connector/open-connection.ts";
import { startSandbox } from "../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox, Sandbox } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import type { Connection } from "../../engine/connector/types.ts";
import type { Clock } from "../../engine/core/clock.ts";
import type { Json } from "../../engine/core/json.ts";
import type { IssueView } from "../../engine/report/issues.ts";
import { initState, openStateReadOnly } from "../../engine/state/store.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import { makeWorld } from "../../mappings/demo/world.ts";

/** What stands in the demo's place of one system. */
export interface Swap {
  readonly role: SystemName;
  readonly sandbox: Sandbox;
  /** `systems.<role>` of client.yaml, as YAML. */
  readonly system: string;
  /** Files of the client that hold ids of that system: name → text. */
  readonly files?: { readonly [name: string]: string };
}

/** The demo with one system swapped, its three sandboxes and one clock for all of them, which jumps where it would wait. */
export interface SwappedDemo {
  readonly world: World;
  readonly client: ClientConfig;
  readonly sandboxes: { readonly [system in SystemName]: RunningSandbox };
  readonly clock: Clock;
  /** Runs every pipeline of the client. */
  runAll(): Promise<RunReport>;
  /** What is held, in conflict or refused for good. */
  issues(): Promise<readonly IssueView[]>;
  /** A connection to a system, as a run opens it. */
  connect(system: SystemName): Connection;
}

const DEMO: { readonly [system in SystemName]: Sandbox } = {
  psa: connectwise,
  billing: revio,
  accounting: quickbooks,
};

/** Starts the sandboxes in memory; they and the files end with the test. */
export async function startSwapped(t: TestContext, swap: Swap): Promise<SwappedDemo> {
  const chosen = { ...DEMO, [swap.role]: swap.sandbox };
  const world = Object.values(chosen).reduce((made, { ownIds }) => ownIds?.(made) ?? made, makeWorld());
  const clock = jumpingClock(Date.parse(`${world.today}T17:00:00Z`));
  const start = (sandbox: Sandbox): Promise<RunningSandbox> =>
    startSandbox(sandbox, { world, now: clock.now });
  const [psa, billing, accounting] = await Promise.all([
    start(chosen.psa),
    start(chosen.billing),
    start(chosen.accounting),
  ]);
  const root = mkdtempSync(join(tmpdir(), "tripoint-swapped-"));
  t.after(async () => {
    await Promise.all([psa, billing, accounting].map((sandbox) => sandbox.close()));
    rmSync(root, { recursive: true });
  });
  writeClient(root, swap);
  const env = Object.assign({}, psa.environment, billing.environment, accounting.environment);
  const { config: client, problems } = loadClient(root, "demo", env, root);
  assert.deepEqual(problems, []);
  assert.ok(client);
  const state = join(root, "state");
  await initState({ folder: state });
  return {
    world,
    client,
    sandboxes: { psa, billing, accounting },
    clock,
    runAll: () => run({ root, client: "demo", state, cwd: root, env, clock }),
    issues: () => readIssues(state),
    connect: (system) => connect(t, client, system, env, clock),
  };
}

async function readIssues(folder: string): Promise<readonly IssueView[]> {
  const state = await openStateReadOnly({ folder });
  try {
    return issuesOf(state, ["held", "conflict", "dead_letter"]);
  } finally {
    state.close();
  }
}

function writeClient(root: string, { role, system, files = {} }: Swap): void {
  for (const folder of ["base", "demo"]) {
    cpSync(join(packageRoot(), "mappings", folder), join(root, "mappings", folder), { recursive: true });
  }
  const file = join(root, "mappings", "demo", "client.yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  document.setIn(["systems", role], parseDocument(system).contents);
  writeFileSync(file, String(document));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, "mappings", "demo", name), text);
}

function connect(
  t: TestContext,
  client: ClientConfig,
  system: SystemName,
  env: { readonly [name: string]: string },
  clock: Clock,
): Connection {
  const config = client.systems.get(system);
  assert.ok(config);
  const tokens = new Map<string, Json>();
  const connection = openConnection({
    system: config,
    currency: client.currency,
    codes: client.codes,
    secret: (reference) => resolveSecret(reference, env),
    tokens: { get: (name) => tokens.get(name), put: (name, value) => void tokens.set(name, value) },
    clock,
  });
  t.after(() => connection.close());
  return connection;
}

function jumpingClock(start: number): Clock {
  let now = start;
  return {
    now: () => now,
    sleep: async (ms) => {
      now += Math.max(0, ms);
    },
  };
}
