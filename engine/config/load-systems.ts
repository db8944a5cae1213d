import type { Json } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { allowedHint } from "./allowed-hint.ts";
import { problemAt } from "./codes.ts";
import type { ConnectorConfig, HttpConnector } from "./connector-types.ts";
import { findConnector, loadConnector } from "./load-connector.ts";
import { checkSettings } from "./settings.ts";
import { type NodeSources, placeFinder, pointerTo, type SourceFile } from "./source.ts";
import type { LedgerName, SystemConfig, SystemName } from "./types.ts";
import { readYaml } from "./yaml.ts";

/** What client.yaml says of a system once its schema has proved it. */
export interface SystemShape {
  readonly connector: string;
  readonly base_url?: string;
  readonly settings: { readonly [key: string]: Json };
  readonly auth: { readonly [key: string]: string };
  readonly ids_of?: LedgerName;
  readonly allow_unverified: readonly string[];
  readonly limits?: Partial<HttpConnector["limits"]>;
  readonly settle_ms?: number;
  readonly settle_again_ms?: number;
}

export interface LoadedSystems {
  readonly systems: ReadonlyMap<SystemName, SystemConfig>;
  /** Absolute path of each system's connector.yaml. */
  readonly paths: ReadonlyMap<SystemName, string>;
  readonly problems: readonly Problem[];
  readonly sources: readonly SourceFile[];
}

const SYSTEM_NAMES: readonly SystemName[] = ["psa", "billing", "accounting", "provisioning"];

/** Finds and loads the connector of every system; `folders` are searched in order, `known` is what they hold. */
export function loadSystems(
  shapes: { readonly [name: string]: SystemShape },
  nodes: NodeSources,
  folders: readonly string[],
  known: readonly string[],
  cwd: string,
): LoadedSystems {
  const systems = new Map<SystemName, SystemConfig>();
  const paths = new Map<SystemName, string>();
  const problems: Problem[] = [];
  const sources: SourceFile[] = [];
  for (const name of SYSTEM_NAMES) {
    const shape = shapes[name];
    if (shape === undefined || shape.connector === "") continue;
    const path = findConnector(shape.connector, folders);
    if (path === undefined) {
      const place = placeFinder(nodes)(pointerTo("/systems", name, "connector"));
      const hint = allowedHint(shape.connector, known, "There are");
      problems.push(problemAt("TP2202", place, `unknown connector "${shape.connector}"`, hint));
      continue;
    }
    const loaded = loadConnector(path, cwd);
    problems.push(...loaded.problems);
    // Only a file with problems is shown.
    if (loaded.problems.length > 0) sources.push(readYaml(path, cwd).source);
    if (loaded.config === undefined) continue;
    paths.set(name, path);
    const checked = checkSettings(name, shape.settings, loaded.config, nodes);
    problems.push(...checked.problems);
    systems.set(name, toSystem(name, { ...shape, settings: checked.settings }, loaded.config));
  }
  return { systems, paths, problems, sources };
}

function toSystem(name: SystemName, shape: SystemShape, described: ConnectorConfig): SystemConfig {
  // Files have no limits but the disk's.
  const connector =
    described.driver === "http"
      ? { ...described, limits: { ...described.limits, ...shape.limits } }
      : described;
  const { base_url, settings, auth, allow_unverified, settle_ms, settle_again_ms } = shape;
  return {
    name,
    connector,
    base_url,
    settings,
    auth,
    ids_of: shape.ids_of,
    allow_unverified,
    settle_ms,
    settle_again_ms,
  };
}
