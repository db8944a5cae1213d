import { missingSecrets, resolveSecret } from "../config/secrets.ts";
import type { ClientConfig, SystemName } from "../config/types.ts";
import { openConnection } from "../connector/open-connection.ts";
import type { Connection } from "../connector/types.ts";
import { openState, openStateReadOnly } from "../state/store.ts";
import { openTokenStore, type TokenStore } from "../state/tokens.ts";
import type { State } from "../state/types.ts";
import type { ClientPlace } from "./client.ts";
import { ConfigError } from "./refusal.ts";

export interface OpenClient {
  readonly state: State;
  readonly connections: ReadonlyMap<SystemName, Connection>;
  readonly tokens: TokenStore;
}

/**
 * Opens the state and the systems of a client, lets `work` use them and closes them, whatever happens. Throws
 * ConfigError when a secret is not there, and StateError.
 */
export async function withClient<T>(
  place: ClientPlace,
  config: ClientConfig,
  work: (open: OpenClient) => Promise<T>,
): Promise<T> {
  return opened(place, config, work, () => openState({ folder: place.state, clock: place.clock }));
}

/** The same for what only looks: the state as it stands now, also while a run writes to it. */
export async function withClientReadOnly<T>(
  place: ClientPlace,
  config: ClientConfig,
  work: (open: OpenClient) => Promise<T>,
): Promise<T> {
  return opened(place, config, work, () => openStateReadOnly({ folder: place.state }));
}

async function opened<T>(
  { env, clock, state: folder }: ClientPlace,
  config: ClientConfig,
  work: (open: OpenClient) => Promise<T>,
  open: () => Promise<State>,
): Promise<T> {
  const missing = missingSecrets(config, env);
  if (missing.length > 0) throw new ConfigError(missing);
  const state = await open();
  const connections = new Map<SystemName, Connection>();
  try {
    const tokens = openTokenStore(folder);
    for (const system of config.systems.values()) {
      const { currency, codes } = config;
      const secret = (reference: string) => resolveSecret(reference, env);
      connections.set(system.name, openConnection({ system, currency, codes, secret, tokens, clock }));
    }
    return await work({ state, connections, tokens });
  } finally {
    await Promise.allSettled([...connections.values()].map((connection) => connection.close()));
    state.close();
  }
}
