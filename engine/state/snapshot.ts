import { hash } from "node:crypto";
import { join } from "node:path";
import { type Disk, errorCode, writeDurably } from "./disk.ts";
import { damaged } from "./faults.ts";
import type { Tail } from "./journal.ts";
import { FORMAT, type Head, type Mark } from "./journal-body.ts";
import { encodeLine, NO_HASH } from "./journal-line.ts";

/** Generations: a snapshot of the database, and the journal of what came after it, whose head vouches for the snapshot. */

const SNAPSHOT = /^state-(0|[1-9]\d*)\.db$/;
const JOURNAL = /^journal-(0|[1-9]\d*)\.log$/;
const UNFINISHED = /^(state-\d+\.db|journal-\d+\.log)\.tmp$/;
const KEEP = 3;

export interface Generations {
  /** Ascending. */
  readonly snapshots: readonly number[];
  /** Ascending. */
  readonly journals: readonly number[];
  /** Names of files that a crash left half written. */
  readonly unfinished: readonly string[];
}

export function snapshotName(generation: number): string {
  return `state-${generation}.db`;
}

export function journalName(generation: number): string {
  return `journal-${generation}.log`;
}

/** The generations in a folder; a missing folder has none. */
export function listGenerations(disk: Disk, folder: string): Generations {
  const files = disk.list(folder) ?? [];
  const numbers = (pattern: RegExp) =>
    files
      .flatMap((name) => pattern.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  return {
    snapshots: numbers(SNAPSHOT),
    journals: numbers(JOURNAL),
    unfinished: files.filter((name) => UNFINISHED.test(name)),
  };
}

/** The bytes of a snapshot; undefined when it is gone or is not what the head vouches for (empty, torn, changed). */
export function readSnapshot(disk: Disk, folder: string, head: Head): Buffer | undefined {
  try {
    const bytes = disk.read(join(folder, head.snapshot.name));
    return sha256(bytes) === head.snapshot.sha256 ? bytes : undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Makes a snapshot durable under its final name. It counts for nothing until a journal's head names it. */
export function writeSnapshot(disk: Disk, folder: string, generation: number, image: Uint8Array) {
  const name = snapshotName(generation);
  const path = join(folder, name);
  writeDurably(disk, `${path}.tmp`, image);
  disk.rename(`${path}.tmp`, path);
  disk.fsyncFolder(folder);
  return { name, sha256: sha256(image) };
}

/** Makes a journal that holds only its head, durable but still under a temporary name; where its next line goes. */
export function writeHead(
  disk: Disk,
  folder: string,
  head: Omit<Head, "kind" | "format">,
  epoch: number,
): Tail {
  const sequence = head.previous === null ? 0 : head.previous.sequence + 1;
  const body = JSON.stringify({ kind: "head", format: FORMAT, ...head } satisfies Head);
  const line = encodeLine(NO_HASH, { sequence, epoch, flushed: sequence }, body);
  const bytes = Buffer.from(line.text);
  writeDurably(disk, `${join(folder, journalName(head.generation))}.tmp`, bytes);
  return { sequence, epoch, hash: line.hash, length: bytes.length };
}

/** The moment at which a generation comes into force. */
export function putInForce(disk: Disk, folder: string, generation: number): void {
  const path = join(folder, journalName(generation));
  disk.rename(`${path}.tmp`, path);
  disk.fsyncFolder(folder);
}

/**
 * Ends the journal before a generation in force with a line that says so: should the newer journal be lost, its absence
 * shows. A seal that a crash cut short is made again; other lines behind the end are another run's and are damage.
 */
export function seal(disk: Disk, folder: string, head: Omit<Head, "kind" | "format">, epoch: number): void {
  const { previous, generation } = head;
  const path = join(folder, journalName(generation - 1));
  const length = disk.stat(path)?.length;
  if (previous === null || length === undefined) return;
  const numbers = { sequence: previous.sequence + 1, epoch, flushed: previous.sequence };
  const body = JSON.stringify({ kind: "seal", generation } satisfies Mark);
  const bytes = Buffer.from(encodeLine(previous.hash, numbers, body).text);
  if (length > previous.length + bytes.length) throw damaged(`${path} goes on after its end`);
  if (disk.read(path, previous.length).equals(bytes)) return;
  const file = disk.append(path);
  try {
    disk.truncate(file, previous.length);
    disk.write(file, bytes);
    disk.fsync(file);
  } finally {
    disk.close(file);
  }
}

/** Removes half-written files, a snapshot that no journal names yet, and generations older than the three to keep. */
export function tidy(disk: Disk, folder: string, generation: number): void {
  const { snapshots, journals, unfinished } = listGenerations(disk, folder);
  const spent = (number: number) => number > generation || number <= generation - KEEP;
  const names = [
    ...unfinished,
    ...snapshots.filter(spent).map(snapshotName),
    ...journals.filter(spent).map(journalName),
  ];
  for (const name of names) disk.remove(join(folder, name));
}

function sha256(bytes: Uint8Array): string {
  return hash("sha256", bytes);
}
