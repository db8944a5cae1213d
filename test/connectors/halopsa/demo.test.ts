import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorld } from "../../../mappings/demo/world.ts";
import { accountingIds, assertBooks, assertDone, assertMasterData, rowsOf } from "../../support/psa-demo.ts";
import { openTriangle } from "../../support/triangle.ts";
import { HALO } from "./system.ts";

test("halopsa as the demo's PSA: the books end as the world expects, and a second run writes nothing", async (t) => {
  const world = makeWorld();
  // A first run makes a few calls more than five minutes allow, and a test does not wait for the next five.
  const psa = { ...HALO, limits: { per_five_minutes: 10_000 } };
  const triangle = await openTriangle({ world, systems: { psa }, off: { halopsa: ["rate_limit"] } });
  t.after(() => triangle.close());
  assertDone(await triangle.run());
  assertBooks(triangle, world);
  assertMasterData(triangle, world, ({ sites }) => sites.map(({ address }) => address));
  const ids = accountingIds(triangle);
  for (const { name, customfields } of rowsOf(
    triangle,
    "psa",
    "Client",
  ) as unknown as readonly HaloClient[]) {
    const held = customfields.find((field) => field.name === "CFAccountingId")?.value ?? null;
    assert.equal(held, ids.get(name) ?? null, name);
  }

  triangle.forget();
  assertDone(await triangle.run());
  assert.deepEqual(triangle.writes(), []);
});

interface HaloClient {
  readonly name: string;
  readonly customfields: readonly { readonly name: string; readonly value: string | null }[];
}
