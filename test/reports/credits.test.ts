import assert from "node:assert/strict";
import { test } from "node:test";
import { ageing } from "../../engine/commands/ageing.ts";
import { reconcile } from "../../engine/commands/reconcile.ts";
import { openCreditDemo } from "../support/credit-demo.ts";

/** Credit notes lower revenue and what is owed, alike in both ledgers. */

const DAYS = ["2026-08-19", "2026-08-20", "2026-08-31", "2026-12-31"];

// Of 21.35 in the credit note 0.35 is not used. Where a ledger does not list what it was used for, it stands whole.
for (const { ledger, isKnown, unapplied } of [
  { ledger: "quickbooks", isKnown: false, unapplied: 2135 },
  { ledger: "xero", isKnown: true, unapplied: 35 },
] as const) {
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
      assert.equal(aged.totals[0]?.accounting?.unapplied, date < "2026-08-20" ? 0 : unapplied, date);
      assert.deepEqual(
        aged.not_compared.map(({ entity }) => entity),
        isKnown ? [] : ["credit_application"],
      );
    }
  });
}
