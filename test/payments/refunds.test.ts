import assert from "node:assert/strict";
import { test } from "node:test";
import { linkChanges } from "../../engine/sync/links.ts";
import { type Demo, part } from "../support/demo.ts";
import { openUnpaid } from "../support/payments-world.ts";

/** Money that went back to a customer comes off the payment that it came out of, or waits for a person who knows. */

const OVER = { date: "2026-08-31", amount: 15000, reference: "CHK-1", on: { "INV-1044": 10000 } };
const BACK = { date: "2026-09-02", amount: 5000, reference: "CHK-88" };

async function run(demo: Demo) {
  demo.clock.advance(60_000);
  const report = await demo.run({ pipelines: ["payments", "refunds"] });
  demo.sandboxes.billing.tend();
  return part(report, "refunds");
}

async function held(demo: Demo): Promise<readonly string[]> {
  return (await demo.issues()).filter(({ pipeline }) => pipeline === "refunds").map(({ message }) => message);
}

test("R24: an overpayment that xero refunds is on account no more in billing, and is again when the refund is deleted", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "xero");
  const id = clerk.receive(OVER);
  await run(demo);
  const onAccount = (): unknown[] =>
    demo.sandboxes.billing.ledger
      .all("payments")
      .map((row) => [row["unapplied_amount"], row["refunded_amount"]]);
  assert.deepEqual(onAccount(), [[5000, 0]]);
  const refund = clerk.refund(id, BACK);
  assert.equal((await run(demo)).created, 1);
  assert.deepEqual(onAccount(), [[0, 5000]]);
  assert.equal(clerk.onAccount(), 7500);
  const [row] = demo.sandboxes.billing.ledger.all("refunds");
  assert.deepEqual(
    [row?.["refund_date"], row?.["amount"], row?.["reference"]],
    ["2026-09-02", 5000, "CHK-88"],
  );
  demo.writes("billing");
  await run(demo);
  assert.equal(demo.writes("billing"), 0);
  clerk.removeRefund(refund);
  assert.equal((await run(demo)).voided, 1);
  assert.deepEqual(onAccount(), [[5000, 0]]);
  assert.equal(clerk.onAccount(), 12500);
});

test("R24: money that xero received and returned before any run is recorded in billing, and so is its return", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "xero");
  const id = clerk.receive({ ...OVER, on: {}, of: "INV-1044" });
  clerk.refund(id, { ...BACK, amount: OVER.amount });
  await run(demo);
  await run(demo);
  const { ledger } = demo.sandboxes.billing;
  const payments = ledger.all("payments").map((row) => [row["amount"], row["unapplied_amount"]]);
  assert.deepEqual(payments, [[15000, 0]]);
  assert.deepEqual(
    ledger.all("refunds").map(({ amount, reference }) => [amount, reference]),
    [[15000, "CHK-88"]],
  );
  assert.deepEqual(await held(demo), []);
});

test("R24: a refund receipt of quickbooks, which names no payment, waits for a person and writes nothing", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "quickbooks");
  const id = clerk.receive(OVER);
  await run(demo);
  demo.writes("billing");
  const receipt = clerk.refund(id, BACK);
  assert.equal((await run(demo)).held, 1);
  assert.match(
    (await held(demo))[0] ?? "",
    /it says of which payments or credit notes all of it was returned/,
  );
  assert.equal(demo.writes("billing"), 0);
  clerk.removeRefund(receipt);
  assert.equal((await run(demo)).held, 0);
});

test("R24: where billing takes no refunds, one waits with what a person has to enter, and later changes are told", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "xero", "revio-billing");
  const id = clerk.receive(OVER);
  const refund = clerk.refund(id, BACK);
  assert.equal((await run(demo)).held, 1);
  const [payment] = demo.sandboxes.billing.ledger.all("payments");
  const customer = String(payment?.["customer_id"]);
  assert.deepEqual(await held(demo), [
    "CHK-88 over 50.00 USD: billing takes no refund from tripoint: enter it there by hand " +
      `(customer_id ${customer}; refund_date 2026-09-02; amount 50.00 USD; reference CHK-88; ` +
      `allocations: payment_id ${payment?.["payment_id"]} amount 50.00 USD), then link the two ` +
      `(tripoint idmap link refund accounting:${refund} billing:<id> --client demo)`,
  ]);
  await demo.state((state) => {
    const [left, right] = [
      { system: "accounting", id: refund, label: "" } as const,
      { system: "billing", id: "R-1", label: "" } as const,
    ];
    state.commit(linkChanges(state, "refund", left, right).changes);
    state.flush();
  });
  assert.equal((await run(demo)).held, 0);
  clerk.removeRefund(refund);
  assert.equal((await run(demo)).held, 1);
  assert.match((await held(demo))[0] ?? "", /was voided since it was entered in billing as refund R-1/);
});
