/** A refusal by our own functions and guards: thrown inside the library, handed out as an ExpressionError. */
export class ExpressionFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A function of ours cannot take the value it was given. */
export const REFUSED = "TP3201";
/** The result is no JSON: a function, a number that is not finite. */
export const NOT_JSON = "TP3202";
/** A text, list or result grew past its limit, or a regular expression ran too long. */
export const TOO_LARGE = "TP3203";
/** Anything else that went wrong while an expression ran. */
export const FAILED = "TP3204";

/** Ends the evaluation of this record with a sentence. */
export function refuse(message: string): never {
  throw new ExpressionFailure(REFUSED, message);
}

/** A value as it may stand in a message: JSON, cut to 60 characters. */
export function shown(value: unknown): string {
  const text = typeof value === "function" ? "a function" : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
