import { createContext, Script } from "node:vm";
import { ExpressionFailure, TOO_LARGE } from "./failure.ts";
import { REGEX_TIMEOUT_MS } from "./limits.ts";

/**
 * Regular expressions that cannot hang a run. One with a repetition inside a repetition is refused when the expression
 * is compiled; of the others, a search that could take long runs under a deadline, because the library's own timeout
 * does not reach into a search.
 */

// Steps up to which a search runs without a deadline: some milliseconds.
const QUICK_STEPS = 1e6;

const context = createContext(Object.create(null));
const search = new Script("pattern.exec(text)");

/** RegExp as the library uses it, with a deadline on every search that could take long. */
export class GuardedRegExp extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    if (isQuick(this.source, text.length)) return super.exec(text);
    return searchWithDeadline(this, text);
  }
}

function searchWithDeadline(pattern: RegExp, text: string): RegExpExecArray | null {
  const plainPattern = new RegExp(pattern.source, pattern.flags);
  plainPattern.lastIndex = pattern.lastIndex;
  Object.assign(context, { pattern: plainPattern, text });
  try {
    const found: RegExpExecArray | null = search.runInContext(context, { timeout: REGEX_TIMEOUT_MS });
    pattern.lastIndex = plainPattern.lastIndex;
    return found;
  } catch (cause) {
    if (!isTimeout(cause)) throw cause;
    throw new ExpressionFailure(
      TOO_LARGE,
      `The regular expression /${pattern.source}/ took longer than ${REGEX_TIMEOUT_MS} ms on ${text.length} characters.`,
    );
  }
}

function isTimeout(cause: unknown): boolean {
  return (
    typeof cause === "object" &&
    cause !== null &&
    "code" in cause &&
    cause.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}

/** True when a group that repeats without end holds another endless repetition: `(a+)+`. */
export function hasNestedRepetition(source: string): boolean {
  const groups: { endless: boolean }[] = [{ endless: false }];
  for (const { token, quantifier } of tokensOf(source)) {
    const endless = isEndless(quantifier);
    if (token === "(") {
      groups.push({ endless: false });
      continue;
    }
    const inner = token === ")" ? groups.pop()?.endless === true : false;
    if (inner && endless) return true;
    const group = groups.at(-1);
    if (group !== undefined && (inner || endless)) group.endless = true;
  }
  return false;
}

/**
 * True when a search of `length` characters ends within some milliseconds whatever they are: each repetition adds a
 * power, each optional part a choice; a group that repeats can do either without end, `(a|aa)*` say.
 */
function isQuick(source: string, length: number): boolean {
  let steps = length;
  for (const { token, quantifier } of tokensOf(source)) {
    if (quantifier === "") continue;
    if (token === ")") return false;
    steps *= quantifier === "?" ? 2 : length;
  }
  return steps <= QUICK_STEPS;
}

function isEndless(quantifier: string): boolean {
  return quantifier === "*" || quantifier === "+" || quantifier.endsWith(",}");
}

/** Characters, classes and brackets of a pattern, each with the quantifier behind it; an opening bracket is "(". */
function tokensOf(source: string): readonly { readonly token: string; readonly quantifier: string }[] {
  const parts = source.matchAll(
    /(\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?|[\s\S])([*+?]|\{\d+(?:,\d*)?\})?/g,
  );
  return [...parts].map(([, token = "", quantifier = ""]) => ({
    token: token.startsWith("(") ? "(" : token,
    quantifier,
  }));
}
