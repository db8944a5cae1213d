import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importLines } from "../../../engine/connector/sandbox/reference-billing.ts";
import { itemsOf, LAYOUT, type LayoutTable } from "../../../engine/connector/sandbox/reference-layout.ts";
import type { FolderContext, Housekeeping, Row } from "../../../engine/connector/sandbox/types.ts";
import { fingerprint } from "../../../engine/core/fingerprint.ts";

/** The billing program: it takes up what lies in out/, and drops what has changed in its books into in/. */

// What it keeps for itself is not dropped.
const TABLES = LAYOUT.filter(({ name }) => name !== "imports");

/** Makes the folders, drops what is new in the books, and says how that goes on. */
export async function openFolders(context: FolderContext): Promise<Housekeeping> {
  const [dropped, out, done] = ["in", "out", "out/done"].map((name) => join(context.folder, name));
  for (const folder of [dropped, done]) mkdirSync(folder ?? "", { recursive: true });
  const drop = (): void => {
    for (const table of TABLES) dropTable(dropped ?? "", table, context);
  };
  drop();
  return {
    show: drop,
    tend: () => {
      const names = existsSync(out ?? "")
        ? readdirSync(out ?? "").filter((name) => name.endsWith(".ndjson"))
        : [];
      for (const name of names.sort()) {
        const path = join(out ?? "", name);
        importLines(readFileSync(path, "utf8").trimEnd().split("\n"), context);
        renameSync(path, join(done ?? "", name));
      }
      if (names.length > 0) drop();
    },
  };
}

/** Drops the rows of a table that are not as they were dropped last. */
function dropTable(folder: string, { name, columns, lists }: LayoutTable, { ledger }: FolderContext): void {
  const changed = ledger.all(name).filter((row) => {
    const last = ledger.get("dropped", `${name}/${String(row["id"])}`);
    return last?.["hash"] !== fingerprint(row);
  });
  if (changed.length === 0) return;
  const number = String(ledger.next("drop", 1)).padStart(6, "0");
  // The rows that others hang on come last: whoever sees them sees all of the drop.
  for (const [list, shape] of Object.entries(lists)) {
    writeCsv(
      folder,
      `${shape.table}-${number}.csv`,
      [shape.parent, ...shape.columns],
      itemsOf(changed, list, shape),
    );
  }
  writeCsv(folder, `${name}-${number}.csv`, columns, changed);
  for (const row of changed)
    ledger.put("dropped", `${name}/${String(row["id"])}`, { hash: fingerprint(row) });
}

function writeCsv(folder: string, name: string, columns: readonly string[], rows: readonly Row[]): void {
  const lines = [
    columns.join(","),
    ...rows.map((row) => columns.map((column) => cell(row[column])).join(",")),
  ];
  const path = join(folder, name);
  writeFileSync(`${path}.tmp`, `${lines.join("\r\n")}\r\n`);
  renameSync(`${path}.tmp`, path);
}

/** A cell by RFC 4180. */
function cell(value: Row[string] | undefined): string {
  const text = value === undefined || value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
