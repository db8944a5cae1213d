import { createHash, randomBytes } from "node:crypto";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isObject } from "../core/json.ts";
import { type Disk, errorCode, nodeDisk } from "./disk.ts";
import { StateError } from "./types.ts";

/**
 * One process at a time. On Linux an abstract socket named after the folder is the lock: the kernel frees it when the
 * last thread of its process is gone. A lock file says who holds it and guards where the socket does not reach (another
 * container, another system).
 */

export interface Lock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** Start time of the process in the kernel's ticks, since pids are used again; "" where it is not known. */
  readonly started: string;
  /** The kernel's id of this boot; "" where it is not known. */
  readonly boot: string;
}

const ATTEMPTS = 5;
const DYING_MS = 2000;
const DYING_STEP_MS = 20;

/**
 * Takes a lock of a state folder: "lock", which is that of the whole state, or one for a part of it. Throws StateError
 * "locked", which names the process that holds it.
 */
export async function takeLock(disk: Disk, folder: string, name = "lock"): Promise<Lock> {
  const path = join(folder, name);
  // The first name stands alone, as earlier versions had it.
  const key = name === "lock" ? disk.realPath(folder) : join(disk.realPath(folder), name);
  const server = await listenPastTheDying(key, () => readHolder(disk, path));
  if (server === "taken") throw locked(folder, readHolder(disk, path));
  try {
    const text = claimFile(disk, folder, name);
    return {
      release: () => {
        server?.close();
        // Another run may have claimed the file while we were frozen; then it is not ours to remove.
        if (readText(disk, path) === text) disk.remove(path);
      },
    };
  } catch (error) {
    server?.close();
    throw error;
  }
}

/**
 * As listen, but waits a moment for a killed holder to go: its main thread counts as dead before the last thread, which
 * is when the kernel frees the socket.
 */
async function listenPastTheDying(
  key: string,
  holder: () => Holder | undefined,
): Promise<Server | "taken" | undefined> {
  for (let waited = 0; ; waited += DYING_STEP_MS) {
    const server = await listen(key);
    const found = holder();
    if (server !== "taken" || waited >= DYING_MS || found === undefined || isAlive(found)) return server;
    await setTimeout(DYING_STEP_MS);
  }
}

/** Listens on the lock's abstract socket; undefined where there are none. */
function listen(key: string): Promise<Server | "taken" | undefined> {
  if (process.platform !== "linux") return Promise.resolve(undefined);
  const name = `\0tripoint-${createHash("sha256").update(key).digest("hex")}`;
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error) => {
      if (errorCode(error) === "EADDRINUSE") resolve("taken");
      else reject(error);
    });
    server.listen({ path: name, exclusive: true }, () => resolve(server));
    server.unref();
  });
}

/** Makes the lock file, over the one of a process that is gone; its text. */
function claimFile(disk: Disk, folder: string, name: string): string {
  const path = join(folder, name);
  const mark = randomBytes(8).toString("hex");
  const text = JSON.stringify({ ...identity(), mark });
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (makeFile(disk, path, text, mark)) {
      removeLeftovers(disk, folder, name);
      return text;
    }
    const found = readText(disk, path);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder !== undefined && isAlive(holder)) throw locked(folder, holder);
    moveAside(disk, path, found, mark);
  }
  throw locked(folder, readHolder(disk, path));
}

/** True when the file was made. Linking a finished file, unlike creating one, never shows an empty lock to others. */
function makeFile(disk: Disk, path: string, text: string, mark: string): boolean {
  const temp = `${path}.${mark}`;
  const file = disk.create(temp);
  try {
    disk.write(file, Buffer.from(text));
  } finally {
    disk.close(file);
  }
  try {
    disk.link(temp, path);
    return true;
  } catch (error) {
    // ENOENT: the winner of a race has tidied our temporary file away.
    if (errorCode(error) === "EEXIST" || errorCode(error) === "ENOENT") return false;
    throw error;
  } finally {
    removeIfThere(disk, temp);
  }
}

/** Takes a dead process's file out of the way; when another run's new one was caught by mistake, puts it back. */
function moveAside(disk: Disk, path: string, expected: string, mark: string): void {
  const aside = `${path}.${mark}.stale`;
  try {
    disk.rename(path, aside);
    if (readText(disk, aside) !== expected) disk.link(aside, path);
    disk.remove(aside);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" && errorCode(error) !== "EEXIST") throw error;
  }
}

function removeLeftovers(disk: Disk, folder: string, name: string): void {
  for (const file of disk.list(folder) ?? []) {
    if (file.startsWith(`${name}.`)) removeIfThere(disk, join(folder, file));
  }
}

function removeIfThere(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

function identity(): Holder {
  return { pid: process.pid, started: startedAt(process.pid) ?? "", boot: bootId() };
}

function isAlive(holder: Holder): boolean {
  const boot = bootId();
  if (boot !== "" && holder.boot !== "" && boot !== holder.boot) return false;
  if (process.platform === "linux") return startedAt(holder.pid) === holder.started;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/**
 * Field 22 of /proc/<pid>/stat; the name in field 2 may hold spaces, so count after its closing bracket. Undefined of a
 * process that is gone, or dead and only not reaped yet (states Z and X): where nobody reaps, as in a container without
 * an init, its entry stays for good.
 */
function startedAt(pid: number): string | undefined {
  const stat = readText(nodeDisk, `/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields?.[0] === "Z" || fields?.[0] === "X" ? undefined : fields?.[19];
}

function bootId(): string {
  return readText(nodeDisk, "/proc/sys/kernel/random/boot_id")?.trim() ?? "";
}

function readHolder(disk: Disk, path: string): Holder | undefined {
  const text = readText(disk, path);
  return text === undefined ? undefined : parseHolder(text);
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const { pid, started, boot } = value;
    if (typeof pid !== "number" || typeof started !== "string" || typeof boot !== "string") return undefined;
    return { pid, started, boot };
  } catch {
    return undefined;
  }
}

function readText(disk: Disk, path: string): string | undefined {
  try {
    return disk.read(path).toString();
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes(errorCode(error))) return undefined;
    throw error;
  }
}

function locked(folder: string, holder: Holder | undefined): StateError {
  const who = holder === undefined ? "another process" : `process ${holder.pid}`;
  return new StateError("locked", `the state in ${folder} is in use by ${who}: wait for its run to end`);
}
