import { visible } from "./visible.ts";

/** A client's decisions in plain words. */

export interface Explained {
  /** The key of client.yaml that decides it. */
  readonly key: string;
  readonly question: string;
  readonly answers: readonly string[];
}

export interface ExplainView {
  readonly schemaVersion: 1;
  readonly client: string;
  /** Path of client.yaml as a person would type it. */
  readonly file: string;
  /** The four business decisions, then what else is decided. */
  readonly decisions: readonly Explained[];
  readonly more: readonly Explained[];
}

/** Question and answers, one below the other. */
export function renderExplain({ client, file, decisions, more }: ExplainView): string {
  const part = (title: string, all: readonly Explained[]): string =>
    `${title}\n\n${all.map(block).join("\n")}`;
  return visibleLines(
    `${client}: what is decided in ${file}\n\n` +
      `${part("The four decisions", decisions)}\n${part("What else is decided", more)}`,
  );
}

function block({ key, question, answers }: Explained, index: number): string {
  return `${index + 1}. ${question}  [${key}]\n${answers.map((answer) => `   ${answer}\n`).join("")}`;
}

function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}
