import { join, relative, resolve } from "node:path";
import { problemAt } from "../config/codes.ts";
import type { Env } from "../config/interpolate.ts";
import { listClients, loadClient } from "../config/load-client.ts";
import { errorsFirst, type Problem } from "../core/problem.ts";

export interface ValidateOptions {
  /** Folder that holds mappings/. */
  readonly root: string;
  /** Names of the clients to check; all when left out. */
  readonly clients?: readonly string[];
  readonly env: Env;
  /** Problems name files relative to this folder. */
  readonly cwd: string;
}

export interface Validation {
  /** Of all files, errors first, by place; empty when everything is right. */
  readonly problems: readonly Problem[];
  /** The files that were read, as the problems name them. */
  readonly files: readonly string[];
  readonly clients: readonly string[];
  /** Text of those files for printing, with secrets that stand in them by mistake blotted out. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Checks the YAML of clients without a network. Problems of severity error mean exit code 2. */
export function validate({ root, clients, env, cwd }: ValidateOptions): Validation {
  const names = clients ?? listClients(resolve(cwd, root));
  const problems: Problem[] = [];
  const sources = new Map<string, string>();
  for (const name of names) {
    const loaded = loadClient(root, name, env, cwd);
    problems.push(...loaded.problems);
    for (const { file, text } of loaded.sources) sources.set(file, text);
  }
  if (names.length === 0) problems.push(noClients(root, cwd));
  return {
    problems: distinct(problems).sort(errorsFirst),
    files: [...sources.keys()].sort(),
    clients: names,
    sources,
  };
}

/** Two clients may share a base pipeline or a connector; its mistakes are told once. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function noClients(root: string, cwd: string): Problem {
  const file = relative(cwd, join(resolve(cwd, root), "mappings")) || ".";
  const hint = "A client is a folder under mappings/ with a client.yaml.";
  return problemAt("TP1040", { file, line: 1, column: 1 }, "there are no clients", hint);
}
