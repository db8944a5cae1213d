import assert from "node:assert/strict";
import { test } from "node:test";
import { asides, issuesOf } from "../support/edits.ts";
import { openTriangle, part, type Triangle } from "../support/small-triangle.ts";

/** Writes of which nobody knows whether they were stored: looked up first, never sent on suspicion. */

const PAYMENTS = { method: "POST", path: "/v1/Payments" } as const;
const FAILED = { status: 500, body: { message: "Internal error" } };

function stored({ sandboxes }: Triangle): readonly unknown[] {
  return sandboxes.billing.ledger.all("payments").map((row) => row["amount"]);
}

function sent({ sandboxes }: Triangle): number {
  return sandboxes.billing.log.filter(({ method, url }) => method === "POST" && url === "/v1/Payments")
    .length;
}

const open = (triangle: Triangle) => triangle.state((state) => state.count("intent"));

for (const kind of ["commit_then_cut", "cut_body"] as const) {
  test(`uncertain: a payment stored before ${kind} is found by the next run and not sent again`, async (t) => {
    const triangle = await openTriangle(t);
    triangle.sandboxes.billing.fault({ ...PAYMENTS, kind });
    const first = part(await triangle.run(), "payments");
    assert.deepEqual([first.status, first.created, first.uncertain], ["done", 1, 1]);
    assert.equal(await open(triangle), 1);
    const second = await triangle.run();
    assert.equal(second.status, "done");
    assert.deepEqual([...stored(triangle)].sort(), [50, 552.86]);
    assert.equal(sent(triangle), 2);
    assert.equal(await open(triangle), 0);
  });
}

test("uncertain: a payment of which a 500 left nothing is sent again once, with the same key", async (t) => {
  const triangle = await openTriangle(t);
  const { billing } = triangle.sandboxes;
  billing.fault({ ...PAYMENTS, kind: "reply", reply: FAILED });
  const first = part(await triangle.run(), "payments");
  assert.equal(first.uncertain, 1);
  assert.equal((await triangle.run()).status, "done");
  assert.deepEqual([...stored(triangle)].sort(), [50, 552.86]);
  const bodies = billing.log.filter(({ url, method }) => url === "/v1/Payments" && method === "POST");
  assert.equal(bodies.length, 3);
  const failed = bodies.find(({ status }) => status === 500);
  assert.equal(bodies.filter(({ body }) => body === failed?.body).length, 2);
});

test("uncertain: a payment whose second sending is uncertain, too, is not decided anew in the same run", async (t) => {
  const triangle = await openTriangle(t);
  const { billing } = triangle.sandboxes;
  billing.fault({ ...PAYMENTS, kind: "before" });
  await triangle.run();
  billing.fault({ ...PAYMENTS, kind: "commit_then_cut" });
  const second = part(await triangle.run(), "payments");
  assert.equal(second.created, 0);
  assert.equal(await open(triangle), 1);
  await triangle.run();
  assert.deepEqual([...stored(triangle)].sort(), [50, 552.86]);
  assert.deepEqual(await asides(triangle, "payments"), { 100001: "held reference_missing" });
  assert.equal(await open(triangle), 0);
});

test("uncertain: a plan shows a write whose outcome is open, and no second one for its record", async (t) => {
  const triangle = await openTriangle(t);
  triangle.sandboxes.billing.fault({ ...PAYMENTS, kind: "commit_then_cut", times: 2 });
  await triangle.run();
  const plan = (await triangle.plan()).pipelines.find(({ pipeline }) => pipeline === "payments");
  assert.deepEqual(
    plan?.decisions.map(({ action, reason }) => `${action} ${reason}`),
    ["hold reference_missing", "hold outcome_open", "hold outcome_open"],
  );
});

test("uncertain: a payment that is found twice is held until a person links one, and not sent a third time", async (t) => {
  const triangle = await openTriangle(t);
  const { billing } = triangle.sandboxes;
  billing.fault({ ...PAYMENTS, kind: "commit_then_cut" });
  await triangle.run();
  const [row] = billing.ledger.all("payments").filter(({ amount }) => amount === 552.86);
  billing.ledger.put("payments", "777", { ...row, payment_id: 777 });
  for (let run = 1; run <= 2; run++) {
    const report = part(await triangle.run(), "payments");
    assert.equal(report.created, 0, `run ${run}`);
    assert.equal((await asides(triangle, "payments"))["100005"], "held found_twice", `run ${run}`);
  }
  assert.equal(sent(triangle), 2);
  const [issue] = (await issuesOf(triangle, "payments")).filter(({ reason }) => reason === "found_twice");
  assert.match(issue?.message ?? "", /CHK-501 over 552\.86 USD .* 501, 777; link the right one/);
  await triangle.state((state) => {
    const row = { entity: "payment", uid: "chosen", label: "" };
    state.commit([
      { put: "link", row: { ...row, system: "accounting", id: "100005" } },
      { put: "link", row: { ...row, system: "billing", id: "777" } },
    ]);
  });
  await triangle.run();
  assert.equal((await asides(triangle, "payments"))["100005"], undefined);
  assert.equal(sent(triangle), 2);
});

test("uncertain: a time-out of an invoice batch is settled by the numbers of its invoices", async (t) => {
  const triangle = await openTriangle(t);
  const { accounting } = triangle.sandboxes;
  accounting.fault({ method: "POST", path: "/batch", kind: "commit_then_cut" });
  const first = part(await triangle.run(), "invoices");
  assert.deepEqual([first.created, first.uncertain], [0, 2]);
  const second = part(await triangle.run(), "invoices");
  assert.equal(second.created, 0);
  assert.equal(accounting.ledger.all("Invoice").length, 2);
  assert.equal(await open(triangle), 0);
});

test("uncertain: a customer's update that did not arrive is decided anew, and one that did is not sent twice", async (t) => {
  const triangle = await openTriangle(t);
  await triangle.run();
  const { accounting } = triangle.sandboxes;
  for (const kind of ["before", "commit_then_cut"] as const) {
    const phone = kind === "before" ? "8135550171" : "8135550172";
    await triangle.ask("psa", "PATCH", "/company/companies/1001", [
      { op: "replace", path: "phoneNumber", value: phone },
    ]);
    accounting.fault({ method: "POST", path: "/customer", kind });
    assert.equal(part(await triangle.run(), "customers-accounting").uncertain, 1);
    triangle.writes("accounting");
    assert.equal(part(await triangle.run(), "customers-accounting").status, "done");
    assert.equal(triangle.writes("accounting"), kind === "before" ? 1 : 0, kind);
    const row = accounting.ledger.get("Customer", "71");
    assert.deepEqual(row?.["PrimaryPhone"], { FreeFormNumber: `+1${phone}` });
  }
});
