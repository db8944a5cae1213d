import assert from "node:assert/strict";
import { test } from "node:test";
import { SYSTEMS } from "../../matrix/systems.ts";
import { matrixWorld } from "../../matrix/world.ts";
import { openDemo } from "../../support/demo.ts";
import { customerDifferences, differences } from "../../support/differences.ts";

for (const rule of ["none", "idempotency"]) {
  test(`sage-intacct: lost answers to a customer and an invoice double nothing, with the rule ${rule} off`, async (t) => {
    const world = matrixWorld();
    const demo = await openDemo(t, { world, systems: { accounting: SYSTEMS.accounting["sage-intacct"] } });
    const { accounting } = demo.sandboxes;
    if (rule !== "none") accounting.setRule(rule, false);
    for (const object of ["customer", "invoice"]) {
      const path = `/objects/accounts-receivable/${object}$`;
      accounting.fault({ kind: "commit_then_cut", method: "POST", path, skip: 3, times: 2 });
    }
    await demo.settle();
    assert.equal(accounting.log.filter(({ fault }) => fault !== undefined).length, 4);
    const books = {
      psa: demo.books("psa"),
      billing: demo.books("billing"),
      accounting: demo.books("accounting"),
    };
    assert.deepEqual(differences(world, books), []);
    assert.deepEqual(customerDifferences(world, books), []);
  });
}
