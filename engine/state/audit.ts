import { join } from "node:path";
import { type Disk, nodeDisk } from "./disk.ts";
import { type Head, parseHead, parseObject } from "./journal-body.ts";
import { type Line, scanJournal } from "./journal-line.ts";
import { journalName, listGenerations, readSnapshot } from "./snapshot.ts";

/** Proof that a state folder is as it was written: every line of every journal kept, and the snapshots they name. */

export type Verification =
  | { readonly ok: true; readonly journals: number; readonly lines: number }
  | {
      readonly ok: false;
      readonly file: string;
      /** 1-based; 0 when the whole file is meant. */
      readonly line: number;
      readonly reason: string;
      /** True for the rest of a write that a crash cut short: the next opening cuts it off. */
      readonly torn: boolean;
    };

/** Checks all journals and snapshots of a folder, oldest first, and reports the first thing that is wrong. */
export function verifyJournal(folder: string, disk: Disk = nodeDisk): Verification {
  const { journals } = listGenerations(disk, folder);
  let lines = 0;
  let before: Line | undefined;
  for (const [index, generation] of journals.entries()) {
    const file = join(folder, journalName(generation));
    const wrong = (line: number, reason: string, torn = false) =>
      ({ ok: false, file, line, reason, torn }) as const;
    let head: Head | undefined;
    let last: Line | undefined;
    const scan = scanJournal(disk.read(file), (line) => {
      head ??= parseHead(line.body);
      if (parseObject(line.body)?.["kind"] !== "seal") last = line;
    });
    if (scan.bad !== undefined) return wrong(scan.bad.line, scan.bad.reason, scan.bad.torn);
    if (head === undefined) return wrong(1, "it has no head");
    if (index > 0 && journals[index - 1] !== generation - 1) return wrong(0, "the journal before it is gone");
    if (before !== undefined && head.previous?.hash !== before.hash) {
      return wrong(1, "it does not continue the journal before it");
    }
    if (readSnapshot(disk, folder, head) === undefined)
      return wrong(1, `${head.snapshot.name} is gone or changed`);
    lines += scan.lines;
    before = last;
  }
  if (journals.length === 0)
    return { ok: false, file: folder, line: 0, reason: "there is no journal", torn: false };
  return { ok: true, journals: journals.length, lines };
}
