import { createAlike } from "./alike.ts";
import { type Cause, causeOf } from "./causes.ts";
import {
  type Book,
  type CustomerView,
  type LedgerDocument,
  type Ledgers,
  type NotCompared,
  type Side,
  seatOf,
  signed,
  type Unreadable,
} from "./ledger.ts";
import { documentsIn, type Pair, pairDocuments } from "./pairs.ts";
import { compareItems, withPsa } from "./reconcile-items.ts";
import { totalsOf } from "./reconcile-totals.ts";
import { createSums, type Sums } from "./sums.ts";

/** What the PSA billed, billing invoiced and accounting posted: sums per customer, month and GL code, and each difference. Pure. */

export interface Scope {
  /** First and last day, YYYY-MM-DD; null: no bound. */
  readonly from: string | null;
  readonly to: string | null;
}

/** difference: accounting less what invoiced it, which is billing or the PSA. */
export interface SumRow extends Sums {
  /** Key of the customer. */
  readonly customer: string;
  /** YYYY-MM: of the invoice; of a PSA's item that is on none, its own. */
  readonly period: string;
  readonly currency: string;
  /** "" for amounts without a code. */
  readonly gl_code: string;
  /** Whose invoices these are. What the PSA invoices by itself, billing has no part in. */
  readonly invoiced_by: "billing" | "psa";
  /** What the PSA billed: its own invoices, or its items that billing is to invoice; null: nothing that is compared. */
  readonly psa: number | null;
  /** What billing invoiced of the PSA's items, less these items; null as psa, and for the PSA's own invoices. */
  readonly psa_difference: number | null;
}

export interface PaymentRow extends Sums {
  readonly customer: string;
  readonly period: string;
  readonly currency: string;
}

/** billing: with the PSA's own invoices, which accounting has among its receivables. */
export type BalanceRow = Omit<PaymentRow, "period">;

/** difference: the later system less the earlier, of psa, billing and accounting those two that hold the document. */
export interface DifferenceRow extends Sums, Cause {
  readonly entity: LedgerDocument["kind"] | "billable_item";
  readonly customer: string;
  readonly period: string;
  readonly currency: string;
  readonly documents: readonly {
    readonly system: Book;
    readonly id: string;
    readonly number: string;
    readonly date: string;
    readonly amount: number;
  }[];
  /** What the PSA has of it; null for what is between billing and accounting. */
  readonly psa: number | null;
  /** The GL codes that differ; empty for payments. */
  readonly gl: readonly (Sums & Pick<SumRow, "gl_code" | "period" | "psa">)[];
  /** What is out of place, without sign: where a sum went to another code, month or customer it counts there, too. */
  readonly off: number;
  /** Before the period: it only explains the balance. */
  readonly earlier: boolean;
}

/** Totals of one currency; off: the sum of what is out of place and not expected. */
export interface CurrencyTotal {
  readonly currency: string;
  /** Billing's own invoices and credit notes. */
  readonly revenue: Sums;
  /** The PSA's own invoices beside what accounting posted for them; null when they are not compared. */
  readonly psa_invoices: PsaSums<"accounting"> | null;
  /** The PSA's items beside what billing invoiced for them; null when they are not compared. */
  readonly psa_items: PsaSums<"billing"> | null;
  readonly payments: Sums;
  readonly balances: Sums;
  readonly off: {
    readonly documents: number;
    readonly payments: number;
    readonly balances: number;
    /** Of the PSA's invoices and items. */
    readonly psa: number;
  };
}

/** Minor units. difference: the other system less the PSA. */
export type PsaSums<S extends Side> = { readonly [system in "psa" | "difference" | S]: number };

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
    (pair) => !documentsIn(pair).some(({ kind }) => skipped.has(kind)),
  );
  const context = { ledgers, client, alike: createAlike(ledgers, pairs) };
  const customers = new Map<string, CustomerView>();
  const revenue = createSums<Place>();
  const payments = createSums<PaymentPlace>();
  const balances = createSums<Omit<PaymentPlace, "period">>();
  const differences: DifferenceRow[] = [];
  for (const pair of pairs) {
    const all = documentsIn(pair);
    const documents = all.filter((one) => (to === null || one.date <= to) && wanted(customerOf(one)));
    const inScope = documents.filter(({ date }) => from === null || date >= from);
    for (const one of documents) customers.set(customerOf(one).key, customerOf(one));
    const earlier = inScope.length === 0;
    const compared = earlier ? documents : inScope;
    const own = isAlike(compared, customerOf) ? [] : sumsOf(compared, customerOf).rows();
    const moved = documents.length < all.length ? 0 : allocationsOff(pair, ledgers);
    const unequal = own.some(({ difference }) => difference !== 0);
    const why = unequal || moved > 0 || (pair.by === "twin" && !earlier) ? causeOf(pair, context) : undefined;
    const invoicer = pair.psa.length > 0 ? "psa" : "billing";
    for (const one of inScope) addTo(one, customerOf(one), revenue, payments, invoicer);
    // What the client's rules leave out is no part of the balance that both are to have.
    if (why?.expected !== true) {
      for (const one of documents) {
        const sign = one.kind === "payment" ? -1 : 1;
        const place = { customer: customerOf(one).key, currency: one.currency };
        balances.add(place, one.side, sign * signed(one, one.total - one.refunded));
      }
    }
    if (why !== undefined) {
      differences.push(differenceRow(compared, own, moved, why, customerOf, earlier));
    }
  }
  const items = compareItems(ledgers.items ?? [], { scope, wanted, client });
  for (const one of items.customers) customers.set(one.key, one);
  differences.push(...items.differences);
  const rows = {
    revenue: withPsa(revenue.rows(), items.sums),
    payments: payments.rows(),
    balances: balances.rows(),
  };
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
    totals: totalsOf(rows, differences, ledgers),
    revenue: [...rows.revenue].sort(inOrder),
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
    totals.some(({ currency, off }) => Math.max(...Object.values(off)) > limit(currency))
  );
}

