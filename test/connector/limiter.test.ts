import assert from "node:assert/strict";
import { test } from "node:test";
import { createLimiter } from "../../engine/connector/limiter.ts";
import type { Clock } from "../../engine/core/clock.ts";

/** When each of `count` calls started, one after the other, by a clock that jumps where it would wait. */
async function starts(
  count: number,
  limits: { readonly per_second: number | null; readonly per_minute: number | null },
): Promise<readonly number[]> {
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
  const limiter = createLimiter({ concurrency: 4, ...limits, clock });
  const times: number[] = [];
  for (let call = 0; call < count; call++) times.push(await limiter.run(async () => clock.now()));
  return times;
}

test("limiter: without stated limits no call waits", async () => {
  assert.deepEqual(await starts(3, { per_second: null, per_minute: null }), [0, 0, 0]);
});

test("limiter: calls of a second are spread evenly", async () => {
  assert.deepEqual(await starts(5, { per_second: 10, per_minute: null }), [0, 100, 200, 300, 400]);
});

test("limiter: the first call after a full minute waits for the first one of it to be a minute old", async () => {
  assert.deepEqual(await starts(4, { per_second: null, per_minute: 3 }), [0, 0, 0, 60_000]);
});
