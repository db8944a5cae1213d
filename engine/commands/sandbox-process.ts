import { startSandbox } from "../connector/sandbox/kit.ts";
import { nodeDisk } from "../state/disk.ts";
import { takeLock } from "../state/lock.ts";
import { isSandboxOrder, loadSandbox, loadSharedWorld, type SandboxAnswer } from "./sandbox-files.ts";

/**
 * One sandbox in a process of its own: told by its first message what to be, it answers where it listens. It ends with
 * the process that started it, also when that one is killed.
 */

function answer(value: SandboxAnswer): void {
  process.send?.(value);
}

async function serve(order: unknown): Promise<void> {
  if (!isSandboxOrder(order)) throw new Error("the first message must say which sandbox to be");
  const { connector, world, together, folder, port } = order;
  const lock = folder === undefined ? undefined : await lockFolder(folder);
  const running = await startSandbox(await loadSandbox(connector), {
    world: await loadSharedWorld(world, together),
    ...(folder === undefined ? {} : { folder }),
    ...(port === undefined ? {} : { port }),
  });
  process.once("disconnect", () => {
    running.close().finally(() => {
      lock?.release();
      process.exit(0);
    });
  });
  answer({ ok: true, base_url: running.baseUrl, environment: running.environment });
}

/** Two sandboxes with the same books would each write over the other's. */
async function lockFolder(folder: string) {
  nodeDisk.makeFolder(folder);
  try {
    return await takeLock(nodeDisk, folder);
  } catch (cause) {
    throw new Error(`another sandbox has its books in ${folder}: end it first`, { cause });
  }
}

// Ctrl-C reaches the whole group; the parent still needs its systems to settle what is under way.
process.on("SIGINT", () => {});
process.once("message", (order) => {
  serve(order).catch((cause: unknown) => {
    answer({ ok: false, message: cause instanceof Error ? cause.message : String(cause) });
    process.disconnect();
    process.exitCode = 1;
  });
});
