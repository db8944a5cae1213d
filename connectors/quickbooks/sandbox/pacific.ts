/** The vendor's times carry the Pacific offset, and its "today" is the Pacific day. */

const PARTS = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/Los_Angeles",
  timeZoneName: "longOffset",
});
const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** RFC 3339 with Pacific offset, to the second: "2026-02-01T10:00:00-08:00". */
export function pacificTime(ms: number): string {
  return `${local(ms).slice(0, 19)}${offset(ms)}`;
}

/** As pacificTime, to the millisecond: the envelope's `time`. */
export function pacificTimeMs(ms: number): string {
  return `${local(ms).slice(0, 23)}${offset(ms)}`;
}

/** Calendar day in Pacific time. */
export function pacificDate(ms: number): string {
  return local(ms).slice(0, 10);
}

/** The day `days` after a YYYY-MM-DD day. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

function local(ms: number): string {
  const text = offset(ms);
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6));
  return new Date(ms + (text.startsWith("-") ? -minutes : minutes) * MINUTE_MS).toISOString();
}

function offset(ms: number): string {
  const name = PARTS.formatToParts(ms).find((part) => part.type === "timeZoneName")?.value ?? "GMT-08:00";
  return name.slice(3);
}
