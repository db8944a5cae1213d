import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../engine/core/json.ts";
import type { Book, CustomerView, Flow, LedgerDocument, Ledgers, Side } from "../../engine/report/ledger.ts";
import { reconcile } from "../../engine/report/reconcile.ts";
import type { Reconciliation } from "../../engine/report/reconciliation.ts";
import type { Standing } from "../../engine/sync/standing.ts";

/** Each way in which two ledgers part, from values alone: its cause, and what ends it. */

const FLOWS: { readonly [pipeline: string]: Flow } = {
  invoices: {
    source: "billing",
    target: "accounting",
    entity: "invoice",
    can_update: true,
    codes: { gl: "mappings/demo/gl-codes.yaml" },
  },
  credit_notes: {
    source: "billing",
    target: "accounting",
    entity: "credit_note",
    can_update: true,
    codes: {},
  },
  payments: { source: "accounting", target: "billing", entity: "payment", can_update: false, codes: {} },
};
const IN_STEP: Standing = { kind: "written", changed: false, plan: null, moved: null };

type Given = Partial<LedgerDocument> & { readonly side: Book };

function document(given: Given): LedgerDocument {
  const { kind = "invoice", side } = given;
  const pipeline = FLOWS[`${kind}s`]?.source === side ? `${kind}s` : null;
  const total = given.total ?? 10000;
  return {
    kind,
    id: side === "billing" ? "9001" : "145",
    number: "INV-1",
    customer_id: "1",
    currency: "USD",
    date: "2026-08-01",
    due_date: "2026-08-31",
    status: "issued",
    void_date: null,
    total,
    refunded: 0,
    balance: null,
    gl: kind === "payment" ? { codes: [], amounts: [] } : { codes: ["4000"], amounts: [total] },
    applied: [],
    elsewhere: [],
    uid: "u1",
    psa_invoice: null,
    adjusts: null,
    counterparts: [side === "billing" ? "145" : "9001"],
    pipeline,
    standing: pipeline === null ? null : IN_STEP,
    ...given,
  };
}

function compared(documents: readonly Given[], linked = true): Reconciliation {
  const all = documents.map(document);
  const ledger = (side: Side) => ({
    side,
    documents: all.filter((one) => one.side === side),
    applications_known: true,
    customers: new Map(),
  });
  const views = new Map<string, CustomerView>();
  const ledgers: Ledgers = {
    billing: ledger("billing"),
    accounting: ledger("accounting"),
    psa: all.filter((one) => one.side === "psa"),
    psa_compared: true,
    items: null,
    customers: {
      of: (side, id) => {
        const key = linked ? id : `${side}:${id}`;
        const view = views.get(key) ?? {
          key,
          name: `C${id}`,
          number: "",
          psa_ids: [],
          billing_ids: [],
          accounting_ids: [],
          linked,
        };
        views.set(key, view);
        return view;
      },
      all: () => [...views.values()],
    },
    invoiceKey: (side, id) => all.find((one) => one.side === side && one.id === id)?.uid ?? `${side} ${id}`,
    flows: FLOWS,
    applications_pipeline: "credit-applications",
    refunds_pipeline: "refunds",
    not_compared: [],
    unreadable: [],
  };
  const scope = { from: null, to: null };
  return reconcile({
    client: "demo",
    read_at: "2026-09-01T00:00:00Z",
    month: "2026-09",
    run_meanwhile: false,
    ledgers,
    scope,
    wanted: () => true,
  });
}

const billing: Given = { side: "billing" };
const accounting: Given = { side: "accounting" };
const alone: Given = { ...billing, uid: null, counterparts: [] };
const run = "tripoint run --pipeline invoices --client demo";
interface Case {
  readonly name: string;
  readonly given: readonly Given[];
  readonly linked?: boolean;
  readonly cause: string;
  readonly command: string | null;
  readonly expected?: boolean;
}

/** An invoice of billing that is not in accounting, with the reason that the state has for it. */
function aside(issue: "held" | "conflict" | "dead_letter", reason: string, detail: Json = null): Given {
  return { ...alone, standing: { kind: "set_aside", issue, reason, message: "why", detail } };
}

