import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parse, stringify } from "yaml";
import { sandbox as connectwise } from "../../connectors/connectwise/sandbox.ts";
import { sandbox as quickbooks } from "../../connectors/quickbooks/sandbox.ts";
import { run } from "../../engine/commands/run.ts";
import { packageRoot } from "../../engine/config/root.ts";
import { startSandbox } from "../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox, Sandbox } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import { initState } from "../../engine/state/store.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import { expectedBooks } from "../../mappings/demo/world/expected.ts";
import { makeWorld } from "../../mappings/demo/world.ts";

/** The demo's client with another billing system: the same PSA, the same books, three sandboxes in this process. */
export interface DemoBilling {
  readonly world: World;
  readonly folder: string;
  readonly billing: RunningSandbox;
  readonly accounting: RunningSandbox;
  /** One run, after billing has done what it does by itself. */
  run(): Promise<RunReport>;
  /** Runs until one writes nothing, five times at most; the last report. */
  settle(): Promise<RunReport>;
}

/** Ends with the test. `system` is what stands under systems.billing in client.yaml, in place of what is there. */
export async function openDemoBilling(
  t: TestContext,
  sandbox: Sandbox,
  system: { readonly [key: string]: Json } | undefined,
  client = "demo",
): Promise<DemoBilling> {
  const folder = mkdtempSync(join(tmpdir(), "tripoint-demo-"));
  const world = smallWorld();
  const root = writeClient(folder, client, system);
  const off = ["rate_limit", "rate_limit_second"];
  const psa = await startSandbox(connectwise, { world });
  const billing = await startSandbox(sandbox, { world, folder: join(folder, "billing") });
  const accounting = await startSandbox(quickbooks, {
    world,
    off: off.filter((rule) => rule in quickbooks.rules),
  });
  t.after(async () => {
    await Promise.all([psa, billing, accounting].map((one) => one.close()));
    rmSync(folder, { recursive: true });
  });
  const env = Object.assign({}, ...[psa, billing, accounting].map(({ environment }) => environment));
  const state = join(folder, "state");
  await initState({ folder: state });
  const clock = {
    now: Date.now,
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  };
  const once = async (): Promise<RunReport> => {
    billing.tend();
    return run({ root, client, state, cwd: root, env, clock });
  };
  return {
    world,
    folder,
    billing,
    accounting,
    run: once,
    settle: async () => {
      for (let left = 5; ; left--) {
        const report = await once();
        if (left === 1 || writesIn(report) === 0) return report;
      }
    },
  };
}

/** The demo's world with the invoices of one in six only: the same kinds of everything, and a short test. */
function smallWorld(): World {
  const world = makeWorld();
  const companies = new Set(
    [...new Set(world.invoices.map(({ company }) => company))].filter((_, n) => n % 6 === 0),
  );
  const invoices = world.invoices.filter(({ company }) => companies.has(company));
  const numbers = new Set(invoices.map(({ number }) => number));
  const receipts = world.receipts.filter(
    ({ allocations }) => allocations.length > 0 && allocations.every(({ invoice }) => numbers.has(invoice)),
  );
  return { ...world, invoices, receipts, expected: expectedBooks(world.companies, invoices, receipts) };
}

/** Writes of a run, over all systems. */
export function writesIn({ pipelines }: RunReport): number {
  return pipelines.flatMap(({ writes }) => Object.values(writes)).reduce((sum, count) => sum + count, 0);
}

function writeClient(
  folder: string,
  client: string,
  system: { readonly [key: string]: Json } | undefined,
): string {
  const mappings = join(packageRoot(), "mappings");
  for (const name of ["base", client]) {
    cpSync(join(mappings, name), join(folder, "mappings", name), { recursive: true });
  }
  const own = join(folder, "mappings", client);
  for (const name of readdirSync(own))
    if (name.startsWith("world")) rmSync(join(own, name), { recursive: true });
  if (system === undefined) return folder;
  const file = join(own, "client.yaml");
  const decisions: unknown = parse(readFileSync(file, "utf8"));
  if (!isObject(decisions) || !isObject(decisions["systems"])) throw new Error("the client has no systems");
  const systems = { ...decisions["systems"], billing: system };
  writeFileSync(file, stringify({ ...decisions, systems }));
  return folder;
}
