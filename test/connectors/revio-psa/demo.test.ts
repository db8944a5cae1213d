import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorld } from "../../../mappings/demo/world.ts";
import { accountingIds, assertBooks, assertDone, assertMasterData, rowsOf } from "../../support/psa-demo.ts";
import { openTriangle } from "../../support/triangle.ts";
import { REVIO_PSA } from "./system.ts";

test("revio-psa as the demo's PSA: the books end as the world expects, and a second run writes nothing", async (t) => {
  const world = makeWorld();
  const triangle = await openTriangle({ world, systems: { psa: REVIO_PSA } });
  t.after(() => triangle.close());
  assertDone(await triangle.run());
  assertBooks(triangle, world);
  // There are no sites: a customer's one address is its one place.
  assertMasterData(triangle, world, ({ address }) => [address]);
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
