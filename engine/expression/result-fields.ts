import { type Node, startOfToken } from "./ast.ts";
import { parseExpression } from "./parse.ts";

export interface ResultField {
  readonly name: string;
  /** 0-based character of the text. */
  readonly offset: number;
}

/**
 * Names of the object that an expression writes out as its result, in each of its branches; none where the result is
 * computed in another way, or the text does not parse.
 */
export function resultFields(text: string): readonly ResultField[] {
  const parsed = parseExpression(text);
  return "code" in parsed ? [] : fieldsOf(text, parsed.root);
}

function fieldsOf(text: string, node: Node | undefined): readonly ResultField[] {
  switch (node?.type) {
    case "block":
      return fieldsOf(text, node.expressions?.at(-1));
    case "condition":
      return [...fieldsOf(text, node.then), ...fieldsOf(text, node.else)];
    case "unary":
      return node.value === "{" && isPairs(node.lhs) ? node.lhs.flatMap(([key]) => fieldOf(text, key)) : [];
    default:
      return [];
  }
}

function isPairs(value: unknown): value is readonly (readonly [Node, Node])[] {
  return Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2);
}

function fieldOf(text: string, { type, value, position = 0 }: Node): readonly ResultField[] {
  if (type !== "string" || typeof value !== "string") return [];
  return [{ name: value, offset: startOfToken(text, position, value) }];
}
