import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { correctDocument } from "../../engine/commands/correct.ts";
import { linkIds, unlinkId } from "../../engine/commands/idmap-edit.ts";
import { renderPlan } from "../../engine/report/plan.ts";
import { initState } from "../../engine/state/store.ts";
import { reconciled, wrongIn } from "../reports/ledgers.ts";
import { creditsOf } from "../support/credits.ts";
import { type Demo, part } from "../support/demo.ts";
import { changeBill, correctBill } from "../support/edits.ts";
import { killedRun } from "../support/killed-run.ts";
import { closeBooks, heldOf, openClosed, payWithAdjustment } from "../support/ledger-demo.ts";

/** period_closed: adjust: what changes of a document in closed books is posted as a document of its own. */

const WEEK = 7 * 86_400_000;

/** "INV-1043 2026-08-01 9256", credit notes with a minus before the amount. */
function documents(demo: Demo): readonly string[] {
  const { ledger } = demo.sandboxes.accounting;
  const credits = ledger.all("Organisation").length > 0 ? "xero" : "quickbooks";
  return [
    ...demo.books("accounting").invoices.map(({ number, date, total }) => `${number} ${date} ${total}`),
    ...creditsOf(credits, (name) => ledger.all(name)).map((one) => `${one.number} ${one.date} -${one.total}`),
  ].sort();
}

async function assertQuiet(demo: Demo): Promise<void> {
  demo.writes("accounting");
  demo.clock.advance(WEEK);
  const { created, updated, voided } = part(await demo.run(), "invoices");
  assert.deepEqual([created, updated, voided, demo.writes("accounting")], [0, 0, 0, 0]);
}

/** The request that posts an invoice. */
const POSTING = {
  xero: { path: "/Invoices", method: "PUT" },
  quickbooks: { path: "/invoice|/batch", method: "POST" },
} as const;

/** Where either keeps invoices, and what one looks like that a person voided. */
const VOIDED = {
  xero: ["Invoices", "InvoiceID", "InvoiceNumber", { Status: "VOIDED" }],
  quickbooks: ["Invoice", "Id", "DocNumber", { TotalAmt: 0, Balance: 0, PrivateNote: "Voided" }],
} as const;

