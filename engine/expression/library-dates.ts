import { instant } from "../core/clock.ts";
import { refuse, shown } from "./failure.ts";
import { absent } from "./library-text.ts";

const DATE = /^(\d{4})-(\d{2})-(\d{2})/;
const TIME = /^[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?$/i;
const OFFSET = /^(?:Z|[+-]\d{2}:?\d{2})$/i;
const DAY_MS = 86_400_000;
const PERIODS_MAX = 1200;

/** Months of the periods of the calendar. */
const MONTHS: ReadonlyMap<unknown, number> = new Map([
  ["monthly", 1],
  ["quarterly", 3],
  ["semiannual", 6],
  ["annual", 12],
]);

/** Calendar dates (never shifted by a time zone) and instants (always UTC). */
export const dates = {
  /** $date(x): the first ten characters, when they are a date of the calendar; null for "". */
  date: (value: unknown) => (isNone(value) ? null : dateText("$date", value)),

  /** $instant(x, offset="Z"): RFC 3339 in UTC; text without a zone is taken at the offset, such as "-05:00". */
  instant: (value: unknown, offset: unknown = "Z") =>
    isNone(value) ? null : instant(instantMs(value, offset)),

  /** $addDays(date, n): the date n days later, or earlier when n is negative. */
  addDays: (value: unknown, days: unknown) => {
    if (isNone(value) || absent(days)) return null;
    if (typeof days !== "number" || !Number.isSafeInteger(days)) {
      return refuse(`$addDays needs a whole number of days, not ${shown(days)}.`);
    }
    return dayText(dayMs("$addDays", value) + days * DAY_MS);
  },

  /** $monthEnd(date): the last day of the date's month. */
  monthEnd: (value: unknown) => {
    if (isNone(value)) return null;
    const day = new Date(dayMs("$monthEnd", value));
    return dayText(day.setUTCMonth(day.getUTCMonth() + 1, 0));
  },

  /**
   * $dueDate(date, rule, days): the day by which to pay what is invoiced on a date, by the rules of payment_terms; the
   * date itself without a rule, and never a day before it.
   */
  dueDate: (value: unknown, rule: unknown, days: unknown) => {
    if (isNone(value)) return null;
    const day = dayMs("$dueDate", value);
    if (isNone(rule)) return dayText(day);
    if (typeof days !== "number" || !Number.isSafeInteger(days) || days < 0) {
      return refuse(`$dueDate needs a whole number of days, not ${shown(days)}.`);
    }
    return dayText(Math.max(day, dueMs(day, rule, days)));
  },

  /** $days(from, to): days from one date to another, both counted; 0 when `to` comes first. */
  days: (from: unknown, to: unknown) => {
    if (isNone(from) || isNone(to)) return null;
    return Math.max(0, (dayMs("$days", to) - dayMs("$days", from)) / DAY_MS + 1);
  },

  /**
   * $periods(frequency, from, to): the calendar's periods in which any day from one date to another lies, in order, as
   * {from, to}: weekly (from Monday), monthly, quarterly, semiannual, annual.
   */
  periods: (frequency: unknown, from: unknown, to: unknown) => {
    if (absent(frequency) || isNone(from) || isNone(to)) return null;
    const [start, end] = [dayMs("$periods", from), dayMs("$periods", to)];
    const periods: { readonly from: string; readonly to: string }[] = [];
    for (let at = start; at <= end; ) {
      if (periods.length === PERIODS_MAX) return refuse(`$periods gives more than ${PERIODS_MAX} periods.`);
      const [first, last] = periodAround(frequency, at);
      periods.push({ from: dayText(first), to: dayText(last) });
      at = last + DAY_MS;
    }
    return periods;
  },
};

/** A day of a month that is shorter is its last day. */
function dueMs(day: number, rule: unknown, days: number): number {
  const date = new Date(day);
  const endOf = (month: number): number => new Date(day).setUTCMonth(date.getUTCMonth() + month + 1, 0);
  const dayOf = (month: number): number =>
    new Date(endOf(month)).setUTCDate(Math.min(days, new Date(endOf(month)).getUTCDate()));
  switch (rule) {
    case "days_after_invoice":
      return day + days * DAY_MS;
    case "days_after_month_end":
      return endOf(0) + days * DAY_MS;
    case "day_of_current_month":
      return dayOf(0);
    case "day_of_next_month":
      return dayOf(1);
    default:
      return refuse(`$dueDate knows no rule ${shown(rule)}.`);
  }
}

/** First and last day of the calendar's period in which a day lies, in milliseconds. */
function periodAround(frequency: unknown, day: number): readonly [number, number] {
  const date = new Date(day);
  if (frequency === "weekly") {
    const monday = day - ((date.getUTCDay() + 6) % 7) * DAY_MS;
    return [monday, monday + 6 * DAY_MS];
  }
  const months = MONTHS.get(frequency);
  if (months === undefined) {
    return refuse(`$periods knows weekly and ${[...MONTHS.keys()].join(", ")}, not ${shown(frequency)}.`);
  }
  const year = date.getUTCFullYear();
  const first = date.getUTCMonth() - (date.getUTCMonth() % months);
  const [from, to] = [new Date(0), new Date(0)];
  return [from.setUTCFullYear(year, first, 1), to.setUTCFullYear(year, first + months, 0)];
}

function isNone(value: unknown): value is null | undefined | "" {
  return absent(value) || value === "";
}

function dateText(name: string, value: unknown): string {
  dayMs(name, value);
  return String(value).slice(0, 10);
}

/** Milliseconds of the date's midnight in UTC; a day that the calendar lacks (2026-02-30) is refused. */
function dayMs(name: string, value: unknown): number {
  const found = typeof value === "string" ? DATE.exec(value) : null;
  if (found === null)
    return refuse(`${name}: ${shown(value)} does not begin with a date such as "2026-08-31".`);
  const [date, year, month, day] = found;
  const ms = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return dayText(ms) === date ? ms : refuse(`${name}: ${shown(value)} is no date of the calendar.`);
}

function dayText(ms: number): string {
  const text = Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : "";
  return /^\d{4}-/.test(text) ? text.slice(0, 10) : refuse("The date lies outside the years 0000 to 9999.");
}

function instantMs(value: unknown, offset: unknown): number {
  const day = dayMs("$instant", value);
  const rest = String(value).slice(10);
  const found = TIME.exec(rest === "" ? "T00:00" : rest);
  const [, hours = "", minutes = "", seconds = "0", fraction = "0", zone] = found ?? [];
  if (found === null || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
    return refuse(`$instant: ${shown(value)} is no date and time such as "2026-08-31T14:00:00Z".`);
  }
  const time = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return day + time + Number(fraction.slice(0, 3).padEnd(3, "0")) - offsetMs(zone ?? offset);
}

function offsetMs(offset: unknown): number {
  if (typeof offset !== "string" || !OFFSET.test(offset)) {
    return refuse(`$instant needs an offset such as "Z" or "-05:00", not ${shown(offset)}.`);
  }
  if (offset.toUpperCase() === "Z") return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset.startsWith("-") ? -minutes : minutes) * 60_000;
}
