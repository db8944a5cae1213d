import type { Problem } from "../core/problem.ts";
import { visible } from "./visible.ts";

/** Problems as people and machines read them. The sources are the files' texts, by the names the problems use. */

export type ProblemFormat = "text" | "json" | "github";

export type Sources = ReadonlyMap<string, string>;

const WIDTH_MAX = 110;

/** All problems in one of the formats, ending in a newline; empty text when there is nothing to say. */
export function renderProblems(
  problems: readonly Problem[],
  format: ProblemFormat,
  sources: Sources = new Map(),
): string {
  switch (format) {
    case "json":
      return `${JSON.stringify({ schemaVersion: 1, problems }, null, 2)}\n`;
    case "github":
      return problems.map((problem) => `${annotation(problem)}\n`).join("");
    case "text":
      return renderText(problems, sources);
  }
}

function renderText(problems: readonly Problem[], sources: Sources): string {
  if (problems.length === 0) return "";
  const blocks = problems.map((problem) => textBlock(problem, sources.get(problem.file)));
  return `${blocks.join("\n")}\n${summary(problems)}\n`;
}

function textBlock(problem: Problem, source: string | undefined): string {
  const { file, line, column, code, severity, message, hint } = problem;
  const lines = [`${file}:${line}:${column} ${severity} ${code} ${visible(message)}`];
  if (source !== undefined) lines.push(...excerpt(source, line, column));
  if (hint !== undefined) lines.push(`  ${visible(hint)}`);
  return `${lines.join("\n")}\n`;
}

/** The line of the problem between its neighbours, and a caret below the column. */
function excerpt(source: string, line: number, column: number): readonly string[] {
  const all = source.split(/\r?\n/);
  if (all.at(-1) === "") all.pop();
  const text = all[line - 1];
  if (text === undefined) return [];
  const numbers = [line - 1, line, line + 1].filter((number) => number >= 1 && number <= all.length);
  const gutter = String(Math.max(...numbers)).length;
  // A long line is shown from a little before the caret on.
  const from = column > WIDTH_MAX - 10 ? column - 40 : 0;
  return numbers.flatMap((number) => {
    const shown = visible((all[number - 1] ?? "").slice(from, from + WIDTH_MAX));
    const row = `  ${String(number).padStart(gutter)} | ${shown}`.trimEnd();
    if (number !== line) return [row];
    // Tabs stay tabs under the line, so that the caret stands right however wide they are.
    const pad = visible(text.slice(from, column - 1)).replace(/[^\t]/g, " ");
    return [row, `  ${" ".repeat(gutter)} | ${pad}^`];
  });
}

function summary(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const files = new Set(problems.map(({ file }) => file)).size;
  const parts = [count(errors, "error"), count(problems.length - errors, "warning")];
  return `${parts.filter((part) => part !== "").join(" and ")} in ${count(files, "file")}`;
}

function count(number: number, noun: string): string {
  return number === 0 ? "" : `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** One line of GitHub's workflow commands; a line break would end it, a colon or comma would end a property. */
function annotation({ severity, file, line, column, code, message, hint }: Problem): string {
  const properties = `file=${property(file)},line=${line},col=${column},title=${property(code)}`;
  return `::${severity} ${properties}::${escaped(hint === undefined ? message : `${message}\n${hint}`)}`;
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