const CASES: readonly Case[] = [
  {
    name: "an invoice that no run has had",
    given: [{ ...alone, standing: { kind: "not_yet", unmapped: [], plan: null } }],
    cause: "not_run",
    command: run,
  },
  {
    name: "one in a plan that waits",
    given: [{ ...alone, standing: { kind: "not_yet", unmapped: [], plan: "p7" } }],
    cause: "plan_waiting",
    command: "tripoint apply p7 --client demo",
  },
  {
    name: "one whose outcome is open",
    given: [{ ...alone, standing: { kind: "unsettled" } }],
    cause: "unsettled",
    command: run,
  },
  {
    name: "one that go_live leaves out",
    given: [{ ...alone, standing: { kind: "left_out", reason: "before_go_live" } }],
    cause: "before_go_live",
    command: null,
    expected: true,
  },
  {
    name: "one that the filter leaves out",
    given: [{ ...alone, standing: { kind: "left_out", reason: "filtered" } }],
    cause: "filtered",
    command: null,
    expected: true,
  },
  {
    name: "a dead letter",
    given: [aside("dead_letter", "record_invalid")],
    cause: "dead_letter",
    command: `tripoint held retry 9001 --pipeline invoices --client demo && ${run}`,
  },
  {
    name: "a conflict",
    given: [
      { ...aside("conflict", "both_changed"), uid: "u1" },
      { ...accounting, total: 9000 },
    ],
    cause: "conflict",
    command: `tripoint conflicts resolve invoices 9001 --take source --client demo && ${run}`,
  },
  {
    name: "a customer that is not linked",
    given: [aside("held", "reference_missing", { entity: "customer", id: "1" })],
    cause: "unlinked_customer",
    command: `tripoint idmap link customer billing:1 accounting:<its id there> --client demo && ${run}`,
  },
  {
    name: "a create that may be there twice",
    given: [aside("held", "found_twice")],
    cause: "found_twice",
    command: `tripoint idmap link invoice billing:9001 accounting:<its id there> --client demo && ${run}`,
  },
  {
    name: "a closed period",
    given: [aside("held", "period_closed")],
    cause: "period_closed",
    command: `tripoint held retry 9001 --pipeline invoices --client demo && ${run}`,
  },
  {
    name: "one of closed books that is dated on the first open day",
    given: [
      {
        ...billing,
        date: "2026-07-20",
        due_date: "2026-07-30",
        standing: { ...IN_STEP, moved: { from: "2026-07-20", to: "2026-08-01" } },
      },
      { ...accounting, date: "2026-08-01", due_date: "2026-08-01" },
    ],
    cause: "first_open_day",
    command: null,
    expected: true,
  },
  {
    name: "one whose day somebody changed after that",
    given: [
      {
        ...billing,
        date: "2026-07-20",
        standing: { ...IN_STEP, moved: { from: "2026-07-20", to: "2026-08-01" } },
      },
      { ...accounting, date: "2026-09-02" },
    ],
    cause: "changed_in_accounting",
    command: `tripoint held retry 9001 --pipeline invoices --client demo && ${run}`,
  },
  {
    name: "an id that a shell would take apart",
    given: [
      {
        ...alone,
        id: "a'; rm x",
        standing: { kind: "set_aside", issue: "dead_letter", reason: "r", message: "m", detail: null },
      },
    ],
    cause: "dead_letter",
    command: `tripoint held retry 'a'\\''; rm x' --pipeline invoices --client demo && ${run}`,
  },
  {
    name: "an invoice deleted from accounting",
    given: [billing],
    cause: "gone_in_accounting",
    command: `tripoint idmap unlink invoice accounting:145 --client demo && ${run}`,
  },
  {
    name: "an invoice deleted from billing",
    given: [accounting],
    cause: "gone_in_billing",
    command: "tripoint idmap unlink invoice billing:9001 --client demo",
  },
  {
    name: "an amount edited in accounting",
    given: [billing, { ...accounting, total: 9000 }],
    cause: "changed_in_accounting",
    command: `tripoint held retry 9001 --pipeline invoices --client demo && ${run}`,
  },
  {
    name: "a date edited in accounting",
    given: [billing, { ...accounting, date: "2026-09-01" }],
    cause: "changed_in_accounting",
    command: `tripoint held retry 9001 --pipeline invoices --client demo && ${run}`,
  },
  {
    name: "revenue moved to another code",
    given: [billing, { ...accounting, gl: { codes: ["4999"], amounts: [10000] } }],
    cause: "changed_in_accounting",
    command: `tripoint held retry 9001 --pipeline invoices --client demo && ${run}`,
  },
  {
    name: "an amount changed in billing",
    given: [
      { ...billing, standing: { ...IN_STEP, changed: true } },
      { ...accounting, total: 9000 },
    ],
    cause: "changed_in_billing",
    command: run,
  },
  {
    name: "an invoice voided in accounting only",
    given: [billing, { ...accounting, status: "voided" }],
    cause: "voided_on_one_side",
    command: run,
  },
  {
    name: "an invoice linked to two",
    given: [billing, accounting, { ...accounting, id: "146" }],
    cause: "linked_twice",
    command: "tripoint idmap unlink invoice accounting:<the wrong one> --client demo",
  },
  {
    name: "the same number, posted again by hand after it was deleted",
    given: [billing, { ...accounting, id: "171", uid: null, counterparts: [], total: 9000 }],
    cause: "not_linked",
    command: `tripoint idmap unlink invoice accounting:145 --client demo && tripoint idmap link invoice billing:9001 accounting:171 --client demo && tripoint held retry 9001 --pipeline invoices --client demo && ${run}`,
  },
  {
    name: "an invoice posted twice",
    given: [billing, accounting, { ...accounting, id: "171", uid: null, counterparts: [] }],
    cause: "entered_twice",
    command: null,
  },
  {
    name: "an invoice typed in accounting",
    given: [{ ...accounting, uid: null, counterparts: [], number: "M-1" }],
    cause: "only_in_accounting",
    command: "tripoint idmap link invoice billing:<its id there> accounting:145 --client demo",
  },
  {
    name: "an invoice in accounting of a customer that billing lacks",
    given: [{ ...accounting, uid: null, counterparts: [] }],
    linked: false,
    cause: "unlinked_customer",
    command: "tripoint idmap link customer accounting:1 billing:<its id there> --client demo",
  },
  {
    name: "an invoice that stands with customers who are not linked",
    given: [
      { ...billing, standing: { ...IN_STEP, changed: true } },
      { ...accounting, customer_id: "789" },
    ],
    linked: false,
    cause: "unlinked_customer",
    command: `tripoint idmap link customer billing:1 accounting:789 --client demo && ${run}`,
  },
  {
    name: "a payment edited in billing, which nothing can change back",
    given: [
      { ...accounting, kind: "payment" },
      { ...billing, kind: "payment", total: 9000 },
    ],
    cause: "changed_in_billing",
    command: null,
  },
  {
    name: "a payment that pays other invoices in billing",
    given: [
      { ...accounting, kind: "payment", applied: [{ invoice_id: "145", amount: 500, date: "2026-08-01" }] },
      { ...billing, kind: "payment", applied: [] },
    ],
    cause: "changed_in_billing",
    command: null,
  },
  {
    name: "a credit note that accounting did not use yet",
    given: [
      { ...billing, kind: "credit_note", applied: [{ invoice_id: "9", amount: 500, date: "2026-08-01" }] },
      { ...accounting, kind: "credit_note" },
    ],
    cause: "applied_elsewhere",
    command: "tripoint run --pipeline credit-applications --client demo",
  },
];

