import type { HttpSystem } from "../../config/types.ts";
import { type Clock, instant } from "../../core/clock.ts";
import { createLimiter, type Limiter, MINUTE_MS, SECOND_MS, type Window } from "../limiter.ts";
import { SystemError } from "../types.ts";

/** Lets calls through as the connector's limits allow: of the whole system, and of each of its endpoints. */
export interface Gate {
  run<T>(endpoint: string, call: () => Promise<T>): Promise<T>;
  /** No call starts for `ms` milliseconds from now. */
  pause(ms: number): void;
}

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function createGate(system: HttpSystem, clock: Clock): Gate {
  const { limits } = system.connector;
  const { concurrency, concurrency_per_endpoint } = limits;
  const whole = createLimiter({
    concurrency,
    windows: [
      ...evenly(limits.per_second),
      ...windowOf(limits.per_minute, MINUTE_MS),
      ...windowOf(limits.per_five_minutes, 5 * MINUTE_MS),
      ...windowOf(limits.per_hour, HOUR_MS),
      ...windowOf(limits.per_day, DAY_MS),
    ],
    clock,
    // A used-up hour or day is not waited for: the pipeline goes on with a later run.
    wait_max_ms: Math.max(MINUTE_MS, limits.retry_after_max_ms),
    refusal: (wait) => usedUp(system, clock.now() + wait),
  });
  const endpoints = new Map<string, Limiter>();
  const limiterOf = (endpoint: string, most: number): Limiter => {
    const limiter = endpoints.get(endpoint) ?? createLimiter({ concurrency: most, windows: [], clock });
    endpoints.set(endpoint, limiter);
    return limiter;
  };
  return {
    run: (endpoint, call) =>
      concurrency_per_endpoint === null
        ? whole.run(call)
        : // The endpoint first: who waits for it takes no place from the others.
          limiterOf(endpoint, concurrency_per_endpoint).run(() => whole.run(call)),
    pause: whole.pause,
  };
}

/** One call at a time, so far apart: two bursts could be in one of the vendor's seconds, which are not ours. */
function evenly(perSecond: number | null): readonly Window[] {
  return perSecond === null ? [] : [{ calls: 1, ms: Math.ceil(SECOND_MS / perSecond) }];
}

/** So many calls in any stretch of this length; none when there is no limit. */
export function windowOf(calls: number | null, ms: number): readonly Window[] {
  return calls === null ? [] : [{ calls, ms }];
}

function usedUp({ name, connector }: HttpSystem, until: number): SystemError {
  const message = `${connector.title} (${name}) has had all calls that its limits allow; they go on at ${instant(until)}.`;
  return new SystemError(name, "quota", message);
}
