import assert from "node:assert/strict";
import { test } from "node:test";
import { openBilling } from "../support/billing-month.ts";
import { heldOf } from "../support/ledger-demo.ts";

/** Separate invoices: the PSA and billing number theirs by themselves, and the ledger has one space for all numbers. */

const AGREEMENT = { agreement: { id: 4003 }, date: "2026-10-18T00:00:00Z" };

for (const ledger of ["quickbooks", "xero"] as const) {
  for (const { what, amount } of [
    { what: "another amount", amount: 500 },
    // Telephony of the month comes to the same: nothing but their sources tells the two apart.
    { what: "the same customer and amount", amount: 90 },
  ]) {
    test(`R5, R48: ${ledger}: an invoice of the PSA with a number of billing's and ${what} is held with its owner, and the other stands`, async (t) => {
      const month = await openBilling(t, { ledger, invoicing: { mode: "separate" } });
      await month.run();
      month.billCharges("INV-1");
      await month.run();
      const id = await month.psaInvoice("INV-1", [], {
        ...AGREEMENT,
        agreementAmount: amount,
        total: amount,
        balance: amount,
      });
      await month.run();
      const { number_taken = "" } = await heldOf(month.demo, "msp-invoices");
      assert.match(
        number_taken,
        /INV-1 over .* is not posted: invoice \S+ of accounting has its number, and it is INV-1 of billing/,
      );
      assert.match(number_taken, /transform: \{ number: /);
      assert.deepEqual(month.receivables(), { "INV-1": 9000 });
      month.demo.writes("accounting");
      await month.run();
      assert.equal(month.demo.writes("accounting"), 0);
      const links = await month.demo.state((state) => [...state.rows("link", { entity: "invoice" })]);
      assert.deepEqual(
        links.filter((row) => row.system === "psa" && row.id === id),
        [],
      );
      month.demo.edit(
        "msp-invoices.yaml",
        (text) => `${text}transform: { number: '"MSP-" & $text(number)' }\n`,
      );
      await month.run();
      assert.deepEqual(month.receivables(), { "INV-1": 9000, "MSP-INV-1": amount * 100 });
      assert.deepEqual(await month.demo.issues(), []);
    });
  }
}
