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
  /** A write was sent; many of them share a call where the vendor has batches. */
  needWrite(batchable: boolean): void;
}

export function createCounter(pageSize: number, batchSize: number): Counter {
  let calls = 0;
  let writes = 0;
  let needed = 0;
  let batchable = 0;
  return {
    counts: {
      get calls() {
        return calls;
      },
      get writes() {
        return writes;
      },
      get calls_min() {
        return needed + Math.ceil(batchable / batchSize);
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
    needWrite: (isBatchable) => {
      if (isBatchable) batchable += 1;
      else needed += 1;
    },
  };
}
