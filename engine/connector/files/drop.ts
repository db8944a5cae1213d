import fs from "node:fs";
import { join } from "node:path";
import { moveDurably } from "../rows/durable.ts";

/** Files that a system dropped, those that were archived among them; what may still be written is left alone. */

export interface DropFile {
  readonly path: string;
  /** As the system named it. */
  readonly name: string;
  /** What the * of the pattern stands for. */
  readonly part: string;
  /** When it was archived, as milliseconds; undefined: it still lies where it was dropped. */
  readonly archived: number | undefined;
  /** When the system wrote it. */
  readonly written: number;
  readonly bytes: number;
}

export interface DropFolders {
  readonly in: string;
  readonly archive: string;
  readonly quiet_ms: number;
  readonly sentinel: string | null;
}

const UNFINISHED = /^\.|\.(?:tmp|part|partial)$/i;
const STAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z_(.+)$/;

/** Files of a pattern, the newest first: by name, and of one name the one that was not archived, or archived last. */
export function dropFiles(pattern: string, folders: DropFolders, now: number): readonly DropFile[] {
  const dropped = namesIn(folders.in).flatMap((name) => fileOf(pattern, folders.in, name, name, undefined));
  const archived = namesIn(folders.archive).flatMap((kept) => {
    const { name, at } = parseArchived(kept) ?? { name: "", at: 0 };
    return name === "" ? [] : fileOf(pattern, folders.archive, kept, name, at);
  });
  return [...dropped.filter((file) => isComplete(file, folders, now)), ...archived].sort(newestFirst);
}

/** The file of another pattern that belongs to this one; undefined: it is not there, or not complete. */
export function besides(file: DropFile, pattern: string, others: readonly DropFile[]): DropFile | undefined {
  const wanted = pattern.replace("*", file.part);
  const named = others.filter(({ name }) => name === wanted);
  // When putting files away was cut short, one of the two is still where it was dropped.
  return named.find(({ archived }) => archived === file.archived) ?? named[0];
}

/** Puts a dropped file away; its sentinel has done its work. */
export function archive({ path, name }: DropFile, folders: DropFolders, now: number): void {
  const stamp = new Date(now).toISOString().replace(/[-:.]/g, "");
  // Two entities may stand in one file.
  if (!fs.existsSync(path)) return;
  moveDurably(path, join(folders.archive, `${stamp}_${name}`));
  if (folders.sentinel !== null) fs.rmSync(`${path}${folders.sentinel}`, { force: true });
}

function namesIn(folder: string): readonly string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
}

function fileOf(
  pattern: string,
  folder: string,
  kept: string,
  name: string,
  archived: number | undefined,
): readonly DropFile[] {
  const [before = "", after] = pattern.split("*");
  const fits =
    after === undefined
      ? name === pattern
      : name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after);
  if (!fits || UNFINISHED.test(name)) return [];
  const path = join(folder, kept);
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return [];
  const part = after === undefined ? "" : name.slice(before.length, name.length - after.length);
  return [{ path, name, part, archived, written: stat.mtimeMs, bytes: stat.size }];
}

function isComplete({ path, written }: DropFile, { quiet_ms, sentinel }: DropFolders, now: number): boolean {
  if (sentinel !== null) return fs.existsSync(`${path}${sentinel}`);
  // A disk counts parts of a millisecond, and may be another machine's: its clock has no say where none is asked for.
  return quiet_ms === 0 || now - written >= quiet_ms;
}

function parseArchived(kept: string): { readonly name: string; readonly at: number } | undefined {
  const [, year, month, day, hour, minute, second, ms, name] = STAMP.exec(kept) ?? [];
  if (name === undefined) return undefined;
  return { name, at: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`) };
}

function newestFirst(a: DropFile, b: DropFile): number {
  if (a.name !== b.name) return a.name < b.name ? 1 : -1;
  return (b.archived ?? Number.POSITIVE_INFINITY) - (a.archived ?? Number.POSITIVE_INFINITY);
}
