import { ExpressionFailure, TOO_LARGE } from "./failure.ts";
import { DISTINCT_MAX, STRING_MAX } from "./limits.ts";
import { native } from "./natives.ts";
import { measure } from "./plain.ts";

/** Functions of the library whose single call can take all time or memory, each behind a limit of its own. */

type Implementation = (this: unknown, ...args: readonly unknown[]) => unknown;

/** The name that `a & b` is compiled to; no expression can name it itself. */
export const CONCATENATE = "&()";

export const GUARDED: {
  readonly [name: string]: { readonly implementation: Implementation; readonly signature?: string };
} = {
  [CONCATENATE]: { implementation: (left, right) => capped(asText(left) + asText(right)) },
  pad: guarded("pad", ([, width]) => {
    if (typeof width === "number" && Math.abs(width) > STRING_MAX) tooLong();
  }),
  join: guarded("join", ([list, separator]) => {
    const gap = typeof separator === "string" ? separator.length : 0;
    let length = 0;
    for (const item of Array.isArray(list) ? list : [list]) length += String(item).length + gap;
    if (length - gap > STRING_MAX) tooLong();
  }),
  string: guarded("string", ([value]) => measure(value)),
  clone: guarded("clone", ([value]) => measure(value)),
  distinct: guarded("distinct", ([list]) => {
    if (Array.isArray(list) && list.length > DISTINCT_MAX) {
      throw new ExpressionFailure(TOO_LARGE, `$distinct compares at most ${DISTINCT_MAX} values.`);
    }
  }),
  replace: guarded("replace", () => undefined),
};

function guarded(name: string, check: (args: readonly unknown[]) => void) {
  const { implementation, signature } = native(name);
  return {
    signature: signature.definition,
    implementation(this: unknown, ...args: readonly unknown[]): unknown {
      check(args);
      const result = implementation.apply(this, [...args]);
      return result instanceof Promise ? result.then(capped) : capped(result);
    },
  };
}

function capped(value: unknown): unknown {
  if (typeof value === "string" && value.length > STRING_MAX) tooLong();
  return value;
}

function tooLong(): never {
  throw new ExpressionFailure(TOO_LARGE, `A text would be longer than ${STRING_MAX} characters.`);
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  measure(value);
  const text = native("string").implementation(value);
  return typeof text === "string" ? text : "";
}
