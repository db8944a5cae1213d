import type { PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import type { Calendar } from "../core/clock.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import { formatMoney, printMoney } from "../core/money.ts";
import type { ClaimRow, State, SyncRow } from "../state/types.ts";
import { baseOf } from "./claims.ts";

/**
 * What is still to be charged for items that were charged before. A charge stands as it was made; what an item has
 * become since is charged beside it: an adjustment over the difference, or a credit over all of it when the item is
 * reversed. Pure but for the look-ups.
 */

/** An item that was charged, and what follows from it as it is now. */
export type Charged = {
  readonly source: SystemRecord;
  /** The item as it was charged first. */
  readonly first: SystemRecord;
} & (
  | { readonly kind: "settled" }
  /** A further charge, under an id of its own. */
  | { readonly kind: "further"; readonly charge: SystemRecord }
  | { readonly kind: "held"; readonly reason: "charged_otherwise" | "billed_twice"; readonly message: string }
);

export interface Sorted {
  /** Items that have no charge yet. */
  readonly fresh: readonly SystemRecord[];
  readonly charged: readonly Charged[];
}

/** Of the pipeline that charges, with its client's calendar. */
export interface Charging {
  readonly pipeline: PipelineConfig;
  readonly state: Pick<State, "syncRows" | "claimsOn">;
  readonly calendar: Calendar;
}

/** Parts a page of items by whether they were charged. */
export function sortItems(context: Charging, records: readonly SystemRecord[]): Sorted {
  const { pipeline, state, calendar } = context;
  const ids = records.map(({ id }) => id);
  const rows = state.syncRows(pipeline.pipeline, ids);
  const charges = chargesOf(context, ids);
  const fresh: SystemRecord[] = [];
  const charged: Charged[] = [];
  for (const source of records) {
    const made = charges.get(source.id) ?? [];
    if (!rows.has(source.id) || made.length === 0 || source.unreadable !== undefined) fresh.push(source);
    else charged.push(followUp(source, made, calendar));
  }
  return { fresh, charged };
}

/** Credits for charged items that the PSA does not have any more. */
export function reverseItems(context: Charging, ids: readonly string[]): readonly Charged[] {
  return [...chargesOf(context, ids)].map(([id, made]): Charged => {
    const gone = itemOf(id, { ...firstCharged(made), status: "written_off" });
    return followUp(gone, made, context.calendar);
  });
}

/** The settled charges of each item, in the order in which they were made. */
function chargesOf(
  { pipeline: { pipeline }, state }: Charging,
  ids: readonly string[],
): ReadonlyMap<string, readonly ClaimRow[]> {
  const found = new Map<string, readonly ClaimRow[]>();
  for (const [base, claims] of state.claimsOn(ids)) {
    const own = claims.filter((row) => row.kind === "route" && row.pipeline === pipeline);
    const synced: ReadonlyMap<string, SyncRow> = state.syncRows(
      pipeline,
      own.map(({ item }) => item),
    );
    // One whose outcome nobody knows yet is decided again under the same id, and waits.
    const made = own.filter(({ item }) => synced.has(item));
    if (made.length > 0) found.set(base, inOrder(made));
  }
  return found;
}

function followUp(source: SystemRecord, made: readonly ClaimRow[], calendar: Calendar): Charged {
  const { record } = source;
  const before = firstCharged(made);
  const item = { source, first: itemOf(source.id, before) };
  for (const field of ["customer_id", "currency"]) {
    if (record[field] === before[field]) continue;
    const message =
      `${source.id} was charged with ${field} ${shownText(before[field])} and has ${shownText(record[field])} now: ` +
      "credit it in billing and charge it there";
    return { ...item, kind: "held", reason: "charged_otherwise", message };
  }
  const sofar = made.reduce((sum, { amount }) => sum + amount, 0);
  if (record["status"] === "billed" && sofar !== 0) {
    const sum = printMoney(sofar, shownText(before["currency"]));
    const message =
      `${source.id} is billed twice: billing charges ${sum} for it, and the PSA counts it as invoiced, too; take it off ` +
      "the PSA's invoice";
    return { ...item, kind: "held", reason: "billed_twice", message };
  }
  // What was credited and stands on the PSA's invoice now is the PSA's.
  if (record["status"] === "billed") return { ...item, kind: "settled" };
  const due = amountDue(source, made, calendar);
  if (due === sofar) return { ...item, kind: "settled" };
  const number = Math.max(...made.map(({ item }) => placeOf(item))) + 1;
  return { ...item, kind: "further", charge: furtherCharge(source, number, due, due - sofar) };
}

/**
 * True for a period of a contract's line that was over before the line was changed. A line says how many there are, not
 * since when: what was charged for that period stands, unless the days that the line runs in it are others now. Days are
 * those of the client's clocks.
 */
function standsAsCharged(
  { record, updated_at }: SystemRecord,
  made: readonly ClaimRow[],
  calendar: Calendar,
): boolean {
  const { status, period, covered } = record;
  if (status === "written_off" || !isObject(period) || !isObject(covered)) return false;
  const changed = Date.parse(updated_at ?? "");
  if (Number.isNaN(changed)) return false;
  const before = recordOf(made.at(-1))["covered"];
  const sameDays = isObject(before) && before["from"] === covered["from"] && before["to"] === covered["to"];
  return sameDays && calendar(changed) > shownText(period["to"]);
}

/**
 * What the customer owes for an item in all; `made`: its charges, in the order in which they were made. One that is being
 * worked on again is left as it was charged. `calendar`: the client's.
 */
export function amountDue(source: SystemRecord, made: readonly ClaimRow[], calendar: Calendar): number {
  const { status, amount } = source.record;
  const sofar = made.reduce((sum, charge) => sum + charge.amount, 0);
  if (status === "written_off") return 0;
  if (status === "pending" || typeof amount !== "number" || standsAsCharged(source, made, calendar))
    return sofar;
  return amount;
}

/** Charges of an item in the order in which they were made. */
export function inOrder(charges: readonly ClaimRow[]): readonly ClaimRow[] {
  return [...charges].sort((a, b) => placeOf(a.item) - placeOf(b.item));
}

function furtherCharge(source: SystemRecord, number: number, due: number, amount: number): SystemRecord {
  const id = `${source.id}~${number}`;
  const { description, currency, status } = source.record;
  return itemOf(id, {
    ...source.record,
    id,
    status: "ready",
    description: `${due === 0 ? "Credit" : "Adjustment"}: ${shownText(description)}`,
    quantity: "1",
    unit: null,
    unit_amount_decimal: formatMoney(amount, shownText(currency)),
    amount,
    // A credit over all of it covers no days: an item that is back is charged for them anew.
    ...(status === "written_off" ? { covered: null } : {}),
  });
}

/** The item as it was charged first; written by claims.ts. */
function firstCharged(made: readonly ClaimRow[]): CanonicalRecord {
  return recordOf(made[0]);
}

function recordOf(row: ClaimRow | undefined): CanonicalRecord {
  return row === undefined ? {} : (JSON.parse(row.record) as CanonicalRecord);
}

function placeOf(item: string): number {
  const base = baseOf(item);
  return base === item ? 1 : Number(item.slice(base.length + 1));
}

function itemOf(id: string, record: CanonicalRecord): SystemRecord {
  const unreadable = undefined;
  return { id, record, vendor: null, raw: null, token: null, updated_at: null, deleted: false, unreadable };
}

function shownText(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
