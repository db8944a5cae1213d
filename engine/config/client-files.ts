import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import { placeFinder, type SourceFile } from "./source.ts";
import { readYaml, type YamlFile } from "./yaml.ts";

export interface ClientFiles {
  /** Files with a `pipeline` or an `extends` key. */
  readonly pipelines: readonly YamlFile[];
  /** Files that can be read and are no pipelines. */
  readonly strays: readonly YamlFile[];
  /** Of files that cannot be read at all. */
  readonly problems: readonly Problem[];
  readonly sources: readonly SourceFile[];
}

/** The YAML files of a client's folder, without `others` (absolute paths), which are known to be something else. */
export function pipelineFiles(folder: string, others: readonly string[], cwd: string): ClientFiles {
  const names = readdirSync(folder).sort();
  const paths = names.filter((name) => /\.ya?ml$/.test(name)).map((name) => join(folder, name));
  const yamls = paths.filter((path) => !others.includes(path)).map((path) => readYaml(path, cwd));
  const readable = yamls.filter(({ value }) => value !== undefined);
  return {
    pipelines: readable.filter(isPipeline),
    strays: readable.filter((yaml) => !isPipeline(yaml)),
    problems: yamls.filter(({ value }) => value === undefined).flatMap(({ problems }) => problems),
    sources: yamls.map(({ source }) => source),
  };
}

function isPipeline({ value }: YamlFile): boolean {
  return isObject(value) && ("pipeline" in value || "extends" in value);
}

/** A misspelt `pipeline:` would otherwise make a file that nobody reads. */
export function strayProblem(yaml: YamlFile): Problem {
  const place = placeFinder(yaml.nodes)("");
  const hint = "A pipeline starts with `pipeline: name`; a code map is named under codes in client.yaml.";
  return problemAt("TP1044", place, "the file is neither a pipeline nor a code map of this client", hint);
}
