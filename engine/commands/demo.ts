import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../config/root.ts";
import { readYaml } from "../config/yaml.ts";
import { atPath, isObject } from "../core/json.ts";
import type { DemoView } from "../report/demo.ts";
import { nodeDisk } from "../state/disk.ts";
import { initState, openStateReadOnly } from "../state/store.ts";
import { StateError } from "../state/types.ts";
import type { Progress } from "../sync/types.ts";
import type { ClientPlace } from "./client.ts";
import { DEMO, loadConfig } from "./client.ts";
import { findIdMap } from "./idmap.ts";
import { issuesOf } from "./issues.ts";
import { readiness } from "./readiness.ts";
import { run } from "./run.ts";
import { startSandboxes } from "./sandbox.ts";
import { loadWorld } from "./sandbox-files.ts";

export interface DemoCommand {
  /** Begin anew: the demo's state and the sandboxes' books are removed first. */
  readonly reset: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (event: Progress) => void;
  /** Told what was done, in sentences. */
  readonly onStep: (text: string) => void;
}

/** Where the demo and `tripoint sandbox` keep the sandboxes' books. */
export function sandboxFolder(cwd: string): string {
  return join(cwd, ".tripoint", "sandboxes");
}

/** Three sandboxes, one client, every pipeline; run again, it goes on from where it was. */
export async function demo(
  { cwd, env, clock }: Pick<ClientPlace, "cwd" | "env" | "clock">,
  { reset, signal, onProgress, onStep }: DemoCommand,
): Promise<DemoView> {
  const root = packageRoot();
  const state = join(cwd, ".tripoint", DEMO);
  const folder = sandboxFolder(cwd);
  if (reset) {
    for (const path of [state, folder]) rmSync(path, { recursive: true, force: true });
  }
  const names = connectorsOf(root, DEMO);
  const fresh = await prepareState(state, folder, names);
  if (fresh) onStep(`A new state was made in ${state}.`);
  const sandboxes = await startSandboxes({ names, world: DEMO, folder });
  try {
    onStep(`${sandboxes.sandboxes.length} sandboxes listen, each in a process of its own.`);
    const place = { root, client: DEMO, state, cwd, clock, env: { ...env, ...sandboxes.environment } };
    const config = loadConfig(place);
    onStep(`${config.file} and its ${config.pipelines.length} pipelines are right.`);
    const report = await run(place, { signal, onProgress });
    const ready = signal.aborted ? null : await readiness(place);
    return { report, fresh, ...(await outcome(state)), ready, sandboxes: sandboxes.sandboxes };
  } finally {
    await sandboxes.stop();
  }
}

/**
 * Makes the state before a first run; true when it did. State and books belong together: without one of them the other's
 * records would look like someone else's, and be made a second time.
 */
async function prepareState(folder: string, books: string, names: readonly string[]): Promise<boolean> {
  const used = names.some((name) => (nodeDisk.stat(join(books, name, "requests.ndjson"))?.length ?? 0) > 0);
  if (!existsSync(folder)) {
    if (used) throw torn(books, folder);
    await initState({ folder });
    return true;
  }
  const state = await openStateReadOnly({ folder });
  const links = state.count("link");
  state.close();
  if (links > 0 && !used) throw torn(folder, books);
  return false;
}

function torn(there: string, gone: string): StateError {
  return new StateError(
    "missing",
    `${there} is in use, but ${gone} is gone. Begin anew: npm start -- --reset`,
  );
}

/** Connectors that a client's systems have, as its client.yaml says; none when it cannot be read. */
export function connectorsOf(root: string, client: string): readonly string[] {
  const { value } = readYaml(join(root, "mappings", client, "client.yaml"), root);
  const systems = value === undefined ? undefined : atPath(value, "systems");
  const names = Object.values(isObject(systems) ? systems : {}).map((system) => atPath(system, "connector"));
  return names.filter((name) => typeof name === "string");
}

async function outcome(folder: string): Promise<Pick<DemoView, "example" | "rows" | "held">> {
  const [first] = (await loadWorld(DEMO)).companies;
  const example = first?.number ?? "";
  const state = await openStateReadOnly({ folder });
  try {
    const rows = findIdMap(state, example).filter(({ entity }) => entity === "customer");
    return { example, rows, held: issuesOf(state, ["held", "conflict", "dead_letter"]) };
  } finally {
    state.close();
  }
}
