import { join } from "node:path";
import { type Clock, instant, systemClock } from "../core/clock.ts";
import type { Json } from "../core/json.ts";
import { checkChange } from "./changes.ts";
import { type Database, openDatabase } from "./database.ts";
import { type Disk, errorCode, nodeDisk } from "./disk.ts";
import { diskFault, missing } from "./faults.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { Head, Mark } from "./journal-body.ts";
import { type Lock, takeLock } from "./lock.ts";
import { lookups } from "./lookups.ts";
import { checkPermissions } from "./permissions.ts";
import { type Recovered, recover } from "./recover.ts";
import {
  journalName,
  listGenerations,
  putInForce,
  seal,
  tidy,
  writeHead,
  writeSnapshot,
} from "./snapshot.ts";
import { type Change, type State, StateError } from "./types.ts";

/** The store: opens a state folder, journals each commit before it shows, and folds the journal into a snapshot when due. */

export interface StateOptions {
  readonly folder: string;
  /** Default: the real disk. */
  readonly disk?: Disk;
}

export interface OpenOptions extends StateOptions {
  readonly clock?: Clock;
  /** Default true; without it only the fence of the journal keeps two processes apart. */
  readonly lock?: boolean;
  /** Bytes of journal below which commit() makes no checkpoint; default 16 MiB. */
  readonly checkpoint_min_bytes?: number;
  /** Told once of a full disk, of the fault that ended all writing, and of a checkpoint that had to be put off. */
  readonly onFault?: (fault: StateError) => void;
  /** Called when a commit's line is written, with its sequence number. */
  readonly afterCommit?: (sequence: number) => void;
}

const CHECKPOINT_MIN = 16 * 1024 * 1024;
/** A run that leaves less than this in the journal does not pay for a snapshot when it closes. */
const CLOSE_MIN = 64 * 1024;
const RESERVE = 8 * 1024 * 1024;
const READ_ATTEMPTS = 5;

/** Makes a state folder with an empty first generation. Throws StateError when there is a state already. */
export async function initState(options: StateOptions): Promise<void> {
  const { folder, disk = nodeDisk } = options;
  const db = await openDatabase(undefined);
  try {
    disk.makeFolder(folder);
    const { journals, snapshots } = listGenerations(disk, folder);
    // Snapshot 0 alone is an init that a crash cut short; it may be made again.
    if (journals.length > 0 || snapshots.some((generation) => generation > 0)) {
      throw new StateError("damaged", `there is a state in ${folder} already: nothing was changed`);
    }
    const snapshot = writeSnapshot(disk, folder, 0, db.image());
    writeHead(disk, folder, { generation: 0, snapshot, previous: null }, 0);
    putInForce(disk, folder, 0);
  } catch (cause) {
    throw diskFault("make the state in", folder, cause);
  } finally {
    db.close();
  }
}

/** Opens a state for writing. Throws StateError missing, locked, permissions, damaged or disk. */
export async function openState(options: OpenOptions): Promise<State> {
  const { folder, disk = nodeDisk } = options;
  let lock: Lock | undefined;
  let db: Database | undefined;
  try {
    demandFolder(disk, folder);
    if (options.lock !== false) lock = await takeLock(disk, folder);
    checkPermissions(disk, folder);
    const recovered = await recover(disk, folder);
    db = recovered.db;
    return openWriting(options, disk, recovered, lock);
  } catch (cause) {
    db?.close();
    lock?.release();
    throw errorCode(cause) === "" ? cause : diskFault("open", folder, cause);
  }
}

/**
 * Reads a state, also while a run writes to it; takes no lock and changes no file. Commits since the call are not seen.
 * Throws StateError missing, permissions, damaged or disk.
 */
export async function openStateReadOnly(options: StateOptions): Promise<State> {
  const { folder, disk = nodeDisk } = options;
  demandFolder(disk, folder);
  checkPermissions(disk, folder);
  const { db, tail } = await recoverWhileWritten(disk, folder);
  return {
    ...reading(db),
    folder,
    epoch: tail.epoch,
    sequence: tail.sequence,
    commit: () => {
      throw new Error("the state was opened for reading only");
    },
    flush: () => {},
    close: () => db.close(),
  };
}

function demandFolder(disk: Disk, folder: string): void {
  const files = disk.list(folder);
  if (files === undefined) throw missing(folder, "there is no state folder: nothing");
  if (files.length === 0) throw missing(folder, "the state folder is empty: there is nothing");
}

