import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type Capabilities,
  type CapabilityView,
  describeCapabilities,
} from "../connector/sandbox/capabilities.ts";
import { worldWithOwnIds } from "../connector/sandbox/own-ids.ts";
import type { Sandbox } from "../connector/sandbox/types.ts";
import type { World } from "../connector/sandbox/world.ts";
import { isObject } from "../core/json.ts";

/** Sandboxes and worlds as the built package has them: loaded by name, since the engine knows no vendor and no client. */

const CONNECTORS = new URL("../../connectors/", import.meta.url);
const MAPPINGS = new URL("../../mappings/", import.meta.url);

/** What a sandbox process is told. */
export interface SandboxOrder {
  readonly connector: string;
  /** Client whose world it shows. */
  readonly world: string;
  /** All connectors whose sandboxes show this world together, itself among them. */
  readonly together: readonly string[];
  /** Where it keeps its books; in memory when left out. */
  readonly folder?: string | undefined;
  readonly port?: number | undefined;
}

/** What it answers. */
export type SandboxAnswer =
  | {
      readonly ok: true;
      readonly base_url: string;
      readonly environment: { readonly [name: string]: string };
    }
  | { readonly ok: false; readonly message: string };

/** True for a message with the fields of an order. */
export function isSandboxOrder(value: unknown): value is SandboxOrder {
  return (
    isObject(value) &&
    typeof value["connector"] === "string" &&
    typeof value["world"] === "string" &&
    Array.isArray(value["together"])
  );
}

/** Connectors that have a sandbox, those in a client's own folder too. */
export function listSandboxes(): readonly string[] {
  return [...sandboxes().keys()].sort();
}

/** Connector → where its built sandbox is. */
function sandboxes(): ReadonlyMap<string, URL> {
  const own = readdirSync(MAPPINGS).map((client) => new URL(`${client}/connectors/`, MAPPINGS));
  const found = [CONNECTORS, ...own]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder).map((name) => [name, new URL(`${name}/sandbox.js`, folder)] as const),
    );
  return new Map(found.filter(([, file]) => existsSync(file)));
}

/** The sandbox of a connector. */
export async function loadSandbox(connector: string): Promise<Sandbox> {
  const file = sandboxes().get(connector);
  if (file === undefined) throw new Error(`there is no sandbox of ${connector}`);
  const module: { readonly sandbox: Sandbox } = await import(fileURLToPath(file));
  return module.sandbox;
}

/** What a connector says of its capabilities; empty when its folder says nothing. */
export async function loadCapabilities(connector: string): Promise<readonly CapabilityView[]> {
  const file = new URL(`${connector}/capabilities.js`, CONNECTORS);
  if (!existsSync(file)) return [];
  const module: { readonly capabilities: Capabilities } = await import(fileURLToPath(file));
  return describeCapabilities(module.capabilities);
}

/** The made-up world of a client. */
export async function loadWorld(client: string): Promise<World> {
  const module: { readonly makeWorld: () => World } = await import(
    fileURLToPath(new URL(`${client}/world.js`, MAPPINGS))
  );
  return module.makeWorld();
}

/** A client's world with the ids that the vendors give whose sandboxes show it together. */
export async function loadSharedWorld(client: string, connectors: readonly string[]): Promise<World> {
  const sandboxes = await Promise.all(connectors.map(loadSandbox));
  return worldWithOwnIds(await loadWorld(client), sandboxes);
}
