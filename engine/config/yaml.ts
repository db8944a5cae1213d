import { readFileSync, statSync } from "node:fs";
import { relative } from "node:path";
import { isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import type { Json } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import {
  type NodeSource,
  type NodeSources,
  placeAt,
  pointerTo,
  type ScalarStyle,
  type SourceFile,
} from "./source.ts";
import { BYTES_MAX, capsProblem, KEYS_MAX } from "./yaml-caps.ts";
import { syntaxProblem } from "./yaml-syntax.ts";

/** A YAML file as a value, with the place of every node. The value is undefined when the file cannot be used at all. */
export interface YamlFile {
  readonly source: SourceFile;
  readonly value: Json | undefined;
  readonly nodes: NodeSources;
  readonly problems: readonly Problem[];
}

/** Keys that would reach an object's prototype wherever a map is copied. */
const RESERVED_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** Reads a YAML file of at most 1 MiB. All that is wrong with it comes back as problems; nothing is thrown. */
export function readYaml(path: string, cwd: string): YamlFile {
  const file = relative(cwd, path);
  const refused = (problem: Problem, text = ""): YamlFile => ({
    source: { file, path, text },
    value: undefined,
    nodes: new Map(),
    problems: [problem],
  });
  const start = { file, line: 1, column: 1 };
  try {
    const size = statSync(path).size;
    if (size > BYTES_MAX) {
      const message = `the file has ${size} bytes, more than ${BYTES_MAX}`;
      return refused(problemAt("TP1003", start, message, "Split it."));
    }
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
    return parseYaml({ file, path, text });
  } catch (cause) {
    if (cause instanceof TypeError) {
      return refused(problemAt("TP1002", start, "the file is not UTF-8 text", "Save it as UTF-8."));
    }
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
    return refused(
      problemAt("TP1001", start, `the file cannot be read (${reason})`, "Check its name and rights."),
    );
  }
}

/** Parses YAML 1.2 text, without aliases, tags, directives, several documents or keys that are not text. */
export function parseYaml(source: SourceFile): YamlFile {
  const nodes = new Map<string, NodeSource>();
  const capped = capsProblem(source);
  if (capped !== undefined) return { source, value: undefined, nodes, problems: [capped] };
  const document = parseDocument(source.text, {
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: false,
    // "silent" would also hide that there is a second document.
    logLevel: "error",
  });
  // The parser's later errors mostly follow from its first.
  const error = document.errors[0] ?? document.warnings[0];
  if (error !== undefined)
    return { source, value: undefined, nodes, problems: [syntaxProblem(error, source)] };
  const problems: Problem[] = [];
  if (document.contents === null || isEmptyScalar(document.contents)) {
    const empty = problemAt(
      "TP1017",
      placeAt(source, 0),
      "the file is empty",
      "Write its keys or delete it.",
    );
    return { source, value: undefined, nodes, problems: [empty] };
  }
  const walk: Walk = { source, nodes, problems };
  return { source, value: toValue(document.contents, "", undefined, walk), nodes, problems };
}

interface Walk {
  readonly source: SourceFile;
  readonly nodes: Map<string, NodeSource>;
  readonly problems: Problem[];
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.value === null && (node.source ?? "") === "";
}

function toValue(node: unknown, pointer: string, key: number | undefined, walk: Walk): Json {
  if (isMap(node)) {
    record(node, pointer, key, undefined, walk);
    return toMap(node.items, pointer, walk);
  }
  if (isSeq(node)) {
    record(node, pointer, key, undefined, walk);
    return node.items.map((item, index) => toValue(item, pointerTo(pointer, index), undefined, walk));
  }
  if (!isScalar(node)) {
    const start = key ?? 0;
    walk.nodes.set(pointer, { source: walk.source, key, start, end: start, style: "plain" });
    return null;
  }
  const style = styleOf(node.type);
  record(node, pointer, key, style, walk);
  if (typeof node.value === "number") return toNumber(node.value, node.source ?? "", pointer, walk);
  return typeof node.value === "string" || typeof node.value === "boolean" ? node.value : null;
}

function toMap(
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  pointer: string,
  walk: Walk,
): Json {
  const map: { [key: string]: Json } = {};
  if (items.length > KEYS_MAX) {
    const start = walk.nodes.get(pointer)?.start ?? 0;
    walk.problems.push(
      problemAt("TP1006", placeAt(walk.source, start), `a map with more than ${KEYS_MAX} keys`, "Split it."),
    );
    return map;
  }
  const firstLine = new Map<string, number>();
  for (const { key, value } of items) {
    const start = startOf(key);
    const name = keyName(key, start, firstLine, walk);
    if (name === undefined) continue;
    firstLine.set(name, placeAt(walk.source, start).line);
    map[name] = toValue(value, pointerTo(pointer, name), start, walk);
  }
  return map;
}

function keyName(
  key: unknown,
  start: number,
  seen: ReadonlyMap<string, number>,
  walk: Walk,
): string | undefined {
  const place = placeAt(walk.source, start);
  if (!isScalar(key) || typeof key.value !== "string") {
    const message = "a key must be text, not a number, list, map or nothing";
    walk.problems.push(problemAt("TP1013", place, message, "Write the key in quotes."));
    return undefined;
  }
  if (RESERVED_KEYS.has(key.value)) {
    walk.problems.push(problemAt("TP1012", place, `the key "${key.value}" is reserved`, "Rename it."));
    return undefined;
  }
  const earlier = seen.get(key.value);
  if (earlier === undefined) return key.value;
  const message = `the key "${key.value}" stands here twice`;
  walk.problems.push(
    problemAt("TP1011", place, message, `It is on line ${earlier} already: keep one of them.`),
  );
  return undefined;
}

/** A number whose spelling says more than its value (0400, 4000.10, 1e3) is a code that somebody forgot to quote. */
function toNumber(value: number, written: string, pointer: string, walk: Walk): Json {
  if (String(value) === written && (Number.isSafeInteger(value) || !Number.isInteger(value))) return value;
  const node = walk.nodes.get(pointer);
  const place = placeAt(walk.source, node?.start ?? 0);
  const hint = `Write it in quotes: "${written}".`;
  // Rows of code maps and secrets have problems of their own; a secret's would not repeat it.
  if (!/^\/rows\/\d+\/|^\/systems\/[^/]+\/auth\//.test(pointer)) {
    walk.problems.push(problemAt("TP1014", place, `${written} is read as the number ${value}`, hint));
  }
  return value;
}

function record(
  node: Node,
  pointer: string,
  key: number | undefined,
  style: ScalarStyle | undefined,
  walk: Walk,
): void {
  const [start, end] = node.range ?? [0, 0];
  // A value that is left out (`key:`) stands, for a reader, where its key stands.
  const empty = start === end && key !== undefined;
  walk.nodes.set(pointer, { source: walk.source, key, start: empty ? key : start, end, style });
}

function startOf(key: unknown): number {
  return isScalar(key) || isMap(key) || isSeq(key) ? (key.range?.[0] ?? 0) : 0;
}

function styleOf(type: string | undefined): ScalarStyle {
  switch (type) {
    case "QUOTE_SINGLE":
      return "single";
    case "QUOTE_DOUBLE":
      return "double";
    case "BLOCK_LITERAL":
    case "BLOCK_FOLDED":
      return "block";
    default:
      return "plain";
  }
}
