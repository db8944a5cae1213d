import type { Templates } from "../../config/connector-types.ts";
import { parseTemplate } from "../../expression/index.ts";

/**
 * Turns a descriptor's pieces into one JSONata text, so that a request, or the reading of a page of records, is one
 * call of the expression unit. Each piece has been checked by itself, so putting it into brackets is safe.
 */

/** Name of the function that encodes a value for a path and refuses an empty one. */
export const PATH_PART = "path_part";

export interface RequestParts {
  readonly path: string;
  readonly query: Templates;
  readonly headers: Templates;
  /** Expression of the body; null: none. */
  readonly body: string | null;
}

/** An expression whose value is {path, query, headers, body}. */
export function requestText({ path, query, headers, body }: RequestParts): string {
  return objectText({
    path: templateText(path, PATH_PART),
    query: templatesText(query),
    headers: templatesText(headers),
    ...(body === null ? {} : { body }),
  });
}

/** An expression for an object of expressions; a member without a value is left out. */
export function objectText(members: { readonly [name: string]: string }): string {
  const written = Object.entries(members).map(([name, text]) => `${JSON.stringify(name)}: (${text}\n)`);
  return `{ ${written.join(",\n")} }`;
}

export function templatesText(templates: Templates): string {
  const texts = Object.entries(templates).map(([name, template]) => [name, templateText(template, "text")]);
  return objectText(Object.fromEntries(texts));
}

/** An expression for a template's text; each value goes through the function named. */
export function templateText(template: string, through: string): string {
  const parts = parseTemplate(template);
  if ("unclosedAt" in parts) throw new Error(`the template ${template} has an unclosed brace`);
  const texts = parts.map((part) =>
    "text" in part ? JSON.stringify(part.text) : `$${through}((${part.expression}\n))`,
  );
  return texts.length === 0 ? '""' : texts.join(" & ");
}

/** The text with the connector's own functions that it names, and those that they name, in front of it. */
export function withFunctions(text: string, functions: { readonly [name: string]: string }): string {
  const needed = new Set<string>();
  const collect = (body: string): void => {
    for (const name of Object.keys(functions)) {
      if (needed.has(name) || !namesVariable(body, name)) continue;
      needed.add(name);
      collect(functions[name] ?? "");
    }
  };
  collect(text);
  if (needed.size === 0) return text;
  const definitions = [...needed].map((name) => `$${name} := (${functions[name]}\n);`);
  return `(\n${definitions.join("\n")}\n(${text}\n)\n)`;
}

/** True when the text names the variable, with the `$`. */
export function namesVariable(text: string, name: string): boolean {
  return new RegExp(`\\$${name}(?!\\w)`).test(text);
}
