import assert from "node:assert/strict";
import { test } from "node:test";
import { type Demo, part } from "../support/demo.ts";
import { asides, ask, issuesOf } from "../support/edits.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

/** Writes of which nobody knows whether they were stored: looked up first, never sent on suspicion. */

const PAYMENTS = { method: "POST", path: "/v1/Payments" } as const;
const FAILED = { status: 500, body: { message: "Internal error" } };

function stored({ sandboxes }: Demo): readonly unknown[] {
  return sandboxes.billing.ledger.all("payments").map((row) => row["amount"]);
}

function sent({ sandboxes }: Demo): number {
  return sandboxes.billing.log.filter(({ method, url }) => method === "POST" && url === "/v1/Payments")
    .length;
}

const open = (demo: Demo) => demo.state((state) => state.count("intent"));

for (const kind of ["commit_then_cut", "cut_body"] as const) {
  test(`uncertain: a payment stored before ${kind} is found by the next run and not sent again`, async (t) => {
    const demo = await openTinyDemo(t);
    demo.sandboxes.billing.fault({ ...PAYMENTS, kind });
    const first = part(await demo.run(), "payments");
    assert.deepEqual([first.status, first.created, first.uncertain], ["done", 1, 1]);
    assert.equal(await open(demo), 1);
    const second = await demo.run();
    assert.equal(second.status, "done");
    assert.deepEqual([...stored(demo)].sort(), [50, 552.86]);
    assert.equal(sent(demo), 2);
    assert.equal(await open(demo), 0);
  });
}

test("uncertain: a payment of which a 500 left nothing is sent again once, with the same key", async (t) => {
  const demo = await openTinyDemo(t);
  const { billing } = demo.sandboxes;
  billing.fault({ ...PAYMENTS, kind: "reply", reply: FAILED });
  const first = part(await demo.run(), "payments");
  assert.equal(first.uncertain, 1);
  assert.equal((await demo.run()).status, "done");
  assert.deepEqual([...stored(demo)].sort(), [50, 552.86]);
  const bodies = billing.log.filter(({ url, method }) => url === "/v1/Payments" && method === "POST");
  assert.equal(bodies.length, 3);
  const failed = bodies.find(({ status }) => status === 500);
  assert.equal(bodies.filter(({ body }) => body === failed?.body).length, 2);
});

test("uncertain: a payment whose second sending is uncertain, too, is not decided anew in the same run", async (t) => {
  const demo = await openTinyDemo(t);
  const { billing } = demo.sandboxes;
  billing.fault({ ...PAYMENTS, kind: "before" });
  await demo.run();
  billing.fault({ ...PAYMENTS, kind: "commit_then_cut" });
  const second = part(await demo.run(), "payments");
  assert.equal(second.created, 0);
  assert.equal(await open(demo), 1);
  await demo.run();
  assert.deepEqual([...stored(demo)].sort(), [50, 552.86]);
  assert.deepEqual(await asides(demo, "payments"), { 100001: "held reference_missing" });
  assert.equal(await open(demo), 0);
});

test("uncertain: a plan shows a write whose outcome is open, and no second one for its record", async (t) => {
  const demo = await openTinyDemo(t);
  demo.sandboxes.billing.fault({ ...PAYMENTS, kind: "commit_then_cut", times: 2 });
  await demo.run();
  const plan = (await demo.plan()).pipelines.find(({ pipeline }) => pipeline === "payments");
  assert.deepEqual(
    plan?.decisions.map(({ action, reason }) => `${action} ${reason}`),
    ["hold reference_missing", "hold outcome_open", "hold outcome_open"],
  );
});

test("uncertain: a payment that is found twice is held until a person links one, and not sent a third time", async (t) => {
  const demo = await openTinyDemo(t);
  const { billing } = demo.sandboxes;
  billing.fault({ ...PAYMENTS, kind: "commit_then_cut" });
  await demo.run();
  const [row] = billing.ledger.all("payments").filter(({ amount }) => amount === 552.86);
  billing.ledger.put("payments", "777", { ...row, payment_id: 777 });
  for (let run = 1; run <= 2; run++) {
    const report = part(await demo.run(), "payments");
    assert.equal(report.created, 0, `run ${run}`);
    assert.equal((await asides(demo, "payments"))["100005"], "held found_twice", `run ${run}`);
  }
  assert.equal(sent(demo), 2);
  const [issue] = (await issuesOf(demo, "payments")).filter(({ reason }) => reason === "found_twice");
  assert.match(issue?.message ?? "", /CHK-501 over 552\.86 USD .* 501, 777; link the right one/);
  await demo.state((state) => {
    const row = { entity: "payment", uid: "chosen", label: "" };
    state.commit([
      { put: "link", row: { ...row, system: "accounting", id: "100005" } },
      { put: "link", row: { ...row, system: "billing", id: "777" } },
    ]);
  });
  await demo.run();
  assert.equal((await asides(demo, "payments"))["100005"], undefined);
  assert.equal(sent(demo), 2);
});

test("uncertain: a time-out of an invoice batch is settled by the numbers of its invoices", async (t) => {
  const demo = await openTinyDemo(t);
  const { accounting } = demo.sandboxes;
  accounting.fault({ method: "POST", path: "/batch", kind: "commit_then_cut" });
  const first = part(await demo.run(), "invoices");
  assert.deepEqual([first.created, first.uncertain], [0, 2]);
  const second = part(await demo.run(), "invoices");
  assert.equal(second.created, 0);
  assert.equal(accounting.ledger.all("Invoice").length, 2);
  assert.equal(await open(demo), 0);
});

for (const kind of ["before", "commit_then_cut"] as const) {
  test(`uncertain: a customer on its way from the PSA (${kind}) is not sent from billing, too`, async (t) => {
    const demo = await openTinyDemo(t);
    const { accounting } = demo.sandboxes;
    // Nothing at the vendor would keep a second one out.
    accounting.setRule("display_name", false);
    accounting.fault({ method: "POST", path: "/customer\\?", kind });
    const first = await demo.run();
    assert.equal(part(first, "customers-accounting").uncertain, 1);
    assert.equal(part(first, "customers-billing-accounting").created, 0);
    await demo.run();
    const [orchard, ...more] = accounting.ledger
      .all("Customer")
      .filter(({ CompanyName }) => CompanyName === "Orchard & Sons, Inc.");
    assert.deepEqual(more, []);
    assert.ok(orchard?.["SalesTermRef"], "it has what the PSA knows of it");
    assert.deepEqual(await asides(demo, "customers-billing-accounting"), {});
  });
}

test("uncertain: a customer's update that did not arrive is decided anew, and one that did is not sent twice", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  const { accounting } = demo.sandboxes;
  for (const kind of ["before", "commit_then_cut"] as const) {
    const phone = kind === "before" ? "8135550171" : "8135550172";
    await ask(demo, "psa", "PATCH", "/company/companies/1001", [
      { op: "replace", path: "phoneNumber", value: phone },
    ]);
    accounting.fault({ method: "POST", path: "/customer", kind });
    assert.equal(part(await demo.run(), "customers-accounting").uncertain, 1);
    demo.writes("accounting");
    assert.equal(part(await demo.run(), "customers-accounting").status, "done");
    assert.equal(demo.writes("accounting"), kind === "before" ? 1 : 0, kind);
    const row = accounting.ledger.get("Customer", "71");
    assert.deepEqual(row?.["PrimaryPhone"], { FreeFormNumber: `+1${phone}` });
  }
});
