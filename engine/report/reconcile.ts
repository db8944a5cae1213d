import { createAlike } from "./alike.ts";
import { ADJUSTED, type Cause, causeOf } from "./causes.ts";
import {
  type CustomerView,
  type LedgerDocument,
  type Ledgers,
  type NotCompared,
  type Side,
  signed,
  type Unreadable,
} from "./ledger.ts";
import { type Pair, pairDocuments } from "./pairs.ts";
import { createSums, type Sums } from "./sums.ts";

/** Billing against accounting: sums per customer, month, currency and GL code, and each difference with its cause. Pure. */

export interface Scope {
  /** First and last day, YYYY-MM-DD; null: no bound. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface SumRow extends Sums {
  /** Key of the customer. */
  readonly customer: string;
  /** YYYY-MM. */
  readonly period: string;
  readonly currency: string;
  /** "" for amounts without a code. */
  readonly gl_code: string;
  /** What the PSA billed; null while it cannot be compared. */
  readonly psa: number | null;
}

export type PaymentRow = Omit<SumRow, "gl_code" | "psa">;
export type BalanceRow = Omit<PaymentRow, "period">;

export interface DifferenceRow extends Sums, Cause {
  readonly entity: LedgerDocument["kind"];
  readonly customer: string;
  readonly period: string;
  readonly currency: string;
  readonly documents: readonly {
    readonly system: Side;
    readonly id: string;
    readonly number: string;
    readonly date: string;
    readonly amount: number;
  }[];
  /** The GL codes that differ; empty for payments. */
  readonly gl: readonly (Sums & { readonly gl_code: string; readonly period: string })[];
  /** What is out of place, without sign: where a sum went to another code, month or customer it counts there, too. */
  readonly off: number;
  /** Before the period: it only explains the balance. */
  readonly earlier: boolean;
}

/** Totals of one currency; off: the sum of what is out of place and not expected. */
export interface CurrencyTotal {
  readonly currency: string;
  readonly revenue: Sums;
  readonly payments: Sums;
  readonly balances: Sums;
  readonly off: { readonly documents: number; readonly payments: number; readonly balances: number };
}

export interface Reconciliation {
  readonly schemaVersion: 1;
  readonly client: string;
  readonly from: string | null;
  readonly to: string | null;
  /** When it was read, RFC 3339. */
  readonly read_at: string;
  /** A run wrote meanwhile: what it did may show as a difference. */
  readonly run_meanwhile: boolean;
  readonly customers: readonly CustomerView[];
  readonly totals: readonly CurrencyTotal[];
  readonly revenue: readonly SumRow[];
  readonly payments: readonly PaymentRow[];
  /** Invoiced less credited and received, of everything up to the end of the period. */
  readonly balances: readonly BalanceRow[];
  readonly differences: readonly DifferenceRow[];
  readonly not_compared: readonly NotCompared[];
  readonly unreadable: readonly Unreadable[];
}

export interface ReconcileInput {
  readonly client: string;
  readonly read_at: string;
  readonly run_meanwhile: boolean;
  readonly ledgers: Ledgers;
  readonly scope: Scope;
  /** Only customers for which it holds. */
  readonly wanted: (customer: CustomerView) => boolean;
}

