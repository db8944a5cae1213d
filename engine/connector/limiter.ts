import type { Clock } from "../core/clock.ts";

/** Holds calls back to what a vendor allows: so many at once, so many a second and a minute, and none before a Retry-After ends. */
export interface Limiter {
  /** Runs the call when it may start. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** No call starts for `ms` milliseconds from now. */
  pause(ms: number): void;
}

const MINUTE_MS = 60_000;

export function createLimiter(options: {
  readonly concurrency: number;
  /** Calls in any second; null: the vendor states none. */
  readonly per_second: number | null;
  /** Calls in any minute; null: the vendor states none. */
  readonly per_minute: number | null;
  readonly clock: Clock;
}): Limiter {
  const { concurrency, per_second, per_minute, clock } = options;
  // Calls keep this distance: a burst per second would be two bursts in one of the vendor's seconds.
  const gapMs = per_second === null ? 0 : Math.ceil(1000 / per_second);
  const waiting: (() => void)[] = [];
  const started: number[] = [];
  let running = 0;
  let pausedUntil = 0;
  let nextStart = 0;

  async function enter(): Promise<void> {
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    for (let wait = waitFor(clock.now()); wait > 0; wait = waitFor(clock.now())) await clock.sleep(wait);
    nextStart = clock.now() + gapMs;
    if (per_minute !== null) started.push(clock.now());
  }

  function waitFor(now: number): number {
    const paused = Math.max(pausedUntil, nextStart) - now;
    if (per_minute === null) return paused;
    while (started.length > 0 && (started[0] ?? 0) <= now - MINUTE_MS) started.shift();
    const full = started.length >= per_minute ? (started[0] ?? now) + MINUTE_MS - now : 0;
    return Math.max(paused, full);
  }

  function leave(): void {
    const next = waiting.shift();
    // The place is handed on: `running` stays as it is.
    if (next === undefined) running--;
    else next();
  }

  return {
    run: async (call) => {
      await enter();
      try {
        return await call();
      } finally {
        leave();
      }
    },
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    },
  };
}
