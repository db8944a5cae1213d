/** What a combination may leave other than the world expects, because a vendor has no place for it (CANONICAL.md). */
export interface AllowedDifference {
  /** The connector that cannot. */
  readonly connector: string;
  /** Which sentences of differences.ts it accounts for. */
  readonly sentence: RegExp;
  readonly reason: string;
}

export const ALLOWED: readonly AllowedDifference[] = [
  {
    connector: "autotask",
    sentence: /^(billing|accounting)'s terms /,
    reason: "an Autotask company has no payment terms, only its invoices have",
  },
];
