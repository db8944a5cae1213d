import { test } from "node:test";
import { SYSTEMS } from "../../matrix/systems.ts";
import { openDemo } from "../../support/demo.ts";
import { assertMasterData } from "../../support/master-data.ts";

test("revio-psa as the demo's PSA: billing has its customers' terms, people and places", async (t) => {
  const demo = await openDemo(t, { systems: { psa: SYSTEMS.psa["revio-psa"] } });
  await demo.run({ pipelines: ["customers", "locations", "contacts"] });
  // There are no sites: a customer's one address is its one place.
  assertMasterData(demo, ({ address }) => [address]);
});
