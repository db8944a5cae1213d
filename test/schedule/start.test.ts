import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../engine/core/clock.ts";
import { startSchedule } from "../../engine/schedule/start.ts";

const HOURLY = { pipeline: "customers", expression: "0 * * * *" };
const HALF = { pipeline: "invoices", expression: "30 * * * *" };

/** A clock that stands still but for sleeping; `stop` is asked before each sleep. */
function fakeClock(from: string, controller: AbortController, until: string): Clock {
  let now = Date.parse(from);
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
      if (now >= Date.parse(until)) controller.abort();
    },
  };
}

interface Started {
  readonly at: string;
  readonly pipelines: readonly string[];
}

async function runs(
  from: string,
  until: string,
  last: { readonly [pipeline: string]: string },
  answer: (count: number) => "ran" | "busy" = () => "ran",
): Promise<readonly Started[]> {
  const controller = new AbortController();
  const started: Started[] = [];
  await startSchedule({
    schedules: [HOURLY, HALF],
    timeZone: "UTC",
    clock: fakeClock(from, controller, until),
    signal: controller.signal,
    lastDue: new Map(Object.entries(last).map(([pipeline, at]) => [pipeline, Date.parse(at)])),
    runDue: async (pipelines, at) => {
      started.push({ at: new Date(at).toISOString().slice(11, 16), pipelines });
      return answer(started.length);
    },
  });
  return started;
}

test("startSchedule: pipelines run at their due times", async () => {
  assert.deepEqual(await runs("2026-08-10T09:50Z", "2026-08-10T11:10Z", {}), [
    { at: "10:00", pipelines: ["customers"] },
    { at: "10:30", pipelines: ["invoices"] },
    { at: "11:00", pipelines: ["customers"] },
  ]);
});

test("startSchedule: what was missed while it was down runs at once, once, and together", async () => {
  const last = { customers: "2026-08-09T09:00Z", invoices: "2026-08-10T07:30Z" };
  assert.deepEqual(await runs("2026-08-10T09:50Z", "2026-08-10T10:10Z", last), [
    { at: "09:50", pipelines: ["customers", "invoices"] },
    { at: "10:00", pipelines: ["customers"] },
  ]);
});

test("startSchedule: a state in use by another command is waited for, and nothing is skipped", async () => {
  const started = await runs("2026-08-10T09:59Z", "2026-08-10T10:10Z", {}, (count) =>
    count < 3 ? "busy" : "ran",
  );
  assert.deepEqual(
    started.map(({ at }) => at),
    ["10:00", "10:01", "10:02"],
  );
});

test("startSchedule: the signal lets the run under way end and starts no other", async () => {
  const controller = new AbortController();
  let ended = 0;
  await startSchedule({
    schedules: [HOURLY],
    timeZone: "UTC",
    clock: fakeClock("2026-08-10T10:30Z", controller, "2027-01-01T00:00Z"),
    signal: controller.signal,
    lastDue: new Map([["customers", Date.parse("2026-08-10T08:00Z")]]),
    runDue: async () => {
      controller.abort();
      await Promise.resolve();
      ended += 1;
      return "ran";
    },
  });
  assert.equal(ended, 1);
});

test("startSchedule: a run that takes longer than the time between two due times is followed by one run", async () => {
  const controller = new AbortController();
  let now = Date.parse("2026-08-10T10:00Z");
  const starts: string[] = [];
  await startSchedule({
    schedules: [HOURLY],
    timeZone: "UTC",
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
      },
    },
    signal: controller.signal,
    lastDue: new Map([["customers", Date.parse("2026-08-10T09:00Z")]]),
    runDue: async (_, at) => {
      starts.push(new Date(at).toISOString().slice(11, 16));
      now += 3.5 * 3_600_000;
      if (starts.length === 3) controller.abort();
      return "ran";
    },
  });
  assert.deepEqual(starts, ["10:00", "13:30", "17:00"]);
});
