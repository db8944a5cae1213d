import { initState } from "../state/store.ts";
import type { ClientPlace } from "./client.ts";

/** Makes an empty state for a client that has never run. Throws StateError when there is one already. */
export async function stateInit({ state }: ClientPlace): Promise<{ readonly folder: string }> {
  await initState({ folder: state });
  return { folder: state };
}
