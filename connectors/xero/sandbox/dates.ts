import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import type { Books } from "./books.ts";

/** Dates as the vendor writes them: "/Date(ms+0000)/", with text twins beside some of them. */

/** An instant as JSON has it. */
export function wireDate(ms: number): string {
  return `/Date(${ms}+0000)/`;
}

/** Milliseconds of "/Date(…)/"; undefined for any other text. */
export function wireMillis(value: Json | undefined): number | undefined {
  const digits =
    typeof value === "string" ? /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(value)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** The calendar day that a request names: YYYY-MM-DD, with or without a time, or the vendor's own form. */
export function requestDay(value: Json | undefined): string | undefined {
  const ms = wireMillis(value);
  if (ms !== undefined) return dayOf(ms);
  const day = typeof value === "string" ? /^\d{4}-\d{2}-\d{2}(?=$|T)/.exec(value)?.[0] : undefined;
  return day !== undefined && dayOf(Date.parse(`${day}T00:00:00Z`)) === day ? day : undefined;
}

/** A calendar day is midnight UTC of it, whatever the organisation's zone: `{Date, DateString}` of a day. */
export function dayFields(name: "Date" | "DueDate", day: string): Row {
  return { [name]: wireDate(Date.parse(`${day}T00:00:00Z`)), [`${name}String`]: `${day}T00:00:00` };
}

/** The calendar day of a stored date. */
export function storedDay(value: Json | undefined): string {
  const ms = wireMillis(value);
  return ms === undefined ? "" : dayOf(ms);
}

/** Time of change, with its twin. */
export function updatedNow(books: Pick<Books, "now">): Row {
  return {
    UpdatedDateUTC: wireDate(books.now()),
    UpdatedDateUTCString: `${new Date(books.now()).toISOString().slice(0, 19)}Z`,
  };
}

export function dayOf(ms: number): string {
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString().slice(0, 10);
}
