import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder that holds tripoint's own package.json, schemas, connectors and mappings, wherever the build put this file. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("tripoint's package.json is missing: install the package again");
    folder = parent;
  }
  return folder;
}
