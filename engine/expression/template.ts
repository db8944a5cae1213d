/**
 * Templates are text with `{expression}` in it. Braces inside an expression nest, and braces in its quoted strings do
 * not count.
 */
export type TemplatePart =
  | { readonly text: string }
  /** `offset`: where the expression begins in the template. */
  | { readonly expression: string; readonly offset: number };

/** Splits a template; an unclosed brace is reported by its 0-based offset. */
export function parseTemplate(template: string): readonly TemplatePart[] | { readonly unclosedAt: number } {
  const parts: TemplatePart[] = [];
  let text = "";
  for (let at = 0; at < template.length; at++) {
    const character = template.charAt(at);
    if (character !== "{") {
      text += character;
      continue;
    }
    const end = closingBrace(template, at);
    if (end === undefined) return { unclosedAt: at };
    if (text !== "") parts.push({ text });
    text = "";
    parts.push({ expression: template.slice(at + 1, end), offset: at + 1 });
    at = end;
  }
  if (text !== "") parts.push({ text });
  return parts;
}

function closingBrace(template: string, open: number): number | undefined {
  let depth = 0;
  let quote = "";
  for (let at = open; at < template.length; at++) {
    const character = template.charAt(at);
    if (quote !== "") {
      if (character === "\\") at++;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'" || character === "`") quote = character;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return at;
  }
  return undefined;
}
