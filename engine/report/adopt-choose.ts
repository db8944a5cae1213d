/** Which of two systems' records may be one thing: scored pairs in, one verdict a pair out. Nothing is linked here. */

/** Two records with what speaks for their being one. */
export interface Pairing<T> {
  readonly left: T;
  readonly right: T;
  readonly score: number;
  /** In words, strongest first. */
  readonly reasons: readonly string[];
  /** False where the reasons alone never make it likely, whatever their sum: a similar name, say. */
  readonly sound: boolean;
}

/**
 * likely: one clear candidate for a person to confirm. possible: one candidate, too weak for that. ambiguous: several
 * candidates for one record, or several records for one candidate.
 */
export type Verdict = "likely" | "possible" | "ambiguous";

export interface Judged<T> extends Pairing<T> {
  readonly verdict: Verdict;
}

/** From here on a sound pair is likely. */
const LIKELY = 50;
/** Below this a pair is not worth a person's look. */
const POSSIBLE = 20;
/** A candidate so much weaker than the best one is no rival of it. */
const MARGIN = 20;

/** The pairs worth a look, each with its verdict; pairs of one left record stand together, best first. */
export function judge<T extends { readonly id: string }>(
  pairings: readonly Pairing<T>[],
): readonly Judged<T>[] {
  const worth = pairings.filter(({ score }) => score >= POSSIBLE);
  const bestLeft = best(worth, ({ left }) => left.id);
  const bestRight = best(worth, ({ right }) => right.id);
  // A pair stays when it is near the best of both its ends: what has a clearly better partner is no candidate.
  const near = worth.filter(
    ({ left, right, score }) =>
      score > (bestLeft.get(left.id) ?? 0) - MARGIN && score > (bestRight.get(right.id) ?? 0) - MARGIN,
  );
  const lefts = tally(near, ({ left }) => left.id);
  const rights = tally(near, ({ right }) => right.id);
  return near
    .map((one): Judged<T> => {
      const rivals = (lefts.get(one.left.id) ?? 0) > 1 || (rights.get(one.right.id) ?? 0) > 1;
      const verdict = rivals ? "ambiguous" : one.sound && one.score >= LIKELY ? "likely" : "possible";
      return { ...one, verdict };
    })
    .sort((a, b) => compare(a.left.id, b.left.id) || b.score - a.score || compare(a.right.id, b.right.id));
}

function best<T>(
  pairings: readonly Pairing<T>[],
  keyOf: (one: Pairing<T>) => string,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const one of pairings) found.set(keyOf(one), Math.max(one.score, found.get(keyOf(one)) ?? 0));
  return found;
}

function tally<T>(
  pairings: readonly Pairing<T>[],
  keyOf: (one: Pairing<T>) => string,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const one of pairings) found.set(keyOf(one), 1 + (found.get(keyOf(one)) ?? 0));
  return found;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
