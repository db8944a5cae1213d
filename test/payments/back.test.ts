import assert from "node:assert/strict";
import { test } from "node:test";
import { names } from "../../connectors/revio-billing/sandbox/names.ts";
import { instant } from "../../engine/core/clock.ts";
import { linkChanges } from "../../engine/sync/links.ts";
import type { Demo } from "../support/demo.ts";
import { only } from "../support/edits.ts";
import { billed, openUnpaid, runPayments } from "../support/payments-world.ts";

/** Money that accounting received shows in billing: on its invoices, with its own date and amount, or waits by name. */

const LEDGERS = ["quickbooks", "xero"] as const;

async function heldOf(demo: Demo) {
  return (await demo.issues()).filter(({ pipeline }) => pipeline === "payments");
}

for (const ledger of LEDGERS) {
  test(`R20, R21: a part and then the rest of ${ledger} mark an invoice partly paid and paid, each with its own date across the end of a month`, async (t) => {
    const { demo, clerk } = await openUnpaid(t, ledger);
    clerk.receive({ date: "2026-08-31", amount: 4000, reference: "CHK-1", on: { "INV-1044": 4000 } });
    await runPayments(demo);
    assert.deepEqual(billed(demo, "INV-1044"), { open: 6000, payments: [["2026-08-31", 4000, 4000]] });
    clerk.receive({ date: "2026-09-01", amount: 6000, reference: "CHK-2", on: { "INV-1044": 6000 } });
    await runPayments(demo);
    const paid = {
      open: 0,
      payments: [
        ["2026-08-31", 4000, 4000],
        ["2026-09-01", 6000, 6000],
      ],
    };
    assert.deepEqual(billed(demo, "INV-1044"), paid);
    // Paid is what payments say: a balance that somebody sets by hand makes no payment.
    const { accounting } = demo.sandboxes;
    const [table, field, number] =
      ledger === "xero" ? ["Invoices", "AmountDue", "InvoiceNumber"] : ["Invoice", "Balance", "DocNumber"];
    const row = only(accounting, table, (one) => one[number] === "INV-1042");
    accounting.ledger.put(table, String(row["Id"] ?? row["InvoiceID"]), { ...row, [field]: 0 });
    await runPayments(demo);
    assert.deepEqual(billed(demo, "INV-1042"), { open: 55286, payments: [] });
  });
}

test("R21: a payment that is backdated into the month before changes its date in billing and nothing else", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "quickbooks");
  const check = { date: "2026-09-01", amount: 10000, reference: "CHK-1", on: { "INV-1044": 10000 } };
  const id = clerk.receive(check);
  await runPayments(demo);
  const [before] = demo.sandboxes.billing.ledger.all("payments");
  clerk.edit(id, { ...check, date: "2026-08-31" });
  assert.equal((await runPayments(demo)).updated, 1);
  assert.deepEqual(billed(demo, "INV-1044"), { open: 0, payments: [["2026-08-31", 10000, 10000]] });
  const [after, ...more] = demo.sandboxes.billing.ledger.all("payments");
  assert.deepEqual([after?.["id"], more], [before?.["id"], []]);
  const lines = demo.sandboxes.billing.log.filter(({ url }) => url.includes("update/payments"));
  const [row] = lines.map(({ body }) => JSON.parse(body).row);
  assert.deepEqual(Object.keys(row).sort(), ["allocations", "payment_date"]);
  assert.equal(lines.length, 1);
});

for (const ledger of LEDGERS) {
  test(`R23: money of a customer of ${ledger} that is not linked waits by name, and posts once it is linked`, async (t) => {
    const { demo } = await openUnpaid(t, ledger);
    const [held] = await heldOf(demo);
    assert.equal(held?.reason, "reference_missing");
    assert.match(held?.message ?? "", /customer/);
    for (let run = 0; run < 2; run++) assert.equal((await runPayments(demo)).created, 0);
    const { billing } = demo.sandboxes;
    assert.deepEqual(billing.ledger.all("payments"), []);
    const stranger = demo.world.strangers[0]?.id ?? "";
    billing.ledger.put("customers", "C-990", {
      ...billing.ledger.all("customers")[0],
      id: "C-990",
      customer_number: "990",
    });
    await demo.state((state) => {
      const [left, right] = [
        { system: "accounting", id: stranger, label: "" } as const,
        { system: "billing", id: "C-990", label: "" } as const,
      ];
      state.commit(linkChanges(state, "customer", left, right).changes);
      state.flush();
    });
    assert.equal((await runPayments(demo)).created, 1);
    assert.deepEqual(await heldOf(demo), []);
    const [payment] = billing.ledger.all("payments");
    assert.deepEqual([payment?.["customer_id"], payment?.["amount"]], ["C-990", 7500]);
  });
}

