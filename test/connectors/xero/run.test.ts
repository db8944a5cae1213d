import assert from "node:assert/strict";
import { test } from "node:test";
import { startSwapped } from "../../support/swapped-demo.ts";
import { XERO } from "./demo.ts";

test("xero: first run", async (t) => {
  const demo = await startSwapped(t, XERO);
  const report = await demo.runAll();
  console.log(
    report.pipelines
      .map((p) => JSON.stringify(p))
      .join("\n")
      .slice(0, 6000),
  );
  assert.ok(report);
});
