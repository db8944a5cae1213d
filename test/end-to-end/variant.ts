import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parseDocument } from "yaml";
import type { ClientPlace } from "../../engine/commands/client.ts";
import { run } from "../../engine/commands/run.ts";
import { startSandboxes } from "../../engine/commands/sandbox.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import { packageRoot } from "../../engine/config/root.ts";
import type { SystemName } from "../../engine/config/types.ts";
import { readLedger, readRequests } from "../../engine/connector/sandbox/read-ledger.ts";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { systemClock } from "../../engine/core/clock.ts";
import type { Json } from "../../engine/core/json.ts";
import { initState } from "../../engine/state/store.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import { makeWorld } from "../../mappings/demo/world.ts";

/** The demo with other systems in some of its roles: client.yaml differs under `systems` and nowhere else. */

/** What client.yaml says of a system; its connector's sandbox is started. */
export type System = { readonly connector: string; readonly [key: string]: Json };

export interface Variant {
  readonly world: World;
  /** Every pipeline once, in order. */
  run(): Promise<RunReport>;
  /** The books of a role's sandbox, as it wrote them: not through our connectors. */
  books(role: SystemName): Books;
  /** Requests so far that changed any of the books. */
  writes(): number;
}

export interface Books {
  all(collection: string): readonly Row[];
}

/** Starts the sandboxes, each in a process of its own, and makes an empty state; all of it ends with the test. */
export async function openVariant(
  t: TestContext,
  systems: { readonly [role in SystemName]?: System },
): Promise<Variant> {
  const folder = mkdtempSync(join(tmpdir(), "tripoint-variant-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const connectors = writeClient(folder, systems);
  const { environment, stop } = await startSandboxes({
    names: Object.values(connectors),
    world: "demo",
    folder,
  });
  t.after(stop);
  const state = join(folder, "state");
  await initState({ folder: state });
  const place: ClientPlace = {
    root: folder,
    client: "demo",
    state,
    cwd: folder,
    env: environment,
    clock: systemClock,
  };
  const { problems } = loadClient(place.root, place.client, place.env, place.cwd);
  assert.deepEqual(problems, []);
  const requests = () => Object.values(connectors).flatMap((name) => readRequests(join(folder, name)));
  return {
    world: makeWorld(),
    run: () => run(place),
    books: (role) => {
      const rows = readLedger(join(folder, connectors[role]));
      return { all: (collection) => [...(rows.get(collection)?.values() ?? [])] };
    },
    writes: () => requests().filter(({ write }) => write).length,
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

/** Copies the demo's YAML with other systems; the connector of each role. */
function writeClient(
  folder: string,
  systems: { readonly [role in SystemName]?: System },
): { readonly [role in SystemName]: string } {
  const mappings = join(packageRoot(), "mappings");
  const isText = (path: string): boolean => !path.endsWith(".ts");
  for (const name of ["base", "demo"]) {
    cpSync(join(mappings, name), join(folder, "mappings", name), { recursive: true, filter: isText });
  }
  const file = join(folder, "mappings", "demo", "client.yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  for (const [role, system] of Object.entries(systems))
    document.setIn(["systems", role], document.createNode(system));
  writeFileSync(file, document.toString());
  const connectorOf = (role: SystemName): string => String(document.getIn(["systems", role, "connector"]));
  return {
    psa: connectorOf("psa"),
    billing: connectorOf("billing"),
    accounting: connectorOf("accounting"),
  };
}
