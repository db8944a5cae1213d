import type { Clock } from "../core/clock.ts";
import { findDue, type Schedule } from "./due.ts";

/** The waker: starts what is due, one run at a time, until the signal. */

export interface StartOptions {
  readonly schedules: readonly Schedule[];
  readonly timeZone: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Pipeline → everything due up to this instant was started. */
  readonly lastDue: ReadonlyMap<string, number>;
  /**
   * Runs these pipelines, having stored first that everything due up to `at` is started. Answers busy, and stores
   * nothing, when another process has the client's state.
   */
  readonly runDue: (pipelines: readonly string[], at: number) => Promise<"ran" | "busy">;
  /** Told before each wait: when something will be due. */
  readonly onWait?: (next: number | undefined) => void;
}

// A short nap, since a machine that was asleep or had its clock set would otherwise wake too late.
const NAP_MS = 60_000;

/** Returns when the signal has come and the run under way, if any, has ended. */
export async function startSchedule(options: StartOptions): Promise<void> {
  const { schedules, timeZone, clock, signal, runDue, onWait = () => {} } = options;
  const began = clock.now();
  const last = new Map(schedules.map(({ pipeline }) => [pipeline, options.lastDue.get(pipeline) ?? began]));
  let announced: number | undefined;
  while (!signal.aborted) {
    const now = clock.now();
    const { due, next } = findDue(schedules, timeZone, last, now);
    if (due.length === 0) {
      if (next !== announced) onWait(next);
      announced = next;
      await clock.sleep(Math.min(NAP_MS, (next ?? Number.POSITIVE_INFINITY) - now), signal);
    } else if ((await runDue(due, now)) === "busy") {
      await clock.sleep(NAP_MS, signal);
    } else {
      for (const pipeline of due) last.set(pipeline, now);
    }
  }
}
