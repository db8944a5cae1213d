import { isObject, type Json } from "../core/json.ts";

/** What the lines of a journal say, apart from commits: its head, who opened it, how it ended. */

export const FORMAT = 1;

export interface Head {
  readonly kind: "head";
  /** Version of the folder's format. */
  readonly format: number;
  readonly generation: number;
  readonly snapshot: { readonly name: string; readonly sha256: string };
  /** Last line, and length in bytes, of the journal that led up to the snapshot; null for the first generation. */
  readonly previous: { readonly sequence: number; readonly hash: string; readonly length: number } | null;
}

/** `open` and `close` bracket a run; `seal` says that the next generation is in force. */
export type Mark =
  | { readonly kind: "open"; readonly at: string; readonly pid: number }
  | { readonly kind: "close"; readonly at: string }
  | { readonly kind: "seal"; readonly generation: number };

/** The head of a journal; undefined when the text is none that this version can read. */
export function parseHead(body: string): Head | undefined {
  const value = parseObject(body);
  if (value?.["kind"] !== "head" || value["format"] !== FORMAT) return undefined;
  const { generation, snapshot, previous } = value;
  if (typeof generation !== "number" || !isObject(snapshot) || previous === undefined) return undefined;
  const { name, sha256 } = snapshot;
  if (typeof name !== "string" || typeof sha256 !== "string") return undefined;
  return {
    kind: "head",
    format: FORMAT,
    generation,
    snapshot: { name, sha256 },
    previous: parsePrevious(previous),
  };
}

/** The object in a line's body; undefined when it is no JSON object. */
export function parseObject(body: string): { readonly [key: string]: Json } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function parsePrevious(value: Json): Head["previous"] {
  if (!isObject(value)) return null;
  const { sequence, hash, length } = value;
  if (typeof sequence !== "number" || typeof hash !== "string" || typeof length !== "number") return null;
  return { sequence, hash, length };
}
