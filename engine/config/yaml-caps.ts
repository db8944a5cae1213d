import { Lexer } from "yaml";
import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import { placeAt, type SourceFile } from "./source.ts";

/**
 * Refuses, on tokens alone, text that would hurt the parser: a few kilobytes of nested brackets parsed twice abort the
 * process, and no catch helps. Nothing that fails here is parsed.
 */

export const BYTES_MAX = 1024 * 1024;
export const DEPTH_MAX = 64;
export const KEYS_MAX = 5000;
/** Keys, values and signs in a file: a list of half a million numbers takes seconds and half a gigabyte to parse. */
export const TOKENS_MAX = 200_000;

const SCALAR = "\u001f";
const DOCUMENT = "\u0002";
const FLOW_ERROR = "\u0018";

interface Level {
  readonly kind: "block" | "[" | "{";
  readonly column: number;
  keys: number;
}

/** The first reason for which a text must not be parsed, or undefined. */
export function capsProblem(source: SourceFile): Problem | undefined {
  const control = source.text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/);
  if (control !== -1) {
    const name = `U+${(source.text.charCodeAt(control) || 0).toString(16).toUpperCase().padStart(4, "0")}`;
    return problemAt("TP1004", placeAt(source, control), `control character ${name}`, "Delete it.");
  }
  return tokenProblem(source);
}

function tokenProblem(source: SourceFile): Problem | undefined {
  const levels: Level[] = [];
  let offset = 0;
  let lineStart = 0;
  let opensNode = true;
  let isText = false;
  let inBlockScalar = false;
  let tokens = 0;
  for (const token of new Lexer().lex(source.text)) {
    // The lexer marks documents and scalars with control characters of its own that are not in the text.
    if (token === DOCUMENT || token === FLOW_ERROR) continue;
    if (token === SCALAR) {
      isText = true;
      continue;
    }
    if (!isBlank(token)) tokens++;
    if (tokens > TOKENS_MAX) {
      const message = `more than ${TOKENS_MAX} keys, values and signs`;
      return problemAt("TP1018", placeAt(source, offset), message, "Split the file.");
    }
    if (isText) {
      if (opensNode && !inBlockScalar) enterBlock(levels, offset - lineStart);
      opensNode = false;
      inBlockScalar = false;
    } else if (!isBlank(token) && token[0] !== "#") {
      const refused = refusedToken(token, source, offset);
      if (refused !== undefined) return refused;
      if (opensNode) enterBlock(levels, offset - lineStart);
      opensNode = token === "-";
      inBlockScalar = /^[|>]/.test(token);
      countToken(levels, token, offset - lineStart);
    }
    const problem = levelProblem(levels, source, offset);
    if (problem !== undefined) return problem;
    const newline = token.lastIndexOf("\n");
    if (newline !== -1) lineStart = offset + newline + 1;
    if (newline === token.length - 1) opensNode = true;
    isText = false;
    offset += token.length;
  }
  return undefined;
}

function isBlank(token: string): boolean {
  return /^[ \t\r\n]*$/.test(token);
}

/** Block collections have no brackets: a deeper column opens one, a smaller one closes all deeper ones. */
function enterBlock(levels: Level[], column: number): void {
  const inFlow = levels.some((level) => level.kind !== "block");
  if (inFlow) return;
  for (let top = levels.at(-1); top !== undefined && top.column > column; top = levels.at(-1)) levels.pop();
  const top = levels.at(-1);
  if (top === undefined || top.column < column) levels.push({ kind: "block", column, keys: 0 });
}

function countToken(levels: Level[], token: string, column: number): void {
  const top = levels.at(-1);
  if (token === "[" || token === "{") levels.push({ kind: token, column, keys: token === "{" ? 1 : 0 });
  else if ((token === "]" || token === "}") && top !== undefined && top.kind !== "block") levels.pop();
  else if (top !== undefined && token === (top.kind === "{" ? "," : ":")) top.keys++;
}

function levelProblem(levels: readonly Level[], source: SourceFile, offset: number): Problem | undefined {
  if (levels.length > DEPTH_MAX) {
    const message = `nested more than ${DEPTH_MAX} levels deep`;
    return problemAt("TP1005", placeAt(source, offset), message, "Flatten it.");
  }
  if ((levels.at(-1)?.keys ?? 0) <= KEYS_MAX) return undefined;
  const message = `a map with more than ${KEYS_MAX} keys`;
  return problemAt("TP1006", placeAt(source, offset), message, "Split it over several files.");
}

function refusedToken(token: string, source: SourceFile, offset: number): Problem | undefined {
  const place = (): ReturnType<typeof placeAt> => placeAt(source, offset);
  switch (token[0]) {
    case "&":
    case "*": {
      const what = token[0] === "&" ? "anchor" : "alias";
      return problemAt("TP1007", place(), `${what} ${short(token)} is not allowed`, "Write the value out.");
    }
    case "!":
      return problemAt("TP1008", place(), `tag ${short(token)} is not allowed`, "Write the plain value.");
    case "%":
      return problemAt("TP1016", place(), "YAML directives are not allowed", "Delete the line.");
    case "?":
      if (token !== "?") return undefined;
      return problemAt("TP1013", place(), "a key must be plain text", "Write it as `key: value`.");
    default:
      return undefined;
  }
}

function short(token: string): string {
  return JSON.stringify(token.length > 30 ? `${token.slice(0, 30)}…` : token);
}
