import { type Book, seatOf } from "./ledger.ts";

/** Minor units of both systems. difference: accounting less billing. */
export interface Sums {
  readonly billing: number;
  readonly accounting: number;
  readonly difference: number;
}

/** Sums of both sides by a key of several parts, in the order in which keys came. */
export function createSums<K extends object>(): {
  /** The PSA's own invoices stand where billing's would: no document has both. */
  add(key: K, book: Book, amount: number): void;
  rows(): readonly (K & Sums)[];
} {
  const found = new Map<string, { readonly key: K; billing: number; accounting: number }>();
  return {
    add: (key, book, amount) => {
      const side = seatOf(book);
      const name = JSON.stringify(key);
      const row = found.get(name) ?? { key, billing: 0, accounting: 0 };
      found.set(name, row);
      row[side] += amount;
      // Past this an integer is not exact any more, and a report must not be nearly right.
      if (!Number.isSafeInteger(row[side])) throw new Error(`a sum is too large to be exact: ${name}`);
    },
    rows: () =>
      [...found.values()].map(({ key, billing, accounting }) => {
        return { ...key, billing, accounting, difference: accounting - billing };
      }),
  };
}
