import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { dirname, resolve } from "node:path";

/** Every access of the state to its folder goes through this interface, so that tests can put a failing disk in its place. */

export interface FileStat {
  readonly inode: number;
  /** Bytes. */
  readonly length: number;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
}

/** Synchronous file access. Each call throws the system's error (with its `code`) when the disk refuses. */
export interface Disk {
  /** Opens an existing or new file (mode 0600) whose writes go to its end. */
  append(path: string): number;
  /** Opens a new or emptied file (mode 0600) for writing. */
  create(path: string): number;
  /** Writes all bytes or throws; part of them may have been written when it throws. */
  write(file: number, bytes: Uint8Array): void;
  /** Returns when contents and length of the file would survive a power cut. */
  fsync(file: number): void;
  /** Cuts an open file to `length` bytes. */
  truncate(file: number, length: number): void;
  close(file: number): void;
  rename(from: string, to: string): void;
  /** Gives a file a second name; fails with EEXIST when that name is taken. */
  link(from: string, to: string): void;
  remove(path: string): void;
  /** Returns when names made, changed or removed in the folder would survive a power cut. */
  fsyncFolder(folder: string): void;
  /** Makes a folder (mode 0700) and its parents; their names would survive a power cut when it returns. */
  makeFolder(folder: string): void;
  /** Makes a file that occupies `length` bytes of the disk whatever the file system does to save space. */
  occupy(path: string, length: number): void;
  /** The bytes of a file, from an offset on. */
  read(path: string, from?: number): Buffer;
  /** Undefined when there is no such file. */
  stat(path: string): FileStat | undefined;
  /** Names in a folder, sorted; undefined when there is no such folder. */
  list(folder: string): readonly string[] | undefined;
  /** The path without symbolic links. */
  realPath(path: string): string;
}

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const CHUNK = 1024 * 1024;

/** The real disk. */
export const nodeDisk: Disk = {
  append: (path) => fs.openSync(path, "a", FILE_MODE),
  create: (path) => fs.openSync(path, "w", FILE_MODE),
  write: writeAll,
  // fdatasync also makes a changed length durable, and saves the write of the time stamps.
  fsync: (file) => fs.fdatasyncSync(file),
  truncate: (file, length) => fs.ftruncateSync(file, length),
  close: (file) => fs.closeSync(file),
  rename: (from, to) => fs.renameSync(from, to),
  link: (from, to) => fs.linkSync(from, to),
  remove: (path) => fs.unlinkSync(path),
  fsyncFolder,
  makeFolder,
  occupy,
  read: (path, from = 0) => (from === 0 ? fs.readFileSync(path) : readFrom(path, from)),
  stat: (path) => {
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    return stat && { inode: stat.ino, length: stat.size, mode: stat.mode & 0o777 };
  },
  list: (folder) => {
    try {
      return fs.readdirSync(folder).sort();
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  },
  realPath: (path) => fs.realpathSync(path),
};

/** The system's code (`ENOSPC`, `EIO` …) of an error; "" when it has none. */
export function errorCode(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** Writes a whole file so that after a power cut either the old or the new one is there: temp file, fsync, rename, folder. */
export function writeAtomically(disk: Disk, folder: string, path: string, bytes: Uint8Array): void {
  writeDurably(disk, `${path}.tmp`, bytes);
  disk.rename(`${path}.tmp`, path);
  disk.fsyncFolder(folder);
}

/** Writes a new file and its bytes to the platter; its name is durable only after the folder's fsync. */
export function writeDurably(disk: Disk, path: string, bytes: Uint8Array): void {
  const file = disk.create(path);
  try {
    disk.write(file, bytes);
    disk.fsync(file);
  } finally {
    disk.close(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += fs.writeSync(file, bytes, done);
}

function readFrom(path: string, from: number): Buffer {
  const file = fs.openSync(path, "r");
  try {
    const bytes = Buffer.alloc(Math.max(0, fs.fstatSync(file).size - from));
    return bytes.subarray(0, fs.readSync(file, bytes, 0, bytes.length, from));
  } finally {
    fs.closeSync(file);
  }
}

function fsyncFolder(folder: string): void {
  // Windows cannot open a folder; its file system journals names by itself.
  if (process.platform === "win32") return;
  const handle = fs.openSync(folder, "r");
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

// Folder by folder: Node's own way of making parents never ends where the system refuses with ENOENT, as below /proc.
function makeFolder(folder: string): void {
  const path = resolve(folder);
  if (isFolder(path)) return;
  makeFolder(dirname(path));
  try {
    fs.mkdirSync(path, { mode: FOLDER_MODE });
  } catch (error) {
    // Another process was faster.
    if (!isFolder(path)) throw error;
  }
  fsyncFolder(dirname(path));
}

function isFolder(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function occupy(path: string, length: number): void {
  const file = fs.openSync(path, "w", FILE_MODE);
  try {
    // Random bytes, because zeros take no room on a file system that compresses.
    for (let done = 0; done < length; done += CHUNK) {
      writeAll(file, randomBytes(Math.min(CHUNK, length - done)));
    }
    fs.fdatasyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}
