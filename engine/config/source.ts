/** Where a node of a YAML file stands; line and column are 1-based, file as the user would type it. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Finds where a value was written, by JSON pointer into the resolved file ("/source/filter"). A value inherited
 * through `extends` is found in the base file; a missing one is placed at its nearest existing parent.
 */
export type PlaceOf = (pointer: string) => Place;

/** A file's text and the name under which a person knows it. */
export interface SourceFile {
  /** Path relative to the current folder, as it is printed. */
  readonly file: string;
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
}

export type ScalarStyle = "plain" | "single" | "double" | "block";

/** Where a node of a parsed file stands: offsets into its source text. */
export interface NodeSource {
  readonly source: SourceFile;
  /** Offset of the key in front of the value; undefined for list items and the root. */
  readonly key: number | undefined;
  readonly start: number;
  readonly end: number;
  /** Undefined for maps and lists. */
  readonly style: ScalarStyle | undefined;
}

/** JSON pointer → where it was written. */
export type NodeSources = ReadonlyMap<string, NodeSource>;

/** Appends a key to a JSON pointer. */
export function pointerTo(pointer: string, ...keys: readonly (string | number)[]): string {
  return keys.reduce<string>(
    (text, key) => `${text}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`,
    pointer,
  );
}

/** Keys of a JSON pointer. */
export function pointerKeys(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Place of an offset of a file. */
export function placeAt(source: SourceFile, offset: number): Place {
  const starts = lineStarts(source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file: source.file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

const lineStartsOf = new WeakMap<SourceFile, readonly number[]>();

function lineStarts(source: SourceFile): readonly number[] {
  const known = lineStartsOf.get(source);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = source.text.indexOf("\n"); at !== -1; at = source.text.indexOf("\n", at + 1))
    starts.push(at + 1);
  lineStartsOf.set(source, starts);
  return starts;
}

/** Place of a node's value; a missing node is placed at the key of its nearest existing parent. */
export function placeFinder(nodes: NodeSources): PlaceOf {
  return (pointer) => {
    const node = nodes.get(pointer);
    return node === undefined ? parentPlace(nodes, pointer) : placeAt(node.source, node.start);
  };
}

/** Place of the key in front of a node; for a list item or the root the node itself. */
export function keyFinder(nodes: NodeSources): PlaceOf {
  return (pointer) => {
    const node = nodes.get(pointer);
    return node === undefined ? parentPlace(nodes, pointer) : placeAt(node.source, node.key ?? node.start);
  };
}

function parentPlace(nodes: NodeSources, pointer: string): Place {
  let current = pointer;
  while (current !== "") {
    current = current.slice(0, current.lastIndexOf("/"));
    const node = nodes.get(current);
    if (node !== undefined) return placeAt(node.source, node.key ?? node.start);
  }
  throw new Error(`no place for ${pointer}: the file has no root`);
}

const ESCAPED_SPACE = new Set(["n", "t", "r", " ", "\t", "N", "L", "P", "_", "\n"]);
const ESCAPE_DIGITS: { readonly [letter: string]: number } = { x: 2, u: 4, U: 8 };

/**
 * Offset in the source file of character `index` of a scalar's value, so that a caret can stand inside an expression.
 * Quotes, escapes, folded lines and indentation make both texts differ; only what is not white space is aligned.
 */
export function offsetInScalar(node: NodeSource, value: string, index: number): number {
  const { text } = node.source;
  let at = contentStart(node);
  let last = at;
  for (let i = 0; i < value.length && at < node.end; i++) {
    if (isSpace(value[i])) continue;
    at = skipSpace(text, at, node);
    last = at;
    if (i >= index) return at;
    at += lengthAt(text, at, node.style);
  }
  return index >= value.length ? Math.max(last, Math.min(at, node.end - 1)) : last;
}

function contentStart(node: NodeSource): number {
  if (node.style === "single" || node.style === "double") return node.start + 1;
  if (node.style === "block") return node.source.text.indexOf("\n", node.start) + 1;
  return node.start;
}

function skipSpace(text: string, from: number, node: NodeSource): number {
  let at = from;
  while (at < node.end) {
    const escaped = node.style === "double" && text[at] === "\\" && ESCAPED_SPACE.has(text[at + 1] ?? "");
    if (escaped) at += 2;
    else if (isSpace(text[at])) at += 1;
    else break;
  }
  return at;
}

function lengthAt(text: string, at: number, style: ScalarStyle | undefined): number {
  if (style === "single" && text[at] === "'") return 2;
  if (style === "double" && text[at] === "\\") return 2 + (ESCAPE_DIGITS[text[at + 1] ?? ""] ?? 0);
  return 1;
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}
