import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clerk, Receipt } from "../support/clerks.ts";
import type { Demo } from "../support/demo.ts";
import { openUnpaid, runPayments } from "../support/payments-world.ts";

/** What a clerk does with payments in the ledger, one after the other: after each, both ledgers owe the same. */

const CHECK: Receipt = { date: "2026-08-31", amount: 55286, reference: "CHK-1", on: { "INV-1042": 55286 } };

/** One run, which billing then takes in; what is open and on account is the same on both sides after it. */
async function assertEqual(demo: Demo, clerk: Clerk, step: string): Promise<void> {
  await runPayments(demo);
  const { ledger } = demo.sandboxes.billing;
  const open = ledger.all("invoices").map((row) => [String(row["number"]), Number(row["balance"])] as const);
  assert.deepEqual(Object.fromEntries(open), clerk.open(), `${step}: open invoices`);
  const left = ledger.all("payments").reduce((sum, row) => sum + Number(row["unapplied_amount"]), 0);
  // The stranger's money is on account in the ledger and waits for its customer's link.
  assert.equal(left, clerk.onAccount() - 7500, `${step}: money on account`);
}

for (const accounting of ["quickbooks", "xero"] as const) {
  test(`R24: paid, edited, split, allocated anew, overpaid, voided, NSF and deleted in ${accounting}: both ledgers owe the same after each`, async (t) => {
    const { demo, clerk } = await openUnpaid(t, accounting);
    await assertEqual(demo, clerk, "nothing paid");
    let id = clerk.receive(CHECK);
    await assertEqual(demo, clerk, "paid in full");
    assert.equal(clerk.open()["INV-1042"], 0);
    id = clerk.edit(id, { ...CHECK, amount: 40000, on: { "INV-1042": 40000 } });
    await assertEqual(demo, clerk, "edited: a part only");
    assert.equal(clerk.open()["INV-1042"], 15286);
    id = clerk.edit(id, { ...CHECK, amount: 40000, on: { "INV-1042": 30000, "INV-1044": 10000 } });
    await assertEqual(demo, clerk, "split over two invoices");
    id = clerk.edit(id, { ...CHECK, amount: 40000, on: { "INV-1042": 35000, "INV-1044": 5000 } });
    await assertEqual(demo, clerk, "allocated anew");
    clerk.void(id, "NSF");
    await assertEqual(demo, clerk, "returned by the bank");
    assert.equal(clerk.open()["INV-1042"], 55286);
    const reasons = demo.sandboxes.billing.ledger.all("payments").map((row) => row["void_reason"] ?? null);
    assert.equal(reasons.at(-1), accounting === "quickbooks" ? "nsf" : "deleted");
    const over = clerk.receive({ ...CHECK, reference: "CHK-2", amount: 60000 });
    await assertEqual(demo, clerk, "overpaid");
    clerk.edit(over, {
      ...CHECK,
      reference: "CHK-2",
      amount: 60000,
      on: { "INV-1042": 50000, "INV-1044": 10000 },
    });
    await assertEqual(demo, clerk, "an overpayment allocated anew, to the last cent");
    assert.equal(clerk.onAccount(), 7500);
    const last = clerk.receive({ ...CHECK, reference: "CHK-3", amount: 5286, on: { "INV-1042": 5286 } });
    await assertEqual(demo, clerk, "the rest paid");
    clerk.remove(last);
    await assertEqual(demo, clerk, "deleted");
    demo.writes("billing");
    await demo.settle();
    assert.equal(demo.writes("billing"), 0);
    assert.deepEqual(
      (await demo.issues()).map(({ reason }) => reason),
      ["reference_missing"],
    );
  });
}