/** Compares everything up to the end of the scope; what is before its begin only explains balances. */
export function reconcile(input: ReconcileInput): Reconciliation {
  const { client, read_at, run_meanwhile, ledgers, scope, wanted } = input;
  const { from, to } = scope;
  const customerOf = ({ side, customer_id }: LedgerDocument): CustomerView =>
    ledgers.customers.of(side, customer_id);
  const skipped = new Set(
    ledgers.not_compared.filter(({ system }) => system !== "psa").map(({ entity }) => entity),
  );
  const pairs = pairDocuments(ledgers).filter(
    ({ billing, accounting }) => ![...billing, ...accounting].some(({ kind }) => skipped.has(kind)),
  );
  const context = { ledgers, client, alike: createAlike(ledgers, pairs) };
  const customers = new Map<string, CustomerView>();
  const revenue = createSums<Place>();
  const payments = createSums<Omit<Place, "gl_code">>();
  const balances = createSums<Omit<Place, "gl_code" | "period">>();
  const differences: DifferenceRow[] = [];
  for (const pair of pairs) {
    const all = [...pair.billing, ...pair.accounting];
    const documents = all.filter((one) => (to === null || one.date <= to) && wanted(customerOf(one)));
    const inScope = documents.filter(({ date }) => from === null || date >= from);
    for (const one of documents) customers.set(customerOf(one).key, customerOf(one));
    const earlier = inScope.length === 0;
    const own = sumsOf(earlier ? documents : inScope, customerOf);
    const moved = documents.length < all.length ? 0 : allocationsOff(pair, ledgers);
    const unequal = own.rows().some(({ difference }) => difference !== 0);
    const why = unequal || moved > 0 || (pair.by === "twin" && !earlier) ? causeOf(pair, context) : undefined;
    for (const one of inScope) addTo(one, customerOf(one), revenue, payments);
    // What the client's rules leave out is no part of the balance that both are to have.
    // Documents that adjust each other are one sum, once all of them are in.
    const together = why?.cause === ADJUSTED && documents.length === all.length;
    if (why?.expected !== true || together) {
      for (const one of documents) {
        const sign = one.kind === "payment" ? -1 : 1;
        const place = { customer: customerOf(one).key, currency: one.currency };
        balances.add(place, one.side, sign * signed(one, one.total - one.refunded));
      }
    }
    if (why !== undefined) {
      differences.push(
        differenceRow(earlier ? documents : inScope, own.rows(), moved, why, customerOf, earlier),
      );
    }
  }
  const rows = { revenue: revenue.rows(), payments: payments.rows(), balances: balances.rows() };
  const order = [...customers.values()].sort(unlinkedFirst);
  const place = new Map(order.map(({ key }, index) => [key, index]));
  const placeOf = ({ customer }: { readonly customer: string }): number => place.get(customer) ?? 0;
  const inOrder = (left: { readonly customer: string }, right: { readonly customer: string }): number =>
    placeOf(left) - placeOf(right) || (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1);
  return {
    schemaVersion: 1,
    client,
    from,
    to,
    read_at,
    run_meanwhile,
    customers: order,
    totals: totalsOf(rows, differences),
    revenue: rows.revenue.map((row) => ({ ...row, psa: null })).sort(inOrder),
    payments: [...rows.payments].sort(inOrder),
    balances: [...rows.balances].sort(inOrder),
    differences: differences.sort(
      (a, b) =>
        Number(a.expected) - Number(b.expected) || Number(a.earlier) - Number(b.earlier) || inOrder(a, b),
    ),
    not_compared: ledgers.not_compared,
    unreadable: ledgers.unreadable,
  };
}

/** True when more than `limit` minor units of any currency are out of place, or something could not be read. */
export function isOver({ totals, unreadable }: Reconciliation, limit: (currency: string) => number): boolean {
  return (
    unreadable.length > 0 ||
    totals.some(({ currency, off }) => Math.max(off.documents, off.payments, off.balances) > limit(currency))
  );
}

interface Place {
  readonly customer: string;
  readonly period: string;
  readonly currency: string;
  readonly gl_code: string;
}

type CustomerOf = (document: LedgerDocument) => CustomerView;

function addTo(
  document: LedgerDocument,
  { key: customer }: CustomerView,
  revenue: ReturnType<typeof createSums<Place>>,
  payments: ReturnType<typeof createSums<Omit<Place, "gl_code">>>,
): void {
  const { kind, side, currency, total, refunded, gl } = document;
  const place = { customer, period: monthOf(document), currency };
  if (kind === "payment") payments.add(place, side, signed(document, total - refunded));
  else {
    for (const [gl_code, amount] of Object.entries(gl)) {
      revenue.add({ ...place, gl_code }, side, signed(document, amount));
    }
  }
}

