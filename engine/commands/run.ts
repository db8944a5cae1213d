import { runClient } from "../sync/run.ts";
import type { Plan, Progress, RunReport } from "../sync/types.ts";
import { type ClientPlace, checkPipelines, loadConfig } from "./client.ts";
import { withClient } from "./open-client.ts";

export interface RunCommand {
  readonly pipelines?: readonly string[];
  /** Only these decisions may be carried out. */
  readonly approved?: Plan;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: Progress) => void;
}

/** Plans and applies a client's pipelines. */
export async function run(place: ClientPlace, options: RunCommand = {}): Promise<RunReport> {
  const config = loadConfig(place);
  checkPipelines(config, options.pipelines);
  return withClient(place, config, ({ state, connections }) =>
    runClient({ config, state, connections, clock: place.clock, ...options }),
  );
}
