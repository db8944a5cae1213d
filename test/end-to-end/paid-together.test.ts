import assert from "node:assert/strict";
import { test } from "node:test";
import { unlinkId } from "../../engine/commands/idmap-edit.ts";
import { reconciled, wrongIn } from "../reports/ledgers.ts";
import { openBilling } from "../support/billing-month.ts";
import { clerkOf } from "../support/clerks.ts";

/** Separate invoices, one check for both: billing gets its own part, and the PSA's invoice stops nothing. */

for (const ledger of ["quickbooks", "xero"] as const) {
  test(`R20, R24, R48: ${ledger}: a payment of an invoice of the PSA and one of billing pays billing's by its part, once`, async (t) => {
    const month = await openBilling(t, { ledger, invoicing: { mode: "separate" } });
    const items = Object.values(await month.work());
    await month.run();
    await month.psaInvoice("10234", items);
    month.billCharges("INV-1");
    await month.run();
    const clerk = clerkOf(month.demo);
    const both = { date: "2026-10-19", reference: "CHK-31" };
    const id = clerk.receive({ ...both, amount: 69000, on: { "10234": 60000, "INV-1": 9000 } });
    clerk.receive({ date: "2026-10-19", reference: "CHK-32", amount: 7030, on: { "10234": 7030 } });
    month.demo.clock.advance(60_000);
    await month.run();
    assert.deepEqual(await month.demo.issues(), []);
    const paid = () =>
      month.demo
        .books("billing")
        .payments.map(({ date, amount, allocations }) => ({ date, amount, allocations }));
    const own = { date: "2026-10-19", amount: 9000, allocations: [{ invoice: "INV-1", amount: 9000 }] };
    assert.deepEqual(paid(), [own]);
    assert.equal(month.demo.sandboxes.billing.ledger.get("invoices", "INV-1")?.["balance"], 0);
    const { totals, differences } = await reconciled(month.demo);
    assert.deepEqual(totals[0]?.off.payments, 0);
    // The stranger's money is older than go_live.
    const causes = differences.filter(({ entity }) => entity === "payment").map(({ cause }) => cause);
    assert.deepEqual(causes.sort(), ["before_go_live", "paid_elsewhere"]);
    month.demo.writes("billing");
    await month.run();
    assert.equal(month.demo.writes("billing"), 0);
    // Half of billing's part was a mistake, where the ledger lets a clerk edit a payment.
    if (ledger === "quickbooks") {
      month.demo.clock.advance(60_000);
      clerk.edit(id, { ...both, amount: 64500, on: { "10234": 60000, "INV-1": 4500 } });
      await month.run();
      assert.deepEqual(paid(), [{ ...own, amount: 4500, allocations: [{ invoice: "INV-1", amount: 4500 }] }]);
      // All of it was for the PSA's invoice, and then it was not.
      const balance = () => month.demo.sandboxes.billing.ledger.get("invoices", "INV-1")?.["balance"];
      month.demo.clock.advance(60_000);
      clerk.edit(id, { ...both, amount: 60000, on: { "10234": 60000 } });
      await month.run();
      assert.deepEqual([await month.demo.issues(), balance()], [[], 9000]);
      assert.deepEqual(wrongIn(await reconciled(month.demo)), []);
      month.demo.clock.advance(60_000);
      clerk.edit(id, { ...both, amount: 69000, on: { "10234": 60000, "INV-1": 9000 } });
      await month.run();
      const [{ reason, message } = {}] = await month.demo.issues();
      assert.deepEqual([reason, balance()], ["voided_there", 9000]);
      const [, voided = ""] = /idmap unlink payment billing:(\S+) /.exec(message ?? "") ?? [];
      await unlinkId(month.demo.place, "payment", { system: "billing", id: voided });
      await month.run();
      assert.deepEqual([await month.demo.issues(), balance()], [[], 0]);
    }
  });
}
