import { fingerprint } from "../../core/fingerprint.ts";
import { isObject, type Json } from "../../core/json.ts";

// Each step back is a page in which nothing was known: so many mean that the list is another one every time.
const STEPS_BACK_MAX = 20;

/**
 * Pages that are asked for by the position of their first record. A record that goes away meanwhile moves the others
 * up, past the place where the next page begins; so each page begins with the last record of the one before, and when
 * that is not there the reading steps back until it meets what it knows. Nothing is passed over, nothing comes twice.
 */
export async function* offsetPages(
  fetch: (offset: number) => Promise<readonly Json[]>,
  size: number,
  fail: (what: string) => Error,
): AsyncGenerator<readonly Json[], void> {
  // A page of one record has no room for another one's.
  const overlap = Math.min(1, size - 1);
  let known: readonly (readonly string[])[] = [];
  let steps = 0;
  for (let offset = 1; ; ) {
    const records = await fetch(offset);
    const marks = records.map(markOf);
    const before = new Set(known.flat());
    if (overlap > 0 && offset > 1 && !marks.some((mark) => before.has(mark))) {
      steps += 1;
      if (steps > STEPS_BACK_MAX) throw fail("its list changes faster than it can be read");
      offset = Math.max(1, offset - (size - overlap));
      continue;
    }
    const fresh = records.filter((_, index) => !before.has(marks[index] ?? ""));
    if (fresh.length === 0 && records.length === size) {
      throw fail("it sent a page a second time, as if it ignored our position");
    }
    yield fresh;
    if (records.length < size) return;
    // A step back goes one page back, so two pages are what can be met again.
    known = [...known.slice(-1), marks];
    offset += records.length - overlap;
  }
}

/** What a record is known by: its id, so that one which changed between two pages is still itself. */
function markOf(record: Json): string {
  const id = isObject(record) ? (record["id"] ?? record["Id"]) : undefined;
  return typeof id === "string" || typeof id === "number" ? String(id) : fingerprint(record);
}
