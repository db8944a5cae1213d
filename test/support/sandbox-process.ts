import { cpSync, rmSync } from "node:fs";
import { loadSandbox } from "../../engine/commands/sandbox-files.ts";
import { startSandbox } from "../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";

/**
 * One sandbox in a process of its own for triangle.ts: `tripoint sandbox` with a world of the test's choice, and with
 * books that can be put back to an earlier day while the address stays. It ends with the process that started it.
 */

/** What it is told: first what to be, then as often as wanted to take the books of another folder for its own. */
export type SandboxMessage =
  | {
      readonly connector: string;
      readonly world: World;
      readonly folder: string;
      readonly off: readonly string[];
    }
  | { readonly rewind: string };

/** Its answer to each message, when the sandbox listens. */
export interface SandboxReady {
  readonly origin: string;
  readonly environment: { readonly [name: string]: string };
}

let start: (port: number) => Promise<RunningSandbox>;
let running: RunningSandbox | undefined;
let folder = "";

async function obey(message: SandboxMessage): Promise<void> {
  let port = 0;
  if ("rewind" in message) {
    port = Number(new URL(running?.origin ?? "").port);
    await running?.close();
    rmSync(folder, { recursive: true });
    cpSync(message.rewind, folder, { recursive: true });
  } else {
    const { connector, world, off } = message;
    const sandbox = await loadSandbox(connector);
    folder = message.folder;
    start = (at) => startSandbox(sandbox, { world, folder, off, port: at });
  }
  running = await start(port);
  const ready: SandboxReady = { origin: running.origin, environment: running.environment };
  process.send?.(ready);
}

process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
// The parent sends the next message only when the last one was answered.
process.on("message", (message: SandboxMessage) => {
  obey(message).catch((cause: unknown) => {
    console.error(cause);
    process.exit(1);
  });
});
