import { createAlike } from "./alike.ts";
import type { Cause } from "./cause.ts";
import { causeOf } from "./causes.ts";
import { EVEN_IN_THE_END } from "./even.ts";
import { type CustomerView, type LedgerDocument, type Ledgers, type Side, seatOf, signed } from "./ledger.ts";
import { appliedSums, FOREVER } from "./open-items.ts";
import { documentsIn, type Pair, pairDocuments } from "./pairs.ts";
import { compareItems, withPsa } from "./reconcile-items.ts";
import { totalsOf } from "./reconcile-totals.ts";
import type { DifferenceRow, Reconciliation, Scope, SumRow } from "./reconciliation.ts";
import { createSums, type Sums } from "./sums.ts";

/** What the PSA billed, billing invoiced and accounting posted: sums per customer, month and GL code, and each difference. Pure. */

export interface ReconcileInput {
  readonly client: string;
  readonly read_at: string;
  /** The month in which this is asked by the client's clocks, YYYY-MM. */
  readonly month: string;
  readonly run_meanwhile: boolean;
  readonly ledgers: Ledgers;
  readonly scope: Scope;
  /** Only customers for which it holds. */
  readonly wanted: (customer: CustomerView) => boolean;
}

/** Compares everything up to the end of the scope; what is before its begin only explains balances. */
export function reconcile(input: ReconcileInput): Reconciliation {
  const { client, read_at, month, run_meanwhile, ledgers, scope, wanted } = input;
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
    // Documents that come to the same in the end are one sum, once all of them are in.
    const together = why !== undefined && EVEN_IN_THE_END.has(why.cause) && documents.length === all.length;
    if (why?.expected !== true || together) {
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
  const items = compareItems(ledgers.items ?? [], { scope, wanted, client, month });
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
  const rows = appliedSums([...billing, ...accounting], ledgers.invoiceKey, FOREVER);
  // Moved from one invoice to another it counts once.
  return Math.max(
    ...(["billing", "accounting"] as const).map((side) => {
      const less = side === "billing" ? 1 : -1;
      return rows.reduce((sum, { difference }) => sum + Math.max(0, less * difference), 0);
    }),
  );
}

function monthOf({ date }: LedgerDocument): string {
  return date.slice(0, "2026-08".length);
}

function unlinkedFirst(left: CustomerView, right: CustomerView): number {
  return Number(left.linked) - Number(right.linked) || left.name.localeCompare(right.name, "en");
}
