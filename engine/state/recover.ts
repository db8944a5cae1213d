import { join } from "node:path";
import { checkChange } from "./changes.ts";
import { type Database, openDatabase } from "./database.ts";
import { type Disk, errorCode } from "./disk.ts";
import { damaged, diskFault, missing } from "./faults.ts";
import type { Tail } from "./journal.ts";
import { type Head, parseHead, parseObject } from "./journal-body.ts";
import { type Line, type Scan, scanJournal } from "./journal-line.ts";
import { journalName, listGenerations, readSnapshot } from "./snapshot.ts";

/**
 * Opening: the newest snapshot whose checksum is right, and every journal line after it. A torn tail is left out;
 * anything else that does not fit is damage, and never answered by an older state.
 */

export interface Recovered {
  readonly db: Database;
  /** Head of the newest journal, and the opening that wrote it. */
  readonly head: Head;
  readonly head_epoch: number;
  /** Where the newest journal's next line goes; bytes behind it are a torn tail. */
  readonly tail: Tail;
  /** Bytes. */
  readonly snapshot_length: number;
  /** True when a damaged snapshot had to be rebuilt from an older one and its journals. */
  readonly rebuilt: boolean;
}

interface Chapter {
  readonly bytes: Buffer;
  readonly head: Head;
  readonly epoch: number;
}

/** Reads the state of a folder without changing a byte of it. */
export async function recover(disk: Disk, folder: string): Promise<Recovered> {
  try {
    return await recoverNewest(disk, folder);
  } catch (cause) {
    throw errorCode(cause) === "" ? cause : diskFault("read", folder, cause);
  }
}

async function recoverNewest(disk: Disk, folder: string): Promise<Recovered> {
  const newest = readChapter(disk, folder, findNewest(disk, folder));
  const chapters = [newest];
  let image: Buffer | undefined;
  for (;;) {
    const [oldest] = chapters;
    if (oldest === undefined) throw new Error("no chapter");
    image = readSnapshot(disk, folder, oldest.head);
    if (image !== undefined) break;
    const before = oldest.head.generation - 1;
    if (oldest.head.previous === null || disk.stat(join(folder, journalName(before))) === undefined) {
      throw damaged(
        `${join(folder, newest.head.snapshot.name)} is gone or changed, and no older one leads up to it`,
      );
    }
    chapters.unshift(readChapter(disk, folder, before));
  }
  const db = await load(image, folder);
  try {
    const tail = replay(db, folder, chapters);
    const { head, epoch } = newest;
    return { db, head, head_epoch: epoch, tail, snapshot_length: image.length, rebuilt: chapters.length > 1 };
  } catch (error) {
    db.close();
    throw error;
  }
}

function findNewest(disk: Disk, folder: string): number {
  const { journals, snapshots } = listGenerations(disk, folder);
  const journal = journals.at(-1);
  const snapshot = snapshots.at(-1);
  if (journal === undefined) {
    if (snapshot !== undefined && snapshot > 0) throw damaged(`no journal is left in ${folder}`);
    throw missing(
      folder,
      snapshot === undefined ? "there is no state" : "there is a snapshot without journal",
    );
  }
  // A snapshot one ahead is a checkpoint cut short by a crash; one further ahead had a journal that is lost.
  if (snapshot !== undefined && snapshot > journal + 1) {
    throw damaged(`${join(folder, journalName(snapshot))} is gone`);
  }
  return journal;
}

function readChapter(disk: Disk, folder: string, generation: number): Chapter {
  const path = join(folder, journalName(generation));
  const bytes = disk.read(path);
  const firstLine = bytes.subarray(0, bytes.indexOf(10) + 1);
  const { last: first } = scanJournal(firstLine, () => {});
  const head = first === undefined ? undefined : parseHead(first.body);
  if (first === undefined || head?.generation !== generation)
    throw damaged(`the first line of ${path} is wrong`);
  return { bytes, head, epoch: first.epoch };
}

async function load(image: Buffer, folder: string): Promise<Database> {
  try {
    return await openDatabase(image);
  } catch (cause) {
    throw damaged(`the snapshot in ${folder} cannot be loaded: ${String(cause)}`, cause);
  }
}

/** Replays the journals in order; where the last one goes on. */
function replay(db: Database, folder: string, chapters: readonly Chapter[]): Tail {
  let tail: Tail | undefined;
  for (const [index, { bytes, head }] of chapters.entries()) {
    const path = join(folder, journalName(head.generation));
    const next = chapters[index + 1]?.head.previous;
    let sealed = false;
    const part = next === undefined ? bytes : bytes.subarray(0, next?.length);
    const scan = scanJournal(part, (line) => {
      if (replayLine(db, path, line)) sealed = true;
    });
    if (scan.bad !== undefined && (next !== undefined || !scan.bad.torn)) {
      throw damaged(badLineText(path, scan.bad));
    }
    if (next !== undefined && scan.last?.hash !== next?.hash) {
      throw damaged(`${path} does not lead up to the generation after it`);
    }
    if (sealed) throw damaged(`${join(folder, journalName(head.generation + 1))} is gone`);
    tail = tailOf(scan, bytes);
  }
  if (tail === undefined) throw new Error("no chapter");
  return tail;
}

/** Applies a line; true when it seals its journal. */
function replayLine(db: Database, path: string, line: Line): boolean {
  const body = parseObject(line.body);
  if (body === undefined) throw damaged(`line ${line.sequence} of ${path} is no JSON object`);
  if (body["kind"] === "commit" && Array.isArray(body["changes"])) {
    try {
      db.apply(body["changes"].map(checkChange));
    } catch (cause) {
      throw damaged(`line ${line.sequence} of ${path} cannot be applied: ${String(cause)}`, cause);
    }
  }
  return body["kind"] === "seal";
}

function badLineText(path: string, bad: NonNullable<Scan["bad"]>): string {
  return `line ${bad.line} of ${path} (byte ${bad.offset}) is wrong: ${bad.reason}`;
}

function tailOf(scan: Scan, bytes: Buffer): Tail {
  const { last, bad } = scan;
  if (last === undefined) throw new Error("a journal without head");
  return { sequence: last.sequence, epoch: last.epoch, hash: last.hash, length: bad?.offset ?? bytes.length };
}