/** What documents add to either side, by all that a sum is made up of. */
function sumsOf(documents: readonly LedgerDocument[], customerOf: CustomerOf) {
  const sums = createSums<Place>();
  for (const document of documents) {
    const place = {
      customer: customerOf(document).key,
      period: monthOf(document),
      currency: document.currency,
    };
    const parts = document.kind === "payment" ? { "": document.total - document.refunded } : document.gl;
    for (const [gl_code, amount] of Object.entries(parts)) {
      sums.add({ ...place, gl_code }, document.side, signed(document, amount));
    }
  }
  return sums;
}

function differenceRow(
  documents: readonly LedgerDocument[],
  sums: readonly (Place & Sums)[],
  moved: number,
  why: Cause,
  customerOf: CustomerOf,
  earlier: boolean,
): DifferenceRow {
  const [first] = documents;
  if (first === undefined) throw new Error("a difference has a document");
  const of = (side: Side): number => sums.reduce((sum, row) => sum + row[side], 0);
  const unequal = sums.filter(({ difference }) => difference !== 0);
  return {
    entity: first.kind,
    customer: customerOf(first).key,
    period: monthOf(first),
    currency: first.currency,
    documents: documents.map(({ side, id, number, date, total }) => {
      return { system: side, id, number, date, amount: total };
    }),
    billing: of("billing"),
    accounting: of("accounting"),
    difference: of("accounting") - of("billing"),
    gl: first.kind === "payment" ? [] : unequal.map(({ customer: _, currency: __, ...row }) => row),
    off: unequal.reduce((sum, { difference }) => sum + Math.abs(difference), moved),
    earlier,
    ...why,
  };
}

/** What payments or credit notes of a pair are applied to on one side and not on the other, where their amounts agree. */
function allocationsOff({ billing, accounting }: Pair, ledgers: Ledgers): number {
  if (billing.length === 0 || accounting.length === 0) return 0;
  const sums = createSums<{ readonly invoice: string }>();
  for (const { side, status, applied } of [...billing, ...accounting]) {
    if (status !== "issued") continue;
    for (const { invoice_id, amount } of applied) {
      sums.add({ invoice: ledgers.invoiceKey(side, invoice_id) }, side, amount);
    }
  }
  // Moved from one invoice to another it counts once.
  return Math.max(
    ...(["billing", "accounting"] as const).map((side) => {
      const less = side === "billing" ? 1 : -1;
      return sums.rows().reduce((sum, { difference }) => sum + Math.max(0, less * difference), 0);
    }),
  );
}

function totalsOf(
  rows: {
    readonly revenue: readonly (Sums & { readonly currency: string })[];
    readonly payments: readonly (Sums & { readonly currency: string })[];
    readonly balances: readonly (Sums & { readonly currency: string })[];
  },
  differences: readonly DifferenceRow[],
): readonly CurrencyTotal[] {
  const all = [...rows.revenue, ...rows.payments, ...rows.balances];
  const currencies = [...new Set(all.map(({ currency }) => currency))].sort();
  return currencies.map((currency): CurrencyTotal => {
    const total = (list: readonly (Sums & { readonly currency: string })[]): Sums => {
      const own = list.filter((row) => row.currency === currency);
      const sum = (name: keyof Sums): number => own.reduce((before, row) => before + row[name], 0);
      return { billing: sum("billing"), accounting: sum("accounting"), difference: sum("difference") };
    };
    const wrong = differences.filter((row) => row.currency === currency && !row.expected && !row.earlier);
    const off = (isPayment: boolean): number =>
      wrong
        .filter(({ entity }) => (entity === "payment") === isPayment)
        .reduce((sum, row) => sum + row.off, 0);
    const balances = rows.balances.filter((row) => row.currency === currency);
    return {
      currency,
      revenue: total(rows.revenue),
      payments: total(rows.payments),
      balances: total(rows.balances),
      off: {
        documents: off(false),
        payments: off(true),
        balances: balances.reduce((sum, { difference }) => sum + Math.abs(difference), 0),
      },
    };
  });
}

function monthOf({ date }: LedgerDocument): string {
  return date.slice(0, "2026-08".length);
}

function unlinkedFirst(left: CustomerView, right: CustomerView): number {
  return Number(left.linked) - Number(right.linked) || left.name.localeCompare(right.name, "en");
}
