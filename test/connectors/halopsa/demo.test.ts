import { test } from "node:test";
import { SYSTEMS } from "../../matrix/systems.ts";
import { openDemo } from "../../support/demo.ts";
import { assertMasterData } from "../../support/master-data.ts";

test("halopsa as the demo's PSA: billing has its customers' terms, people and places", async (t) => {
  const demo = await openDemo(t, { systems: { psa: SYSTEMS.psa.halopsa } });
  await demo.run({ pipelines: ["customers", "locations", "contacts"] });
  assertMasterData(demo, ({ sites }) => sites.map(({ address }) => address));
});
