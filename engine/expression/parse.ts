import jsonata from "jsonata";
import { isNode, type Node, nodesOf, startOf, startOfToken } from "./ast.ts";
import { RECORD_TIMEOUT_MS, SEQUENCE_MAX, STACK_MAX } from "./limits.ts";
import { GuardedRegExp, hasNestedRepetition } from "./regex.ts";
import { scan } from "./scan.ts";

export interface ExpressionError {
  /** The library's code such as S0201 or T2001, or one of ours (TP…). */
  readonly code: string;
  /** What went wrong, one sentence. */
  readonly message: string;
  /** 0-based character of the text. */
  readonly offset: number;
}

/** A parsed expression of the library with its syntax tree, which may be changed before the first evaluation. */
export interface Parsed {
  readonly library: jsonata.Expression;
  readonly root: Node;
}

/** Names whose use makes an expression unpredictable: what they do is not written in it, or differs each time. */
const FORBIDDEN: { readonly [name: string]: string } = {
  eval: "$eval runs text that nobody has checked; write the expression itself.",
  random: "$random gives another result each time; an expression must give the same one for the same record.",
  shuffle:
    "$shuffle gives another order each time; an expression must give the same one for the same record.",
};

/** The library's parse of a text, or why there is none. Never throws. */
export function parseExpression(text: string): Parsed | ExpressionError {
  const { refused, unclosed } = scan(text);
  if (refused !== undefined) return { code: "TP3108", ...refused };
  try {
    const library = jsonata(text, {
      RegexEngine: guardedRegExp(),
      timeout: RECORD_TIMEOUT_MS,
      stack: STACK_MAX,
      sequence: SEQUENCE_MAX,
    });
    const root: unknown = library.ast();
    if (!isNode(root)) throw new Error("the syntax tree has no root");
    return { library, root };
  } catch (cause) {
    const error = errorOf(text, cause);
    return unclosed === undefined ? error : { ...error, offset: unclosed };
  }
}

/** What parses and is refused all the same: unpredictable functions, regular expressions that could hang a run. */
export function refusals(text: string, root: Node): readonly ExpressionError[] {
  return nodesOf(root).flatMap((node) => {
    if (node.type === "variable" && typeof node.value === "string" && isForbidden(node.value)) {
      return [{ code: "TP3102", message: FORBIDDEN[node.value] ?? "", offset: startOf(text, node) }];
    }
    if (node.type === "regex" && node.value instanceof RegExp && hasNestedRepetition(node.value.source)) {
      const pattern = `/${node.value.source}/`;
      const message =
        `The regular expression ${pattern} repeats a group that itself repeats, which can take forever; ` +
        "write it without the inner or the outer repetition.";
      return [{ code: "TP3107", message, offset: Math.max(0, text.lastIndexOf(pattern, node.position)) }];
    }
    return [];
  });
}

/** True for a function of the library that no expression may use, without its `$`. */
export function isForbidden(name: string): boolean {
  return Object.hasOwn(FORBIDDEN, name);
}

/** What the library threw (a plain object, or an error of JavaScript or of ours) as a value. */
export function errorOf(text: string, cause: unknown): ExpressionError {
  const { code, message, position, token } = thrown(cause);
  return {
    code: code ?? (cause instanceof RangeError ? "TP3203" : "TP3204"),
    message: sentence(message ?? "The expression failed"),
    offset: offsetOf(text, code, position, token),
  };
}

function offsetOf(
  text: string,
  code: string | undefined,
  position: number | undefined,
  token: unknown,
): number {
  if (position === undefined) return 0;
  // The scanner's own errors stand at a character, those at the end of the text behind its last one.
  if (code === "S0103" || code === "S0104") return Math.max(0, position - 1);
  if (code === "S0102" || code === "S0106" || code === "S0204") return startBefore(text, position, token);
  if (code === "S0203" || code === "S0207" || token === undefined) return Math.min(position, text.length);
  return startOfToken(text, position, token);
}

function startBefore(text: string, position: number, token: unknown): number {
  if (typeof token !== "string") return Math.min(position, text.length);
  return text.startsWith(token, position) ? position : startOfToken(text, position, token);
}

function sentence(message: string): string {
  const text = message.trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function thrown(cause: unknown): {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly position: number | undefined;
  readonly token: unknown;
} {
  const fields: { readonly [key: string]: unknown } =
    typeof cause === "object" && cause !== null
      ? {
          code: "code" in cause ? cause.code : undefined,
          message: "message" in cause ? cause.message : undefined,
          position: "position" in cause ? cause.position : undefined,
          token: "token" in cause ? cause.token : undefined,
        }
      : { message: typeof cause === "string" ? cause : undefined };
  return {
    code: typeof fields["code"] === "string" ? fields["code"] : undefined,
    message: typeof fields["message"] === "string" ? fields["message"] : undefined,
    position: typeof fields["position"] === "number" ? fields["position"] : undefined,
    token: fields["token"],
  };
}

/** The library wants a RegExpConstructor; a subclass is one in all that it uses, `new` and `exec`. */
function guardedRegExp(): RegExpConstructor {
  return GuardedRegExp as unknown as RegExpConstructor;
}
