import { visible } from "./visible.ts";

/** HTML that is escaped already. */
export interface Html {
  readonly html: string;
}

/** A template whose values are escaped, unless they are Html; lists are joined. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  const text = parts.map((part, index) => part + (index < values.length ? embed(values[index] ?? "") : ""));
  return { html: text.join("") };
}

function embed(value: string | number | Html | readonly Html[]): string {
  if (typeof value === "string" || typeof value === "number") return escaped(String(value));
  if ("html" in value) return value.html;
  return value.map((one) => one.html).join("");
}

const ENTITIES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
