import assert from "node:assert/strict";
import { test } from "node:test";
import { findEntity } from "../../connectors/quickbooks/sandbox/entities.ts";
import { applyWrite } from "../../connectors/quickbooks/sandbox/write.ts";
import type { Fault } from "../../engine/connector/sandbox/types.ts";
import { type CreditDemo, type Ledger, openCreditDemo } from "../support/credit-demo.ts";
import { creditWorld } from "../support/credits.ts";
import { part } from "../support/demo.ts";

/** Credit notes of a billing database in every ledger that writes them, judged by the ledgers' own books. */

/** Where each ledger's application goes to: matched against the address of its request. */
const LEDGERS: { readonly [ledger in Ledger]?: { readonly method: string; readonly application: string } } = {
  quickbooks: { method: "POST", application: "/(payment|batch)\\?" },
  "sage-accounting": { method: "POST", application: "/contact_allocations" },
  xero: { method: "PUT", application: "/Allocations" },
};

const BEFORE = ["customers", "accounts", "customers-accounting", "invoices", "credit-notes"];

const WANTED = {
  number: "CN-12",
  date: "2026-08-20",
  total: 2135,
  left: 1535,
  applications: [
    { invoice: "INV-1042", amount: 100 },
    { invoice: "INV-1044", amount: 500 },
  ],
};
/** Invoices less credit notes: 552.86 twice and 92.56, less 19.95 and 1.40. */
const GL_TOTALS = { "2200": 6842, "2210": 1050, "4000": 109_755, "4010": 46 };

for (const [ledger, { method, application }] of Object.entries(LEDGERS)) {
  test(`R18, R24: ${ledger}: a credit note takes back every line and tax from its account, and lowers the invoices that it is used for`, async (t) => {
    const demo = await openCreditDemo(t, ledger as Ledger);
    const { pipelines } = await demo.plan();
    const planned = pipelines
      .filter(({ target }) => target.entity.startsWith("credit_"))
      .map(({ pipeline, failed, decisions }) => [pipeline, failed, decisions.map(({ action }) => action)]);
    assert.deepEqual(planned, [
      ["credit-notes", null, ["create"]],
      ["credit-applications", null, ["create", "create"]],
    ]);
    await demo.run();
    assert.deepEqual(await demo.issues(), []);
    assert.deepEqual(demo.credits(), [WANTED]);
    // Credit that is used is no money.
    assert.deepEqual(demo.books("billing").payments, []);
    assert.deepEqual(demo.books("accounting").gl_totals, GL_TOTALS);
    await assertQuiet(demo);
  });

  for (const kind of ["before", "commit_then_cut", "cut_body"] satisfies Fault["kind"][]) {
    test(`R24: ${ledger}: an application whose answer was lost ("${kind}") is made once`, async (t) => {
      const demo = await openCreditDemo(t, ledger as Ledger);
      await demo.run({ pipelines: BEFORE });
      demo.sandboxes.accounting.fault({ kind, method, path: application });
      const met = await demo.run({ pipelines: ["credit-applications"] });
      assert.ok(part(met, "credit-applications").uncertain > 0, "the fault met the application");
      await demo.run();
      assert.deepEqual(await demo.issues(), []);
      assert.deepEqual(demo.credits(), [WANTED]);
      await assertQuiet(demo);
    });
  }

  test(`R24: ${ledger}: a credit note whose invoice is not there yet waits for it`, async (t) => {
    const demo = await openCreditDemo(t, ledger as Ledger);
    demo.bill("invoices", "9003", { status: "draft" });
    await demo.run();
    assert.deepEqual(demo.credits(), []);
    assert.deepEqual(
      (await demo.issues()).map(({ pipeline, kind, reason }) => [pipeline, kind, reason]),
      [
        ["credit-applications", "held", "reference_missing"],
        ["credit-applications", "held", "reference_missing"],
        ["credit-notes", "held", "reference_missing"],
      ],
    );
    demo.bill("invoices", "9003", { status: "issued" });
    await demo.run();
    assert.deepEqual(await demo.issues(), []);
    assert.deepEqual(demo.credits(), [WANTED]);
  });

  test(`R24: ${ledger}: a credit note is voided after its applications were taken off, and the invoices ask for all again`, async (t) => {
    const demo = await openCreditDemo(t, ledger as Ledger);
    await demo.run();
    voidCredit(demo);
    await demo.run();
    assert.deepEqual(
      (await demo.issues()).map(({ pipeline, reason }) => [pipeline, reason]),
      [["credit-notes", "cannot_be_written"]],
    );
    assert.deepEqual(
      demo.credits().map(({ left, applications }) => ({ left, applications })),
      [{ left: 2135, applications: [] }],
    );
    await demo.run();
    assert.deepEqual(await demo.issues(), []);
    assert.deepEqual(demo.credits(), []);
    await assertQuiet(demo);
  });
}

test("R24: a credit note that billing took back before any run leaves nothing behind, nor does what it was used for", async (t) => {
  const demo = await openCreditDemo(t, "quickbooks");
  voidCredit(demo);
  await demo.run();
  assert.deepEqual(await demo.issues(), []);
  assert.deepEqual(demo.credits(), []);
  await assertQuiet(demo);
});

