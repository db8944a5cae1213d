import assert from "node:assert/strict";
import { test } from "node:test";
import { createLimiter, MINUTE_MS, type Window } from "../../engine/connector/limiter.ts";
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
  { name: "without stated limits no call waits", windows: [], want: [0, 0, 0, 0] },
  { name: "one call in a tenth of a second", windows: [{ calls: 1, ms: 100 }], want: [0, 100, 200, 300] },
  {
    name: "the call after a full minute waits until the first of it is a minute old",
    windows: [{ calls: 3, ms: MINUTE_MS }],
    want: [0, 0, 0, MINUTE_MS],
  },
  {
    name: "of two windows the fuller one counts",
    windows: [
      { calls: 1, ms: 100 },
      { calls: 3, ms: MINUTE_MS },
    ],
    want: [0, 100, 200, MINUTE_MS],
  },
]) {
  test(`limiter: ${name}`, async () => {
    assert.deepEqual(await starts(want.length, windows), want);
  });
}