for (const { name, given, linked = true, cause, command, expected = false } of CASES) {
  test(`reconcile: ${name}: ${cause}`, () => {
    const report = compared(given, linked);
    const found = report.differences.map((one) => [one.cause, one.command, one.expected]);
    assert.deepEqual(found, [[cause, command, expected]]);
    const [row] = report.differences;
    assert.ok((row?.off ?? 0) > 0 && (row?.message ?? "") !== "");
    assert.ok(expected || row?.task !== null || row.command !== null, "somebody can do something");
  });
}

for (const { reason, task } of [
  {
    reason: "has_payments",
    task: "Whoever keeps accounting: take its payments off there, run again, then put them back.",
  },
  {
    reason: "account_not_ready",
    task: "Whoever keeps billing: complete what the account still lacks, as its readiness says; it goes on by itself then.",
  },
  { reason: "refused_for_now", task: null },
]) {
  test(`reconcile: who must act before the command of ${reason} helps`, () => {
    const [row] = compared([aside("held", reason)], true).differences;
    assert.equal(row?.task, task);
  });
}

test("reconcile: of an adjusted invoice it says that the ledger has another due date", () => {
  const messages = ["2026-08-31", "2026-09-15"].map((due_date) => {
    const adjusting = {
      ...accounting,
      id: "171",
      total: 500,
      date: "2026-09-01",
      adjusts: "invoice" as const,
    };
    const { differences } = compared([{ ...billing, total: 10500, due_date }, accounting, adjusting]);
    return differences.map(({ cause, message }) => `${cause}: ${message}`);
  });
  const said =
    "adjusted: invoice INV-1 over 100.00 USD changed after its books were closed: " +
    "invoice INV-1 over 5.00 USD of 2026-09-01 makes up for it";
  assert.deepEqual(messages, [
    [said],
    [`${said}, but for its due date: 2026-08-31 there, 2026-09-15 in billing`],
  ]);
});

