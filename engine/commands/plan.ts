import { planClient } from "../sync/run.ts";
import type { Plan, PlannedDecision, Progress } from "../sync/types.ts";
import { type ClientPlace, checkPipelines, loadConfig } from "./client.ts";
import { writeText } from "./named-file.ts";
import { withClient } from "./open-client.ts";

export interface PlanCommand {
  readonly pipelines?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: Progress) => void;
}

/** What a run would do now; nothing is sent. */
export async function plan(place: ClientPlace, options: PlanCommand = {}): Promise<Plan> {
  const config = loadConfig(place);
  checkPipelines(config, options.pipelines);
  return withClient(place, config, ({ state, connections }) =>
    planClient({ config, state, connections, clock: place.clock, ...options }),
  );
}

/** Writes a plan for `apply`, for its owner's eyes only and without the customers' values. */
export function savePlan(path: string, made: Plan): void {
  const pipelines = made.pipelines.map((one) => ({ ...one, decisions: one.decisions.map(withoutValues) }));
  writeText(path, `${JSON.stringify({ ...made, pipelines }, null, 2)}\n`);
}

function withoutValues(decision: PlannedDecision): PlannedDecision {
  return { ...decision, label: "", message: "", amount: null, changes: [] };
}

/** True when applying the plan would write something. */
export function hasChanges({ pipelines }: Plan): boolean {
  return pipelines.some(({ decisions }) =>
    decisions.some(({ action }) => action !== "hold" && action !== "dead_letter"),
  );
}
