import { CronTime } from "cron";

/** When pipelines are due: pure, from cron expressions in the client's time zone and the instants already started. */

export interface Schedule {
  readonly pipeline: string;
  /** Five fields: minute hour day month weekday. */
  readonly expression: string;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
// No change of clocks is larger, so a due time in a skipped hour comes this soon after it.
const CHANGE_MS = 2 * HOUR_MS;

/** The first due time after an instant, in milliseconds. */
export function nextDue(expression: string, timeZone: string, after: number): number {
  const cron = new CronTime(expression, timeZone);
  let candidate = new Date(after);
  for (;;) {
    const found = cron.getNextDateFrom(candidate, timeZone).toMillis();
    if (found > after && isDueThere(expression, timeZone, found)) return found;
    candidate = new Date(Math.max(found, candidate.getTime() + MINUTE_MS));
  }
}

/**
 * Pipelines with a due time since their last one, and the next instant at which one will be. However many due times
 * were missed, a pipeline is due once; one that has never been started is counted from `now`.
 */
export function findDue(
  schedules: readonly Schedule[],
  timeZone: string,
  last: ReadonlyMap<string, number>,
  now: number,
): { readonly due: readonly string[]; readonly next: number | undefined } {
  const due: string[] = [];
  let next: number | undefined;
  for (const { pipeline, expression } of schedules) {
    const at = nextDue(expression, timeZone, last.get(pipeline) ?? now);
    if (at <= now) due.push(pipeline);
    else if (next === undefined || at < next) next = at;
  }
  return { due, next };
}

/**
 * A due time that the clocks skip is started once, after the change. Where clocks change by half an hour, the cron
 * package offers such a time before the change as well.
 */
function isDueThere(expression: string, timeZone: string, at: number): boolean {
  const wall = at + offsetOf(timeZone, at);
  const onWall = new CronTime(expression, "UTC").getNextDateFrom(new Date(wall - 1000), "UTC").toMillis();
  return onWall === wall || offsetOf(timeZone, at - CHANGE_MS) !== offsetOf(timeZone, at);
}

/** Milliseconds that a zone's clocks are ahead of UTC. */
function offsetOf(timeZone: string, at: number): number {
  const name = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" })
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName")?.value;
  const [, sign, hours = "0", minutes = "0"] = /GMT([+-])(\d+):(\d+)/.exec(name ?? "") ?? [];
  const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
  return sign === "-" ? -size : size;
}
