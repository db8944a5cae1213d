import { BRACKETS_MAX, OPERATORS_MAX, TEXT_MAX } from "./limits.ts";

/** A first look at an expression's text, before the recursive parser may see it. */
export interface Scan {
  /** A sentence when the text is too large to be parsed safely. */
  readonly refused: { readonly message: string; readonly offset: number } | undefined;
  /** Offset of a quote that is never closed. */
  readonly unclosed: number | undefined;
}

/** Counts brackets and operators outside quotes. A quote inside a regular expression may hide some of them. */
export function scan(text: string): Scan {
  if (text.length > TEXT_MAX) {
    return refusal(`The expression is longer than ${TEXT_MAX} characters.`, TEXT_MAX);
  }
  let brackets = 0;
  let operators = 0;
  for (let offset = 0; offset < text.length; offset++) {
    const character = text[offset] ?? "";
    if ("\"'`".includes(character)) {
      const end = endOfQuote(text, offset);
      if (end === undefined) return { refused: undefined, unclosed: offset };
      offset = end;
    } else if ("([{".includes(character)) brackets++;
    else if (")]}".includes(character)) brackets--;
    else if ("+-*/%&=<>!?:~^@#|.".includes(character)) operators++;
    if (brackets > BRACKETS_MAX) {
      return refusal(`The expression has more than ${BRACKETS_MAX} levels of brackets.`, offset);
    }
    if (operators > OPERATORS_MAX) {
      return refusal(`The expression has more than ${OPERATORS_MAX} operators.`, offset);
    }
  }
  return { refused: undefined, unclosed: undefined };
}

function refusal(message: string, offset: number): Scan {
  return { refused: { message, offset }, unclosed: undefined };
}

function endOfQuote(text: string, start: number): number | undefined {
  const quote = text[start];
  for (let offset = start + 1; offset < text.length; offset++) {
    if (text[offset] === "\\" && quote !== "`") offset++;
    else if (text[offset] === quote) return offset;
  }
  return undefined;
}
