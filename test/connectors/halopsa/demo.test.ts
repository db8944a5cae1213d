import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorld } from "../../../mappings/demo/world.ts";
import { openTriangle } from "../../support/triangle.ts";
import { HALO } from "./system.ts";

test("halopsa as the demo's PSA: the books end as the world expects, and a second run writes nothing", async (t) => {
  const world = makeWorld();
  const off = { halopsa: ["rate_limit"] };
  const triangle = await openTriangle({ world, systems: { psa: HALO }, off });
  t.after(() => triangle.close());
  const report = await triangle.run();
  console.log(
    JSON.stringify(
      report.pipelines.map((p) => [
        p.pipeline,
        p.read,
        p.created,
        p.updated,
        p.unchanged,
        p.held,
        p.dead_lettered,
        p.calls,
        p.writes,
        p.failure,
      ]),
    ),
  );
  assert.deepEqual(triangle.books("accounting").gl_totals, world.expected.gl_totals);
});
