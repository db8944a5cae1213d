import type { FinishedRun } from "../report/troubles.ts";
import { runClient } from "../sync/run.ts";
import type { Plan, Progress } from "../sync/types.ts";
import { type ClientPlace, checkPipelines, loadConfig } from "./client.ts";
import { finishRun } from "./finish-run.ts";
import { withClient } from "./open-client.ts";

export interface RunCommand {
  readonly pipelines?: readonly string[];
  /** Only these decisions may be carried out. */
  readonly approved?: Plan;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: Progress) => void;
  /** Told of a login that ends soon, and of a webhook that was not reached. */
  readonly onWarning?: (text: string) => void;
}

/** Plans and applies a client's pipelines. */
export async function run(place: ClientPlace, options: RunCommand = {}): Promise<FinishedRun> {
  const config = loadConfig(place);
  checkPipelines(config, options.pipelines);
  const { onWarning = () => {} } = options;
  return withClient(place, config, async ({ state, connections, tokens }) => {
    const report = await runClient({ config, state, connections, clock: place.clock, ...options });
    return finishRun({ place, config, state, connections, tokens, report, onWarning });
  });
}
