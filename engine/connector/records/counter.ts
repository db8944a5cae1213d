import type { CallCount } from "../types.ts";

/** Counts what was sent, and the fewest calls that the same work needs with the vendor's page and batch sizes. */
export interface Counter {
  readonly counts: Readonly<CallCount>;
  /** One HTTP request went out. */
  called(): void;
  /** Records were written, each of them counted. */
  wrote(records: number): void;
  /** A list of so many records was read: a page at least. */
  needPages(records: number): void;
  needCalls(calls: number): void;
  /** A write was sent; up to `size` of one kind can share a call. */
  needWrite(kind: string, size: number): void;
}

export function createCounter(pageSize: number): Counter {
  let calls = 0;
  let writes = 0;
  let needed = 0;
  const kinds = new Map<string, { writes: number; readonly size: number }>();
  return {
    counts: {
      get calls() {
        return calls;
      },
      get writes() {
        return writes;
      },
      get calls_min() {
        let batches = 0;
        for (const kind of kinds.values()) batches += Math.ceil(kind.writes / kind.size);
        return needed + batches;
      },
    },
    called: () => {
      calls += 1;
    },
    wrote: (records) => {
      writes += records;
    },
    needPages: (records) => {
      needed += Math.max(1, Math.ceil(records / pageSize));
    },
    needCalls: (count) => {
      needed += count;
    },
    needWrite: (name, size) => {
      const kind = kinds.get(name) ?? { writes: 0, size };
      kind.writes += 1;
      kinds.set(name, kind);
    },
  };
}
