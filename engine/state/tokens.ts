import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import { isObject, type Json } from "../core/json.ts";
import { type Disk, nodeDisk, writeAtomically } from "./disk.ts";
import { damaged, diskFault } from "./faults.ts";
import { type Lock, takeLock } from "./lock.ts";
import { checkPermissions } from "./permissions.ts";
import { StateError } from "./types.ts";

/** OAuth tokens, one value per connection, in tokens.json. A put is durable when it returns: call it before the first use. */

export interface TokenStore {
  get(connection: string): Json | undefined;
  /** The value before the last put: some vendors let it be used again for a while when an answer was lost. */
  previous(connection: string): Json | undefined;
  /** Replaces a value; after a crash at any point either the old or the new one is there. Throws StateError "disk". */
  put(connection: string, value: Json): void;
  /**
   * Lets no other process refresh while `work` does, and waits for its turn: two that refresh at once would each kill
   * the other's token, and two puts at once would lose one. Throws StateError "locked" when the turn never comes.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

interface Entry {
  readonly current: Json;
  readonly previous?: Json;
}

const LOCK = "tokens.lock";
const POLL_MS = 50;
// A token service that hangs is given up long before.
const WAIT_MAX_MS = 10 * 60_000;

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
    exclusively: async (work) => {
      const lock = await waitForLock(folder, disk);
      try {
        return await work();
      } finally {
        lock.release();
      }
    },
  };
}

async function waitForLock(folder: string, disk: Disk): Promise<Lock> {
  for (let waited = 0; ; waited += POLL_MS) {
    try {
      return await takeLock(disk, folder, LOCK);
    } catch (error) {
      const isHeld = error instanceof StateError && error.kind === "locked";
      if (!isHeld || waited >= WAIT_MAX_MS) throw diskFault("lock", join(folder, "tokens.json"), error);
    }
    // By the machine's own time: it is another process that is waited for, whatever clock this one is given.
    await systemClock.sleep(POLL_MS);
  }
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
