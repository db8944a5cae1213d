/** What an expression may use up. A mapping stays far below; a mistake or an attack ends here with an error. */

/**
 * Milliseconds of wall-clock time per record. A good one takes well below one; the rest is for a machine so busy that
 * the process stands still for seconds, where a good record must not be taken for an attack.
 */
export const RECORD_TIMEOUT_MS = 5000;
/** Milliseconds of wall-clock time per page; the records behind it end with an error. */
export const PAGE_TIMEOUT_MS = 30_000;
/** Nested steps of an evaluation. */
export const STACK_MAX = 1000;
/** Items of a list that an expression builds. */
export const SEQUENCE_MAX = 200_000;
/** Characters of a text that an expression builds. */
export const STRING_MAX = 1_000_000;
/** Values in a result, all levels together. */
export const NODES_MAX = 2_000_000;
/** Levels of a result. */
export const DEPTH_MAX = 200;
/** Items that $distinct compares with each other, which takes the square of it. */
export const DISTINCT_MAX = 5000;
/** Milliseconds of one search by a regular expression. */
export const REGEX_TIMEOUT_MS = 250;

/** Characters of an expression's text. */
export const TEXT_MAX = 50_000;
/** Levels of brackets. The parser recurses, and a stack that overflows inside V8's regexp compiler ends the process. */
export const BRACKETS_MAX = 100;
/** Operators of an expression, for the same reason. */
export const OPERATORS_MAX = 2000;
