import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../engine/config/root.ts";
import type { Switch } from "./switch.ts";

/** A copy of the tree in a temporary folder, with one rule switched off in its source and compiled anew. */
export interface Workshop {
  readonly root: string;
  close(): void;
}

const COPIED = [
  "engine",
  "connectors",
  "mappings",
  "schemas",
  "test",
  "dist",
  "package.json",
  "tsconfig.json",
];

/** How often the text of a switch stands in its file. */
export function occurrences({ file, find }: Switch): number {
  return readFileSync(join(packageRoot(), file), "utf8").split(find).length - 1;
}

/** Throws when the text does not stand there once, or what comes of it does not compile. */
export async function switchOff(one: Switch): Promise<Workshop> {
  const found = occurrences(one);
  if (found !== 1) throw new Error(`its text stands ${found} times in ${one.file}`);
  const root = mkdtempSync(join(tmpdir(), "tripoint-switch-"));
  const close = (): void => rmSync(root, { recursive: true, force: true });
  try {
    for (const name of COPIED) cpSync(join(packageRoot(), name), join(root, name), { recursive: true });
    symlinkSync(join(packageRoot(), "node_modules"), join(root, "node_modules"));
    const file = join(root, one.file);
    const text = readFileSync(file, "utf8");
    // A function, since a text would have its dollar signs read as patterns.
    writeFileSync(
      file,
      text.replace(one.find, () => one.replace),
    );
    if (one.file.endsWith(".ts")) await compile(root);
    return { root, close };
  } catch (cause) {
    close();
    throw cause;
  }
}

async function compile(root: string): Promise<void> {
  const compiler = join(packageRoot(), "node_modules", "typescript", "bin", "tsc");
  // Types are not looked at: what a replacement leaves unused or unreachable is no fault of it, and what it breaks ends
  // in an exception, which is no assertion.
  const child = spawn(process.execPath, [compiler, "-p", root, "--noCheck"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  child.stdout.on("data", (text) => {
    told += String(text);
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`it does not compile: ${told.trim()}`);
}
