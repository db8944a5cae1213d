import type { Clock } from "../core/clock.ts";

/** Holds calls back to what a vendor allows: so many at once, so many a minute, and none before a Retry-After ends. */
export interface Limiter {
  /** Runs the call when it may start. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** No call starts for `ms` milliseconds from now. */
  pause(ms: number): void;
}

/** So many calls in any stretch of this length. */
export interface Window {
  readonly calls: number;
  readonly ms: number;
}

export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;

export function createLimiter(options: {
  readonly concurrency: number;
  readonly windows: readonly Window[];
  readonly clock: Clock;
  /** A longer wait is not waited for: the call fails with what `refusal` makes of it. */
  readonly wait_max_ms?: number;
  readonly refusal?: (wait: number) => Error;
}): Limiter {
  const { concurrency, windows, clock, wait_max_ms = Number.POSITIVE_INFINITY, refusal } = options;
  const longest = Math.max(0, ...windows.map(({ ms }) => ms));
  const waiting: (() => void)[] = [];
  const started: number[] = [];
  let running = 0;
  let pausedUntil = 0;

  async function enter(): Promise<void> {
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
  }

  async function turn(): Promise<void> {
    for (let wait = waitFor(clock.now()); wait > 0; wait = waitFor(clock.now())) {
      if (wait > wait_max_ms && refusal !== undefined) throw refusal(wait);
      await clock.sleep(wait);
    }
    if (windows.length > 0) started.push(clock.now());
  }

  function waitFor(now: number): number {
    while (started.length > 0 && (started[0] ?? 0) <= now - longest) started.shift();
    // A window is full while its n-th last call lies inside it.
    const full = windows.map(({ calls, ms }) => (started.at(-calls) ?? Number.NEGATIVE_INFINITY) + ms - now);
    return Math.max(pausedUntil - now, ...full);
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
        await turn();
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
