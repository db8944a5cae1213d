import assert from "node:assert/strict";
import { test } from "node:test";
import { part } from "../support/demo.ts";
import { addBill } from "../support/edits.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

/** A signal ends a run at a place from which the next one goes on. */

test("stopped: a signal before anything leaves nothing done and nothing open", async (t) => {
  const demo = await openTinyDemo(t);
  const controller = new AbortController();
  controller.abort();
  const report = await demo.run({ signal: controller.signal });
  assert.equal(report.status, "stopped");
  for (const system of ["psa", "billing", "accounting"] as const) assert.equal(demo.writes(system), 0);
});

for (const stage of ["start", "page", "done"] as const) {
  test(`stopped: a signal at every ${stage} in turn leaves no half-done record, and the runs together do everything once`, async (t) => {
    const demo = await openTinyDemo(t);
    for (let place = 1; place < 30; place++) {
      const controller = new AbortController();
      let seen = 0;
      const report = await demo.run({
        signal: controller.signal,
        onProgress: (event) => {
          if (event.stage === stage && ++seen === place) controller.abort();
        },
      });
      assert.equal(await demo.state((state) => state.count("intent")), 0, `place ${place}`);
      for (const one of report.pipelines) assert.notEqual(one.status, "failed", one.message ?? "");
      if (report.status !== "stopped") break;
      assert.ok(place < 29, "it never came to an end");
    }
    const { billing, accounting } = demo.sandboxes;
    assert.equal(billing.ledger.all("customers").length, 2);
    assert.equal(billing.ledger.all("contacts").length, 3);
    assert.equal(accounting.ledger.all("Invoice").length, 2);
    assert.deepEqual(
      billing.ledger
        .all("payments")
        .map(({ amount }) => amount)
        .sort(),
      [50, 552.86],
    );
    for (const system of ["psa", "billing", "accounting"] as const) demo.writes(system);
    assert.equal((await demo.run()).status, "done");
    for (const system of ["psa", "billing", "accounting"] as const)
      assert.equal(demo.writes(system), 0, system);
  });
}

test("stopped: writes under way get their outcome, those behind them are taken back and sent by the next run", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run({ pipelines: ["customers"] });
  const { billing } = demo.sandboxes;
  const controller = new AbortController();
  // A limit on the page's writes: contacts go out four at a time, so more of them than that are needed.
  for (let n = 0; n < 12; n++) {
    const model = demo.sandboxes.psa.ledger.get("contacts", "2001") ?? {};
    demo.sandboxes.psa.ledger.put("contacts", String(2100 + n), {
      ...model,
      id: 2100 + n,
      firstName: `Pat ${n}`,
    });
  }
  const { put } = billing.ledger;
  let writes = 0;
  Object.assign(billing.ledger, {
    put: (collection: string, id: string, row: Parameters<typeof put>[2]) => {
      if (collection === "contacts" && ++writes === 2) controller.abort();
      put(collection, id, row);
    },
  });
  const report = part(await demo.run({ pipelines: ["contacts"], signal: controller.signal }), "contacts");
  Object.assign(billing.ledger, { put });
  assert.equal(report.status, "stopped");
  const there = billing.ledger.all("contacts").length;
  assert.ok(there >= 2 && there < 15, `${there} contacts`);
  assert.equal(report.created, there);
  assert.equal(await demo.state((state) => state.count("intent")), 0);
  const next = part(await demo.run({ pipelines: ["contacts"] }), "contacts");
  assert.equal(next.created, 15 - there);
  assert.equal(billing.ledger.all("contacts").length, 15);
});

test("stopped: a run that is stopped does not take back what an earlier run left uncertain", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  const { accounting } = demo.sandboxes;
  addBill(demo, "9003", "INV-1044");
  accounting.fault({ method: "POST", path: "/invoice", kind: "commit_then_cut" });
  assert.equal(part(await demo.run(), "invoices").uncertain, 1);
  const controller = new AbortController();
  controller.abort();
  await demo.run({ signal: controller.signal });
  assert.equal(await demo.state((state) => state.count("intent")), 1);
  await demo.run();
  assert.equal(await demo.state((state) => state.count("intent")), 0);
  assert.equal(accounting.ledger.all("Invoice").length, 3);
});
