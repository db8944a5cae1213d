import assert from "node:assert/strict";
import { test } from "node:test";
import { ageing } from "../../engine/commands/ageing.ts";
import { reconcile } from "../../engine/commands/reconcile.ts";
import type { Demo } from "../support/demo.ts";
import { openUnpaid } from "../support/payments-world.ts";

/** Money that went back: both ledgers say the same of it, or the reports say that it is not compared. */

const OVER = { date: "2026-08-31", amount: 15000, reference: "CHK-1", on: { "INV-1044": 10000 } };
const BACK = { date: "2026-09-02", amount: 5000, reference: "CHK-88" };

/** Another customer's payment, which nobody has linked. */
const STRANGER = "unlinked_customer";

async function run(demo: Demo): Promise<void> {
  demo.clock.advance(60_000);
  await demo.run({ pipelines: ["payments", "refunds"] });
  demo.sandboxes.billing.tend();
}

/** Differences over payments, and what is not compared of refunds. */
async function said(demo: Demo) {
  const report = await reconcile(demo.place, { scope: { from: null, to: null } });
  const aged = await ageing(demo.place, { date: "2026-12-31", compare: true });
  return {
    wrong: report.differences.filter((one) => one.entity === "payment" && one.cause !== STRANGER),
    aged: aged.differences.filter(
      (one) => one.entity === "payment" && one.causes.every(({ cause }) => cause !== STRANGER),
    ),
    silent: report.not_compared.filter(({ entity }) => entity === "refund"),
  };
}

test("R22, R24: a refund that xero ties to its payment is in both ledgers, and one that billing lacks is named", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "xero");
  const id = clerk.receive(OVER);
  await run(demo);
  clerk.refund(id, BACK);
  const before = await said(demo);
  assert.deepEqual(
    before.wrong.map(({ cause, off, command }) => [cause, off, command]),
    [["refunded_elsewhere", 5000, "tripoint run --pipeline refunds --client demo"]],
  );
  await run(demo);
  const after = await said(demo);
  assert.deepEqual([after.wrong, after.aged, after.silent], [[], [], []]);
});

test("R22, R24: a refund receipt of quickbooks, tied to nothing, is said to be not compared, also once billing has it", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "quickbooks");
  const id = clerk.receive(OVER);
  await run(demo);
  assert.deepEqual((await said(demo)).silent, []);
  const receipt = clerk.refund(id, BACK);
  await run(demo);
  const held = await said(demo);
  assert.deepEqual([held.wrong, held.aged], [[], []]);
  assert.match(held.silent[0]?.reason ?? "", new RegExp(`^${receipt}: it does not say which payment`));
  // The person who knows what it came out of enters it in billing.
  const { ledger, show } = demo.sandboxes.billing;
  const payment = ledger.all("payments")[0];
  ledger.put("payments", String(payment?.["id"]), { ...payment, refunded_amount: 5000, unapplied_amount: 0 });
  show();
  const entered = await said(demo);
  assert.deepEqual([entered.wrong, entered.aged, entered.silent.length], [[], [], 1]);
});

test("R22, R24: where billing lists no refunds, what xero gave back is said to be not compared", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "xero", "revio-billing");
  clerk.refund(clerk.receive(OVER), BACK);
  await run(demo);
  const { wrong, silent } = await said(demo);
  assert.deepEqual(
    [wrong, silent.map(({ system, reason }) => [system, reason.split(",")[0]])],
    [[], [["billing", "its connector lists none"]]],
  );
});
