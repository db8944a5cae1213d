import { createAlike } from "./alike.ts";
import type { Cause } from "./cause.ts";
import { causeOf } from "./causes.ts";
import {
  type Book,
  type CustomerView,
  type LedgerDocument,
  type Ledgers,
  type NotCompared,
  SIDES,
  type Side,
  seatOf,
  type Unreadable,
} from "./ledger.ts";
import { appliedSums, checkBalances, FOREVER, netAdjusted, type OpenItem, openItems } from "./open-items.ts";
import { daysBetween, documentsIn, type Pair, pairDocuments } from "./pairs.ts";
import type { Sums } from "./sums.ts";

/** Receivables by days overdue at the end of a day, of one ledger or of both beside each other. Pure. */

export const BUCKETS = ["current", "days_1_30", "days_31_60", "days_61_90", "over_90"] as const;
export type Bucket = (typeof BUCKETS)[number];

/** Minor units. unapplied: payments and credit notes that pay nothing yet. total: the buckets less unapplied. */
export type Ages = { readonly [bucket in Bucket | "unapplied" | "total"]: number };

export interface AgeRow {
  /** Key of the customer; "" for all. */
  readonly customer: string;
  readonly currency: string;
  /** Null: not asked for. */
  readonly billing: Ages | null;
  readonly accounting: Ages | null;
}

/** A document of which one side has more open than the other, or in another bucket. */
export interface AgeDifference extends Sums {
  readonly entity: LedgerDocument["kind"];
  readonly customer: string;
  readonly currency: string;
  readonly number: string;
  readonly ids: { readonly [side in Side]: string | null };
  readonly buckets: { readonly [side in Side]: Bucket | "unapplied" | null };
  /** What is out of place, without sign. */
  readonly off: number;
  readonly causes: readonly Cause[];
}

export interface AgeingReport {
  readonly schemaVersion: 1;
  readonly client: string;
  readonly date: string;
  readonly read_at: string;
  readonly run_meanwhile: boolean;
  readonly customers: readonly CustomerView[];
  readonly totals: readonly AgeRow[];
  readonly rows: readonly AgeRow[];
  readonly differences: readonly AgeDifference[];
  /** Invoices whose system shows another balance than its documents make. */
  readonly checks: readonly {
    readonly system: Book;
    readonly id: string;
    readonly number: string;
    readonly currency: string;
    readonly by_documents: number;
    readonly by_balance: number;
  }[];
  readonly not_compared: readonly NotCompared[];
  readonly unreadable: readonly Unreadable[];
}

export interface AgeingInput {
  readonly client: string;
  readonly date: string;
  readonly read_at: string;
  readonly run_meanwhile: boolean;
  readonly ledgers: Ledgers;
  /** The ledgers that were read. */
  readonly sides: readonly Side[];
  readonly wanted: (customer: CustomerView) => boolean;
}

/** Ages everything; with two sides it also compares them, document by document. */
export function ageing(input: AgeingInput): AgeingReport {
  const { client, date, read_at, run_meanwhile, ledgers, sides, wanted } = input;
  const customerOf = ({ side, customer_id }: LedgerDocument): CustomerView =>
    ledgers.customers.of(side, customer_id);
  const items = sides
    .flatMap((side) => netAdjusted(openItems(ledgers[side], date)))
    .filter(({ document }) => wanted(customerOf(document)));
  const customers = new Map(items.map(({ document }) => [customerOf(document).key, customerOf(document)]));
  const totals = createAges(sides);
  const rows = createAges(sides);
  for (const item of items) {
    totals.add("", item, bucketOf(item, date));
    rows.add(customerOf(item.document).key, item, bucketOf(item, date));
  }
  const order = [...customers.values()].sort(
    (a, b) => Number(a.linked) - Number(b.linked) || a.name.localeCompare(b.name, "en"),
  );
  const place = new Map(order.map(({ key }, index) => [key, index]));
  return {
    schemaVersion: 1,
    client,
    date,
    read_at,
    run_meanwhile,
    customers: order,
    totals: totals.rows(),
    rows: [...rows.rows()].sort((a, b) => (place.get(a.customer) ?? 0) - (place.get(b.customer) ?? 0)),
    differences: sides.length === SIDES.length ? differencesAt(input, items, customerOf) : [],
    checks: sides
      .flatMap((side) => checkBalances(ledgers[side]))
      .filter(({ document }) => wanted(customerOf(document)))
      .map(({ document: { side, id, number, currency, balance }, computed }) => {
        return { system: side, id, number, currency, by_documents: computed, by_balance: balance ?? 0 };
      }),
    not_compared: ledgers.not_compared.filter(({ system }) => system !== "psa"),
    unreadable: ledgers.unreadable,
  };
}

/** True when more than `limit` minor units of any currency are out of place, or something could not be read. */
export function isAgeingOver(
  { differences, unreadable }: AgeingReport,
  limit: (currency: string) => number,
): boolean {
  const wrong = differences.filter(({ causes }) => causes.some(({ expected }) => !expected));
  const off = new Map<string, number>();
  for (const one of wrong) off.set(one.currency, (off.get(one.currency) ?? 0) + one.off);
  return unreadable.length > 0 || [...off].some(([currency, amount]) => amount > limit(currency));
}

function bucketOf({ document: { kind, due_date } }: OpenItem, date: string): Bucket | "unapplied" {
  if (kind !== "invoice") return "unapplied";
  const days = due_date >= date ? 0 : daysBetween(due_date, date);
  return BUCKETS[Math.min(Math.ceil(days / 30), BUCKETS.length - 1)] ?? "over_90";
}

