import type { FilesConnector, FilesList } from "../../config/connector-types.ts";
import type { Clock } from "../../core/clock.ts";
import type { Json } from "../../core/json.ts";
import { besides, type DropFile, type DropFolders, dropFiles } from "./drop.ts";
import { openRejects, type Rejects } from "./rejects.ts";
import { FileRefused, type FileRow, fileRows, type RowRules } from "./rows.ts";

/** Records of a dropped file, each with the rows of other files that belong to it. */
export interface Found {
  readonly id: string;
  readonly row: { readonly [column: string]: Json };
  readonly file: DropFile;
  readonly line: number;
}

export type Lists = FilesList & { readonly key: string };

/** Why a file stops a list, as a sentence's end. */
export class ReadError extends Error {}

export interface FileReader {
  /** Files of a list with those that belong to them, the newest first; one whose others are not there yet is left out. */
  files(list: Lists): readonly Whole[];
  records(whole: Whole, list: Lists): AsyncGenerator<Found>;
}

/** A file with its children's files, by the key of the record that gets their rows. */
export interface Whole {
  readonly file: DropFile;
  readonly children: ReadonlyMap<string, DropFile>;
}

/** Reads what stands in the folders. */
export function createFileReader(options: {
  readonly connector: FilesConnector;
  readonly folders: DropFolders & { readonly rejects: string };
  readonly clock: Clock;
}): FileReader {
  const { connector, folders, clock } = options;
  const rulesOf = (columns: readonly string[]): RowRules => {
    const { delimiter, max_mb, max_record_kb } = connector;
    return { delimiter, max_mb, max_record_kb, columns };
  };
  const rejectsOf = ({ name }: DropFile): Rejects =>
    openRejects(folders.rejects, name, connector.max_rejects);

  async function* records({ file, children }: Whole, list: Lists): AsyncGenerator<Found> {
    const lists: [string, Children][] = [];
    for (const [name, child] of children) {
      const spec = list.children[name];
      if (spec === undefined) continue;
      const rules = rulesOf([spec.parent_key, ...spec.columns]);
      lists.push([name, await readChildren(child, spec.parent_key, rules, rejectsOf(child))]);
    }
    const rejects = rejectsOf(file);
    for await (const one of rowsOf(file, rulesOf([list.key, ...list.columns]))) {
      const id = one.ok ? idOf(one.row[list.key]) : "";
      const bad = one.ok ? badRow(one, id, list.key, lists) : one;
      if (bad !== undefined) {
        within(file, () => rejects.add(bad));
        continue;
      }
      if (!one.ok) continue;
      const own = lists.map(([name, { rows }]) => [name, rows.get(id) ?? []] as const);
      yield { id, row: { ...one.row, ...Object.fromEntries(own) }, file, line: one.line };
    }
    rejects.save();
  }

  return {
    files: (list) => {
      const now = clock.now();
      const lists = Object.entries(list.children).map(
        ([name, { files }]) => [name, files, dropFiles(files, folders, now)] as const,
      );
      return dropFiles(list.files, folders, now).flatMap((file): readonly Whole[] => {
        const children = new Map<string, DropFile>();
        for (const [name, pattern, others] of lists) {
          const child = besides(file, pattern, others);
          if (child === undefined) return [];
          children.set(name, child);
        }
        return [{ file, children }];
      });
    },
    records,
  };
}

interface Children {
  readonly rows: ReadonlyMap<string, readonly Json[]>;
  /** Parents that lack one of theirs: line of the bad row. */
  readonly broken: ReadonlyMap<string, number>;
  readonly name: string;
}

async function readChildren(
  file: DropFile,
  parentKey: string,
  rules: RowRules,
  rejects: Rejects,
): Promise<Children> {
  const rows = new Map<string, Json[]>();
  const broken = new Map<string, number>();
  for await (const one of rowsOf(file, rules)) {
    const { [parentKey]: parent, ...item } = (one.ok ? one.row : one.cells) ?? {};
    const id = idOf(parent);
    if (!one.ok) within(file, () => rejects.add(one));
    // Nobody can tell which record lacks it, so no record of the file can be trusted.
    if (id === "")
      throw new ReadError(`${file.name} cannot be read: line ${one.line} does not say whose it is`);
    if (!one.ok) broken.set(id, one.line);
    else {
      const own = rows.get(id);
      if (own === undefined) rows.set(id, [item]);
      else own.push(item);
    }
  }
  rejects.save();
  return { rows, broken, name: file.name };
}

function badRow(
  { line, row }: Extract<FileRow, { ok: true }>,
  id: string,
  key: string,
  lists: readonly (readonly [string, Children])[],
): Extract<FileRow, { ok: false }> | undefined {
  const refuse = (reason: string) =>
    ({ ok: false, line, reason, text: JSON.stringify(row).slice(0, 500), cells: row }) as const;
  if (id === "") return refuse(`its ${key} is empty`);
  for (const [, { broken, name }] of lists) {
    const bad = broken.get(id);
    if (bad !== undefined) return refuse(`line ${bad} of ${name}, which belongs to it, is bad`);
  }
  return undefined;
}

async function* rowsOf(file: DropFile, rules: RowRules): AsyncGenerator<FileRow> {
  try {
    yield* fileRows(file.path, rules);
  } catch (cause) {
    throw readError(file, cause);
  }
}

function within(file: DropFile, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw readError(file, cause);
  }
}

function readError({ name }: DropFile, cause: unknown): unknown {
  return cause instanceof FileRefused
    ? new ReadError(`${name} is not read: ${cause.message}`, { cause })
    : cause;
}

function idOf(value: Json | undefined): string {
  if (typeof value === "string") return value.trim();
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : "";
}
