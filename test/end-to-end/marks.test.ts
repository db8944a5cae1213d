import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fault } from "../../engine/connector/sandbox/types.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { killedRun } from "../support/killed-run.ts";
import { openPosted, type PostedMonth, postMonth } from "../support/posted-month.ts";

/** Stamps of Autotask's items, by their ids. */
function stamps({ demo }: PostedMonth): { readonly [id: string]: boolean } {
  const items = demo.sandboxes.psa.ledger.all("BillingItems");
  return Object.fromEntries(
    items.map(({ id, webServiceDate }) => [String(id), (webServiceDate ?? null) !== null]),
  );
}

function marked({ demo }: PostedMonth): number {
  return demo.sandboxes.psa.log.filter(
    ({ url, method, write }) => method === "PATCH" && write && url.includes("BillingItems"),
  ).length;
}

const ALL = { 551200: true, 551201: true, 551202: true };

test("R54: what billing charges is stamped in Autotask, once, and a plan shows it before", async (t) => {
  const month = await openPosted(t, { marks: true });
  postMonth(month);
  await month.demo.run({ pipelines: ["customers", "billable-items"] });
  month.demo.sandboxes.billing.tend();
  const plan = await month.demo.plan({ pipelines: ["billed-items"] });
  const shown = plan.pipelines.flatMap(({ decisions }) =>
    decisions.map(({ action, target_id, changes }) => [action, target_id, changes]),
  );
  const changes = [{ field: "marked_billed", from: false, to: true }];
  assert.deepEqual(shown.sort(), [
    ["update", "551200", changes],
    ["update", "551201", changes],
    ["update", "551202", changes],
  ]);
  assert.equal(marked(month), 0);
  await month.run();
  assert.deepEqual(stamps(month), ALL);
  assert.equal(marked(month), 3);
  await month.run();
  assert.equal(marked(month), 3);
  assert.deepEqual(await month.demo.issues(), []);
  const { totals, proven } = await month.proof("2026-10");
  assert.deepEqual(
    { once: totals.once, to_mark: totals.to_mark, proven },
    { once: 3, to_mark: 0, proven: true },
  );
});

const MOMENTS: readonly { readonly name: string; readonly fault: Fault }[] = [
  // The first query lists what is to be charged, the second asks for the items that are to be marked.
  {
    name: "after the charge and before the mark",
    fault: { kind: "commit_then_hang", method: "POST", path: "/BillingItems/query", skip: 1 },
  },
  {
    name: "while Autotask has stored a mark and not answered",
    fault: { kind: "commit_then_hang", method: "PATCH", path: "/BillingItems" },
  },
];

for (const { name, fault } of MOMENTS) {
  test(`R54: kill -9 ${name}: the next run marks what is charged, and charges nothing twice`, async (t) => {
    // Rev.io has a charge at once, so that one run charges and marks.
    const billing = { ...SYSTEMS.billing["revio-billing"], allow_unverified: ["payment", "billable_item"] };
    const month = await openPosted(t, { marks: true, billing });
    postMonth(month);
    await month.demo.run({ pipelines: ["customers"] });
    month.demo.sandboxes.psa.fault(fault);
    await killedRun(month.demo, "psa", ["billable-items", "billed-items"]);
    const charges = () => month.demo.sandboxes.billing.ledger.all("charges").map(({ amount }) => amount);
    assert.deepEqual(charges(), [225, 399.8, 1040]);
    assert.equal(Object.values(stamps(month)).every(Boolean), false);
    await month.run();
    assert.deepEqual(charges(), [225, 399.8, 1040]);
    assert.deepEqual(stamps(month), ALL);
    assert.equal(marked(month), 3);
    assert.deepEqual(await month.demo.issues(), []);
  });
}
