import type { Problem } from "../core/problem.ts";

/** What a person has to put right before a command can do anything: exit code 2. */
export class UsageError extends Error {
  /** What to do about it. */
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = "UsageError";
    this.hint = hint;
  }
}

/** The client's YAML or its secrets are not fit for use. */
export class ConfigError extends UsageError {
  readonly problems: readonly Problem[];
  /** Texts of the files, by the names the problems use. */
  readonly sources: ReadonlyMap<string, string>;
  constructor(problems: readonly Problem[], sources: ReadonlyMap<string, string> = new Map()) {
    super("the configuration has errors");
    this.name = "ConfigError";
    this.problems = problems;
    this.sources = sources;
  }
}
