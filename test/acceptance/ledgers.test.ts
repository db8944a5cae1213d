import assert from "node:assert/strict";
import { test } from "node:test";
import { linkIds } from "../../engine/commands/idmap-edit.ts";
import { part } from "../support/demo.ts";
import { differences } from "../support/differences.ts";
import { asides, patch } from "../support/edits.ts";
import { cardOf, customerIn, LEDGERS, openWith } from "./ledgers.ts";

/** C to E, and I: what the ledgers have in common, whichever it is. */

const HARBOR = "Harbor Dental LLC";

for (const ledger of ["quickbooks", "xero", "sage-accounting", "sage-intacct"] as const) {
  test(`R19, R62: the same world ends in the same books with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger);
    await demo.settle();
    const books = { billing: demo.books("billing"), accounting: demo.books("accounting") };
    assert.deepEqual(differences(demo.world, books), []);
  });
}

for (const ledger of LEDGERS) {
  test(`R23: a stranger's payment waits and posts once, as soon as a person links the customer, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger);
    await demo.run();
    const [waiting, ...more] = Object.values(await asides(demo, "payments"));
    assert.deepEqual([waiting, more], ["held reference_missing", []]);
    assert.equal(demo.books("billing").payments.length, 2);
    const { id } = customerIn(demo, "accounting", "Walk-in Customer");
    const orchard = customerIn(demo, "billing", "Orchard & Sons, Inc.").id;
    const ids = [
      { system: "accounting", id },
      { system: "billing", id: orchard },
    ] as const;
    await linkIds(demo.place, { entity: "customer", ids, force: true });
    for (const created of [1, 0]) assert.equal(part(await demo.run(), "payments").created, created);
    const posted = demo.books("billing").payments.filter(({ reference }) => reference === "CARD-9");
    assert.deepEqual(
      posted.map(({ customer, date, amount }) => [customer, date, amount]),
      [[orchard, "2026-08-22", 7500]],
    );
  });

  test(`R25: terms, address, e-mail, exemption and activity of a customer follow the PSA into ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger);
    await demo.run();
    const before = cardOf(demo, ledger, HARBOR);
    assert.deepEqual(
      [before.due_days, before.street, before.email, before.exempt, before.active],
      [30, "12 Main St", "ap@harbor.example", false, true],
    );
    await patch(demo, "/company/companies/1001", {
      billingTerms: { id: 1 },
      addressLine1: "77 Bay St",
      invoiceToEmailAddress: "bills@harbor.example",
      taxCode: { id: 2 },
    });
    await demo.run();
    const after = cardOf(demo, ledger, HARBOR);
    assert.deepEqual(
      [after.due_days, after.street, after.email, after.exempt, after.active],
      [15, "77 Bay St", "bills@harbor.example", true, true],
    );
    await patch(demo, "/company/companies/1001", { status: { id: 2 } });
    await demo.run();
    assert.equal(cardOf(demo, ledger, HARBOR).active, false);
  });
}
