import assert from "node:assert/strict";
import { test } from "node:test";
import { glTotals } from "../../../connectors/sage-intacct/sandbox/gl.ts";
import { billingPayments, byReference } from "../../end-to-end/billing-payments.ts";
import { accountingCustomers, assertDone, openVariant } from "../../end-to-end/variant.ts";
import { SAGE_INTACCT } from "./system.ts";

test("sage-intacct as the demo's books: they end as the world expects, payments flow back, and then nothing is written", async (t) => {
  const variant = await openVariant(t, { accounting: SAGE_INTACCT });
  const { expected } = variant.world;
  assertDone(await variant.run());
  const books = variant.books("accounting");
  assert.deepEqual(glTotals(books), expected.gl_totals);
  assert.equal(books.all("accounts-receivable/customer").length, accountingCustomers(variant.world));
  assert.equal(books.all("accounts-receivable/invoice").length, expected.invoice_count);
  const billing = variant.books("billing");
  assert.equal(billing.all("customers").length, expected.billing_customers.length);
  assert.deepEqual(byReference(billingPayments(billing)), byReference(expected.payments));

  const written = variant.writes();
  assertDone(await variant.run());
  assert.equal(variant.writes(), written);
});

for (const rule of ["none", "idempotency"]) {
  test(`sage-intacct: lost answers to a customer and an invoice double nothing, with the rule ${rule} off`, async (t) => {
    const variant = await openVariant(t, { accounting: SAGE_INTACCT });
    const { expected } = variant.world;
    if (rule !== "none") await variant.switchOff("accounting", rule);
    for (const object of ["customer", "invoice"]) {
      const path = `/objects/accounts-receivable/${object}$`;
      await variant.fault("accounting", { kind: "commit_then_cut", method: "POST", path, skip: 3, times: 2 });
    }
    await variant.run();
    assertDone(await variant.run());
    assert.equal(variant.faulted(), 4);
    const books = variant.books("accounting");
    assert.equal(books.all("accounts-receivable/customer").length, accountingCustomers(variant.world));
    assert.equal(books.all("accounts-receivable/invoice").length, expected.invoice_count);
    assert.deepEqual(glTotals(books), expected.gl_totals);
    const payments = billingPayments(variant.books("billing"));
    assert.deepEqual(byReference(payments), byReference(expected.payments));
  });
}