test("R52, R56: one payment of one invoice with voice and usage on it clears both kinds of revenue in both systems", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "quickbooks");
  const lines = demo.world.invoices.find(({ number }) => number === "INV-1043")?.lines ?? [];
  assert.deepEqual(new Set(lines.map(({ charge_type }) => charge_type)), new Set(["MRC", "LD"]));
  clerk.receive({ date: "2026-08-25", amount: 9256, reference: "ACH-1", on: { "INV-1043": 9256 } });
  await runPayments(demo);
  assert.equal(clerk.open()["INV-1043"], 0);
  assert.deepEqual(billed(demo, "INV-1043"), { open: 0, payments: [["2026-08-25", 9256, 9256]] });
});

test("R24: where billing takes no change of a payment, an edit and a void wait with what a person has to do there", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "quickbooks", "revio-billing");
  const check = { date: "2026-08-31", amount: 10000, reference: "CHK-1", on: { "INV-1044": 10000 } };
  const id = clerk.receive(check);
  const other = clerk.receive({ ...check, reference: "CHK-2", amount: 2000, on: { "INV-1042": 2000 } });
  await runPayments(demo);
  const { billing } = demo.sandboxes;
  const ids = new Map(
    billing.ledger.all("payments").map((row) => [row["amount"], String(row["payment_id"])]),
  );
  demo.writes("billing");
  clerk.edit(id, { ...check, amount: 9000, on: { "INV-1044": 6000, "INV-1042": 3000 } });
  clerk.remove(other);
  assert.equal((await runPayments(demo)).held, 3);
  assert.equal(demo.writes("billing"), 0);
  const held = new Map((await heldOf(demo)).map(({ source_id, message }) => [source_id, message]));
  assert.equal(
    held.get(id),
    `CHK-1 over 90.00 USD changed, and billing takes no change of a payment from tripoint: change payment ${ids.get(100)} ` +
      "there by hand (amount 100.00 USD → 90.00 USD; allocations: take off invoice_id 9003 amount 100.00 USD " +
      "allocation_date 2026-08-31, put on invoice_id 9003 amount 60.00 USD allocation_date 2026-08-31, " +
      "invoice_id 9001 amount 30.00 USD allocation_date 2026-08-31)",
  );
  assert.equal(
    held.get(other),
    `CHK-2 over 20.00 USD is gone at the source, and billing takes no void of a payment from tripoint: void payment ` +
      `${ids.get(20)} there by hand (allocations: invoice_id 9001 amount 20.00 USD allocation_date 2026-08-31), then unlink it`,
  );
  // The person has done it: both holds end by themselves.
  const { allocations, allocatedBill: bill, allocatedAmount: part } = names.payment;
  const row = billing.ledger.get("payments", ids.get(100) ?? "") ?? {};
  billing.ledger.put("payments", String(row["payment_id"]), {
    ...row,
    amount: 90,
    [allocations]: [
      { [bill]: 9003, [part]: 60 },
      { [bill]: 9001, [part]: 30 },
    ],
  });
  billing.ledger.remove("payments", ids.get(20) ?? "");
  assert.equal((await runPayments(demo)).held, 1);
  assert.equal(demo.writes("billing"), 0);
});

test("R24: a payment that xero deletes ends in billing, though its invoice was posted anew before a run saw that", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "xero");
  demo.edit("invoices.yaml", (text) => `${text}\nrevise: void_and_reissue\n`);
  const id = clerk.receive({
    date: "2026-08-31",
    amount: 4000,
    reference: "CHK-1",
    on: { "INV-1044": 4000 },
  });
  await runPayments(demo);
  const { billing } = demo.sandboxes;
  clerk.remove(id);
  const row = only(billing, "invoices", ({ number }) => number === "INV-1044");
  const updated_at = instant(demo.clock.now());
  billing.ledger.put("invoices", String(row["id"]), { ...row, invoice_date: "2026-08-16", updated_at });
  billing.show();
  await demo.settle();
  assert.equal(clerk.open()["INV-1044-R1"], 10000);
  assert.deepEqual(billed(demo, "INV-1044"), { open: 10000, payments: [] });
});