const NOTHING: Ages = {
  current: 0,
  days_1_30: 0,
  days_31_60: 0,
  days_61_90: 0,
  over_90: 0,
  unapplied: 0,
  total: 0,
};

function createAges(sides: readonly Side[]) {
  const found = new Map<string, AgeRow>();
  return {
    add: (
      customer: string,
      { document: { side, currency }, open }: OpenItem,
      bucket: Bucket | "unapplied",
    ): void => {
      const key = JSON.stringify([customer, currency]);
      const none = (one: Side): Ages | null => (sides.includes(one) ? NOTHING : null);
      const row = found.get(key) ?? {
        customer,
        currency,
        billing: none("billing"),
        accounting: none("accounting"),
      };
      const seat = seatOf(side);
      const before = row[seat] ?? NOTHING;
      const total = before.total + (bucket === "unapplied" ? -open : open);
      found.set(key, { ...row, [seat]: { ...before, [bucket]: before[bucket] + open, total } });
    },
    rows: (): readonly AgeRow[] => [...found.values()],
  };
}

function differencesAt(
  { client, date, ledgers, wanted }: AgeingInput,
  items: readonly OpenItem[],
  customerOf: (document: LedgerDocument) => CustomerView,
): readonly AgeDifference[] {
  const open = new Map(items.map((item) => [item.document, item]));
  const pairs = pairDocuments(ledgers);
  const context = { ledgers, client, alike: createAlike(ledgers, pairs) };
  const appliers = appliersByInvoice(pairs, ledgers, date);
  return pairs.flatMap((pair): readonly AgeDifference[] => {
    const [first] = [...pair.billing, ...pair.accounting];
    if (first === undefined || !wanted(customerOf(first))) return [];
    const [billing, accounting] = SIDES.map((side) => sideOf(pair[side], open, date));
    if (billing === undefined || accounting === undefined) return [];
    const other = SIDES.some((side) => pair[side].some((one) => customerOf(one) !== customerOf(first)));
    if (billing.open === accounting.open && billing.bucket === accounting.bucket && !other) return [];
    const moved = billing.bucket !== accounting.bucket || other;
    return [
      {
        entity: first.kind,
        customer: customerOf(first).key,
        currency: first.currency,
        number: first.number,
        ids: { billing: pair.billing[0]?.id ?? null, accounting: pair.accounting[0]?.id ?? null },
        buckets: { billing: billing.bucket, accounting: accounting.bucket },
        billing: billing.open,
        accounting: accounting.open,
        difference: accounting.open - billing.open,
        off: moved
          ? Math.max(Math.abs(billing.open), Math.abs(accounting.open))
          : Math.abs(accounting.open - billing.open),
        causes: causesOf(pair),
      },
    ];
  });

  /** Its own, unless both sides have it alike: then those of what is applied to it. */
  function causesOf(pair: Pair): readonly Cause[] {
    const [invoice] = pair.billing;
    if (invoice?.kind !== "invoice" || !isAlike(pair)) return [whyOf(pair)];
    return (appliers.get(ledgers.invoiceKey(invoice.side, invoice.id)) ?? []).map(whyOf);
  }

  function whyOf(pair: Pair): Cause {
    // Not every system keeps the day on which money was applied to an invoice.
    const inTheEnd =
      isAlike(pair) &&
      appliedSums(documentsIn(pair), ledgers.invoiceKey, FOREVER).every(({ difference }) => difference === 0);
    const byThen = appliedSums(documentsIn(pair), ledgers.invoiceKey, date).every(
      ({ difference }) => difference === 0,
    );
    if (!inTheEnd || byThen) return causeOf(pair, context);
    const number = pair.billing[0]?.number ?? "";
    const message = `${number} was applied on another day in one of the two; both agree later`;
    return { cause: "applied_another_day", expected: true, message, task: null, command: null };
  }
}

function sideOf(
  documents: readonly LedgerDocument[],
  open: ReadonlyMap<LedgerDocument, OpenItem>,
  date: string,
): { readonly open: number; readonly bucket: Bucket | "unapplied" | null } {
  const items = documents.flatMap((document) => open.get(document) ?? []);
  const kind = originalOf(documents)?.kind;
  const first = items.find(({ document }) => document.kind === kind) ?? items[0];
  return {
    open: items.reduce((sum, item) => sum + (item.document.kind === kind ? item.open : -item.open), 0),
    bucket: first === undefined ? null : bucketOf(first, date),
  };
}

/** The document that others adjust, or the one there is. */
function originalOf(documents: readonly LedgerDocument[]): LedgerDocument | undefined {
  return documents.find(({ adjusts }) => adjusts === null) ?? documents[0];
}

/** The same amount, dates and status on both sides. */
function isAlike({ billing, accounting }: Pair): boolean {
  const [left, right] = [originalOf(billing), originalOf(accounting)];
  const sum = (documents: readonly LedgerDocument[]): number =>
    documents.reduce((before, one) => before + (one.kind === left?.kind ? one.total : -one.total), 0);
  return (
    left !== undefined &&
    right !== undefined &&
    sum(billing) === sum(accounting) &&
    left.date === right.date &&
    left.due_date === right.due_date &&
    left.status === right.status
  );
}

/** Invoice → payments and credit notes of which the two sides have applied different amounts to it by then. */
function appliersByInvoice(
  pairs: readonly Pair[],
  ledgers: Ledgers,
  date: string,
): ReadonlyMap<string, readonly Pair[]> {
  const found = new Map<string, Pair[]>();
  for (const pair of pairs) {
    for (const { invoice, difference } of appliedSums(documentsIn(pair), ledgers.invoiceKey, date)) {
      if (difference !== 0) found.set(invoice, [...(found.get(invoice) ?? []), pair]);
    }
  }
  return found;
}
