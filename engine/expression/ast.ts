/** The library's syntax tree: what we read of it, and where its nodes stand in the text. */

export interface Node {
  type: string;
  value?: unknown;
  /** Offset just behind the node's token: the library counts to the end of what it has read. */
  readonly position?: number;
  arguments?: Node[];
  procedure?: Node;
  readonly steps?: readonly Node[];
  readonly expressions?: readonly Node[];
  readonly expression?: Node;
  readonly lhs?: unknown;
  readonly rhs?: unknown;
  readonly body?: Node;
  readonly condition?: Node;
  readonly then?: Node;
  readonly else?: Node;
  readonly stages?: readonly Node[];
  readonly predicate?: readonly Node[];
  readonly terms?: readonly { readonly expression: Node }[];
  readonly expr?: Node;
  readonly group?: { readonly lhs: readonly (readonly [Node, Node])[] };
  readonly focus?: string;
  readonly index?: string;
  readonly keepSingletonArray?: boolean;
}

/** True for an object that carries the mark of a syntax node. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Every node of a tree, parents first; a node that hangs in two places comes once. */
export function nodesOf(root: unknown): readonly Node[] {
  const found: Node[] = [];
  const seen = new Set<unknown>();
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null || value instanceof RegExp || seen.has(value)) continue;
    seen.add(value);
    if (isNode(value)) found.push(value);
    waiting.push(...Object.values(value));
  }
  return found;
}

/** Names that an expression binds itself: `$x := …`, parameters, `@$x` and `#$i`; each as often as it is bound. */
export function boundNames(root: unknown): readonly string[] {
  return nodesOf(root).flatMap((node) => {
    const names: unknown[] = [node.focus, node.index];
    if (node.type === "bind" && isNode(node.lhs)) names.push(node.lhs.value);
    if (node.type === "lambda") names.push(...(node.arguments ?? []).map((parameter) => parameter.value));
    if (node.type === "index") names.push(node.value);
    return names.filter((name) => typeof name === "string");
  });
}

/** Offset of the first character of what a node stands for. */
export function startOf(text: string, node: Node): number {
  const end = node.position ?? 0;
  const first = firstPart(node);
  if (first !== undefined) return startOf(text, first);
  switch (node.type) {
    case "name":
    case "variable": {
      const length = String(node.value).length;
      if (node.type === "variable") return Math.max(0, end - length - 1);
      return Math.max(0, text[end - 1] === "`" ? end - length - 2 : end - length);
    }
    case "lambda":
      return Math.max(text.lastIndexOf("function", end), text.lastIndexOf("λ", end), 0);
    default:
      return Math.max(0, end - 1);
  }
}

function firstPart(node: Node): Node | undefined {
  switch (node.type) {
    case "path":
      return node.steps?.[0];
    case "function":
    case "partial":
      return node.procedure;
    case "condition":
      // `a ?? b` is read as `$exists(a) ? a : b`, with an $exists that stands nowhere.
      return isCoalescing(node) ? node.then : node.condition;
    case "binary":
    case "apply":
    case "bind":
      return isNode(node.lhs) ? node.lhs : undefined;
    default:
      return undefined;
  }
}

/** True for a condition that was written `a ?? b`. */
export function isCoalescing(node: Node): boolean {
  return node.type === "condition" && node.condition?.procedure?.value === "exists"
    ? node.condition.procedure.position === undefined
    : false;
}

/** Offset of the token that an error of the library points behind. */
export function startOfToken(text: string, end: number, token: unknown): number {
  const position = Math.min(Math.max(end, 0), text.length);
  const word = typeof token === "string" ? token.replace("()", "") : String(token);
  if (word === "") return Math.max(0, position - 1);
  // A call is reported behind its bracket, a quoted name or text behind its quote.
  for (const [behind, before] of [
    ["", "$"],
    ["(", "$"],
    ['"', '"'],
    ["'", "'"],
    ["`", "`"],
  ] as const) {
    const start = position - behind.length - word.length;
    if (start < 0 || text.slice(start, position) !== word + behind) continue;
    return text[start - 1] === before ? start - 1 : start;
  }
  return Math.max(0, position - 1);
}
