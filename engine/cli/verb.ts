import type { Command } from "commander";

/** How verbs are added to the program. */
export interface Verbs {
  /** Gives a command its action, which takes what the command declares and answers with the exit code. */
  readonly act: (command: Command, action: (...args: never[]) => number | Promise<number>) => void;
}

/** Prints a result on stdout. */
export function print(text: string): void {
  process.stdout.write(text);
}

/** Prints a value as JSON, or as the text that `render` makes of it. */
export function printAs<T>(format: string, value: T, render: (value: T) => string): void {
  print(format === "json" ? `${JSON.stringify(value, null, 2)}\n` : render(value));
}

/** Lines for the end of a verb's --help. */
export function example(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExample:\n${lines.map((line) => `  $ ${line}\n`).join("")}`);
}
