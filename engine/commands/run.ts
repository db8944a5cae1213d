import type { ClientConfig } from "../config/types.ts";
import { type FinishedRun, groupTroubles, type TroubleGroup } from "../report/troubles.ts";
import type { State } from "../state/types.ts";
import { runClient } from "../sync/run.ts";
import type { Plan, Progress } from "../sync/types.ts";
import { alertAfterRun } from "./alerts.ts";
import { type ClientPlace, checkPipelines, loadConfig } from "./client.ts";
import { withClient } from "./open-client.ts";
import { troublesOf } from "./troubles.ts";

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
    await alertAfterRun({ place, config, state, tokens, report, onWarning });
    return { ...report, to_do: toDo(config, state) };
  });
}

/** What the client's pipelines leave to people, of earlier runs as well. */
export function toDo(config: ClientConfig, state: State): readonly TroubleGroup[] {
  const waiting = [...state.rows("plan")].map(({ id, pipeline, created_at, reason }): TroubleGroup => {
    const command = `tripoint apply ${id} --client ${config.client}`;
    const rest = { records: 1, since: created_at, who: "whoever approves large runs", command };
    return { pipeline, kind: "waiting", reason: "over_limits", ...rest, what: reason };
  });
  return [...groupTroubles(troublesOf(config, state)), ...waiting];
}
