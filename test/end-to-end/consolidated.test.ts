import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import { openBilling } from "../support/billing-month.ts";

const LEDGERS = ["quickbooks", "xero"] as const;

for (const ledger of LEDGERS) {
  test(`R50: approved time, expenses, products and recurring lines become charges in billing, once (${ledger})`, async (t) => {
    const month = await openBilling(t, { ledger, invoicing: { mode: "consolidated" } });
    const work = await month.work();
    await month.run();
    assert.deepEqual(month.charges(), {
      [work.time]: { charge_type: "MSP-TIME", quantity: "1.5", amount: 22500, tax_class: "Standard" },
      [work.expense]: { charge_type: "MSP-EXPENSE", quantity: "1", amount: 4550, tax_class: null },
      [work.product]: { charge_type: "MSP-PRODUCT", quantity: "2", amount: 39980, tax_class: "taxable" },
      "addition:4104:2026-09-01": {
        charge_type: "MSP-CARE",
        quantity: "12.5",
        amount: 100000,
        tax_class: "taxable",
      },
      "addition:4104:2026-10-01": {
        charge_type: "MSP-CARE",
        quantity: "12.5",
        amount: 100000,
        tax_class: "taxable",
      },
    } satisfies { readonly [item: string]: Row });
    await month.run();
    assert.equal(Object.keys(month.charges()).length, 5);
  });
}
