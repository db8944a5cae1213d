import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { applyLine, LEDGER_FILE, type LedgerLine, replayLedger } from "./read-ledger.ts";
import type { Ledger, Row } from "./types.ts";

/** The books of a sandbox in memory, with an append-only file behind them that survives a kill of the process. */
export interface OpenLedger {
  readonly ledger: Ledger;
  /** Runs `work` and appends all its changes at once, so that a kill leaves either none or all of them. */
  batch<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens the ledger of a folder, replaying what an earlier start wrote; without a folder the books are in memory only.
 * Rows are copied on the way in and are not to be changed by who gets them: a change is another put.
 */
export function openLedger(folder: string | undefined): OpenLedger {
  const file = folder === undefined ? undefined : openFile(folder);
  const rows = file?.replayed.rows ?? new Map<string, Map<string, Row>>();
  const sequences = file?.replayed.sequences ?? new Map<string, number>();
  let untouched = (file?.replayed.lines ?? 0) === 0;
  let pending: string[] | undefined;
  // A list is asked for many times between two writes: page after page, child after child.
  const lists = new Map<string, readonly Row[]>();

  const record = (line: LedgerLine): void => {
    const text = JSON.stringify(line);
    // The parsed copy is what a restart would read, so both see the same rows.
    applyLine(JSON.parse(text) as LedgerLine, rows, sequences);
    if ("put" in line) lists.delete(line.put);
    else if ("remove" in line) lists.delete(line.remove);
    if (pending === undefined) file?.append(`${text}\n`);
    else pending.push(`${text}\n`);
  };
  const ledger: Ledger = {
    all: (collection) => {
      const list = lists.get(collection) ?? [...(rows.get(collection)?.values() ?? [])];
      lists.set(collection, list);
      return list;
    },
    get: (collection, id) => rows.get(collection)?.get(id),
    put: (collection, id, row) => {
      untouched = false;
      record({ put: collection, id, row });
    },
    remove: (collection, id) => {
      if (rows.get(collection)?.has(id)) record({ remove: collection, id });
    },
    next: (sequence, from) => {
      const value = Math.max(sequences.get(sequence) ?? 0, from - 1) + 1;
      record({ next: sequence, value });
      return value;
    },
    get empty() {
      return untouched;
    },
  };
  const flush = (): void => {
    const lines = pending ?? [];
    pending = undefined;
    if (lines.length > 0) file?.append(lines.join(""));
  };
  return {
    ledger,
    batch: (work) => {
      pending = [];
      try {
        return work();
      } finally {
        flush();
      }
    },
    close: () => file?.close(),
  };
}

/** An append-only file: the text is with the operating system when append() returns. */
export function appendTo(path: string): { append(text: string): void; close(): void; fd: number } {
  const fd = openSync(path, "a", 0o600);
  return {
    fd,
    append: (text) => {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    },
    close: () => closeSync(fd),
  };
}

function openFile(folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, LEDGER_FILE);
  const replayed = replayLedger(path);
  const file = appendTo(path);
  // A torn last line would otherwise glue itself to the first line appended now.
  ftruncateSync(file.fd, replayed.bytes);
  return { ...file, replayed };
}
