import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerName } from "../../engine/config/types.ts";
import type { Demo } from "./demo.ts";
import { startCli } from "./triangle.ts";

const ATTEMPTS = 1500;
const AGAIN_MS = 10;

/**
 * `tripoint run` of the pipelines as a process of its own against the demo's systems, killed with SIGKILL when a request
 * of `system` hangs (fault commit_then_hang).
 */
export async function killedRun(
  { place, sandboxes }: Demo,
  system: LedgerName,
  pipelines: readonly string[],
): Promise<void> {
  const { root, client, state, env } = place;
  assert.ok(state !== undefined);
  const environment = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const args = ["run", ...pipelines.flatMap((one) => ["--pipeline", one])];
  const running = startCli({ root, client, state, environment }, args);
  for (let left = ATTEMPTS; ; left--) {
    const answer = await fetch(`${sandboxes[system].origin}/__sandbox/state`);
    if (Number(((await answer.json()) as { readonly hung: number }).hung) > 0) break;
    assert.ok(left > 0, `no request of ${system} came to hang`);
    await sleep(AGAIN_MS);
  }
  assert.equal((await running.kill()).signal, "SIGKILL");
}
