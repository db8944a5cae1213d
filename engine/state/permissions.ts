import { join } from "node:path";
import type { Disk } from "./disk.ts";
import { StateError } from "./types.ts";

const OURS = /^(state-\d+\.db|journal-\d+\.log|tokens\.json)$/;
const OTHERS = 0o077;

/** Throws StateError "permissions", with the command that mends it, when others could read ids, records or tokens. */
export function checkPermissions(disk: Disk, folder: string): void {
  // Windows has no such bits; access lists are inherited from the folder.
  if (process.platform === "win32") return;
  const open = (disk.list(folder) ?? [])
    .filter((name) => OURS.test(name))
    .map((name) => join(folder, name))
    .filter((path) => ((disk.stat(path)?.mode ?? 0) & OTHERS) !== 0);
  if (open.length === 0) return;
  throw new StateError(
    "permissions",
    `others can read the state: type chmod 600 ${open.map((path) => `'${path}'`).join(" ")}`,
  );
}
