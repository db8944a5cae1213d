import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../../core/json.ts";
import type { LoggedRequest, Row } from "./types.ts";

/** Reads what a sandbox left in its folder, also while it runs: tests look at the books without asking the server. */

export const LEDGER_FILE = "ledger.ndjson";
export const REQUESTS_FILE = "requests.ndjson";

/** One line of ledger.ndjson. */
export type LedgerLine =
  | { readonly put: string; readonly id: string; readonly row: Row }
  | { readonly remove: string; readonly id: string }
  | { readonly next: string; readonly value: number };

/** What a ledger file says: its rows, its sequences, and the bytes up to the end of its last whole line. */
export interface Replayed {
  readonly rows: Map<string, Map<string, Row>>;
  readonly sequences: Map<string, number>;
  readonly lines: number;
  readonly bytes: number;
}

/** Rows of a sandbox's folder: collection → id → row. Empty when the sandbox never wrote there. */
export function readLedger(folder: string): Map<string, Map<string, Row>> {
  return replayLedger(join(folder, LEDGER_FILE)).rows;
}

/** Every request of a sandbox's folder, in the order of the answers. */
export function readRequests(folder: string): LoggedRequest[] {
  const file = join(folder, REQUESTS_FILE);
  if (!existsSync(file)) return [];
  // The sandbox wrote these lines itself; each is one LoggedRequest.
  return wholeLines(readFileSync(file, "utf8")).map((line) => JSON.parse(line) as LoggedRequest);
}

/** Replays a ledger file; a last line without its end (the process died while writing it) does not count. */
export function replayLedger(file: string): Replayed {
  const rows = new Map<string, Map<string, Row>>();
  const sequences = new Map<string, number>();
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = wholeLines(text);
  for (const [index, line] of lines.entries()) {
    applyLine(parseLine(line, `${file}:${index + 1}`), rows, sequences);
  }
  const bytes = Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1));
  return { rows, sequences, lines: lines.length, bytes };
}

/** Applies one line; a replaced row keeps its place in the order. */
export function applyLine(
  line: LedgerLine,
  rows: Map<string, Map<string, Row>>,
  sequences: Map<string, number>,
): void {
  if ("put" in line) {
    const collection = rows.get(line.put) ?? new Map<string, Row>();
    rows.set(line.put, collection.set(line.id, line.row));
  } else if ("remove" in line) {
    rows.get(line.remove)?.delete(line.id);
  } else {
    sequences.set(line.next, line.value);
  }
}

function wholeLines(text: string): string[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "");
}

function parseLine(text: string, place: string): LedgerLine {
  const line: unknown = JSON.parse(text);
  if (!isObject(line) || !("put" in line || "remove" in line || "next" in line)) {
    throw new Error(`${place}: not a ledger line`);
  }
  return line as LedgerLine;
}
