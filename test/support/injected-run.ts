import { type ClientPlace, loadConfig } from "../../engine/commands/client.ts";
import { withClient } from "../../engine/commands/open-client.ts";
import type { Connection } from "../../engine/connector/types.ts";
import type { State } from "../../engine/state/types.ts";
import { runClient } from "../../engine/sync/run.ts";
import type { RunReport } from "../../engine/sync/types.ts";

/** What a test puts between the engine and its state or its systems. */
export interface Injection {
  readonly state?: (state: State) => State;
  readonly connection?: (connection: Connection) => Connection;
}

/** A run as `tripoint run` does it, with something in between. */
export function runInjected(
  place: ClientPlace,
  pipelines: readonly string[],
  { state: onState = (one) => one, connection: onConnection = (one) => one }: Injection,
): Promise<RunReport> {
  const config = loadConfig(place);
  return withClient(place, config, ({ state, connections }) =>
    runClient({
      config,
      state: onState(state),
      connections: new Map([...connections].map(([system, one]) => [system, onConnection(one)])),
      clock: place.clock,
      pipelines,
    }),
  );
}

/** An injection whose own part lies nearest to the engine. */
export function inject(outer: Injection, inner: Injection): Injection {
  return {
    state: (state) => (outer.state ?? same)((inner.state ?? same)(state)),
    connection: (connection) => (outer.connection ?? same)((inner.connection ?? same)(connection)),
  };
}

function same<T>(value: T): T {
  return value;
}
