import { loadClient } from "../config/load-client.ts";
import { instant } from "../core/clock.ts";
import { isObject } from "../core/json.ts";
import type { PipelineStatus, StatusView } from "../report/status.ts";
import { nextDue } from "../schedule/due.ts";
import { openStateReadOnly } from "../state/store.ts";
import type { State } from "../state/types.ts";
import type { PipelineReport, RunReport } from "../sync/types.ts";
import type { ClientPlace } from "./client.ts";
import { toDo } from "./to-do.ts";

/** Where a client stands: last run and next due time of each pipeline, and what waits for a person. No network. */
export async function status(place: ClientPlace): Promise<StatusView> {
  const { root, client, env, cwd } = place;
  // Set-up that is broken just now must not hide what the state knows; without it only the due times are missing.
  const { config } = loadClient(root, client, env, cwd);
  const state = await openStateReadOnly({ folder: place.state });
  try {
    const runs = lastReports(state);
    const lastDue = new Map([...state.rows("due")].map((row) => [row.pipeline, row.last_due]));
    const names = config?.pipelines.map(({ pipeline }) => pipeline) ?? [...runs.keys()];
    const pipelines = names.map((pipeline): PipelineStatus => {
      const when = config?.schedules[pipeline] ?? "manual";
      const from = Date.parse(lastDue.get(pipeline) ?? instant(place.clock.now()));
      const scheduled = config !== undefined && when !== "manual";
      return {
        pipeline,
        schedule: config === undefined ? null : when,
        next_due: scheduled ? instant(nextDue(when, config.time_zone, from)) : null,
        last_run: runs.get(pipeline) ?? null,
        held: state.count("issue", { pipeline, kind: "held" }),
        conflicts: state.count("issue", { pipeline, kind: "conflict" }),
        dead_letters: state.count("issue", { pipeline, kind: "dead_letter" }),
        open_intents: state.count("intent", { pipeline }),
      };
    });
    const waiting = [...state.rows("plan")].map(({ detail: _, ...plan }) => plan);
    const to_do = config === undefined ? [] : toDo(config, state);
    return { schemaVersion: 1, client, configured: config !== undefined, pipelines, waiting, to_do };
  } finally {
    state.close();
  }
}

/** The latest report of each pipeline, over all stored runs. */
function lastReports(state: State): ReadonlyMap<string, NonNullable<PipelineStatus["last_run"]>> {
  const found = new Map<string, NonNullable<PipelineStatus["last_run"]>>();
  const runs = [...state.rows("run")].sort((a, b) => a.finished_at.localeCompare(b.finished_at));
  for (const { id, finished_at, report } of runs) {
    for (const { pipeline, status: result, message } of pipelinesOf(report)) {
      found.set(pipeline, { run: id, finished_at, status: result, message });
    }
  }
  return found;
}

function pipelinesOf(report: string): readonly PipelineReport[] {
  const value: unknown = JSON.parse(report);
  // The state is hash-chained, and only a run writes this row.
  return isObject(value) ? (value as unknown as RunReport).pipelines : [];
}
