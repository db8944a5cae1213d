import type { ClientConfig } from "../config/types.ts";
import { instant } from "../core/clock.ts";
import type { FinishedRun } from "../report/troubles.ts";
import type { Schedule } from "../schedule/due.ts";
import { startSchedule } from "../schedule/start.ts";
import { openState } from "../state/store.ts";
import { type Change, StateError } from "../state/types.ts";
import { runClient } from "../sync/run.ts";
import type { Progress } from "../sync/types.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { finishRun } from "./finish-run.ts";
import { withClient } from "./open-client.ts";
import { UsageError } from "./refusal.ts";

export interface StartCommand {
  readonly signal: AbortSignal;
  readonly onProgress: (event: Progress) => void;
  readonly onRun: (report: FinishedRun) => void;
  /** Told before each wait: the instant at which something will be due. */
  readonly onWait: (next: string) => void;
  /** Told when another run holds the state, so that due pipelines have to wait. */
  readonly onBusy: (message: string) => void;
  /** Told of a login that ends soon, and of a webhook that was not reached. */
  readonly onWarning: (text: string) => void;
}

/** Runs a client's pipelines when they are due until the signal. Due times missed meanwhile are caught up once. */
export async function start(place: ClientPlace, options: StartCommand): Promise<void> {
  const config = loadConfig(place);
  const schedules = schedulesOf(config);
  if (schedules.length === 0) {
    throw new UsageError(
      `no pipeline of ${place.client} has a schedule`,
      "Give one under schedules in client.yaml, or use tripoint run.",
    );
  }
  await startSchedule({
    schedules,
    timeZone: config.time_zone,
    clock: place.clock,
    signal: options.signal,
    lastDue: await loadLastDue(place, schedules),
    runDue: (pipelines, at) => runDue(place, config, options, pipelines, at),
    onWait: (next) => {
      if (next !== undefined) options.onWait(instant(next));
    },
  });
}

function schedulesOf(config: ClientConfig): readonly Schedule[] {
  return Object.entries(config.schedules)
    .filter(([, expression]) => expression !== "manual")
    .map(([pipeline, expression]) => ({ pipeline, expression }));
}

/** A pipeline that was never scheduled counts from now on, also when the daemon is stopped before its first run. */
async function loadLastDue(
  place: ClientPlace,
  schedules: readonly Schedule[],
): Promise<ReadonlyMap<string, number>> {
  const state = await openState({ folder: place.state, clock: place.clock });
  try {
    const known = new Map([...state.rows("due")].map((row) => [row.pipeline, Date.parse(row.last_due)]));
    const fresh = schedules.filter(({ pipeline }) => !known.has(pipeline));
    const now = place.clock.now();
    state.commit(fresh.map(({ pipeline }) => dueRow(pipeline, now)));
    state.flush();
    return new Map([...known, ...fresh.map(({ pipeline }) => [pipeline, now] as const)]);
  } finally {
    state.close();
  }
}

async function runDue(
  place: ClientPlace,
  config: ClientConfig,
  { signal, onProgress, onRun, onBusy, onWarning }: StartCommand,
  pipelines: readonly string[],
  at: number,
): Promise<"ran" | "busy"> {
  try {
    await withClient(place, config, async ({ state, connections, tokens }) => {
      state.commit(pipelines.map((pipeline) => dueRow(pipeline, at)));
      state.flush();
      const { clock } = place;
      const report = await runClient({ config, state, connections, clock, pipelines, signal, onProgress });
      onRun(await finishRun({ place, config, state, connections, tokens, report, onWarning }));
    });
    return "ran";
  } catch (error) {
    // Someone runs a command by hand: its end is waited for, nothing is skipped.
    if (!(error instanceof StateError) || error.kind !== "locked") throw error;
    onBusy(error.message);
    return "busy";
  }
}

function dueRow(pipeline: string, at: number): Change {
  return { put: "due", row: { pipeline, last_due: instant(at) } };
}
