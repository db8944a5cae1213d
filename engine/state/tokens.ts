import { join } from "node:path";
import { isObject, type Json } from "../core/json.ts";
import { type Disk, nodeDisk, writeAtomically } from "./disk.ts";
import { damaged, diskFault } from "./faults.ts";
import { checkPermissions } from "./permissions.ts";

/** OAuth tokens, one value per connection, in tokens.json. A put is durable when it returns: call it before the first use. */

export interface TokenStore {
  get(connection: string): Json | undefined;
  /** The value before the last put: some vendors let it be used again for a while when an answer was lost. */
  previous(connection: string): Json | undefined;
  /** Replaces a value; after a crash at any point either the old or the new one is there. Throws StateError "disk". */
  put(connection: string, value: Json): void;
}

interface Entry {
  readonly current: Json;
  readonly previous?: Json;
}

/** The tokens of a state folder. Throws StateError permissions or damaged. Each call reads the file anew. */
export function openTokenStore(folder: string, disk: Disk = nodeDisk): TokenStore {
  const path = join(folder, "tokens.json");
  checkPermissions(disk, folder);
  readEntries(disk, path);
  return {
    get: (connection) => readEntries(disk, path).get(connection)?.current,
    previous: (connection) => readEntries(disk, path).get(connection)?.previous,
    put: (connection, value) => {
      const entries = readEntries(disk, path);
      const before = entries.get(connection);
      entries.set(
        connection,
        before === undefined ? { current: value } : { current: value, previous: before.current },
      );
      const text = JSON.stringify({ connections: Object.fromEntries(entries) }, undefined, 2);
      try {
        writeAtomically(disk, folder, path, Buffer.from(`${text}\n`));
      } catch (cause) {
        throw diskFault("write", path, cause);
      }
    },
  };
}

function readEntries(disk: Disk, path: string): Map<string, Entry> {
  if (disk.stat(path) === undefined) return new Map();
  let value: unknown;
  try {
    value = JSON.parse(disk.read(path).toString());
  } catch (cause) {
    throw damaged(`${path} is no JSON: log in again after removing it`, cause);
  }
  const connections = isObject(value) ? value["connections"] : undefined;
  if (!isObject(connections)) throw damaged(`${path} holds no connections`);
  const entries = new Map<string, Entry>();
  for (const [connection, entry] of Object.entries(connections)) {
    if (!isObject(entry) || entry["current"] === undefined)
      throw damaged(`${path} is wrong at ${connection}`);
    const { current, previous } = entry;
    entries.set(connection, previous === undefined ? { current } : { current, previous });
  }
  return entries;
}