/** A run may put a new generation in force between our look at the folder and our reading; then look again. */
async function recoverWhileWritten(disk: Disk, folder: string): Promise<Recovered> {
  for (let attempt = 1; ; attempt++) {
    const before = JSON.stringify(listGenerations(disk, folder));
    try {
      return await recover(disk, folder);
    } catch (error) {
      if (attempt === READ_ATTEMPTS || before === JSON.stringify(listGenerations(disk, folder))) throw error;
    }
  }
}

function reading(db: Database) {
  const rows: State["rows"] = (table, where) => db.rows(table, where ?? {});
  const count: State["count"] = (table, where) => db.count(table, where ?? {});
  return { ...lookups(db), rows, count };
}

function openWriting(options: OpenOptions, disk: Disk, recovered: Recovered, lock: Lock | undefined): State {
  const { folder, clock = systemClock, onFault = () => {}, afterCommit = () => {} } = options;
  const checkpointMin = options.checkpoint_min_bytes ?? CHECKPOINT_MIN;
  const reserve = join(folder, "reserve");
  const { db } = recovered;
  let { generation } = recovered.head;
  let snapshotLength = recovered.snapshot_length;
  let putOffUntil = 0;
  let closed = false;

  const open = (tail: Recovered["tail"]): Journal =>
    openJournal({ disk, path: join(folder, journalName(generation)), tail, reserve, onFault });
  const mark = (value: Mark): void => {
    journal.append(JSON.stringify(value), "outcome");
    journal.flush();
  };
  const now = () => instant(clock.now());

  tidy(disk, folder, generation);
  seal(disk, folder, recovered.head, recovered.head_epoch);
  if (disk.stat(reserve)?.length !== RESERVE) disk.occupy(reserve, RESERVE);
  let journal = open({ ...recovered.tail, epoch: recovered.tail.epoch + 1 });
  mark({ kind: "open", at: now(), pid: process.pid });

  const isDue = (least: number, share: number): boolean => {
    const { length } = journal.tail;
    return length > Math.max(least, snapshotLength * share, putOffUntil);
  };

  const checkpoint = (): void => {
    journal.flush();
    journal.check();
    const { sequence, hash, length, epoch } = journal.tail;
    const previous = { sequence, hash, length };
    const image = db.image();
    let head: Omit<Head, "kind" | "format">;
    let tail: Recovered["tail"];
    try {
      const snapshot = writeSnapshot(disk, folder, generation + 1, image);
      head = { generation: generation + 1, snapshot, previous };
      tail = writeHead(disk, folder, head, epoch);
    } catch (cause) {
      // Up to here the generation in force is untouched, so the run goes on with a longer journal.
      putOffUntil = length * 2;
      onFault(diskFault("write a snapshot to", folder, cause));
      return;
    }
    const old = journal;
    old.check();
    // From here on a fault is final: a later line in the old journal would not be seen by the next opening.
    try {
      putInForce(disk, folder, head.generation);
      generation = head.generation;
      journal = open(tail);
      old.close();
      seal(disk, folder, head, epoch);
    } catch (cause) {
      throw journal.fail(diskFault("start a new journal in", folder, cause));
    }
    snapshotLength = image.length;
    tidyAfter();
  };

  /** Nothing depends on a tidy folder, and the next opening tidies it again. */
  const tidyAfter = (): void => {
    try {
      tidy(disk, folder, generation);
    } catch (cause) {
      onFault(diskFault("tidy", folder, cause));
    }
  };

  const commit = (changes: readonly Change[], note?: { readonly [key: string]: Json }): void => {
    if (closed) throw new Error("the state is closed");
    const checked = changes.map(checkChange);
    if (checked.length === 0 && note === undefined) return;
    const promises = checked.some((change) => "put" in change && change.put === "intent");
    const body = JSON.stringify({ kind: "commit", at: now(), changes: checked, note });
    journal.append(body, promises ? "promise" : "outcome");
    db.apply(checked);
    afterCommit(journal.tail.sequence);
    if (isDue(checkpointMin, 0.25)) checkpoint();
  };

  const close = (): void => {
    if (closed) return;
    closed = true;
    try {
      if (journal.fault === undefined) {
        if (isDue(Math.min(CLOSE_MIN, checkpointMin), 0.1)) checkpoint();
        // Flushed before it, so that the closing line vouches for all above it: from then on a bad line is damage.
        journal.flush();
        mark({ kind: "close", at: now() });
      }
    } finally {
      journal.close();
      db.close();
      lock?.release();
    }
  };

  if (recovered.rebuilt) checkpoint();

  return {
    ...reading(db),
    folder,
    get epoch() {
      return journal.tail.epoch;
    },
    get sequence() {
      return journal.tail.sequence;
    },
    commit,
    flush: () => journal.flush(),
    close,
  };
}
