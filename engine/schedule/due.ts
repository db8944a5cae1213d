import { CronTime } from "cron";

/** When pipelines are due: pure, from cron expressions in the client's time zone and the instants already started. */

export interface Schedule {
  readonly pipeline: string;
  /** Five fields: minute hour day month weekday. */
  readonly expression: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * The first due time after an instant, in milliseconds. The cron package is asked for times on a clock that never
 * changes, since by a zone's own clock it offers some times twice on the days of a change.
 */
export function nextDue(expression: string, timeZone: string, after: number): number {
  const cron = new CronTime(expression, "UTC");
  let wall = after + offsetOf(timeZone, after);
  for (;;) {
    wall = cron.getNextDateFrom(new Date(wall), "UTC").toMillis();
    const at = instantOf(timeZone, wall);
    if (at > after) return at;
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
 * The instant at which a zone's clocks show a time: the first one where they show it twice, the moment of the change
 * where they skip it.
 */
function instantOf(timeZone: string, wall: number): number {
  const before = offsetOf(timeZone, wall - DAY_MS);
  const behind = offsetOf(timeZone, wall + DAY_MS);
  const isRight = (offset: number): boolean => offsetOf(timeZone, wall - offset) === offset;
  if (isRight(before)) return wall - before;
  return isRight(behind) ? wall - behind : changeBetween(timeZone, wall - behind, wall - before);
}

/** The minute of the only change of a zone's clocks in (from, to]. */
function changeBetween(timeZone: string, from: number, to: number): number {
  const offset = offsetOf(timeZone, from);
  let [low, high] = [from, to];
  while (high - low > MINUTE_MS) {
    const middle = low + Math.floor((high - low) / MINUTE_MS / 2) * MINUTE_MS;
    if (offsetOf(timeZone, middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that a zone's clocks are ahead of UTC. */
function offsetOf(timeZone: string, at: number): number {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  formats.set(timeZone, format);
  const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value;
  const [, sign, hours = "0", minutes = "0"] = /GMT([+-])(\d+):(\d+)/.exec(name ?? "") ?? [];
  const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
  return sign === "-" ? -size : size;
}
