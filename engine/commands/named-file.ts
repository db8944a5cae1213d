import { accessSync, chmodSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "./refusal.ts";

/** Files that a person named on the command line: one that cannot be used is told in a sentence, and is no bug. */

/** The text of the file. Throws UsageError when it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new UsageError(`the file ${file} cannot be read (${codeOf(cause)})`);
  }
}

/** Throws UsageError when the file could not be written: before work that takes long. */
export function checkWritable(file: string): void {
  try {
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

/** Writes what may hold customers' values, for its owner's eyes only. Throws UsageError when it cannot be written. */
export function writeText(file: string, text: string, flag: "w" | "wx" = "w"): void {
  try {
    writeFileSync(file, text, { flag, mode: 0o600 });
    // The mode above is for a new file only.
    chmodSync(file, 0o600);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

function unwritable(file: string, cause: unknown): UsageError {
  return new UsageError(`the file ${file} cannot be written (${codeOf(cause)})`, "Name another one.");
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
}
