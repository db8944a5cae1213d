import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { SystemError } from "../types.ts";

/** The native SQLite of an installation: the package better-sqlite3, which is there when someone put it there. */

/** What is used of it. */
export interface Native {
  new (path: string, options: { readonly fileMustExist: true; readonly timeout: number }): NativeDatabase;
}

export interface NativeDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...values: readonly unknown[]): unknown;
    get(...values: readonly unknown[]): unknown;
    all(...values: readonly unknown[]): readonly unknown[];
  };
  close(): unknown;
}

/** The package as it is installed. */
export interface Installed {
  /** Its version, found without running any of it. Throws when it is not there. */
  readonly version: () => string;
  readonly load: () => unknown;
  /** Version of Node.js that would run it. */
  readonly node: string;
}

const PACKAGE = "better-sqlite3";
const require = createRequire(import.meta.url);

const HERE: Installed = {
  version: () => {
    const manifest = join(dirname(require.resolve(PACKAGE)), "..", "package.json");
    return String(JSON.parse(readFileSync(manifest, "utf8")).version);
  },
  load: () => require(PACKAGE),
  node: process.versions.node,
};

/** The native SQLite. Throws SystemError, which says how to get it, when it is not there or does not run here. */
export function loadNative(system: string, installed: Installed = HERE): Native {
  try {
    const unfit = whyUnfit(installed);
    if (unfit !== undefined) throw new Error(unfit);
    return installed.load() as Native;
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
    const version = majorOf(installed.node) < 22 ? 12 : 13;
    throw new SystemError(
      system,
      "answer",
      `${system} is to be written in its database itself, which needs the package ${PACKAGE}: ${why}. ` +
        `Run npm install ${PACKAGE}@${version}, or let writes go to an outbox.`,
      { cause },
    );
  }
}

/**
 * Why this version would take the whole process down, which no catch could stop; undefined when it runs. 12 is built on a
 * part of Node.js that ends the process since 24.19 (nodejs/node issue 65446); 13 asks for an interface that 20 lacks.
 */
export function whyUnfit({ version, node }: Pick<Installed, "version" | "node"> = HERE): string | undefined {
  const found = version();
  const isUnfit = majorOf(found) < 13 ? majorOf(node) >= 24 : majorOf(node) < 22;
  return isUnfit ? `version ${found} of it ends the process on Node.js ${majorOf(node)}` : undefined;
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
