import { existsSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../core/json.ts";
import { checkConnector } from "./checks-connectors.ts";
import { checkSchema } from "./schema.ts";
import { placeFinder } from "./source.ts";
import type { ConnectorConfig, Loaded } from "./types.ts";
import { readYaml } from "./yaml.ts";

/** Reads, checks and completes a connector.yaml (absolute path); defaults come from its schema. */
export function loadConnector(path: string, cwd: string): Loaded<ConnectorConfig> {
  const yaml = readYaml(path, cwd);
  if (yaml.value === undefined) return { config: undefined, problems: yaml.problems };
  const checked = checkSchema("connector", yaml.value, yaml.nodes);
  const problems = [...yaml.problems, ...checked.problems];
  if (problems.length > 0 || !isObject(checked.value)) return { config: undefined, problems };
  // The schema has just proved the shape, and filled in what was left out.
  const shape = checked.value as unknown as Omit<ConnectorConfig, "file" | "placeOf">;
  const config = { ...shape, file: yaml.source.file, placeOf: placeFinder(yaml.nodes) };
  return { config, problems: checkConnector(shape, yaml.nodes) };
}

/** Path of a connector's file: the client's own, then the root's, then tripoint's; undefined when there is none. */
export function findConnector(name: string, folders: readonly string[]): string | undefined {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) return undefined;
  return folders.map((folder) => join(folder, name, "connector.yaml")).find((path) => existsSync(path));
}
