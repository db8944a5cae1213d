import { dirname } from "node:path";
import type { Disk } from "../../engine/state/disk.ts";

/**
 * A disk in memory that behaves as badly as a real one may. What was not fsynced can be lost at a crash, in part, out of
 * order or torn at 512 bytes; names are durable only after the folder's fsync; any call can fail or be the last.
 */

export type Random = () => number;

/** What a crash does to everything that was not fsynced. */
export const LOSSES = ["all", "none", "prefix", "subset", "torn", "zeros", "garbage"] as const;
export type Loss = (typeof LOSSES)[number];

export interface SimDisk extends Disk {
  /** Calls so far that change something. */
  readonly calls: number;
  /** The n-th call and all after it throw, until crash(). */
  crashAt(call: number): void;
  /** The n-th call fails with `code`, once. */
  failAt(call: number, code: string): void;
  /** Bytes that fit on the disk. */
  setCapacity(bytes: number): void;
  /** Power cut and restart: only what is durable remains, and by chance some of the rest. */
  crash(loss: Loss, random: Random): void;
  /** Overwrites a file as decay or a hand would, past every check. */
  tamper(path: string, change: (bytes: Buffer) => Buffer | undefined): void;
  /** An independent disk with the same durable content. */
  copy(): SimDisk;
}

interface Inode {
  readonly id: number;
  now: Buffer;
  durable: Buffer;
  pending: FileOp[];
  /** Bytes that occupy() took without storing them. */
  occupied: number;
  mode: number;
}

type FileOp =
  | { readonly kind: "write"; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: "truncate"; readonly length: number };

type NameOp = {
  readonly removes: string | undefined;
  readonly sets: string | undefined;
  readonly inode: Inode;
};

const SECTOR = 512;

/** A repeatable source of chance: mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An error as the system throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

/** An empty disk. */
export function simDisk(): SimDisk {
  const folders = new Set<string>();
  const names = new Map<string, Inode>();
  let durableNames = new Map<string, Inode>();
  let pendingNames: NameOp[] = [];
  const handles = new Map<number, Inode>();
  let nextInode = 1;
  let nextHandle = 3;
  let calls = 0;
  let crashCall = Number.POSITIVE_INFINITY;
  let failure: { call: number; code: string } | undefined;
  let capacity = Number.POSITIVE_INFINITY;

  /** Counts a changing call. `effect` happens before a crash at this call, and not at all when the call fails. */
  const step = (effect: () => void, failed: (code: string) => void = () => {}): void => {
    if (calls >= crashCall) throw systemError("ECRASH");
    calls += 1;
    if (failure?.call === calls) {
      const { code } = failure;
      failed(code);
      throw systemError(code);
    }
    effect();
    if (calls >= crashCall) throw systemError("ECRASH");
  };

  const inodeOf = (path: string): Inode => {
    const inode = names.get(path);
    if (inode === undefined) throw systemError("ENOENT");
    return inode;
  };
  const handleOf = (file: number): Inode => {
    const inode = handles.get(file);
    if (inode === undefined) throw systemError("EBADF");
    return inode;
  };
  const name = (sets: string | undefined, removes: string | undefined, inode: Inode): void => {
    pendingNames.push({ sets, removes, inode });
    applyName(names, { sets, removes, inode });
  };
  const used = (): number =>
    [...new Set(names.values())].reduce((sum, inode) => sum + inode.now.length + inode.occupied, 0);
  const change = (inode: Inode, op: FileOp): void => {
    inode.pending.push(op);
    inode.now = applyOp(inode.now, op);
  };
  const newFile = (path: string): Inode => {
    if (!folders.has(dirname(path))) throw systemError("ENOENT");
    const inode = { id: nextInode++, now: empty(), durable: empty(), pending: [], occupied: 0, mode: 0o600 };
    name(path, undefined, inode);
    return inode;
  };
  const openFile = (path: string, truncates: boolean): number => {
    const existing = names.get(path);
    if (existing === undefined) step(() => newFile(path));
    else if (truncates) step(() => change(existing, { kind: "truncate", length: 0 }));
    else if (calls >= crashCall) throw systemError("ECRASH");
    handles.set(nextHandle, inodeOf(path));
    return nextHandle++;
  };
  const write = (inode: Inode, bytes: Uint8Array): void => {
    const put = (length: number) =>
      change(inode, {
        kind: "write",
        offset: inode.now.length,
        bytes: Buffer.from(bytes.subarray(0, length)),
      });
    const room = Math.max(0, capacity - used());
    step(
      () => {
        put(Math.min(bytes.length, room));
        if (bytes.length > room) throw systemError("ENOSPC");
      },
      () => put(Math.floor(bytes.length / 2)),
    );
  };

  const disk: SimDisk = {
    get calls() {
      return calls;
    },
    crashAt: (call) => {
      crashCall = call;
    },
    failAt: (call, code) => {
      failure = { call, code };
    },
    setCapacity: (bytes) => {
      capacity = bytes;
    },
    append: (path) => openFile(path, false),
    create: (path) => openFile(path, true),
    write: (file, bytes) => write(handleOf(file), bytes),
    fsync: (file) => {
      const inode = handleOf(file);
      step(
        () => {
          // A crash in the middle of an fsync leaves it undone.
          if (calls >= crashCall) return;
          inode.durable = inode.pending.reduce(applyOp, inode.durable);
          inode.pending = [];
        },
        // As Linux does: the pages count as written although they were not, and the next fsync reports success.
        () => {
          inode.pending = [];
        },
      );
    },
    truncate: (file, length) => step(() => change(handleOf(file), { kind: "truncate", length })),
    close: (file) => {
      handles.delete(file);
    },
    rename: (from, to) => step(() => name(to, from, inodeOf(from))),
    link: (from, to) => {
      if (names.has(to)) throw systemError("EEXIST");
      step(() => name(to, undefined, inodeOf(from)));
    },
    remove: (path) => {
      const inode = inodeOf(path);
      step(() => name(undefined, path, inode));
    },
    fsyncFolder: () =>
      step(() => {
        if (calls >= crashCall) return;
        durableNames = new Map(names);
        pendingNames = [];
      }),
    makeFolder: (folder) =>
      step(() => {
        folders.add(folder);
      }),
    occupy: (path, length) =>
      step(() => {
        if (used() + length > capacity) throw systemError("ENOSPC");
        const inode = names.get(path) ?? newFile(path);
        inode.occupied = length;
      }),
    read: (path, from = 0) => Buffer.from(inodeOf(path).now.subarray(from)),
    stat: (path) => {
      const inode = names.get(path);
      return inode && { inode: inode.id, length: inode.now.length + inode.occupied, mode: inode.mode };
    },
    list: (folder) =>
      folders.has(folder)
        ? [...names.keys()]
            .filter((path) => dirname(path) === folder)
            .map((path) => path.slice(folder.length + 1))
            .sort()
        : undefined,
    realPath: (path) => path,
    crash: (loss, random) => {
      for (const op of survivors(pendingNames, loss, random)) applyName(durableNames, op);
      names.clear();
      for (const [path, inode] of durableNames) names.set(path, inode);
      for (const inode of new Set(names.values())) {
        inode.durable = afterCrash(inode, loss, random);
        inode.now = inode.durable;
        inode.pending = [];
      }
      pendingNames = [];
      handles.clear();
      crashCall = Number.POSITIVE_INFINITY;
      failure = undefined;
    },
    tamper: (path, edit) => {
      const inode = inodeOf(path);
      const bytes = edit(Buffer.from(inode.now));
      if (bytes === undefined) {
        names.delete(path);
        durableNames.delete(path);
      } else {
        inode.now = bytes;
        inode.durable = bytes;
      }
    },
    copy: () => {
      const other = simDisk();
      for (const folder of folders) other.makeFolder(folder);
      for (const [path, inode] of durableNames) {
        if (inode.occupied > 0) {
          other.occupy(path, inode.occupied);
          continue;
        }
        const file = other.create(path);
        other.write(file, inode.durable);
        other.fsync(file);
        other.close(file);
      }
      other.fsyncFolder("");
      return other;
    },
  };
  return disk;
}

