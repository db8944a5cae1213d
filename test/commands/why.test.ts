import assert from "node:assert/strict";
import { test } from "node:test";
import { customerView } from "../../engine/commands/customer.ts";
import { unlinkId } from "../../engine/commands/idmap-edit.ts";
import { UsageError } from "../../engine/commands/refusal.ts";
import { whyInvoice } from "../../engine/commands/why.ts";
import { clerkOf } from "../support/clerks.ts";
import { correctBill } from "../support/edits.ts";
import { openClosed, openLedgerDemo, payWithAdjustment } from "../support/ledger-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** What somebody did in the ledger, and what closed books made of a change: why tells it as reconcile does. */

const KEPT = {
  quickbooks: {
    collection: "Invoice",
    key: "Id",
    number: "DocNumber",
    sums: { TotalAmt: 100, Balance: 100 },
  },
  xero: {
    collection: "Invoices",
    key: "InvoiceID",
    number: "InvoiceNumber",
    sums: { Total: 100, AmountDue: 100 },
  },
} as const;

for (const connector of ["quickbooks", "xero"] as const) {
  test(`R72, R4: ${connector}: why tells an invoice that was changed in the ledger, or is gone from it, and the command that ends it`, async (t) => {
    const demo = await openLedgerDemo(t, connector, { world: { ...tinyWorld, receipts: [] } });
    await demo.run();
    const { ledger } = demo.sandboxes.accounting;
    const { collection, key, number, sums } = KEPT[connector];
    const row = ledger.all(collection).find((one) => one[number] === "INV-1043") ?? {};
    const id = String(row[key]);
    ledger.put(collection, id, { ...row, ...sums });
    const changed = await whyInvoice(demo.place, "1043");
    assert.match(
      changed.broken?.text ?? "",
      /INV-1043 over 92\.56 USD: its amount was changed in accounting/,
    );
    assert.equal(
      changed.broken?.command,
      "tripoint held retry 9002 --pipeline invoices --client demo && tripoint run --pipeline invoices --client demo",
    );
    ledger.remove(collection, id);
    const gone = await whyInvoice(demo.place, "1043");
    assert.match(
      gone.broken?.text ?? "",
      new RegExp(`was written as ${id} of accounting, which is not there`),
    );
    assert.equal(
      gone.broken?.command,
      `tripoint idmap unlink invoice accounting:${id} --client demo && tripoint run --pipeline invoices --client demo`,
    );
    await unlinkId(demo.place, "invoice", { system: "accounting", id });
    await demo.run();
    assert.equal((await whyInvoice(demo.place, "1043")).broken, null, "the command mends it");
    await unlinkId(demo.place, "invoice", { system: "billing", id: "9002" });
    await assert.rejects(whyInvoice(demo.place, "1043"), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.hint ?? "", /billing:9002, accounting:/);
      return true;
    });
  });

  test(`R72, R24: ${connector}: why tells the payment that billing has and the ledger has no more`, async (t) => {
    const demo = await openLedgerDemo(t, connector, { world: { ...tinyWorld, receipts: [] } });
    await demo.run();
    const clerk = clerkOf(demo);
    const id = clerk.receive({
      date: "2026-09-10",
      amount: 5000,
      reference: "CHK-77",
      on: { "INV-1043": 5000 },
    });
    await demo.run();
    assert.equal((await whyInvoice(demo.place, "1043")).broken, null);
    clerk.remove(id);
    const { broken } = await whyInvoice(demo.place, "1043");
    assert.equal(broken?.step, "allocation");
    assert.match(broken?.text ?? "", /payment CHK-77 over 50\.00 USD .* accounting/);
    // Billing takes no void from tripoint: the hold is the customer's, though accounting has no such payment any more.
    await demo.run();
    const { holds } = await customerView(demo.place, "CUST-1002");
    assert.deepEqual(
      holds.map(({ pipeline, reason }) => [pipeline, reason]),
      [["payments", "target_cannot_void"]],
    );
  });

  test(`R72, R16: ${connector}: an invoice that another one adjusts after its books were closed is no broken one`, async (t) => {
    const demo = await openClosed(t, connector);
    correctBill(demo, "9002", "3", 4500);
    await demo.run();
    await payWithAdjustment(demo);
    const { broken, steps } = await whyInvoice(demo.place, "INV-1043");
    assert.equal(broken, null, JSON.stringify(broken));
    assert.deepEqual(await whyInvoice(demo.place, "INV-1043-A1"), await whyInvoice(demo.place, "INV-1043"));
    const told = steps.map(({ text }) => text).join("\n");
    assert.match(told, /INV-1043-A1 over 45\.00 USD adjusts it after its books were closed/);
    assert.match(told, /137\.56 USD of 137\.56 USD is paid in accounting; 0\.00 USD is open there/);
  });
}
