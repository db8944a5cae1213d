import { existsSync } from "node:fs";
import { join } from "node:path";
import { isObject, type Json } from "../core/json.ts";
import { checkConnector } from "./checks-connectors.ts";
import type { Descriptor } from "./connector-pieces.ts";
import type { ConnectorConfig } from "./connector-types.ts";
import { checkSchema, type SchemaName } from "./schema.ts";
import { placeFinder } from "./source.ts";
import type { Loaded } from "./types.ts";
import { readYaml } from "./yaml.ts";

/** Reads, checks and completes a connector.yaml (absolute path); defaults come from its schema. */
export function loadConnector(path: string, cwd: string): Loaded<ConnectorConfig> {
  const yaml = readYaml(path, cwd);
  if (yaml.value === undefined) return { config: undefined, problems: yaml.problems };
  const checked = checkSchema(schemaFor(yaml.value), yaml.value, yaml.nodes);
  const problems = [...yaml.problems, ...checked.problems];
  if (problems.length > 0 || !isObject(checked.value)) return { config: undefined, problems };
  // The schema has just proved the shape, and filled in what was left out.
  const shape = checked.value as unknown as Descriptor;
  const config: ConnectorConfig = { ...shape, file: yaml.source.file, placeOf: placeFinder(yaml.nodes) };
  return { config, problems: checkConnector(shape, yaml.nodes) };
}

/** Each driver has a language of its own; a driver that nobody knows is a mistake that the first one's schema names. */
function schemaFor(value: Json): SchemaName {
  const driver = isObject(value) ? value["driver"] : undefined;
  return driver === "sqlite" || driver === "files" ? `connector-${driver}` : "connector";
}

/** Path of a connector's file: the client's own, then the root's, then tripoint's; undefined when there is none. */
export function findConnector(name: string, folders: readonly string[]): string | undefined {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) return undefined;
  return folders.map((folder) => join(folder, name, "connector.yaml")).find((path) => existsSync(path));
}
