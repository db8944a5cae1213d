import type { Sandbox } from "./types.ts";
import type { World } from "./world.ts";

/** The world as it is where all these sandboxes have their parts: with the ids that each vendor would have given. */
export function worldWithOwnIds(world: World, sandboxes: readonly Sandbox[]): World {
  return sandboxes.reduce((made, { ownIds }) => ownIds?.(made) ?? made, world);
}
