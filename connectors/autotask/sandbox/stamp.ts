/** An instant as the vendor writes it: UTC, no zone, no trailing zeros of a second. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, "");
}

/** A calendar day of the user interface: cut to midnight, in no zone. */
export function midnight(date: string): string {
  return `${date}T00:00:00`;
}
