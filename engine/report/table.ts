import { visible } from "./visible.ts";

/** A column's title; numbers stand at its right end. */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

const GAP = "  ";

/** Rows as aligned text, each line ending in a newline. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(visible))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => widthOf(row[index] ?? ""))));
  return cells
    .map((row) => {
      const line = columns.map(({ right }, index) => {
        const text = row[index] ?? "";
        const pad = " ".repeat((widths[index] ?? 0) - widthOf(text));
        return right ? pad + text : text + pad;
      });
      return `${line.join(GAP).trimEnd()}\n`;
    })
    .join("");
}

/** One line of at most `max` characters; what is cut off shows as "…". */
export function cut(text: string, max: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  const letters = [...line];
  return letters.length > max ? `${letters.slice(0, max - 1).join("")}…` : line;
}

/** "1 file", "2 files". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Accents in separate characters take no room. */
function widthOf(text: string): number {
  return [...text.normalize("NFC")].length;
}
