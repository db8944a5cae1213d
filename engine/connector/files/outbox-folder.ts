import fs from "node:fs";
import { basename, join } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { Clock } from "../../core/clock.ts";
import type { Json } from "../../core/json.ts";
import { parseExact } from "../exact-json.ts";
import { NothingStored, writeWhole } from "../rows/durable.ts";
import { type Outbox, type OutboxLine, outboxIndex, parseOutboxLine } from "../rows/outbox.ts";
import { SystemError } from "../types.ts";

/** An outbox that is a folder: each call is a file that appears whole. The importer moves it to a folder below, and keeps it. */
export interface FolderOutbox extends Outbox {
  /**
   * Lines of rows that the system cannot have shown yet: those whose file was still waiting, or was moved, after the
   * file was written in which the row was read (`written`, by id).
   */
  waiting(
    table: string,
    ids: readonly string[],
    written: ReadonlyMap<string, number>,
  ): Promise<ReadonlyMap<string, readonly OutboxLine[]>>;
}

const HEAD = ["key", "operation", "id"];

export function openOutboxFolder(options: {
  readonly system: string;
  readonly folder: () => Promise<string>;
  readonly format: "csv" | "ndjson";
  readonly clock: Clock;
}): FolderOutbox {
  const index = outboxIndex();
  // File name → lines' keys: a file is read once, wherever it is moved to.
  const known = new Set<string>();
  const fileOf = new Map<string, string>();
  const places = new Map<string, string>();
  let last = 0;

  async function load(): Promise<string> {
    const folder = await options.folder();
    for (const path of outboxFiles(folder)) {
      const name = basename(path);
      places.set(name, path);
      if (known.has(name)) continue;
      for (const line of readLines(path)) {
        index.add(line);
        fileOf.set(line.key, name);
      }
      known.add(name);
    }
    return folder;
  }

  /** A name that sorts behind all before it, so that the importer takes files in the order of their making. */
  function nameOf(table: string, operation: string, key: string): string {
    last = Math.max(last + 1, options.clock.now());
    const stamp = new Date(last).toISOString().replace(/[-:.]/g, "");
    return `${stamp}-${table}-${operation}-${key}.${options.format}`;
  }

  return {
    find: async (key) => {
      await load();
      return index.find(key);
    },
    of: async (table, id) => {
      await load();
      return index.of(table, id);
    },
    waiting: async (table, ids, written) => {
      const folder = await load();
      const waiting = new Map<string, readonly OutboxLine[]>();
      for (const id of ids) {
        const read = written.get(id);
        const lines = index.of(table, id).filter(({ key }) => {
          const path = places.get(fileOf.get(key) ?? "") ?? "";
          const stat = fs.statSync(path, { throwIfNoEntry: false });
          const isWaiting = path === join(folder, basename(path));
          // A move is the last change of a file's own entry: the system has taken the lines in by then.
          return read === undefined || isWaiting || (stat !== undefined && stat.ctimeMs > read);
        });
        if (lines.length > 0) waiting.set(id, lines);
      }
      return waiting;
    },
    store: async (_name, lines) => {
      const folder = await load();
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      let stored = 0;
      for (const group of byShape(lines.filter(({ key }) => index.find(key) === undefined))) {
        const [first] = group;
        if (first === undefined) continue;
        const name = nameOf(first.table, first.operation, first.key);
        try {
          writeWhole(join(folder, name), textOf(group, options.format));
        } catch (cause) {
          if (stored > 0 || !(cause instanceof NothingStored || isRefusedOpen(cause))) throw cause;
          const why = cause instanceof Error ? cause.message : String(cause);
          const message = `The folder ${folder} cannot be written to: ${why}.`;
          throw new SystemError(options.system, "unreachable", message, { cause });
        }
        stored += 1;
      }
      await load();
      return new Map();
    },
  };
}

/** Files in the folder and in those below it, oldest first; what is still being written is none. */
function outboxFiles(folder: string): readonly string[] {
  if (!fs.existsSync(folder)) return [];
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  const files = [folder, ...below].flatMap((one) =>
    fs
      .readdirSync(one)
      .filter((name) => /\.(csv|ndjson)$/.test(name) && !name.startsWith("."))
      .map((name) => join(one, name)),
  );
  return files.sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
}

/** One file has one table, one operation and one set of columns: an empty cell then never means "not named". */
function byShape(lines: readonly OutboxLine[]): readonly (readonly OutboxLine[])[] {
  const groups = new Map<string, OutboxLine[]>();
  for (const line of lines) {
    const shape = `${line.table} ${line.operation} ${Object.keys(line.row).sort().join(" ")}`;
    groups.set(shape, [...(groups.get(shape) ?? []), line]);
  }
  return [...groups.values()];
}

function textOf(lines: readonly OutboxLine[], format: "csv" | "ndjson"): string {
  if (format === "ndjson") return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const columns = Object.keys(lines[0]?.row ?? {});
  const rows = lines.map(({ key, table, operation, id, row }) => [
    ...[key, table, operation, id],
    ...columns.map((column) => toCell(row[column] ?? null)),
  ]);
  return stringify([["key", "table", ...HEAD.slice(1), ...columns], ...rows]);
}

// What a spreadsheet takes for a formula; a signed number or a phone number is none.
const FORMULA = /^(?:[=@\t\r]|[+-](?![\d\s().-]*$))/;

/** A list or an object is JSON in its cell; a text that looks like a formula, or like one made harmless, gets an apostrophe. */
function toCell(value: Json): string {
  if (value === null) return "";
  if (typeof value !== "string") return typeof value === "object" ? JSON.stringify(value) : String(value);
  return FORMULA.test(value) || value.startsWith("'") ? `'${value}` : value;
}

function readLines(path: string): readonly OutboxLine[] {
  const text = fs.readFileSync(path, "utf8");
  if (path.endsWith(".ndjson")) return text.split("\n").flatMap((line) => parseOutboxLine(line) ?? []);
  const rows: readonly { readonly [column: string]: string }[] = parse(text, { columns: true, bom: true });
  return rows.flatMap(({ key = "", table = "", operation = "", id = "", ...cells }) => {
    const row = Object.fromEntries(Object.entries(cells).map(([column, cell]) => [column, fromCell(cell)]));
    return key === "" ? [] : [{ key, table, operation, id, row }];
  });
}

function fromCell(cell: string): Json {
  if (cell === "") return null;
  if (cell.startsWith("'")) return cell.slice(1);
  return /^[[{]/.test(cell) ? (parseExact(cell) ?? cell) : cell;
}

/** The file could not even be opened. */
function isRefusedOpen(cause: unknown): boolean {
  return (
    cause instanceof Error && "syscall" in cause && (cause.syscall === "open" || cause.syscall === "mkdir")
  );
}
