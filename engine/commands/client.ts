import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { allowedHint } from "../config/allowed-hint.ts";
import type { Env } from "../config/interpolate.ts";
import { listClients, loadClient } from "../config/load-client.ts";
import { packageRoot } from "../config/root.ts";
import type { ClientConfig } from "../config/types.ts";
import type { Clock } from "../core/clock.ts";
import { ADJUSTING } from "../sync/adjustments.ts";
import { ConfigError, UsageError } from "./refusal.ts";

/** The client that comes with tripoint, and the one that is meant in its own folder when none is named. */
export const DEMO = "demo";

/** Which client a command works on, and where its files and its state are. */
export interface ClientPlace {
  /** Folder that holds mappings/, absolute. */
  readonly root: string;
  readonly client: string;
  /** The client's state folder, absolute. */
  readonly state: string;
  /** Problems name files relative to this folder. */
  readonly cwd: string;
  readonly env: Env;
  readonly clock: Clock;
}

/** What a person gave on the command line; what is left out is found. */
export interface Given {
  readonly root?: string | undefined;
  readonly client?: string | undefined;
  readonly state?: string | undefined;
}

/** Finds root, client and state folder. Throws UsageError when there is no such client or several to choose from. */
export function findClient(
  given: Given,
  { cwd, env, clock }: Pick<ClientPlace, "cwd" | "env" | "clock">,
): ClientPlace {
  const root = findRoot(given.root, cwd);
  const client = pickClient(root, given.client);
  const folder = given.state ?? (env["TRIPOINT_STATE"] || join(".tripoint", client));
  return { root, client, state: resolve(cwd, folder), cwd, env, clock };
}

/** The root that was named; else the current folder when it has mappings/; else tripoint's own, with the demo. */
export function findRoot(given: string | undefined, cwd: string): string {
  if (given === undefined) return existsSync(join(cwd, "mappings")) ? cwd : packageRoot();
  const root = resolve(cwd, given);
  if (existsSync(join(root, "mappings"))) return root;
  throw new UsageError(`there is no folder mappings in ${root}`, "--root names the folder that holds it.");
}

function pickClient(root: string, given: string | undefined): string {
  const clients = listClients(root);
  if (given !== undefined) {
    if (clients.includes(given)) return given;
    throw new UsageError(`unknown client "${given}"`, allowedHint(given, clients, "There are"));
  }
  if (root === packageRoot() && clients.includes(DEMO)) return DEMO;
  const [only] = clients;
  if (only !== undefined && clients.length === 1) return only;
  if (only === undefined) {
    throw new UsageError(
      `there are no clients in ${join(root, "mappings")}`,
      "A client is a folder under mappings/ with a client.yaml.",
    );
  }
  throw new UsageError("there are several clients", `Say which with --client: ${clients.join(", ")}.`);
}

/** The client's checked configuration. Throws ConfigError when it has mistakes. */
export function loadConfig({ root, client, env, cwd }: ClientPlace): ClientConfig {
  const { config, problems, sources } = loadClient(root, client, env, cwd);
  if (config === undefined) {
    throw new ConfigError(problems, new Map(sources.map(({ file, text }) => [file, text])));
  }
  return config;
}

/** Throws UsageError when one of the pipelines is not the client's. */
export function checkPipelines(config: ClientConfig, pipelines: readonly string[] | undefined): void {
  const names = config.pipelines.map(({ pipeline }) => pipeline);
  for (const name of pipelines ?? []) {
    if (names.includes(name)) continue;
    throw new UsageError(`unknown pipeline "${name}"`, allowedHint(name, names, "There are"));
  }
}

/** Throws UsageError when no pipeline of the client moves the entity, nor adjusts a document by one. */
export function checkEntity(config: ClientConfig, entity: string): void {
  const names = config.pipelines.flatMap(({ source, target, period_closed }) => [
    source.entity,
    target.entity,
    ...(period_closed === "adjust" ? ADJUSTING : []),
  ]);
  if (names.includes(entity)) return;
  const known = [...new Set(names)].sort();
  throw new UsageError(`no pipeline moves the entity "${entity}"`, allowedHint(entity, known, "There are"));
}
