import { createRequire } from "node:module";

/** The package better-sqlite3, for tests of what takes a native SQLite. */
export interface Sqlite {
  exec(sql: string): unknown;
  pragma(text: string): unknown;
  prepare(sql: string): { all(...values: readonly unknown[]): readonly object[] };
  close(): unknown;
}

/** Undefined where it is not installed; in CI, which installs it, that is a failure. */
export const Native: (new (path: string) => Sqlite) | undefined = load();

function load(): (new (path: string) => Sqlite) | undefined {
  try {
    return createRequire(import.meta.url)("better-sqlite3");
  } catch (error) {
    if (process.env["CI"] !== undefined) throw error;
    console.error(
      "SKIPPED: better-sqlite3 is not installed, so writes into a database itself are not tested",
    );
    return undefined;
  }
}
