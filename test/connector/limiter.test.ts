import assert from "node:assert/strict";
import { test } from "node:test";
import { createLimiter, type Window } from "../../engine/connector/limiter.ts";
import type { Clock } from "../../engine/core/clock.ts";

/** When each of `count` calls started, one after the other, by a clock that jumps where it would wait. */
async function starts(count: number, windows: readonly Window[]): Promise<readonly number[]> {
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
  const limiter = createLimiter({ concurrency: 4, windows, clock });
  const times: number[] = [];
  for (let call = 0; call < count; call++) times.push(await limiter.run(async () => clock.now()));
  return times;
}

for (const { name, windows, want } of [
  { name: "without stated limits no call waits", windows: [], want: [0, 0, 0, 0, 0] },
  {
    name: "the call after a full second waits for the first one of it to be a second old",
    windows: [{ calls: 3, ms: 1000 }],
    want: [0, 0, 0, 1000, 1000],
  },
  {
    name: "each of two windows holds",
    windows: [
      { calls: 2, ms: 1000 },
      { calls: 3, ms: 60_000 },
    ],
    want: [0, 0, 1000, 60_000, 60_000],
  },
]) {
  test(`limiter: ${name}`, async () => assert.deepEqual(await starts(5, windows), want));
}
