import type { Json } from "../core/json.ts";

// A text or a number. Written so that a long text costs no backtracking.
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;
const INTEGER = /^-?\d+$/;
const LONG_NUMBER = /\d{16}/;

/**
 * JSON as a value, undefined when the text is none. A whole number that JavaScript would round (an id beyond 2^53)
 * becomes text with its digits: two ids never become one.
 */
export function parseExact(text: string): Json | undefined {
  const exact = LONG_NUMBER.test(text) ? text.replace(TOKEN, keepDigits) : text;
  try {
    // JSON.parse returns nothing but Json.
    return JSON.parse(exact) as Json;
  } catch {
    return undefined;
  }
}

function keepDigits(token: string): string {
  return INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}
