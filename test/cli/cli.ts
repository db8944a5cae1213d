import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

/** The built command line as a process of its own. */

const CLI = fileURLToPath(new URL("../../engine/cli.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env?: { readonly [name: string]: string | undefined };
}

/** Starts tripoint; the environment is what is given and the path, so that no variable of the tester's leaks in. */
export function spawnCli(args: readonly string[], { cwd, env = {} }: Surroundings): ChildProcess {
  return spawn(process.execPath, [CLI, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs tripoint to its end. */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  const child = spawnCli(args, surroundings);
  const [out, err, [code]] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    once(child, "exit"),
  ]);
  return { code, stdout: out, stderr: err };
}

/** An empty folder that is removed after the test. */
export function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "tripoint-cli-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function readAll(stream: ChildProcess["stdout"]): Promise<string> {
  return stream === null ? Promise.resolve("") : text(stream);
}
