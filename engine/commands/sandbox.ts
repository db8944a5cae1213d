import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { allowedHint } from "../config/allowed-hint.ts";
import type { SandboxDescription, SandboxView } from "../report/sandboxes.ts";
import { UsageError } from "./refusal.ts";
import {
  listSandboxes,
  loadCapabilities,
  loadSandbox,
  type SandboxAnswer,
  type SandboxOrder,
} from "./sandbox-files.ts";

export interface Sandboxes {
  readonly sandboxes: readonly SandboxView[];
  /** Variables that point a client at all of them. */
  readonly environment: { readonly [name: string]: string };
  /** Ends their processes. */
  stop(): Promise<void>;
}

export interface SandboxCommand {
  /** Connectors. */
  readonly names: readonly string[];
  /** Client whose world they show. */
  readonly world: string;
  /** Each keeps its books in a folder of its name below this one. */
  readonly folder: string;
  /** Port of the first one, the others following; free ports when left out. */
  readonly port?: number | undefined;
}

const PROCESS = fileURLToPath(new URL("./sandbox-process.js", import.meta.url));

/** Starts sandboxes, each in a process of its own. They end with this process, whatever happens to it. */
export async function startSandboxes({ names, world, folder, port }: SandboxCommand): Promise<Sandboxes> {
  const known = listSandboxes();
  const wanted = [...new Set(names)];
  for (const name of wanted) {
    if (known.includes(name)) continue;
    throw new UsageError(`there is no sandbox "${name}"`, allowedHint(name, known, "There are"));
  }
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end));
  };
  try {
    const sandboxes = await Promise.all(
      wanted.map((connector, index) => {
        const at = port === undefined ? undefined : port + index;
        const own = join(folder, connector);
        return begin({ connector, world, together: wanted, folder: own, port: at }, children);
      }),
    );
    const environment = Object.assign({}, ...sandboxes.map((sandbox) => sandbox.environment));
    return { sandboxes, environment, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Writes the variables as lines for a shell's `.`, until `remove` is called. */
export function saveEnvironment(
  folder: string,
  environment: Sandboxes["environment"],
): { readonly file: string; readonly remove: () => void } {
  const file = join(folder, "environment");
  const lines = Object.entries(environment).map(([name, value]) => exportLine(name, value));
  writeFileSync(file, lines.join(""), { mode: 0o600 });
  return { file, remove: () => rmSync(file, { force: true }) };
}

/** A line that sets a variable in a POSIX shell. */
export function exportLine(name: string, value: string): string {
  return `export ${name}='${value.replaceAll("'", "'\\''")}'\n`;
}

/** Every sandbox with the vendor's rules that it enforces, and what its connector can do. */
export function describeSandboxes(): Promise<readonly SandboxDescription[]> {
  return Promise.all(
    listSandboxes().map(async (connector) => ({
      connector,
      rules: (await loadSandbox(connector)).rules,
      capabilities: await loadCapabilities(connector),
    })),
  );
}

async function begin(order: SandboxOrder, children: ChildProcess[]): Promise<SandboxView> {
  const child = fork(PROCESS, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  children.push(child);
  child.send(order);
  const ended = once(child, "exit").then((): SandboxAnswer => ({ ok: false, message: "it ended at once" }));
  const answered = once(child, "message").then(([message]) => message as SandboxAnswer);
  const answer = await Promise.race([answered, ended]);
  if (!answer.ok) throw new UsageError(`the sandbox ${order.connector} does not start: ${answer.message}`);
  const { base_url, environment } = answer;
  return { connector: order.connector, base_url, environment, folder: order.folder ?? null };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  if (child.connected) child.disconnect();
  else child.kill();
  await exited;
}
