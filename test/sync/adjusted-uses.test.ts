import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { reconciled, wrongIn } from "../reports/ledgers.ts";
import { rowsOf } from "../support/books.ts";
import { clerkOf } from "../support/clerks.ts";
import { type CreditDemo, openCreditDemo } from "../support/credit-demo.ts";
import { creditWorld } from "../support/credits.ts";
import { closeBooks, heldOf } from "../support/ledger-demo.ts";

/** Billing has one invoice and one credit note where the ledger has each with what adjusts it. */

const PIPELINE = "credit-applications";
const WORLD = {
  ...creditWorld,
  credits: (creditWorld.credits ?? []).map((one) => ({ ...one, applications: [] })),
};

/** Invoices and credit notes are posted, and the books closed over them. */
async function openClosed(t: TestContext, ledger: "quickbooks" | "xero"): Promise<CreditDemo> {
  const demo = await openCreditDemo(t, ledger, { world: WORLD });
  for (const name of ["invoices", "credit-notes"])
    demo.edit(`${name}.yaml`, (text) => `${text}period_closed: adjust\n`);
  await demo.settle();
  closeBooks(demo, "2026-08-31");
  return demo;
}

/** Another amount of the first line of a document in billing. */
function correct(demo: CreditDemo, table: "invoices" | "credit_notes", id: string, more: number): void {
  const row = demo.sandboxes.billing.ledger.get(table, id) ?? {};
  const [first = {}, ...lines] = rowsOf(row["lines"]);
  const open = table === "invoices" ? "balance" : "unapplied_amount";
  const sums = Object.fromEntries(
    ["subtotal", "total", open].map((name) => [name, Number(row[name]) + more]),
  );
  const amount = Number(first["amount"]) + more;
  demo.sandboxes.billing.ledger.put(table, id, {
    ...row,
    ...sums,
    lines: [{ ...first, quantity: "1", unit_amount_decimal: null, amount }, ...lines],
    updated_at: new Date(demo.clock.now()).toISOString(),
  });
  demo.sandboxes.billing.show();
}

/** Credit note 8001 is used for invoice 9003, on an open day. */
function use(demo: CreditDemo, amount: number): void {
  const { ledger } = demo.sandboxes.billing;
  const updated_at = new Date(demo.clock.now()).toISOString();
  const row = ledger.get("credit_notes", "8001") ?? {};
  const before = rowsOf(row["applications"]);
  const application = {
    id: `8001:9003:${before.length}`,
    updated_at,
    status: "posted",
    customer_id: row["customer_id"] ?? null,
    invoice_id: "9003",
    amount,
    currency: "USD",
    application_date: "2026-09-02",
  };
  const unapplied_amount = Number(row["unapplied_amount"]) - amount;
  ledger.put("credit_notes", "8001", {
    ...row,
    applications: [...before, application],
    unapplied_amount,
    updated_at,
  });
  const invoice = ledger.get("invoices", "9003") ?? {};
  ledger.put("invoices", "9003", { ...invoice, balance: Number(invoice["balance"]) - amount, updated_at });
  demo.sandboxes.billing.show();
}

/** A customer's check for INV-1044, entered in the ledger. */
function pay(demo: CreditDemo, amount: number): string {
  const reference = "CHK 77";
  return clerkOf(demo).receive({ date: "2026-09-02", amount, reference, on: { "INV-1044": amount } });
}

/** "CN-12 for INV-1044: 500" */
function uses(demo: CreditDemo): readonly string[] {
  return demo
    .credits()
    .flatMap(({ number, applications }) =>
      applications.map(({ invoice, amount }) => `${number} for ${invoice}: ${amount}`),
    );
}

/** Nothing is written any more, also once all that changed in the ledger is compared again, and both books agree. */
async function assertQuiet(demo: CreditDemo): Promise<void> {
  await demo.run();
  demo.writes("accounting");
  demo.writes("billing");
  demo.clock.advance(7 * 86_400_000);
  await demo.run();
  assert.deepEqual([demo.writes("accounting"), demo.writes("billing"), await demo.issues()], [0, 0, []]);
  assert.deepEqual(wrongIn(await reconciled(demo)), []);
}

for (const ledger of ["quickbooks", "xero"] as const) {
  test(`R16, R24: ${ledger}: credit for an adjusted invoice goes to its adjustment once the original is paid`, async (t) => {
    const demo = await openClosed(t, ledger);
    correct(demo, "invoices", "9003", 4000);
    await demo.run();
    pay(demo, 55_286);
    use(demo, 500);
    await demo.run();
    assert.deepEqual(uses(demo), ["CN-12 for INV-1044-A1: 500"]);
    use(demo, 1000);
    await demo.run();
    assert.deepEqual(uses(demo), ["CN-12 for INV-1044-A1: 500", "CN-12 for INV-1044-A1: 1000"]);
    await assertQuiet(demo);
  });

  test(`R16: ${ledger}: another due date that came with an adjusted amount is held by the very next run`, async (t) => {
    const demo = await openClosed(t, ledger);
    correct(demo, "invoices", "9003", 4000);
    demo.bill("invoices", "9003", { due_date: "2026-10-15" });
    // What is newer is where the next run begins to read.
    demo.clock.advance(3_600_000);
    demo.bill("invoices", "9001", {});
    await demo.run();
    assert.deepEqual(await demo.issues(), []);
    await demo.run();
    assert.match(
      (await heldOf(demo, "invoices"))["period_closed"] ?? "",
      /INV-1044 .*: its due_date changed/,
    );
  });

  test(`R16, R24: ${ledger}: credit by which a credit note was raised in closed books is used from its adjustment`, async (t) => {
    const demo = await openClosed(t, ledger);
    correct(demo, "credit_notes", "8001", 700);
    await demo.run();
    use(demo, 2000);
    use(demo, 600);
    await demo.run();
    assert.deepEqual(uses(demo), ["CN-12 for INV-1044: 2000", "CN-12-A1 for INV-1044: 600"]);
    await assertQuiet(demo);
  });

  test(`R16, R24: ${ledger}: credit that neither an invoice nor its adjustment takes whole waits, and says where it would fit`, async (t) => {
    const demo = await openClosed(t, ledger);
    correct(demo, "invoices", "9003", 400);
    await demo.run();
    const check = pay(demo, 55_000);
    use(demo, 500);
    await demo.run();
    assert.deepEqual(uses(demo), []);
    assert.match(
      (await heldOf(demo, PIPELINE))["open_in_parts"] ?? "",
      /over 5\.00 USD.* INV-1044 with 2\.86 USD open and INV-1044-A1 with 4\.00 USD open: none of them takes all of it/,
    );
    clerkOf(demo).remove(check);
    await demo.run();
    assert.deepEqual(uses(demo), ["CN-12 for INV-1044: 500"]);
    await assertQuiet(demo);
  });
}
