import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../engine/config/root.ts";
import type { Json } from "../../engine/core/json.ts";

/** The vendors' machine-readable specs. They are the vendors' own and not part of this repository. */

const FOLDER =
  process.env["TRIPOINT_VENDOR_SPECS"] ?? join(packageRoot(), "..", "shared", "vendors", "specs");

export const SPECS: string | undefined = existsSync(FOLDER) ? FOLDER : undefined;

/** A file of the specs; undefined when the vendor publishes none. */
export function readSpec(name: string): Json | undefined {
  const file = join(SPECS ?? "", name);
  return SPECS !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
