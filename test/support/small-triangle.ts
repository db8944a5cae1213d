import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { sandbox as connectwise } from "../../connectors/connectwise/sandbox.ts";
import { sandbox as quickbooks } from "../../connectors/quickbooks/sandbox.ts";
import { sandbox as revio } from "../../connectors/revio-billing/sandbox.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import { packageRoot } from "../../engine/config/root.ts";
import { resolveSecret } from "../../engine/config/secrets.ts";
import type { ClientConfig, SystemName } from "../../engine/config/types.ts";
import { openConnection } from "../../engine/connector/open-connection.ts";
import { startSandbox } from "../../engine/connector/sandbox/kit.ts";
import type { Row, RunningSandbox } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import type { Clock } from "../../engine/core/clock.ts";
import type { Json } from "../../engine/core/json.ts";
import { initState, openState } from "../../engine/state/store.ts";
import { openTokenStore } from "../../engine/state/tokens.ts";
import type { State } from "../../engine/state/types.ts";
import { planClient, runClient } from "../../engine/sync/run.ts";
import type { PipelineReport, Plan, RunOptions, RunReport } from "../../engine/sync/types.ts";
import { tinyWorld } from "./tiny-world.ts";

/** The demo's client on a world of three companies: three sandboxes, a state folder, and a clock that jumps over waits. */
export interface Triangle {
  readonly sandboxes: { readonly [system in SystemName]: RunningSandbox };
  readonly clock: Clock & { advance(ms: number): void };
  /** Changes a file of the client's folder. */
  edit(file: string, change: (text: string) => string): void;
  run(options?: Partial<RunOptions>): Promise<RunReport>;
  plan(options?: Partial<RunOptions>): Promise<Plan>;
  /** Looks into the state, or changes it, between two runs. */
  state<T>(work: (state: State) => T): Promise<T>;
  /** One request to a sandbox with good credentials, as a person at the vendor's screen would cause it. */
  ask(system: "psa" | "billing", method: string, path: string, body?: Json, type?: string): Promise<Json>;
  /** Writes that reached a system since the last call of this. */
  writes(system: SystemName): number;
}

const CODES = `code_map: gl
rows:
  - { code: "MRC", gl_code: "4000", item: "4000 Voice" }
  - { code: "LD", gl_code: "4010", item: "4010 Long distance" }
  - { code: "STATE-TAX", gl_code: "2200", item: "2200 Sales tax" }
  - { code: "FUSF", gl_code: "2210", item: "2210 USF" }
`;

/** Starts everything; it ends with the test. */
export async function openTriangle(t: TestContext, world: World = tinyWorld): Promise<Triangle> {
  const folder = mkdtempSync(join(tmpdir(), "tripoint-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ["base", "demo"]) {
    cpSync(join(packageRoot(), "mappings", part), join(folder, "mappings", part), { recursive: true });
  }
  const client = (file: string): string => join(folder, "mappings", "demo", file);
  writeFileSync(client("gl-codes.yaml"), CODES);
  let jumped = 0;
  const clock = {
    now: () => Date.now() + jumped,
    sleep: async (ms: number) => {
      jumped += ms;
    },
    advance: (ms: number) => {
      jumped += ms;
    },
  };
  const start = (sandbox: typeof quickbooks, off: readonly string[] = []) =>
    startSandbox(sandbox, { world, now: clock.now, off });
  // Where the clock jumps instead of waiting, a limit per second would see calls that were never so close.
  const sandboxes = {
    psa: await start(connectwise),
    billing: await start(revio),
    accounting: await start(quickbooks, ["rate_limit_second"]),
  };
  t.after(() => Promise.all(Object.values(sandboxes).map((one) => one.close())));
  const env = Object.assign({}, ...Object.values(sandboxes).map(({ environment }) => environment));
  const stateFolder = join(folder, "state");
  await initState({ folder: stateFolder });

  const load = (): ClientConfig => {
    const { config, problems } = loadClient(folder, "demo", env, folder);
    assert.deepEqual(problems, []);
    assert.ok(config);
    return config;
  };

  async function opened<T>(
    work: (options: RunOptions) => Promise<T>,
    given: Partial<RunOptions> = {},
  ): Promise<T> {
    const config = load();
    const state = await openState({ folder: stateFolder, clock });
    const tokens = openTokenStore(stateFolder);
    const { currency, codes } = config;
    const secret = (reference: string) => resolveSecret(reference, env);
    const connections = new Map(
      [...config.systems.values()].map((system) => [
        system.name,
        openConnection({ system, currency, codes, secret, tokens, clock }),
      ]),
    );
    try {
      return await work({ config, state, connections, clock, ...given });
    } finally {
      await Promise.all([...connections.values()].map((connection) => connection.close()));
      state.close();
    }
  }

  const seen = { psa: 0, billing: 0, accounting: 0 };
  return {
    sandboxes,
    clock,
    edit: (file, change) => writeFileSync(client(file), change(readFileSync(client(file), "utf8"))),
    run: (options) => opened(runClient, options),
    plan: (options) => opened(planClient, options),
    state: (work) => opened(async ({ state }) => work(state)),
    ask: (system, method, path, body, type) => ask(sandboxes[system], system, method, path, body, type),
    writes: (system) => {
      const { log } = sandboxes[system];
      const count = log.slice(seen[system]).filter(({ write }) => write).length;
      seen[system] = log.length;
      return count;
    },
  };
}

async function ask(
  { baseUrl, environment }: RunningSandbox,
  system: "psa" | "billing",
  method: string,
  path: string,
  body: Json | undefined,
  type = "application/json",
): Promise<Json> {
  const secret = (name: string): string => environment[name] ?? "";
  const [user, password] =
    system === "psa"
      ? [`${secret("CW_COMPANY")}+${secret("CW_PUBLIC")}`, secret("CW_PRIVATE")]
      : [secret("REVIO_USER"), secret("REVIO_PASSWORD")];
  const key: { [name: string]: string } =
    system === "psa"
      ? { clientId: secret("CW_CLIENT") }
      : { "Ocp-Apim-Subscription-Key": secret("REVIO_KEY") };
  const reply = await fetch(baseUrl + path, {
    method,
    headers: {
      ...key,
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
      ...(body === undefined ? {} : { "content-type": type }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  assert.ok(reply.ok, `${method} ${path} answered ${reply.status}: ${text}`);
  return text === "" ? null : (JSON.parse(text) as Json);
}

/** The report of one pipeline. */
export function part(report: RunReport, pipeline: string): PipelineReport {
  const found = report.pipelines.find((one) => one.pipeline === pipeline);
  assert.ok(found, `no report of ${pipeline}`);
  return found;
}

/** The one row of a ledger's collection for which the condition holds. */
export function only(sandbox: RunningSandbox, collection: string, is: (row: Row) => boolean): Row {
  const rows = sandbox.ledger.all(collection).filter(is);
  assert.equal(rows.length, 1, `${rows.length} rows of ${collection}`);
  return rows[0] ?? {};
}
