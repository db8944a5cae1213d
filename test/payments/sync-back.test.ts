import assert from "node:assert/strict";
import { test } from "node:test";
import { SYSTEMS } from "../matrix/systems.ts";
import { clerkOf } from "../support/clerks.ts";
import { openDemo, part } from "../support/demo.ts";
import { unpaidWorld } from "../support/payments-world.ts";
import { GL_CODES } from "../support/tiny-demo.ts";

/** "Accounting only, or sync back to billing?" is one key of client.yaml. */

const CHECK = { date: "2026-08-31", amount: 10000, reference: "CHK-1", on: { "INV-1044": 10000 } };

for (const accounting of ["quickbooks", "xero"] as const) {
  for (const sync_back of [false, true]) {
    test(`R64: payments.sync_back: ${sync_back} with ${accounting}: ${sync_back ? "payments reach billing" : "nothing of a payment does"}`, async (t) => {
      const demo = await openDemo(t, {
        world: unpaidWorld,
        systems: { billing: SYSTEMS.billing["sqlite-billing"], accounting: SYSTEMS.accounting[accounting] },
        files: { "gl-codes.yaml": GL_CODES },
      });
      demo.edit("client.yaml", (text) => text.replace("sync_back: true", `sync_back: ${sync_back}`));
      await demo.settle();
      const id = clerkOf(demo).receive(CHECK);
      demo.writes("billing");
      assert.equal(
        (await demo.plan()).pipelines.flatMap(({ decisions }) => decisions).length,
        sync_back ? 2 : 0,
      );
      const report = part(await demo.run(), "payments");
      demo.sandboxes.billing.tend();
      assert.deepEqual([report.status, report.created], ["done", sync_back ? 1 : 0]);
      assert.equal(/sync_back is false/.test(report.message ?? ""), !sync_back);
      demo.clock.advance(60_000);
      clerkOf(demo).remove(id);
      await demo.run();
      demo.sandboxes.billing.tend();
      assert.equal(demo.writes("billing"), sync_back ? 2 : 0);
      assert.equal(demo.sandboxes.billing.ledger.all("payments").length, sync_back ? 1 : 0);
    });
  }
}
