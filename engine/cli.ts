#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { EXIT, exitOfError } from "./cli/exit-codes.ts";
import { createRedact } from "./cli/redact.ts";
import type { Verbs } from "./cli/verb.ts";
import { addAdoptVerb } from "./cli/verbs-adopt.ts";
import { addCodesVerb } from "./cli/verbs-codes.ts";
import { addDocumentVerbs } from "./cli/verbs-documents.ts";
import { addLocalVerbs } from "./cli/verbs-local.ts";
import { addLoginVerbs } from "./cli/verbs-login.ts";
import { addProveVerbs } from "./cli/verbs-prove.ts";
import { addReadinessVerbs } from "./cli/verbs-readiness.ts";
import { addRecordVerbs } from "./cli/verbs-records.ts";
import { addReportVerbs } from "./cli/verbs-reports.ts";
import { addRunVerbs } from "./cli/verbs-runs.ts";
import { addViewVerbs } from "./cli/verbs-views.ts";
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
  const program = new Command("tripoint")
    .description("Keeps a telecom provider's PSA, billing and accounting in step, from YAML.")
    .version(version())
    .configureHelp({ showGlobalOptions: false })
    .exitOverride();
  addRunVerbs(program, verbs);
  addRecordVerbs(program, verbs);
  addReadinessVerbs(program, verbs);
  addCodesVerb(program, verbs);
  addReportVerbs(program, verbs);
  addProveVerbs(program, verbs);
  addDocumentVerbs(program, verbs);
  addAdoptVerb(program, verbs);
  addViewVerbs(program, verbs);
  addLoginVerbs(program, verbs);
  addLocalVerbs(program, verbs);
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
