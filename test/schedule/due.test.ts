import assert from "node:assert/strict";
import { test } from "node:test";
import { findDue, nextDue } from "../../engine/schedule/due.ts";

const HOUR_MS = 3_600_000;

/** The next due times after a day began in UTC. */
function dueTimes(expression: string, zone: string, from: string, how: number): readonly string[] {
  let at = Date.parse(from);
  return Array.from({ length: how }, () => {
    at = nextDue(expression, zone, at);
    return new Date(at).toISOString().slice(0, 16);
  });
}

for (const { name, expression, zone, from, want } of [
  {
    name: "a daily time follows the zone's clocks over the end of summer time",
    expression: "0 6 * * *",
    zone: "America/New_York",
    from: "2026-10-31T00:00Z",
    want: ["2026-10-31T10:00", "2026-11-01T11:00", "2026-11-02T11:00"],
  },
  {
    name: "a time that the clocks skip is due once, when they change",
    expression: "30 2 * * *",
    zone: "America/New_York",
    from: "2026-03-07T12:00Z",
    want: ["2026-03-08T07:00", "2026-03-09T06:30"],
  },
  {
    name: "a time that the clocks show twice is due once, the first time",
    expression: "30 1 * * *",
    zone: "America/New_York",
    from: "2026-10-31T12:00Z",
    want: ["2026-11-01T05:30", "2026-11-02T06:30"],
  },
  {
    name: "a time skipped by a change of half an hour is due once",
    expression: "15 2 * * *",
    zone: "Australia/Lord_Howe",
    from: "2026-10-02T20:00Z",
    want: ["2026-10-03T15:30", "2026-10-04T15:15"],
  },
  {
    name: "every quarter of an hour goes on through a skipped hour",
    expression: "*/15 * * * *",
    zone: "Europe/Berlin",
    from: "2026-03-29T00:40Z",
    want: ["2026-03-29T00:45", "2026-03-29T01:00", "2026-03-29T01:15"],
  },
]) {
  test(`nextDue: ${name}`, () => {
    assert.deepEqual(dueTimes(expression, zone, from, want.length), want);
  });
}

test("nextDue: on the days of every zone's changes in 2026 a daily time is due once a day", () => {
  const changes = Intl.supportedValuesOf("timeZone").flatMap((zone) => changesOf(zone));
  assert.ok(changes.length > 200);
  for (const { zone, at } of changes) {
    for (const expression of ["15 2 * * *", "30 1 * * *", "0 0 * * *"]) {
      const times = dueTimes(expression, zone, new Date(at - 48 * HOUR_MS).toISOString(), 5).map((time) =>
        Date.parse(`${time}Z`),
      );
      for (const [index, time] of times.slice(1).entries()) {
        const hours = (time - (times[index] ?? 0)) / HOUR_MS;
        assert.ok(hours >= 22 && hours <= 26, `${expression} in ${zone}: ${hours} hours apart`);
      }
    }
  }
});

/** Days, in milliseconds UTC, after which a zone's clocks are another distance from UTC. */
function changesOf(zone: string): readonly { readonly zone: string; readonly at: number }[] {
  const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  const offset = (at: number) => format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value;
  const days = Array.from({ length: 365 }, (_, day) => Date.UTC(2026, 0, 1 + day));
  return days.filter((at) => offset(at) !== offset(at + 24 * HOUR_MS)).map((at) => ({ zone, at }));
}

const HOURLY = { pipeline: "customers", expression: "0 * * * *" };
const DAILY = { pipeline: "contacts", expression: "0 5 * * *" };

test("findDue: however many due times were missed, a pipeline is due once", () => {
  const now = Date.parse("2026-08-10T10:30Z");
  const last = new Map([
    ["customers", Date.parse("2026-08-01T00:00Z")],
    ["contacts", Date.parse("2026-08-10T05:00Z")],
  ]);
  assert.deepEqual(findDue([HOURLY, DAILY], "UTC", last, now), {
    due: ["customers"],
    next: Date.parse("2026-08-11T05:00Z"),
  });
});

test("findDue: a pipeline that was never started counts from now", () => {
  const now = Date.parse("2026-08-10T10:30Z");
  assert.deepEqual(findDue([HOURLY], "UTC", new Map(), now), {
    due: [],
    next: Date.parse("2026-08-10T11:00Z"),
  });
});

test("findDue: a clock that was set back starts nothing a second time", () => {
  const last = new Map([["customers", Date.parse("2026-08-10T11:00Z")]]);
  assert.deepEqual(findDue([HOURLY], "UTC", last, Date.parse("2026-08-10T10:59Z")).due, []);
});
