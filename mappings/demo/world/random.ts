/** Chance that repeats: the same seed gives the same draws on every machine. */
export interface Random {
  /** Whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True in `percent` of 100 draws. */
  chance(percent: number): boolean;
  /** One item of a list that must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
}

/** Draws for one part of the world: parts have streams of their own, so that a change in one leaves the others alone. */
export function makeRandom(seed: number, part: string): Random {
  const next = mulberry32(mix(seed, part));
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(items: readonly T[]): T => {
    const item = items[int(0, items.length - 1)];
    if (item === undefined) throw new Error("nothing to pick from: the list is empty");
    return item;
  };
  return {
    int,
    pick,
    chance: (percent) => int(1, 100) <= percent,
    shuffle: (items) => {
      const left = [...items];
      const shuffled = [];
      while (left.length > 0) shuffled.push(...left.splice(int(0, left.length - 1), 1));
      return shuffled;
    },
  };
}

/** Mulberry32: 32 bits of state, numbers from 0 up to but not including 1. */
function mulberry32(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), 61 | bits);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mix(seed: number, part: string): number {
  let hash = seed | 0;
  for (const letter of part) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
