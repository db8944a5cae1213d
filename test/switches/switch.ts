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

/** What concerns the ledger: its switches have to fail a test on QuickBooks and one on another ledger. */
export const LEDGER_REQUIREMENTS: ReadonlySet<string> = new Set(
  [4, 5, 6, 7, ...between(16, 25), ...between(48, 57), ...between(62, 65)].map((number) => `R${number}`),
);

function between(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
