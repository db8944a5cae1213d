import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parseDocument } from "yaml";
import { run } from "../../engine/commands/run.ts";
import { packageRoot } from "../../engine/config/root.ts";
import type { SystemName } from "../../engine/config/types.ts";
import { startSandbox } from "../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { initState } from "../../engine/state/store.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import { type Books, booksOf } from "../support/books.ts";
import { PLAYERS } from "./systems.ts";

/** The demo's client with three systems of one's choice, on a clock that jumps where it would wait. */
export interface Combination {
  /** With the ids that the systems of this combination give. */
  readonly world: World;
  /** Runs until one writes nothing; all the reports. */
  settle(): Promise<readonly RunReport[]>;
  /** What the sandbox of a role has in its own books. */
  books(role: "billing" | "accounting"): Books;
}

export type Cast = { readonly [role in SystemName]: string };

const ROLES: readonly SystemName[] = ["psa", "billing", "accounting"];
const RUNS_MAX = 5;

/** Starts the three sandboxes in memory and makes an empty state; all of it ends with the test. */
export async function openCombination(t: TestContext, cast: Cast, made: World): Promise<Combination> {
  const players = ROLES.map((role) => {
    const player = PLAYERS[role][cast[role]];
    assert.ok(player, `${role} ${cast[role]}`);
    return { role, ...player };
  });
  const world = players.reduce((shown, { sandbox }) => sandbox.ownIds?.(shown) ?? shown, made);
  const root = mkdtempSync(join(tmpdir(), "tripoint-matrix-"));
  // The machine's own time, which files bear, plus what was jumped.
  let jumped = 0;
  const clock = {
    now: () => Date.now() + jumped,
    sleep: async (ms: number) => {
      jumped += Math.max(0, ms);
    },
  };
  const running: { role: SystemName; sandbox: RunningSandbox }[] = [];
  t.after(async () => {
    await Promise.all(running.map(({ sandbox }) => sandbox.close()));
    rmSync(root, { recursive: true });
  });
  for (const { role, sandbox } of players) {
    // A system that is a folder has to have one; the others keep their books in memory.
    const folder = sandbox.open === undefined ? {} : { folder: join(root, role) };
    running.push({ role, sandbox: await startSandbox(sandbox, { world, now: clock.now, ...folder }) });
  }
  writeClient(
    root,
    players.map(({ role, system }) => ({ role, system })),
  );
  const env = Object.assign({}, ...running.map(({ sandbox }) => sandbox.environment));
  const state = join(root, "state");
  await initState({ folder: state });
  return {
    world,
    settle: async () => {
      const reports: RunReport[] = [];
      while (reports.length < RUNS_MAX) {
        for (const { sandbox } of running) sandbox.tend();
        const report = await run({ root, client: "demo", state, cwd: root, env, clock });
        reports.push(report);
        if (writesIn(report) === 0) break;
      }
      return reports;
    },
    books: (role) => {
      const own = running.find((one) => one.role === role);
      return booksOf(cast[role], (name) => own?.sandbox.ledger.all(name) ?? []);
    },
  };
}

/** Writes of a run, over all systems. */
export function writesIn({ pipelines }: RunReport): number {
  return pipelines.flatMap(({ writes }) => Object.values(writes)).reduce((sum, count) => sum + count, 0);
}

/** The demo's YAML; client.yaml differs under `systems` and nowhere else. */
function writeClient(
  root: string,
  systems: readonly { readonly role: SystemName; readonly system: string }[],
): void {
  for (const folder of ["base", "demo"]) {
    cpSync(join(packageRoot(), "mappings", folder), join(root, "mappings", folder), { recursive: true });
  }
  const file = join(root, "mappings", "demo", "client.yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  for (const { role, system } of systems) document.setIn(["systems", role], parseDocument(system).contents);
  writeFileSync(file, String(document));
}
