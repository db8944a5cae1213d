import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { ClientPlace } from "../../engine/commands/client.ts";
import { run } from "../../engine/commands/run.ts";
import { startSandboxes } from "../../engine/commands/sandbox.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import type { SystemName } from "../../engine/config/types.ts";
import { CONTROL_PATH } from "../../engine/connector/sandbox/control.ts";
import { readLedger, readRequests } from "../../engine/connector/sandbox/read-ledger.ts";
import type { Fault, Row } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { systemClock } from "../../engine/core/clock.ts";
import { initState } from "../../engine/state/store.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import { makeWorld } from "../../mappings/demo/world.ts";
import { copyDemoClient, type System } from "../support/demo-client.ts";

/** The demo with other systems in some of its roles: client.yaml differs under `systems` and nowhere else. */

export interface Variant {
  readonly world: World;
  /** Every pipeline once, in order. */
  run(): Promise<RunReport>;
  /** The books of a role's sandbox, as it wrote them: not through our connectors. */
  books(role: SystemName): Books;
  /** Requests so far that changed any of the books. */
  writes(): number;
  /** Lets something go wrong in a role's sandbox. */
  fault(role: SystemName, fault: Fault): Promise<void>;
  /** Requests so far that something went wrong with. */
  faulted(): number;
  /** Switches one of its rules off. */
  switchOff(role: SystemName, rule: string): Promise<void>;
}

export interface Books {
  all(collection: string): readonly Row[];
}

/** Starts the sandboxes, each in a process of its own, and makes an empty state; all of it ends with the test. */
export async function openVariant(
  t: TestContext,
  systems: { readonly [role in SystemName]?: System },
): Promise<Variant> {
  const { root, connectors } = copyDemoClient(t, systems);
  const folder = join(root, "sandboxes");
  const { environment, sandboxes, stop } = await startSandboxes({
    names: Object.values(connectors),
    world: "demo",
    folder,
  });
  t.after(stop);
  const state = join(root, "state");
  await initState({ folder: state });
  const place: ClientPlace = {
    root,
    client: "demo",
    state,
    cwd: root,
    env: environment,
    clock: systemClock,
  };
  const { problems } = loadClient(place.root, place.client, place.env, place.cwd);
  assert.deepEqual(problems, []);
  const requests = () => Object.values(connectors).flatMap((name) => readRequests(join(folder, name)));
  const control = async (role: SystemName, door: string, order: unknown): Promise<void> => {
    const address = sandboxes.find(({ connector }) => connector === connectors[role])?.base_url;
    const url = new URL(`${CONTROL_PATH}${door}`, address);
    const { status } = await fetch(url, { method: "POST", body: JSON.stringify(order) });
    assert.equal(status, 204);
  };
  return {
    world: makeWorld(),
    run: () => run(place),
    books: (role) => {
      const rows = readLedger(join(folder, connectors[role]));
      return { all: (collection) => [...(rows.get(collection)?.values() ?? [])] };
    },
    writes: () => requests().filter(({ write }) => write).length,
    faulted: () => requests().filter(({ fault }) => fault !== undefined).length,
    fault: (role, fault) => control(role, "fault", fault),
    switchOff: (role, rule) => control(role, "rule", { name: rule, on: false }),
  };
}

/** Every pipeline went through. */
export function assertDone({ pipelines, status }: RunReport): void {
  const failed = pipelines.filter(({ failure }) => failure !== null);
  assert.deepEqual(
    failed.map(({ pipeline, message }) => ({ pipeline, message })),
    [],
  );
  assert.equal(status, "done");
}

/** How many customers accounting has in the end: those it had, those it was to get, and its strangers. None twice. */
export function accountingCustomers({ companies, expected, strangers }: World): number {
  const had = companies.filter(({ ids }) => ids.accounting !== undefined).map(({ number }) => number);
  return new Set([...had, ...expected.accounting_customers]).size + strangers.length;
}
