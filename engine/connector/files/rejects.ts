import fs from "node:fs";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { writeWhole } from "../rows/durable.ts";
import { FileRefused, type FileRow } from "./rows.ts";

/** Rows of a file that cannot be read: kept with their line and the reason, in a file of its name, for a person. */
export interface Rejects {
  /** Throws FileRefused when there are too many: it is probably no such file. */
  add(bad: Extract<FileRow, { ok: false }>): void;
  /** Writes what there is, in place of what an earlier reading of the file left. */
  save(): void;
}

/** Rejects of the file of this name. */
export function openRejects(folder: string, name: string, max: number): Rejects {
  const bad: Extract<FileRow, { ok: false }>[] = [];
  const path = join(folder, `${name}.rejects.csv`);
  return {
    add: (one) => {
      if (bad.length === max)
        throw new FileRefused(`more than ${max} of its rows are bad, one of them in line ${one.line}`);
      bad.push(one);
    },
    save: () => {
      if (bad.length === 0) return;
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      const rows = [...bad]
        .sort((a, b) => a.line - b.line)
        .map(({ line, reason, text }) => [line, reason, text]);
      // People open it in a spreadsheet, and what is in it came from outside.
      const text = stringify([["line", "reason", "row"], ...rows], { escape_formulas: true });
      writeWhole(path, text);
    },
  };
}
