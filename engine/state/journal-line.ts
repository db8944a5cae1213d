import { hash } from "node:crypto";

/**
 * One journal line is one commit: `length sequence epoch flushed body hash`. The hash covers the previous line's hash,
 * the numbers and the body, so no byte of the file can change unseen. It stands last so that, with the hash of the line
 * above, it encloses exactly the bytes it covers: checking needs no copy.
 */

export interface Line {
  readonly sequence: number;
  /** The opening of the state that wrote it. */
  readonly epoch: number;
  /** The last line known to be on the platter when this one was written: a bad line up to it is damage, not a torn tail. */
  readonly flushed: number;
  readonly hash: string;
  /** JSON text. */
  readonly body: string;
  /** Offset of the byte after its line feed. */
  readonly end: number;
}

export interface BadLine {
  /** 1-based. */
  readonly line: number;
  readonly offset: number;
  readonly reason: string;
  /** True when nothing shows that it ever was on the platter: the rest of a write cut short by a crash. */
  readonly torn: boolean;
}

export interface Scan {
  readonly lines: number;
  readonly last: Line | undefined;
  readonly bad: BadLine | undefined;
}

/** Stands in for the hash of the line above a file's first line. */
export const NO_HASH = "0".repeat(64);

const HASH_LENGTH = 64;
const LINE_FEED = 10;
const HEADER = /^(\d+) (\d+) (\d+) (\d+) /;
const HEADER_LENGTH_MAX = 4 * 17;

/** The text of a line, line feed included, and its hash. */
export function encodeLine(
  previousHash: string,
  numbers: Pick<Line, "sequence" | "epoch" | "flushed">,
  body: string,
): { readonly text: string; readonly hash: string } {
  const { sequence, epoch, flushed } = numbers;
  const line = `${Buffer.byteLength(body)} ${sequence} ${epoch} ${flushed} ${body}`;
  const digest = hash("sha256", `${previousHash}\n${line}`);
  return { text: `${line} ${digest}\n`, hash: digest };
}

/** Reads a journal line by line until its end or its first bad line; `visit` sees each good one. */
export function scanJournal(bytes: Buffer, visit: (line: Line) => void): Scan {
  let last: Line | undefined;
  let lines = 0;
  let offset = 0;
  while (offset < bytes.length) {
    const line = readLine(bytes, offset);
    if (line === undefined) {
      const torn = last !== undefined && !wasOnPlatter(bytes, offset, last.sequence + 1);
      const reason = "its checksum is wrong or it is incomplete";
      return { lines, last, bad: { line: lines + 1, offset, reason, torn } };
    }
    const reason = outOfOrder(last, line);
    if (reason !== undefined) return { lines, last, bad: { line: lines + 1, offset, reason, torn: false } };
    visit(line);
    last = line;
    lines += 1;
    offset = line.end;
  }
  return { lines, last, bad: undefined };
}

function readLine(bytes: Buffer, start: number): Line | undefined {
  const lineFeed = bytes.indexOf(LINE_FEED, start);
  const bodyEnd = lineFeed - HASH_LENGTH - 1;
  if (lineFeed < 0 || bodyEnd < start) return undefined;
  const header = HEADER.exec(bytes.toString("latin1", start, Math.min(start + HEADER_LENGTH_MAX, bodyEnd)));
  if (header === null) return undefined;
  const bodyStart = start + header[0].length;
  const digest = bytes.toString("latin1", bodyEnd + 1, lineFeed);
  if (Number(header[1]) !== bodyEnd - bodyStart || bytes[bodyEnd] !== 32) return undefined;
  if (hash("sha256", covered(bytes, start, bodyEnd)) !== digest) return undefined;
  return {
    sequence: Number(header[2]),
    epoch: Number(header[3]),
    flushed: Number(header[4]),
    hash: digest,
    body: bytes.toString("utf8", bodyStart, bodyEnd),
    end: lineFeed + 1,
  };
}

function covered(bytes: Buffer, start: number, end: number): Buffer {
  if (start > 0) return bytes.subarray(Math.max(0, start - HASH_LENGTH - 1), end);
  return Buffer.concat([Buffer.from(`${NO_HASH}\n`), bytes.subarray(0, end)]);
}

function outOfOrder(last: Line | undefined, line: Line): string | undefined {
  if (last === undefined) return undefined;
  if (line.sequence !== last.sequence + 1) return `line number ${line.sequence} follows ${last.sequence}`;
  if (line.epoch < last.epoch) return `opening ${line.epoch} follows ${last.epoch}`;
  return undefined;
}

/**
 * A power cut may tear or drop any of the lines written since the last fsync, also one above others that survived. It is
 * damage only when a later line, itself intact, says that the bad one had been flushed before it was written.
 */
function wasOnPlatter(bytes: Buffer, offset: number, sequence: number): boolean {
  let start = bytes.indexOf(LINE_FEED, offset) + 1;
  while (start > 0 && start < bytes.length) {
    const line = readLine(bytes, start);
    if (line !== undefined && line.flushed >= sequence) return true;
    start = bytes.indexOf(LINE_FEED, start) + 1;
  }
  return false;
}
