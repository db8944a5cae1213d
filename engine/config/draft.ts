import type { LoadedCodes } from "./load-codes.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import type { LoadedSystems, SystemShape } from "./load-systems.ts";
import type { NodeSources } from "./source.ts";
import type { ClientConfig, SystemConfig } from "./types.ts";

/** What client.yaml says once its schema has proved it. */
export interface ClientShape
  extends Omit<ClientConfig, "folder" | "file" | "systems" | "codes" | "pipelines" | "placeOf"> {
  readonly systems: { readonly [name: string]: SystemShape };
  readonly codes: { readonly [name: string]: string };
}

/**
 * Everything that was read of a client, for the checks across its files. Where a file has mistakes of its own, what was
 * refused is left out and a missing name is "": the checks pass over both.
 */
export interface ClientDraft {
  /** Name of the client's folder. */
  readonly name: string;
  readonly shape: ClientShape;
  readonly nodes: NodeSources;
  readonly systems: LoadedSystems;
  readonly codes: LoadedCodes;
  readonly pipelines: readonly LoadedPipeline[];
}

/** A declared system whose connector could be loaded; undefined otherwise. */
export function systemOf(draft: ClientDraft, name: string): SystemConfig | undefined {
  return [...draft.systems.systems.values()].find((system) => system.name === name);
}

/** Top-level canonical fields that a connector can write of an entity; one key may name several. */
export function carriedFields(system: SystemConfig, entity: string): ReadonlySet<string> {
  const keys = Object.keys(system.connector.entities[entity]?.write ?? {});
  return new Set(keys.flatMap((key) => key.split(",").map((name) => name.trim())));
}
