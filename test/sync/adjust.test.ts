import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { renderPlan } from "../../engine/report/plan.ts";
import { reconciled, wrongIn } from "../reports/ledgers.ts";
import { clerkOf } from "../support/clerks.ts";
import { creditsOf } from "../support/credits.ts";
import { type Demo, part } from "../support/demo.ts";
import { correctBill } from "../support/edits.ts";
import { closeBooks, heldOf, openLedgerDemo } from "../support/ledger-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** period_closed: adjust: what changes of a document in closed books is posted as a document of its own. */

const WEEK = 7 * 86_400_000;
const RULES = "period_closed: adjust\n";
const WORLD = { ...tinyWorld, receipts: [], strangers: [] };

/** "INV-1043 2026-08-01 9256", credit notes with a minus before the amount. */
function documents(demo: Demo): readonly string[] {
  const { ledger } = demo.sandboxes.accounting;
  const credits = ledger.all("Organisation").length > 0 ? "xero" : "quickbooks";
  return [
    ...demo.books("accounting").invoices.map(({ number, date, total }) => `${number} ${date} ${total}`),
    ...creditsOf(credits, (name) => ledger.all(name)).map((one) => `${one.number} ${one.date} -${one.total}`),
  ].sort();
}

async function openClosed(t: TestContext, connector: "quickbooks" | "xero") {
  const demo = await openLedgerDemo(t, connector, { rules: RULES, world: WORLD });
  await demo.run();
  closeBooks(demo, "2026-08-31");
  return demo;
}

async function assertQuiet(demo: Demo): Promise<void> {
  demo.writes("accounting");
  demo.clock.advance(WEEK);
  const { created, updated, voided } = part(await demo.run(), "invoices");
  assert.deepEqual([created, updated, voided, demo.writes("accounting")], [0, 0, 0, 0]);
}

const ORIGINALS = ["INV-1042 2026-08-01 55286", "INV-1043 2026-08-01 9256"];

for (const connector of ["quickbooks", "xero"] as const) {
  test(`R16: ${connector}: a bill corrected after its books were closed is adjusted by an invoice, then by a credit note, each once`, async (t) => {
    const demo = await openClosed(t, connector);
    correctBill(demo, "9002", "3", 4500);
    const plan = await demo.plan();
    assert.match(
      renderPlan(plan),
      /\+ INV-1043-A1 .*books_closed: an invoice over 45\.00 USD adjusts INV-1043 of 2026-08-01/,
    );
    const { created, updated } = part(await demo.run({ approved: plan }), "invoices");
    assert.deepEqual([created, updated, await heldOf(demo, "invoices")], [1, 0, {}]);
    assert.deepEqual(documents(demo), [...ORIGINALS, "INV-1043-A1 2026-09-01 4500"]);
    await assertQuiet(demo);
    demo.clock.advance(3_600_000);
    correctBill(demo, "9002", "1", -6000);
    await demo.run();
    const all = [...ORIGINALS, "INV-1043-A1 2026-09-01 4500", "INV-1043-A2 2026-09-01 -6000"];
    assert.deepEqual(documents(demo), all);
    await assertQuiet(demo);
    assert.deepEqual(await heldOf(demo, "invoices"), {});
  });

  test(`R16: ${connector}: a bill that is gone after its books were closed is taken back by credit notes over all that was posted`, async (t) => {
    const demo = await openClosed(t, connector);
    correctBill(demo, "9002", "3", 4500);
    await demo.run();
    demo.sandboxes.billing.ledger.remove("bills", "9002");
    for (let run = 1; run <= 2; run++) {
      demo.clock.advance(WEEK);
      await demo.run();
    }
    const all = [...ORIGINALS, "INV-1043-A1 2026-09-01 4500", "INV-1043-A2 2026-09-01 -13756"];
    assert.deepEqual(documents(demo), all);
    await assertQuiet(demo);
  });

  test(`R16: ${connector}: an adjustment whose answer is lost is posted once`, async (t) => {
    const demo = await openClosed(t, connector);
    correctBill(demo, "9002", "3", 4500);
    demo.sandboxes.accounting.fault({
      kind: "commit_then_cut",
      path: /xero/.test(connector) ? "/Invoices" : "/invoice|/batch",
      method: connector === "xero" ? "PUT" : "POST",
    });
    assert.equal(part(await demo.run(), "invoices").uncertain, 1);
    await demo.run();
    assert.deepEqual(documents(demo), [...ORIGINALS, "INV-1043-A1 2026-09-01 4500"]);
    await assertQuiet(demo);
  });

  test(`R16: ${connector}: where the ledger takes no credit note the change waits, and says so`, async (t) => {
    const demo = await openClosed(t, connector);
    correctBill(demo, "9002", "1", -4500);
    const accounting = demo.connect("accounting");
    const connections = new Map([
      ["psa", demo.connect("psa")],
      ["billing", demo.connect("billing")],
      [
        "accounting",
        {
          ...accounting,
          can: (entity: string, what: Parameters<typeof accounting.can>[1]) =>
            entity !== "credit_note" && accounting.can(entity, what),
        },
      ],
    ] as const);
    demo.writes("accounting");
    await demo.run({ connections });
    assert.match(
      (await heldOf(demo, "invoices"))["period_closed"] ?? "",
      /INV-1043.*takes no credit_note from tripoint/,
    );
    assert.deepEqual([documents(demo), demo.writes("accounting")], [ORIGINALS, 0]);
  });

  test(`R16, R20, R22: ${connector}: reconcile takes an invoice and its adjustment for one, and so does the payment of both`, async (t) => {
    const demo = await openClosed(t, connector);
    correctBill(demo, "9002", "3", 4500);
    await demo.run();
    const report = await reconciled(demo);
    assert.deepEqual(wrongIn(report), []);
    assert.deepEqual(
      report.differences.map(({ cause, message }) => `${cause}: ${message}`),
      [
        "adjusted: invoice INV-1043 over 92.56 USD changed after its books were closed: invoice INV-1043-A1 over 45.00 USD of 2026-09-01 makes up for it",
      ],
    );
    const [usd] = report.totals;
    assert.deepEqual(usd?.balances, { billing: 69042, accounting: 69042, difference: 0 });
    assert.deepEqual(usd?.off, { documents: 0, payments: 0, balances: 0 });
    clerkOf(demo).receive({
      date: "2026-09-10",
      amount: 13756,
      reference: "CHK-900",
      on: { "INV-1043": 9256, "INV-1043-A1": 4500 },
    });
    await demo.run();
    await demo.run();
    assert.deepEqual(await heldOf(demo, "payments"), {});
    const after = await reconciled(demo);
    assert.deepEqual(wrongIn(after), []);
    assert.deepEqual(after.totals[0]?.payments, { billing: 13756, accounting: 13756, difference: 0 });
    assert.equal(Number(demo.sandboxes.billing.ledger.get("bills", "9002")?.["amount_due"]), 0);
  });
}
