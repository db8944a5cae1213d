import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorld } from "../../../mappings/demo/world.ts";
import { accountingIds, assertBooks, assertDone, rowsOf } from "../../support/psa-demo.ts";
import { openTriangle } from "../../support/triangle.ts";
import { REVIO_PSA } from "./system.ts";

test("revio-psa as the demo's PSA: the books end as the world expects, and a second run writes nothing", async (t) => {
  const world = makeWorld();
  const triangle = await openTriangle({ world, systems: { psa: REVIO_PSA } });
  t.after(() => triangle.close());
  assertDone(await triangle.run());
  assertBooks(triangle, world);
  const inBilling = world.companies.filter(({ number }) => world.expected.billing_customers.includes(number));
  assert.equal(
    rowsOf(triangle, "billing", "contacts").length,
    inBilling.flatMap(({ contacts }) => contacts).length,
  );
  // There are no sites: each customer's one address is there.
  const addresses = rowsOf(triangle, "billing", "addresses").map((row) => row["line_1"]);
  assert.deepEqual(
    inBilling.filter(({ address }) => !addresses.includes(address.lines[0] ?? "")),
    [],
  );
  const ids = accountingIds(triangle);
  for (const row of rowsOf(triangle, "psa", "customers")) {
    const { customerName, customFields } = row as unknown as Customer;
    assert.equal(customFields.AccountingId, ids.get(customerName) ?? "", customerName);
  }

  triangle.forget();
  assertDone(await triangle.run());
  assert.deepEqual(triangle.writes(), []);
});

interface Customer {
  readonly customerName: string;
  readonly customFields: { readonly AccountingId: string };
}
