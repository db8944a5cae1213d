import fs from "node:fs";
import { dirname } from "node:path";

/** Files that are still there after a power cut. */

/** Appends to a file, made if need be; when it throws, nothing of the text is there. */
export function appendDurably(path: string, text: string): void {
  const isNew = !fs.existsSync(path);
  const file = fs.openSync(path, "a", 0o600);
  try {
    const { size } = fs.fstatSync(file);
    try {
      writeAll(file, Buffer.from(text));
    } catch (cause) {
      fs.ftruncateSync(file, size);
      throw new NothingStored(cause);
    }
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
  if (isNew) fsyncFolder(dirname(path));
}

/** Writes a whole file: under another name first, so that nobody ever sees half of it. */
export function writeWhole(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  const file = fs.openSync(temporary, "w", 0o600);
  try {
    writeAll(file, Buffer.from(text));
    fs.fsyncSync(file);
  } catch (cause) {
    throw new NothingStored(cause);
  } finally {
    fs.closeSync(file);
  }
  fs.renameSync(temporary, path);
  fsyncFolder(dirname(path));
}

/** Moves a file to another folder of the same disk. */
export function moveDurably(from: string, to: string): void {
  fs.renameSync(from, to);
  fsyncFolder(dirname(to));
  fsyncFolder(dirname(from));
}

/** The disk refused, and left nothing behind. */
export class NothingStored extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "NothingStored";
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(file, bytes, done);
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
