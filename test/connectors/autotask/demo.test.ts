import assert from "node:assert/strict";
import { test } from "node:test";
import { glTotals } from "../../../connectors/quickbooks/sandbox/gl.ts";
import { billingPayments, byReference } from "../../end-to-end/billing-payments.ts";
import { accountingCustomers, assertDone, openVariant } from "../../end-to-end/variant.ts";
import { AUTOTASK } from "./system.ts";

test("autotask as the demo's PSA: billing and the books end as the world expects, and then nothing is written", async (t) => {
  const variant = await openVariant(t, { psa: AUTOTASK });
  const { expected, companies } = variant.world;
  assertDone(await variant.run());
  const accounting = variant.books("accounting");
  assert.deepEqual(glTotals(accounting), expected.gl_totals);
  assert.equal(accounting.all("Customer").length, accountingCustomers(variant.world));
  assert.equal(accounting.all("Invoice").length, expected.invoice_count);
  const billing = variant.books("billing");
  assert.equal(billing.all("customers").length, expected.billing_customers.length);
  assert.deepEqual(byReference(billingPayments(billing)), byReference(expected.payments));
  // Accounting's id went back to every company that it has.
  const holding = variant
    .books("psa")
    .all("Companies")
    .filter(({ userDefinedFields }) => JSON.stringify(userDefinedFields ?? {}).includes("AccountingId"));
  const numbers = holding.map(({ companyNumber }) => companyNumber).sort();
  assert.deepEqual(numbers, [...expected.accounting_customers].sort());
  assert.ok(numbers.length < companies.length);

  const written = variant.writes();
  assertDone(await variant.run());
  assert.equal(variant.writes(), written);
});
