import { type Disk, errorCode, type FileStat } from "./disk.ts";
import { diskFault, fenced } from "./faults.ts";
import { encodeLine } from "./journal-line.ts";
import { StateError } from "./types.ts";

/** The open journal: lines go to its end, a changed file is noticed before each of them, a fault ends all writing. */

/** Where the next line goes. */
export interface Tail {
  readonly sequence: number;
  readonly epoch: number;
  readonly hash: string;
  /** Bytes. */
  readonly length: number;
}

export interface Journal {
  readonly path: string;
  readonly tail: Tail;
  /** What ended the writing; undefined while all is well. */
  readonly fault: StateError | undefined;
  /**
   * Writes one line. A promise (an intent) is refused as soon as the disk is full; an outcome still finds the reserved
   * space. Throws StateError "fenced" or "disk".
   */
  append(body: string, kind: "promise" | "outcome"): void;
  /** fsync; a failure is final, since the kernel may have thrown the unwritten pages away and would report success next time. */
  flush(): void;
  /** Makes every later append and flush fail with `fault`. */
  fail(fault: StateError): StateError;
  /** Throws StateError "fenced" when the file is not as we left it. */
  check(): void;
  /** Closes the file without flushing it. */
  close(): void;
}

export interface JournalOptions {
  readonly disk: Disk;
  readonly path: string;
  readonly tail: Tail;
  /** A file that occupies space; it is given up when an outcome finds the disk full. */
  readonly reserve: string;
  readonly onFault: (fault: StateError) => void;
}

/** Opens a journal whose content up to `tail` was checked; what stands behind it is cut. Everything kept is flushed. */
export function openJournal(options: JournalOptions): Journal {
  const { disk, path, reserve, onFault } = options;
  let tail = options.tail;
  let fault: StateError | undefined;
  let full: StateError | undefined;
  const file = disk.append(path);
  const inode = settle(disk, file, path, tail.length);
  let flushed = tail.sequence;

  const fail = (error: StateError): StateError => {
    if (fault === undefined) {
      fault = error;
      onFault(error);
    }
    return error;
  };

  const becomeFull = (): StateError => {
    if (full === undefined) {
      full = new StateError("disk", `cannot write ${path}: the disk is full. Nothing more is sent.`);
      onFault(full);
    }
    return full;
  };

  const check = (): void => {
    if (fault !== undefined) throw fault;
    const stat = inspect();
    if (stat === undefined) throw fail(fenced(`${path} is gone`));
    if (stat.inode !== inode) throw fail(fenced(`${path} was replaced`));
    if (stat.length !== tail.length) {
      throw fail(fenced(`${path} has ${stat.length} bytes where we left ${tail.length}`));
    }
  };

  const inspect = (): FileStat | undefined => {
    try {
      return disk.stat(path);
    } catch (cause) {
      throw fail(diskFault("inspect", path, cause));
    }
  };

  /** True when written; false when the disk is full and the file was cut back to where it was. */
  const write = (bytes: Uint8Array): boolean => {
    try {
      disk.write(file, bytes);
      return true;
    } catch (cause) {
      if (errorCode(cause) !== "ENOSPC") throw fail(diskFault("write", path, cause));
    }
    try {
      disk.truncate(file, tail.length);
    } catch (cause) {
      throw fail(diskFault("cut back", path, cause));
    }
    return false;
  };

  const releaseReserve = (): boolean => {
    if (disk.stat(reserve) === undefined) return false;
    try {
      disk.remove(reserve);
      return true;
    } catch {
      return false;
    }
  };

  const append = (body: string, kind: "promise" | "outcome"): void => {
    check();
    if (kind === "promise" && full !== undefined) throw full;
    const { sequence, epoch, hash } = tail;
    const next = sequence + 1;
    const line = encodeLine(hash, { sequence: next, epoch, flushed }, body);
    const bytes = Buffer.from(line.text);
    if (!write(bytes)) {
      const refusal = becomeFull();
      if (kind === "promise") throw refusal;
      if (!releaseReserve() || !write(bytes)) throw fail(refusal);
    }
    tail = { sequence: next, epoch, hash: line.hash, length: tail.length + bytes.length };
  };

  const flush = (): void => {
    if (fault !== undefined) throw fault;
    if (flushed === tail.sequence) return;
    try {
      disk.fsync(file);
    } catch (cause) {
      throw fail(diskFault("flush", path, cause));
    }
    flushed = tail.sequence;
  };

  return {
    path,
    get tail() {
      return tail;
    },
    get fault() {
      return fault;
    },
    append,
    flush,
    fail,
    check,
    close: () => disk.close(file),
  };
}

/** Cuts and flushes a file that is to be appended to; its inode number. */
function settle(disk: Disk, file: number, path: string, length: number): number {
  try {
    const stat = disk.stat(path);
    if (stat === undefined || stat.length < length) throw fenced(`${path} changed while it was opened`);
    if (stat.length > length) disk.truncate(file, length);
    disk.fsync(file);
    return stat.inode;
  } catch (cause) {
    disk.close(file);
    throw diskFault("open", path, cause);
  }
}
