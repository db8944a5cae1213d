import { dates } from "./library-dates.ts";
import { lists } from "./library-lists.ts";
import { money } from "./library-money.ts";
import { text } from "./library-text.ts";

/**
 * Our functions, on every expression. All are pure; null or a missing value in gives null out, unless a function says
 * otherwise; a value that cannot be read safely ends the record with a sentence and is never guessed at.
 */
export const LIBRARY: { readonly [name: string]: (...args: unknown[]) => unknown } = {
  ...text,
  ...money,
  ...dates,
  ...lists,
};

/** Names of our functions, without the `$`. */
export const LIBRARY_NAMES: readonly string[] = Object.keys(LIBRARY);
