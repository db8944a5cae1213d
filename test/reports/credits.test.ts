import assert from "node:assert/strict";
import { test } from "node:test";
import { ageing } from "../../engine/commands/ageing.ts";
import { reconcile } from "../../engine/commands/reconcile.ts";
import { rowsOf } from "../support/books.ts";
import { openCreditDemo } from "../support/credit-demo.ts";

/** Credit notes lower revenue and what is owed, alike in both ledgers. */

const DAYS = ["2026-08-19", "2026-08-20", "2026-08-31", "2026-12-31"];

// Of 21.35 in the credit note 15.35 is not used.
for (const ledger of ["quickbooks", "xero"] as const) {
  test(`R18, R22, R24: with credit notes billing and ${ledger} agree in every GL code and age alike`, async (t) => {
    const demo = await openCreditDemo(t, ledger);
    await demo.run();
    const report = await reconcile(demo.place, { scope: { from: null, to: null } });
    assert.deepEqual(report.differences, []);
    const posted: { [gl_code: string]: number } = {};
    for (const { gl_code, accounting } of report.revenue)
      posted[gl_code] = (posted[gl_code] ?? 0) + accounting;
    assert.deepEqual(posted, demo.books("accounting").gl_totals);
    for (const date of DAYS) {
      const aged = await ageing(demo.place, { date, compare: true });
      assert.deepEqual([aged.differences, aged.checks], [[], []], date);
      const left = aged.totals[0]?.accounting?.unapplied;
      // Between the note and its last use part of it is open, which both ledgers say alike.
      if (date === DAYS.at(0)) assert.equal(left, 0);
      if (date === DAYS.at(-1)) assert.equal(left, 1535);
      assert.deepEqual(aged.not_compared, []);
    }
  });
}

test("R22, R24: a payment of nothing in QuickBooks that uses credit for several invoices is each of these uses", async (t) => {
  const demo = await openCreditDemo(t, "quickbooks");
  await demo.run();
  const { ledger } = demo.sandboxes.accounting;
  // As somebody at the screen would have used it: both invoices in one go.
  const [first, second, ...more] = ledger.all("Payment").filter(({ TotalAmt }) => TotalAmt === 0);
  assert.ok(first && second && more.length === 0);
  const lines = [...rowsOf(first["Line"]), ...rowsOf(second["Line"])];
  const linked = (type: string) =>
    lines.filter(({ LinkedTxn }) => rowsOf(LinkedTxn).some(({ TxnType }) => TxnType === type));
  const [credit] = linked("CreditMemo");
  ledger.remove("Payment", String(second["Id"]));
  ledger.put("Payment", String(first["Id"]), {
    ...first,
    Line: [{ ...credit, Amount: 6 }, ...linked("Invoice")],
  });
  const report = await reconcile(demo.place, { scope: { from: null, to: null } });
  assert.deepEqual([report.differences, report.unreadable], [[], []]);
  const aged = await ageing(demo.place, { date: "2026-12-31", compare: true });
  assert.deepEqual([aged.differences, aged.checks, aged.totals[0]?.accounting?.unapplied], [[], [], 1535]);
  ledger.put("Payment", String(first["Id"]), {
    ...first,
    Line: [{ ...credit, Amount: 1 }, ...linked("Invoice").slice(0, 1)],
  });
  const [found] = (await reconcile(demo.place, { scope: { from: null, to: null } })).differences;
  assert.deepEqual([found?.cause, found?.off], ["applied_elsewhere", 500]);
});