function empty(): Buffer {
  return Buffer.alloc(0);
}

function applyName(names: Map<string, Inode>, op: NameOp): void {
  if (op.removes !== undefined) names.delete(op.removes);
  if (op.sets !== undefined) names.set(op.sets, op.inode);
}

function applyOp(bytes: Buffer, op: FileOp): Buffer {
  if (op.kind === "truncate") return grow(bytes, op.length).subarray(0, op.length);
  const next = grow(bytes, op.offset + op.bytes.length);
  const copy = Buffer.from(next);
  op.bytes.copy(copy, op.offset);
  return copy;
}

function grow(bytes: Buffer, length: number): Buffer {
  return bytes.length >= length ? bytes : Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);
}

function survivors<T>(ops: readonly T[], loss: Loss, random: Random): readonly T[] {
  if (loss === "all") return [];
  if (loss === "none") return ops;
  if (loss === "prefix") return ops.slice(0, Math.floor(random() * (ops.length + 1)));
  return ops.filter(() => random() < 0.5);
}

function afterCrash(inode: Inode, loss: Loss, random: Random): Buffer {
  const { durable, pending } = inode;
  if (loss === "all" || loss === "none" || loss === "prefix" || loss === "subset") {
    return survivors(pending, loss, random).reduce(applyOp, durable);
  }
  return pending.reduce((bytes, op) => tear(bytes, op, loss, random), durable);
}

/** Applies an operation sector by sector, each by chance; the length may grow where the data did not arrive. */
function tear(bytes: Buffer, op: FileOp, loss: Loss, random: Random): Buffer {
  if (op.kind === "truncate") return random() < 0.5 ? applyOp(bytes, op) : bytes;
  const end = op.offset + op.bytes.length;
  let next: Buffer = Buffer.from(loss === "torn" ? bytes : grow(bytes, random() < 0.8 ? end : bytes.length));
  for (let at = op.offset; at < end; at = sectorEnd(at)) {
    const to = Math.min(sectorEnd(at), end);
    const sector = op.bytes.subarray(at - op.offset, to - op.offset);
    if (random() < 0.6) next = applyOp(next, { kind: "write", offset: at, bytes: sector });
    else if (loss === "garbage" && next.length >= to) {
      for (let index = at; index < to; index++) next[index] = Math.floor(random() * 256);
    }
  }
  return next;
}

function sectorEnd(offset: number): number {
  return (Math.floor(offset / SECTOR) + 1) * SECTOR;
}