test("reconcile: documents that agree are no difference, whatever they are linked by", () => {
  const voided: Partial<LedgerDocument> = { status: "voided" };
  for (const given of [
    [billing, accounting],
    [alone, { ...accounting, uid: null, counterparts: [] }],
    [
      { ...billing, ...voided },
      { ...accounting, ...voided },
    ],
    [{ ...alone, ...voided }],
    [{ ...alone, status: "draft" as const }],
  ]) {
    assert.deepEqual(compared(given).differences, []);
  }
});

const money = fc.integer({ min: -1_000_000, max: 1_000_000 });
const anyDocument: fc.Arbitrary<Given> = fc.record({
  kind: fc.constantFrom("invoice" as const, "payment" as const),
  side: fc.constantFrom<Side>("billing", "accounting"),
  id: fc.uuid(),
  number: fc.constantFrom("INV-1", "INV-2", "INV-3"),
  customer_id: fc.constantFrom("1", "2"),
  date: fc.constantFrom("2026-07-31", "2026-08-01", "2026-08-31"),
  status: fc.constantFrom("issued" as const, "voided" as const, "draft" as const),
  uid: fc.constantFrom(null, "u1", "u2", "u3"),
  total: money,
});

test("R16, R18: whatever stands in two ledgers, the differences explain every sum and every balance to the cent", () => {
  fc.assert(
    fc.property(fc.array(anyDocument, { maxLength: 12 }), (given) => {
      const { revenue, payments, balances, differences, totals } = compared(given);
      for (const side of ["billing", "accounting"] as const) {
        const added = (rows: readonly { readonly [side in Side]: number }[]): number =>
          rows.reduce((before, row) => before + row[side], 0);
        const own = given.filter((one) => one.side === side && one.status === "issued");
        const total = (kind: LedgerDocument["kind"]): number =>
          own.reduce((before, one) => before + (one.kind === kind ? (one.total ?? 0) : 0), 0);
        assert.deepEqual(
          [added(revenue), added(payments)],
          [total("invoice"), total("payment")],
          "no document is lost",
        );
      }
      const sum = (rows: readonly { readonly difference: number }[]): number =>
        rows.reduce((before, { difference }) => before + difference, 0);
      for (const gl_code of new Set(revenue.map((row) => row.gl_code))) {
        const explained = differences.flatMap(({ gl }) => gl).filter((row) => row.gl_code === gl_code);
        assert.equal(sum(explained), sum(revenue.filter((row) => row.gl_code === gl_code)), gl_code);
      }
      const signed = differences.map((one) => ({
        difference: one.entity === "payment" ? -one.difference : one.difference,
      }));
      assert.equal(sum(signed), sum(balances));
      assert.equal(totals[0]?.balances.difference ?? 0, sum(balances));
    }),
    { numRuns: 500 },
  );
});
