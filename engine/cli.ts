#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError } from "commander";
import { EXIT, exitOfError } from "./cli/exit-codes.ts";
import { createProgram } from "./cli/program.ts";
import { createRedact } from "./cli/redact.ts";
import type { Verbs } from "./cli/verb.ts";
import { ConfigError, UsageError } from "./commands/refusal.ts";
import { packageRoot } from "./config/root.ts";
import { renderProblems } from "./report/problems.ts";

/** argv in, exit code out. Results go to stdout, all else to stderr. */
async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done;
  const verbs: Verbs = {
    act: (command, action) => {
      command.action(async (...args) => {
        // Commander appends the command itself, which no verb needs; the rest is as the command declares it.
        exitCode = await action(...(args.slice(0, -1) as never[]));
      });
    },
  };
  const program = createProgram(version(), verbs);
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    process.stderr.write(createRedact(process.env)(describe(error)));
    return exitOfError(error);
  }
}

/** What to tell about a command that could not go on, and what to do about it. */
function describe(error: unknown): string {
  if (error instanceof ConfigError) return renderProblems(error.problems, "text", error.sources);
  if (error instanceof UsageError) {
    return `error: ${error.message}\n${error.hint === undefined ? "" : `  ${error.hint}\n`}`;
  }
  if (exitOfError(error) !== EXIT.bug)
    return `error: ${error instanceof Error ? error.message : String(error)}\n`;
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${trace}\n\nThis is a bug in tripoint ${version()}. Please report it with the lines above.\n`;
}

function version(): string {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(join(packageRoot(), "package.json"), "utf8"),
  );
  return version;
}

// A reader that has seen enough (head, less) is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.done);
});

process.exitCode = await main(process.argv.slice(2));
