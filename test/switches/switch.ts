/** A rule of the product that one replacement switches off, so that its acceptance tests are seen to fail. */
export interface Switch {
  /** The requirement: tests whose titles bear it are run. */
  readonly id: string;
  /** What tripoint does without the rule. */
  readonly without: string;
  /** A file of the product, below the package's root: a source, a connector, a base pipeline, a schema. */
  readonly file: string;
  /** Stands once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files below test/, without their ending. */
  readonly tests: readonly string[];
  /** A part of the titles of the tests that are about this rule; all that bear the requirement when it is left out. */
  readonly titled?: string;
}

/**
 * What concerns the ledger: its switches have to fail a test on QuickBooks and one on another ledger. R54 does not: items
 * are marked in the PSA.
 */
export const LEDGER_REQUIREMENTS: ReadonlySet<string> = new Set(
  [
    ...[...between(4, 7), ...between(16, 25), 46, ...between(48, 53), ...between(55, 57), ...between(61, 66)],
    ...[70, 72, 75],
  ].map((number) => `R${number}`),
);

function between(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
