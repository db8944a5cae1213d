import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { isObject } from "../core/json.ts";
import type { FinishedRun } from "../report/troubles.ts";
import { openStateReadOnly } from "../state/store.ts";
import type { PlanRow } from "../state/types.ts";
import type { PipelinePlan, Plan } from "../sync/types.ts";
import type { ClientPlace } from "./client.ts";
import { readText } from "./named-file.ts";
import { UsageError } from "./refusal.ts";
import { type RunCommand, run } from "./run.ts";

/**
 * Carries out a plan: the file that `plan -o` saved, a waiting plan by its id, or the only waiting plan. Records whose
 * inputs changed since then are left alone.
 */
export async function apply(
  place: ClientPlace,
  which: string | undefined,
  options: Pick<RunCommand, "signal" | "onProgress" | "onWarning"> = {},
): Promise<FinishedRun> {
  const path = which === undefined ? undefined : resolve(place.cwd, which);
  const approved =
    path !== undefined && existsSync(path) ? readPlan(path, place.client) : await findWaiting(place, which);
  return run(place, {
    ...options,
    approved,
    pipelines: approved.pipelines.map(({ pipeline }) => pipeline),
  });
}

function readPlan(path: string, client: string): Plan {
  const value = parse(readText(path));
  if (!isObject(value) || value["schemaVersion"] !== 1 || !Array.isArray(value["pipelines"])) {
    throw new UsageError(`${path} is no plan`, "Make one with: tripoint plan -o FILE");
  }
  if (value["client"] !== client) {
    throw new UsageError(
      `${path} is a plan for the client ${JSON.stringify(value["client"])}, not ${client}`,
    );
  }
  // Written by savePlan. A changed plan can only carry out less: each decision is checked against its hash.
  return value as unknown as Plan;
}

async function findWaiting(place: ClientPlace, id: string | undefined): Promise<Plan> {
  const state = await openStateReadOnly({ folder: place.state });
  const rows = [...state.rows("plan")];
  state.close();
  const row = id === undefined ? rows[0] : rows.find((one) => one.id === id);
  if (row === undefined && id !== undefined) {
    throw new UsageError(`there is no file and no waiting plan "${id}"`, waitingHint(rows));
  }
  if (row === undefined) throw new UsageError("no plan is waiting", "Give the file that plan -o saved.");
  if (id === undefined && rows.length > 1) throw new UsageError("several plans wait", waitingHint(rows));
  // The run that stored it wrote its pipeline's plan there.
  const pipeline = parse(row.detail) as unknown as PipelinePlan;
  return {
    schemaVersion: 1,
    id: row.id,
    client: place.client,
    created_at: row.created_at,
    pipelines: [pipeline],
  };
}

function waitingHint(rows: readonly PlanRow[]): string {
  if (rows.length === 0) return "No plan is waiting.";
  return `Waiting: ${rows.map(({ id, pipeline }) => `${id} (${pipeline})`).join(", ")}.`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