test("R24: credit notes that billing exports as CSV are posted, used and taken back as those of a database are", async (t) => {
  const demo = await openCreditDemo(t, "quickbooks", { billing: "csv-billing" });
  await demo.settle();
  assert.deepEqual(await demo.issues(), []);
  assert.deepEqual(demo.credits(), [WANTED]);
  voidCredit(demo);
  await demo.settle();
  assert.deepEqual(await demo.issues(), []);
  assert.deepEqual(demo.credits(), []);
});

test("R24, P19: a credit that QuickBooks used by itself as billing did is linked, and not used twice", async (t) => {
  const credits = (creditWorld.credits ?? []).map((credit) => ({
    ...credit,
    applications: [{ invoice: "INV-1042", amount: credit.total }],
  }));
  const demo = await openCreditDemo(t, "quickbooks", { world: { ...creditWorld, credits } });
  usesCreditsByItself(demo);
  await demo.run();
  assert.deepEqual(await demo.issues(), []);
  assert.deepEqual(demo.credits(), [
    { ...WANTED, left: 0, applications: [{ invoice: "INV-1042", amount: 2135 }] },
  ]);
  assert.equal(demo.sandboxes.accounting.ledger.all("Payment").length, 1);
  await assertQuiet(demo);
});

test("R24, P19: a credit that QuickBooks used by itself for another invoice is held with what is left of it", async (t) => {
  const demo = await openCreditDemo(t, "quickbooks");
  usesCreditsByItself(demo);
  await demo.run();
  const byItself = [{ ...WANTED, left: 0, applications: [{ invoice: "INV-1042", amount: 2135 }] }];
  assert.deepEqual(demo.credits(), byItself);
  const issues = await demo.issues();
  assert.deepEqual(
    issues.map(({ pipeline, kind, reason }) => [pipeline, kind, reason]),
    [
      ["credit-applications", "held", "cannot_be_written"],
      ["credit-applications", "held", "cannot_be_written"],
    ],
  );
  for (const { message } of issues)
    assert.match(message, /has only 0 USD left: QuickBooks, or somebody there, has used it/);
  // A person takes it off there: the next run uses it as billing did.
  const { ledger } = demo.sandboxes.accounting;
  const [payment] = ledger.all("Payment");
  applyWrite(
    { entity: entityOf("Payment"), operation: "delete", body: payment ?? {}, allowDuplicateNumber: false },
    {
      ...{ ledger, world: demo.world, now: demo.clock.now, rule: () => true },
    },
  );
  await demo.run();
  assert.deepEqual(demo.credits(), [WANTED]);
  assert.deepEqual(await demo.issues(), []);
});

test("R24: a deletion of a credit memo whose answer was lost is not asked for again", async (t) => {
  const demo = await openCreditDemo(t, "quickbooks");
  await demo.run();
  voidCredit(demo);
  await demo.run();
  demo.sandboxes.accounting.fault({
    kind: "commit_then_cut",
    method: "POST",
    path: "/creditmemo.*operation=delete",
  });
  assert.equal(part(await demo.run(), "credit-notes").uncertain, 1);
  assert.deepEqual(demo.credits(), []);
  await demo.run();
  assert.deepEqual(await demo.issues(), []);
  await assertQuiet(demo);
});

test("R24: where the client wants no credit memo deleted, a voided credit note waits for a person", async (t) => {
  const demo = await openCreditDemo(t, "quickbooks", { settings: { credit_memo_void: "hold" } });
  await demo.run();
  voidCredit(demo);
  await demo.run();
  const [issue, ...more] = await demo.issues();
  assert.deepEqual(more, []);
  assert.match(
    issue?.message ?? "",
    /cannot void a credit memo; delete \d+ there or counter it by an invoice/,
  );
  assert.equal(demo.credits().length, 1);
});

/** The company's setting: credit is used for the oldest open invoice as soon as it is there. */
function usesCreditsByItself({ sandboxes: { accounting } }: CreditDemo): void {
  const prefs = accounting.ledger.get("Preferences", "1") ?? {};
  accounting.ledger.put("Preferences", "1", { ...prefs, SalesFormsPrefs: { AutoApplyCredit: true } });
}

function entityOf(name: string) {
  const entity = findEntity(name);
  assert.ok(entity);
  return entity;
}

/** Billing takes a credit note back, and with it what it was used for. */
function voidCredit(demo: CreditDemo): void {
  const { ledger } = demo.sandboxes.billing;
  const note = ledger.get("credit_notes", "8001") ?? {};
  const updated_at = new Date(demo.clock.now()).toISOString();
  const applications = Array.isArray(note["applications"]) ? note["applications"] : [];
  ledger.put("credit_notes", "8001", {
    ...note,
    applications: applications.map((one) => Object.assign({}, one, { status: "voided", updated_at })),
  });
  demo.bill("credit_notes", "8001", {
    status: "voided",
    void_date: "2026-08-25",
    void_reason: "error",
    unapplied_amount: 0,
  });
}

/** Another run finds nothing to do. */
async function assertQuiet(demo: CreditDemo): Promise<void> {
  demo.writes("accounting");
  await demo.run();
  assert.equal(demo.writes("accounting"), 0);
}