interface Place {
  readonly customer: string;
  readonly period: string;
  readonly currency: string;
  readonly gl_code: string;
  readonly invoiced_by: SumRow["invoiced_by"];
}

type PaymentPlace = Omit<Place, "gl_code" | "invoiced_by">;

type CustomerOf = (document: LedgerDocument) => CustomerView;

function addTo(
  document: LedgerDocument,
  { key: customer }: CustomerView,
  revenue: ReturnType<typeof createSums<Place>>,
  payments: ReturnType<typeof createSums<PaymentPlace>>,
  invoiced_by: SumRow["invoiced_by"],
): void {
  const { kind, side, currency, total, refunded, gl } = document;
  const place = { customer, period: monthOf(document), currency };
  if (kind === "payment") payments.add(place, side, signed(document, total - refunded));
  else {
    for (const [index, gl_code] of gl.codes.entries()) {
      revenue.add({ ...place, gl_code, invoiced_by }, side, signed(document, gl.amounts[index] ?? 0));
    }
  }
}

/** Two documents that add the same to both sides: nearly all of them, so that no sums are made for them. */
function isAlike([left, right, ...more]: readonly LedgerDocument[], customerOf: CustomerOf): boolean {
  if (left === undefined || right === undefined || more.length > 0) return false;
  const { gl, kind } = left;
  return (
    seatOf(left.side) !== seatOf(right.side) &&
    kind === right.kind &&
    left.status === right.status &&
    left.currency === right.currency &&
    monthOf(left) === monthOf(right) &&
    left.total - left.refunded === right.total - right.refunded &&
    gl.codes.length === right.gl.codes.length &&
    gl.codes.every((code, index) => code === right.gl.codes[index]) &&
    gl.amounts.every((amount, index) => amount === right.gl.amounts[index]) &&
    customerOf(left).key === customerOf(right).key
  );
}

/** What documents add to either side, by all that a sum is made up of. */
function sumsOf(documents: readonly LedgerDocument[], customerOf: CustomerOf) {
  const sums = createSums<Omit<Place, "invoiced_by">>();
  for (const document of documents) {
    const place = {
      customer: customerOf(document).key,
      period: monthOf(document),
      currency: document.currency,
    };
    const { kind, total, refunded, side } = document;
    const { codes, amounts } =
      kind === "payment" ? { codes: [""], amounts: [total - refunded] } : document.gl;
    for (const [index, gl_code] of codes.entries()) {
      sums.add({ ...place, gl_code }, side, signed(document, amounts[index] ?? 0));
    }
  }
  return sums;
}

function differenceRow(
  documents: readonly LedgerDocument[],
  sums: readonly (Omit<Place, "invoiced_by"> & Sums)[],
  moved: number,
  why: Cause,
  customerOf: CustomerOf,
  earlier: boolean,
): DifferenceRow {
  const [first] = documents;
  if (first === undefined) throw new Error("a difference has a document");
  const of = (side: Side): number => sums.reduce((sum, row) => sum + row[side], 0);
  // An invoice of the PSA has its place in billing's seat.
  const isPsa = documents.some(({ side }) => side === "psa");
  const seated = (amount: number) => (isPsa ? { psa: amount, billing: 0 } : { psa: null, billing: amount });
  const unequal = sums.filter(({ difference }) => difference !== 0);
  return {
    entity: first.kind,
    customer: customerOf(first).key,
    period: monthOf(first),
    currency: first.currency,
    documents: documents.map(({ side, id, number, date, total }) => {
      return { system: side, id, number, date, amount: total };
    }),
    ...seated(of("billing")),
    accounting: of("accounting"),
    difference: of("accounting") - of("billing"),
    gl:
      first.kind === "payment"
        ? []
        : unequal.map(({ period, gl_code, billing, accounting, difference }) => {
            return { period, gl_code, ...seated(billing), accounting, difference };
          }),
    off: unequal.reduce((sum, { difference }) => sum + Math.abs(difference), moved),
    earlier,
    ...why,
  };
}

/** What payments or credit notes of a pair are applied to on one side and not on the other, where their amounts agree. */
function allocationsOff({ billing, accounting }: Pair, ledgers: Ledgers): number {
  if (billing.length === 0 || accounting.length === 0) return 0;
  if ([...billing, ...accounting].every(({ applied }) => applied.length === 0)) return 0;
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

function monthOf({ date }: LedgerDocument): string {
  return date.slice(0, "2026-08".length);
}

function unlinkedFirst(left: CustomerView, right: CustomerView): number {
  return Number(left.linked) - Number(right.linked) || left.name.localeCompare(right.name, "en");
}
