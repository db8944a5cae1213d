import { createRequire } from "node:module";
import { whyUnfit } from "../../engine/connector/sqlite/native.ts";

/** The package better-sqlite3, for tests of what takes a native SQLite. */
export interface Sqlite {
  exec(sql: string): unknown;
  pragma(text: string): unknown;
  prepare(sql: string): { all(...values: readonly unknown[]): readonly object[] };
  close(): unknown;
}

/** Undefined where it is not installed, a failure in CI, which installs it; and where Node.js would not survive it. */
export const Native: (new (path: string) => Sqlite) | undefined = load();

function load(): (new (path: string) => Sqlite) | undefined {
  try {
    const unfit = whyUnfit();
    if (unfit === undefined) return createRequire(import.meta.url)("better-sqlite3");
    skipped(unfit);
  } catch (error) {
    if (process.env["CI"] !== undefined) throw error;
    skipped("it is not installed");
  }
  return undefined;
}

function skipped(why: string): void {
  console.error(`SKIPPED: writes into a database itself, which take better-sqlite3: ${why}`);
}