const OTHER_DUE = { due_date: "2026-10-15" };
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

  for (const { kind, uncertain } of [
    { kind: "commit_then_cut", uncertain: "stored, and its answer lost" },
    { kind: "before", uncertain: "cut off on its way" },
  ] as const) {
    test(`R16: ${connector}: an adjustment that is ${uncertain} is there once after the next run`, async (t) => {
      const demo = await openClosed(t, connector);
      correctBill(demo, "9002", "3", 4500);
      demo.sandboxes.accounting.fault({ kind, ...POSTING[connector] });
      assert.equal(part(await demo.run(), "invoices").uncertain, 1);
      await demo.run();
      assert.deepEqual(documents(demo), [...ORIGINALS, "INV-1043-A1 2026-09-01 4500"]);
      await assertQuiet(demo);
    });
  }

  test(`R16: ${connector}: kill -9 while an adjustment is stored and not answered: it is there once, and its original is in step`, async (t) => {
    const demo = await openClosed(t, connector);
    correctBill(demo, "9002", "3", 4500);
    demo.sandboxes.accounting.fault({ kind: "commit_then_hang", ...POSTING[connector] });
    await killedRun(demo, "accounting", ["invoices"]);
    demo.clock.advance(3_600_000);
    await demo.run();
    assert.deepEqual(documents(demo), [...ORIGINALS, "INV-1043-A1 2026-09-01 4500"]);
    assert.deepEqual(await heldOf(demo, "invoices"), {});
    await assertQuiet(demo);
  });

  test(`R16: ${connector}: an adjustment that the ledger changed is held, and no further one puts it right`, async (t) => {
    const demo = await openClosed(t, connector);
    const { ledger } = demo.sandboxes.accounting;
    ledger.put("oddities", "automated_sales_tax", { rate: 0.07 });
    ledger.put("oddities", "rounding", { amount: 0.01 });
    correctBill(demo, "9002", "3", 4500);
    await demo.run();
    assert.match((await heldOf(demo, "invoices"))["posted_differs"] ?? "", /total is .* 45\.00 USD was sent/);
    await assertQuiet(demo);
    assert.equal(documents(demo).length, 3);
    assert.match(
      (await heldOf(demo, "invoices"))["posted_differs"] ?? "",
      /INV-1043.*tripoint correct invoices 9002/,
    );
    await correctDocument(demo.place, { pipeline: "invoices", source_id: "9002", by: "keep" });
    await demo.run();
    assert.deepEqual([await heldOf(demo, "invoices"), documents(demo).length], [{}, 3]);
    await assertQuiet(demo);
  });

  test(`R16, R4: ${connector}: an adjustment that somebody voided is told, and the next one makes up for it only when a person says so`, async (t) => {
    const demo = await openClosed(t, connector);
    correctBill(demo, "9002", "3", 4500);
    await demo.run();
    const { ledger } = demo.sandboxes.accounting;
    const [collection, key, number, voided] = VOIDED[connector];
    const row = ledger.all(collection).find((one) => one[number] === "INV-1043-A1") ?? {};
    ledger.put(collection, String(row[key]), { ...row, ...voided });
    // Nothing is new in billing: the next full compare tells of it all the same.
    demo.clock.advance(WEEK);
    await demo.run();
    assert.match((await heldOf(demo, "invoices"))["posted_differs"] ?? "", /INV-1043.* total is 92\.56 USD/);
    demo.writes("accounting");
    correctBill(demo, "9002", "1", -6000);
    await demo.run();
    const { posted_differs: held = "" } = await heldOf(demo, "invoices");
    assert.match(held, /INV-1043 and INV-1043-A1 come to 92\.56 USD there, .*INV-1043-A1 was voided/);
    assert.equal(demo.writes("accounting"), 0);
    await correctDocument(demo.place, { pipeline: "invoices", source_id: "9002", by: "restore" });
    await demo.run();
    assert.deepEqual(await heldOf(demo, "invoices"), {});
    const left = documents(demo).filter((one) => !one.startsWith("INV-1043-A1"));
    assert.deepEqual(left, [...ORIGINALS, "INV-1043-A2 2026-09-01 -1500"]);
    await assertQuiet(demo);
  });

  for (const said of ["later", "with the amount"]) {
    test(`R16: ${connector}: another due date of an adjusted bill, said ${said}, waits until its books are open, and goes to the original then`, async (t) => {
      const demo = await openClosed(t, connector);
      correctBill(demo, "9002", "3", 4500);
      if (said === "with the amount") changeBill(demo, "9002", OTHER_DUE);
      await demo.run();
      demo.clock.advance(3_600_000);
      if (said === "later") changeBill(demo, "9002", OTHER_DUE);
      demo.writes("accounting");
      await demo.run();
      assert.match(
        (await heldOf(demo, "invoices"))["period_closed"] ?? "",
        /INV-1043 .*: its due_date changed, and its books in accounting are closed/,
      );
      assert.equal(demo.writes("accounting"), 0);
      closeBooks(demo, "2026-07-31");
      await demo.run();
      assert.deepEqual(await heldOf(demo, "invoices"), {});
      const originals = demo.books("accounting").invoices.filter(({ number }) => !number.endsWith("-A1"));
      const due = originals.map((one) => `${one.number} ${one.due_date}`);
      assert.deepEqual(due.sort(), ["INV-1042 2026-08-31", "INV-1043 2026-10-15"]);
      assert.deepEqual(documents(demo), [...ORIGINALS, "INV-1043-A1 2026-09-01 4500"]);
      await assertQuiet(demo);
    });
  }

  test(`R16: ${connector}: an adjustment that somebody deleted is made up for; those after it still count`, async (t) => {
    const demo = await openClosed(t, connector);
    correctBill(demo, "9002", "3", 4500);
    await demo.run();
    demo.clock.advance(3_600_000);
    correctBill(demo, "9002", "1", -6000);
    await demo.run();
    const [collection, key, number] =
      connector === "xero" ? ["Invoices", "InvoiceID", "InvoiceNumber"] : ["Invoice", "Id", "DocNumber"];
    const { ledger } = demo.sandboxes.accounting;
    const id = String(ledger.all(collection).find((row) => row[number] === "INV-1043-A1")?.[key]);
    ledger.remove(collection, id);
    demo.clock.advance(3_600_000);
    correctBill(demo, "9002", "2", 100);
    await demo.run();
    assert.match((await heldOf(demo, "invoices"))["target_missing"] ?? "", /idmap unlink invoice/);
    await unlinkId(demo.place, "invoice", { system: "accounting", id });
    await demo.run();
    // Billing has no bill of an adjustment's id, and is not asked for one.
    assert.ok(!demo.sandboxes.billing.log.some(({ url }) => decodeURIComponent(url).includes("~A")));
    assert.deepEqual(documents(demo), [
      ...ORIGINALS,
      "INV-1043-A2 2026-09-01 -6000",
      "INV-1043-A3 2026-09-01 4600",
    ]);
    await assertQuiet(demo);
  });

  test(`R16: ${connector}: with the state lost, adjustments that the ledger has are not posted again`, async (t) => {
    const demo = await openClosed(t, connector);
    correctBill(demo, "9002", "3", 4500);
    await demo.run();
    demo.clock.advance(3_600_000);
    correctBill(demo, "9002", "1", -6000);
    await demo.run();
    const before = documents(demo);
    const links = await demo.state((state) => [...state.rows("link")]);
    const originals = links.filter(
      ({ uid }) => !links.some((one) => one.uid === uid && /~A\d+$/.test(one.id)),
    );
    // People link the originals again, and the ledger's tokens are no part of what is lost here.
    const tokens = join(demo.place.state, "tokens.json");
    const kept = existsSync(tokens) ? readFileSync(tokens) : undefined;
    rmSync(demo.place.state, { recursive: true });
    await initState({ folder: demo.place.state });
    if (kept !== undefined) writeFileSync(tokens, kept, { mode: 0o600 });
    await demo.state((state) => state.commit(originals.map((row) => ({ put: "link", row }))));
    await demo.run();
    for (const hint of ["INV-1043-A1", "INV-1043-A2"]) {
      if ("posted_differs" in (await heldOf(demo, "invoices")))
        await correctDocument(demo.place, { pipeline: "invoices", source_id: "9002", by: "restore" });
      await demo.run();
      const held = (await heldOf(demo, "invoices"))["exists_already"] ?? "";
      assert.match(held, new RegExp(`adjusted by ${hint}`));
      const [, entity = "", source = "", id = ""] =
        /idmap link (\w+) billing:(\S+) accounting:([\w-]+)/.exec(held) ?? [];
      const ids = [
        { system: "billing", id: source },
        { system: "accounting", id },
      ] as const;
      await linkIds(demo.place, { entity, ids, force: false });
      await demo.run();
    }
    assert.deepEqual([documents(demo), await heldOf(demo, "invoices")], [before, {}]);
    await assertQuiet(demo);
  });

  test(`R16: ${connector}: a bill that somebody voided in the ledger is not posted anew as its own adjustment`, async (t) => {
    const demo = await openClosed(t, connector);
    const { ledger } = demo.sandboxes.accounting;
    const [collection, key, number, voided] = VOIDED[connector];
    const row = ledger.all(collection).find((one) => one[number] === "INV-1043") ?? {};
    ledger.put(collection, String(row[key]), { ...row, ...voided });
    correctBill(demo, "9002", "3", 4500);
    const before = documents(demo);
    await demo.run();
    assert.deepEqual(documents(demo), before);
    assert.match(
      (await heldOf(demo, "invoices"))["voided_there"] ?? "",
      /INV-1043 .* was voided in accounting/,
    );
  });

  test(`R16, R18: ${connector}: a tax whose code leads to a revenue account now is not adjusted, but held`, async (t) => {
    const demo = await openClosed(t, connector);
    demo.edit("gl-codes.yaml", (text) =>
      text.replace('gl_code: "2210", item: "2210 USF"', 'gl_code: "4010", item: "4010 Long distance"'),
    );
    await demo.run();
    assert.match((await heldOf(demo, "invoices"))["account_kind"] ?? "", /INV-1042.* taxes go to 4010/);
    assert.ok(!documents(demo).some((one) => one.startsWith("INV-1042-A1")));
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
    assert.deepEqual(usd?.off, { documents: 0, payments: 0, balances: 0, psa: 0 });
    await payWithAdjustment(demo);
    assert.deepEqual(await heldOf(demo, "payments"), {});
    const after = await reconciled(demo);
    assert.deepEqual(wrongIn(after), []);
    assert.deepEqual(after.totals[0]?.payments, { billing: 13756, accounting: 13756, difference: 0 });
    assert.equal(Number(demo.sandboxes.billing.ledger.get("bills", "9002")?.["amount_due"]), 0);
  });
}
