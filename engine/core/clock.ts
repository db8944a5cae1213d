import { setTimeout as delay } from "node:timers/promises";

/** Time as an argument: the engine never reads a global clock, so tests move it. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /** Waits `ms` milliseconds by monotonic time; ends early, without an error, when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    if (ms <= 0 || signal?.aborted) return;
    await delay(ms, undefined, signal === undefined ? {} : { signal }).catch((cause: unknown) => {
      if (!signal?.aborted) throw cause;
    });
  },
};

/** RFC 3339 in UTC, to the second when the milliseconds are zero. */
export function instant(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

/** The calendar of a time zone: which day, YYYY-MM-DD, an instant is on by its clocks. */
export function calendarOf(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return (ms) => format.format(ms);
}
