import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ledger, LedgerDocument } from "../../engine/report/ledger.ts";
import { checkBalances, netAdjusted, openItems } from "../../engine/report/open-items.ts";

/** What is open at the end of a day, by hand. */

const base: LedgerDocument = {
  kind: "invoice",
  side: "accounting",
  id: "1",
  number: "INV-1",
  customer_id: "71",
  currency: "USD",
  date: "2026-08-01",
  due_date: "2026-08-31",
  status: "issued",
  void_date: null,
  total: 10000,
  refunded: 0,
  balance: null,
  gl: { codes: [], amounts: [] },
  applied: [],
  elsewhere: [],
  uid: null,
  psa_invoice: null,
  adjusts: null,
  counterparts: [],
  pipeline: null,
  standing: null,
};

function ledger(...documents: readonly Partial<LedgerDocument>[]): Ledger {
  return {
    side: "accounting",
    applications_known: true,
    customers: new Map(),
    documents: documents.map((one) => ({ ...base, ...one })),
  };
}

function openAt(books: Ledger, date: string): readonly string[] {
  return openItems(books, date).map(({ document, open }) => `${document.kind} ${document.id} ${open}`);
}

const paid = { invoice_id: "1", amount: 4000, date: "2026-08-10" };
const payment: Partial<LedgerDocument> = {
  kind: "payment",
  id: "9",
  date: "2026-08-10",
  total: 4000,
  applied: [paid],
};
const credit: Partial<LedgerDocument> = { kind: "credit_note", id: "5", date: "2026-08-05", total: 3000 };

for (const { name, books, date, want } of [
  { name: "an invoice is not open before its day", books: ledger({}), date: "2026-07-31", want: [] },
  {
    name: "an invoice is open from its own day",
    books: ledger({}),
    date: "2026-08-01",
    want: ["invoice 1 10000"],
  },
  {
    name: "a later payment does not count",
    books: ledger({}, payment),
    date: "2026-08-09",
    want: ["invoice 1 10000"],
  },
  {
    name: "a payment of the day does",
    books: ledger({}, payment),
    date: "2026-08-10",
    want: ["invoice 1 6000"],
  },
  {
    name: "money is on account until the day on which it is applied",
    books: ledger({}, { ...payment, applied: [{ ...paid, date: "2026-08-20" }] }),
    date: "2026-08-15",
    want: ["payment 9 4000", "invoice 1 10000"],
  },
  {
    name: "money for an invoice of a later day is on account",
    books: ledger({ date: "2026-08-12" }, payment),
    date: "2026-08-11",
    want: ["payment 9 4000"],
  },
  {
    name: "a credit note is open until it is applied, and then lowers its invoice",
    books: ledger({}, { ...credit, applied: [{ invoice_id: "1", amount: 2000, date: "2026-08-06" }] }),
    date: "2026-08-06",
    want: ["credit_note 5 1000", "invoice 1 8000"],
  },
  {
    name: "a voided payment pays nothing",
    books: ledger({}, { ...payment, status: "voided" }),
    date: "2026-08-31",
    want: ["invoice 1 10000"],
  },
  {
    name: "an invoice stood until the day on which it was voided",
    books: ledger({ status: "voided", void_date: "2026-08-20" }),
    date: "2026-08-19",
    want: ["invoice 1 10000"],
  },
  {
    name: "and no longer",
    books: ledger({ status: "voided", void_date: "2026-08-20" }),
    date: "2026-08-20",
    want: [],
  },
  {
    name: "money for an invoice that the other side has none of pays it here, beside the total",
    books: ledger({}, { ...payment, total: 0, applied: [], elsewhere: [paid] }),
    date: "2026-08-10",
    want: ["invoice 1 6000"],
  },
  {
    name: "and is on account while that invoice is not there",
    books: ledger({ ...payment, total: 0, applied: [], elsewhere: [paid] }),
    date: "2026-08-10",
    want: ["payment 9 4000"],
  },
  { name: "a draft owes nothing", books: ledger({ status: "draft" }), date: "2026-08-31", want: [] },
  {
    name: "money that was given back is not on account",
    books: ledger({ ...payment, applied: [], refunded: 1500 }),
    date: "2026-08-31",
    want: ["payment 9 2500"],
  },
]) {
  test(`R22: ${name}`, () => assert.deepEqual(openAt(books, date), want));
}

test("P22: a balance that the documents do not make is told; one that they make is not", () => {
  const told = (balance: number) =>
    checkBalances(ledger({ balance }, payment)).map(({ computed }) => computed);
  assert.deepEqual([told(6000), told(0)], [[], [6000]]);
});

const adjusting: Partial<LedgerDocument> = { ...credit, uid: "u1", adjusts: "invoice" };
for (const { name, books, want } of [
  {
    name: "a credit note that adjusts an invoice lowers what is open of it, unapplied as it is",
    books: ledger({ uid: "u1" }, adjusting),
    want: ["invoice 1 7000"],
  },
  {
    name: "by no more than is open",
    books: ledger({ uid: "u1", total: 2000 }, adjusting),
    want: ["credit_note 5 1000"],
  },
  {
    name: "and never another one",
    books: ledger({ uid: "u2" }, adjusting),
    want: ["credit_note 5 3000", "invoice 1 10000"],
  },
  {
    name: "an invoice over more stays one of its own",
    books: ledger({ uid: "u1" }, { id: "2", total: 500, uid: "u1", adjusts: "invoice" }),
    want: ["invoice 1 10000", "invoice 2 500"],
  },
]) {
  test(`R71: ${name}`, () => {
    const net = netAdjusted(openItems(books, "2026-08-31"));
    assert.deepEqual(
      net.map(({ document, open }) => `${document.kind} ${document.id} ${open}`),
      want,
    );
  });
}
