import assert from "node:assert/strict";
import { test } from "node:test";
import type { PipelinePlan, Plan } from "../../engine/sync/types.ts";
import { type Demo, part } from "../support/demo.ts";
import { addBill, changeBill, patch } from "../support/edits.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** What plan shows is what a run does; what needs a person waits until it is applied. */

function planned(plan: Plan, pipeline: string): PipelinePlan {
  const found = plan.pipelines.find((one) => one.pipeline === pipeline);
  assert.ok(found, `no plan of ${pipeline}`);
  return found;
}

const COUNTED = ["created", "updated", "voided", "held", "dead_lettered"] as const;

function waiting(demo: Demo): Promise<Plan | undefined> {
  return demo.state((state) => {
    const [row, ...more] = [...state.rows("plan")];
    assert.equal(more.length, 0);
    if (row === undefined) return undefined;
    const one: PipelinePlan = JSON.parse(row.detail);
    return { schemaVersion: 1, id: row.id, client: "demo", created_at: row.created_at, pipelines: [one] };
  });
}

const setLimit = (demo: Demo, limits: string) =>
  demo.edit("client.yaml", (text) => text.replace(/\nlimits:\n(?: .*\n)+/, `\nlimits: ${limits}\n`));

test("plan: nothing is written anywhere, and the chain customer → invoice → payment is planned through provisional links", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run({ pipelines: ["customers"] });
  for (const system of ["psa", "billing", "accounting"] as const) demo.writes(system);
  const content = () =>
    demo.state((state) =>
      (["link", "sync", "issue", "intent", "cursor", "related", "plan"] as const).map((table) => [
        ...state.rows<typeof table>(table),
      ]),
    );
  const before = await content();
  const plan = await demo.plan();
  for (const system of ["psa", "billing", "accounting"] as const) assert.equal(demo.writes(system), 0);
  assert.deepEqual(await content(), before);
  assert.equal(planned(plan, "customers-accounting").counts.created, 1);
  const invoices = planned(plan, "invoices");
  assert.deepEqual([invoices.counts.created, invoices.counts.held], [2, 0]);
  assert.deepEqual(invoices.amounts, { USD: 64542 });
  const customer = planned(plan, "customers-accounting").decisions.find(({ action }) => action === "create");
  assert.equal(customer?.target_id, null);
});

test("plan: a first run is planned as it then runs, record by record", async (t) => {
  const demo = await openTinyDemo(t);
  const plan = await demo.plan();
  // Bills and the addresses of services appear when billing gets the customer, and payments when the books get the
  // invoice: no plan can see them.
  const names = ["customers", "accounts", "contacts", "customers-accounting"];
  const report = await demo.run();
  for (const name of names) {
    const { counts } = planned(plan, name);
    const ran = part(report, name);
    for (const key of COUNTED) {
      // The account of a customer that the plan creates is not there to be compared yet.
      if (name === "accounts") continue;
      assert.equal(counts[key], ran[key], `${name} ${key}`);
    }
    assert.equal(
      planned(plan, name).decisions.filter(({ action }) => action === "external_id").length,
      ran.external_ids,
      `${name} external ids`,
    );
  }
});

test("plan: applied as it was made, each decision comes out with the same hash", async (t) => {
  const demo = await openTinyDemo(t, { ...tinyWorld, receipts: tinyWorld.receipts.slice(0, 1) });
  await demo.run();
  await patch(demo, "/company/companies/1001", { phoneNumber: "8135550155", addressLine1: "9 Dock St" });
  addBill(demo, "9003", "INV-1044");
  changeBill(demo, "9002", { status: "VOIDED" });
  const plan = await demo.plan();
  assert.deepEqual(
    plan.pipelines.flatMap(({ decisions }) =>
      decisions.map(({ action, source_id }) => `${action} ${source_id}`),
    ),
    ["update 1001", "update 1001", "void 9002", "create 9003", "hold 100001"],
  );
  const report = await demo.run({
    approved: plan,
    pipelines: plan.pipelines.map(({ pipeline }) => pipeline),
  });
  assert.equal(report.status, "done", JSON.stringify(report.pipelines.map(({ message }) => message)));
  for (const { pipeline, counts } of plan.pipelines) {
    for (const key of COUNTED) assert.equal(part(report, pipeline)[key], counts[key], `${pipeline} ${key}`);
  }
});

test("apply: a decision whose record changed since is refused, and the others are carried out", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  addBill(demo, "9003", "INV-1044");
  addBill(demo, "9004", "INV-1045");
  const plan = await demo.plan({ pipelines: ["invoices"] });
  changeBill(demo, "9004", { due_date: "2026-09-30T00:00:00" });
  const report = part(await demo.run({ approved: plan, pipelines: ["invoices"] }), "invoices");
  assert.deepEqual([report.created, report.status], [1, "outdated"]);
  assert.match(report.message ?? "", /^1 decision is not what the plan says any more, and left: plan again$/);
  const next = part(await demo.run(), "invoices");
  assert.deepEqual([next.created, next.status], [1, "done"]);
});

test("apply: a plan that was made with another configuration is void", async (t) => {
  const demo = await openTinyDemo(t);
  const plan = await demo.plan({ pipelines: ["customers"] });
  demo.edit("customers.yaml", (text) => `${text}guards: [{ name: it has a name, assert: name != "" }]\n`);
  const { status, message, created } = part(
    await demo.run({ approved: plan, pipelines: ["customers"] }),
    "customers",
  );
  assert.deepEqual([status, created], ["failed", 0]);
  assert.match(message ?? "", /its configuration changed since the plan was made/);
});

for (const { name, limits, over } of [
  { name: "records", limits: "{ create: 1 }", over: /create more than 1 records/ },
  { name: "money", limits: "{ amount: { USD: 60000 } }", over: /create more than 600\.00 USD/ },
  {
    name: "records of a first run",
    limits: "{ create: 50, first_run: { create: 1 } }",
    over: /more than 1 records/,
  },
]) {
  test(`limits: a run over its limit of ${name} writes nothing and waits with one plan, which apply carries out`, async (t) => {
    const demo = await openTinyDemo(t);
    const before = ["customers", "accounts", "customers-accounting", "customers-billing-accounting"];
    await demo.run({ pipelines: before });
    setLimit(demo, limits);
    demo.writes("accounting");
    const only = { pipelines: ["invoices"] };
    const first = part(await demo.run(only), "invoices");
    assert.deepEqual([first.status, first.created], ["waiting", 0]);
    assert.match(first.message ?? "", over);
    assert.equal(demo.writes("accounting"), 0);
    const second = part(await demo.run(only), "invoices");
    assert.deepEqual([second.status, second.plan], ["waiting", first.plan]);
    const approved = await waiting(demo);
    assert.ok(approved);
    assert.deepEqual(
      approved.pipelines[0]?.decisions.map(({ source_id }) => source_id),
      ["9001", "9002"],
    );
    const applied = part(await demo.run({ ...only, approved }), "invoices");
    assert.deepEqual([applied.status, applied.created], ["done", 2]);
    assert.equal(demo.writes("accounting"), 1);
    assert.equal(await waiting(demo), undefined);
    const after = part(await demo.run(only), "invoices");
    assert.deepEqual([after.status, after.created], ["done", 0]);
  });
}

test("limits: a plan over its limits says so before anything runs", async (t) => {
  const demo = await openTinyDemo(t);
  setLimit(demo, "{ create: 0 }");
  const plan = await demo.plan({ pipelines: ["customers"] });
  assert.match(planned(plan, "customers").over ?? "", /create more than 0 records/);
});
