import { nearMiss } from "../core/near-miss.ts";

/** A hint for a word that is none of `allowed`: the near miss first, then all that would do. */
export function allowedHint(word: string, allowed: readonly string[], label = "Allowed here"): string {
  const near = nearMiss(word, allowed);
  const list = allowed.length === 0 ? "nothing" : allowed.join(", ");
  return `${near === undefined ? "" : `Did you mean "${near}"? `}${label}: ${list}.`;
}
