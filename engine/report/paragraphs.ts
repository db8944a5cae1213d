import { visible } from "./visible.ts";

/** Lines that belong together, as one part of a report; none when there are none. */
export function paragraph(texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? [] : [lines(texts)];
}

/** Texts as lines. */
export function lines(texts: readonly string[]): string {
  return texts.map(line).join("");
}

/** One line, without what would move a terminal's cursor. */
export function line(text: string): string {
  return `${visible(text)}\n`;
}
