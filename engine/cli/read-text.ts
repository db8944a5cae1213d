import { readFileSync } from "node:fs";
import { UsageError } from "../commands/refusal.ts";

/** The text of a file that a person named. Throws UsageError when it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
    throw new UsageError(`the file ${file} cannot be read (${reason})`);
  }
}
