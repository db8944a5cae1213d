import assert from "node:assert/strict";
import { test } from "node:test";
import { part } from "../support/demo.ts";
import {
  addBill,
  addPayment,
  asides,
  changeBill,
  changeBooks,
  idInBooks,
  issuesOf,
  only,
  patch,
} from "../support/edits.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

/** What a second run reads, and what brings a record in or along. */

const AGREEMENT = "/finance/agreements/4004";
const SIGNED = { agreementStatus: "Active", customFields: [{ id: 43, value: true }] };

test("incremental: a later run reads only what changed since, and carries only that over", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  await demo.run();
  // Ids that were written back made both companies newer than the overlap.
  demo.clock.advance(3_600_000);
  await patch(demo, "/company/companies/1002", { phoneNumber: "4785550199" });
  const report = await demo.run();
  const { read, updated, unchanged } = part(report, "customers-accounting");
  // Two of three: the one that changed, and the newest one before it, which stands in the overlap.
  assert.deepEqual([read, updated, unchanged], [2, 1, 1]);
  // The phone is nothing that billing keeps of a customer.
  const billing = part(report, "customers");
  assert.deepEqual([billing.read, billing.updated, billing.unchanged], [2, 0, 2]);
});

test("R44: a draft that is signed later brings its customer in, and signing again opens no second account", async (t) => {
  const demo = await openTinyDemo(t);
  const { psa, billing } = demo.sandboxes;
  const quarryWorks = psa.ledger.get("companies", "1003") ?? {};
  psa.ledger.put("companies", "1003", { ...quarryWorks, types: [{ id: 1 }] });
  await demo.run();
  assert.equal(billing.ledger.all("customers").length, 2);
  demo.clock.advance(3_600_000);
  await patch(demo, AGREEMENT, SIGNED);
  const third = await demo.run();
  assert.equal(part(third, "customers").created, 1);
  const quarry = only(billing, "customers", (row) => row["account_number"] === "CUST-1003");
  assert.match(JSON.stringify(quarry["fields"]), /"Contract IDs","value":"4004"/);
  assert.deepEqual(await asides(demo, "customers"), {});
  demo.clock.advance(3_600_000);
  await patch(demo, AGREEMENT, { agreementStatus: "Inactive" });
  await demo.run();
  demo.clock.advance(3_600_000);
  await patch(demo, AGREEMENT, SIGNED);
  await demo.run();
  assert.equal(billing.ledger.all("customers").length, 3);
});

test("filter and require are for entry: a customer that becomes inactive in the PSA does so in billing and accounting", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  demo.clock.advance(3_600_000);
  await patch(demo, "/company/companies/1001", { status: { id: 2 } });
  const report = await demo.run();
  assert.equal(report.status, "done", JSON.stringify(report.pipelines.map(({ message }) => message)));
  const { billing, accounting } = demo.sandboxes;
  assert.equal(billing.ledger.get("customers", "5001")?.["status"], "CLOSED");
  assert.equal(accounting.ledger.get("Customer", "71")?.["Active"], false);
});

test("a charge without a GL code holds its invoice, and a row added to the code map posts it at the next run", async (t) => {
  const demo = await openTinyDemo(t);
  demo.edit("gl-codes.yaml", (text) => text.replace(/ {2}- \{ code: "LD".*\n/, ""));
  const first = part(await demo.run(), "invoices");
  assert.deepEqual([first.created, first.held], [1, 1]);
  const [issue] = await issuesOf(demo, "invoices");
  assert.equal(issue?.reason, "code_unmapped");
  assert.match(issue?.message ?? "", /"LD"/);
  assert.equal(part(await demo.run(), "invoices").held, 1);
  demo.edit(
    "gl-codes.yaml",
    (text) => `${text}  - { code: "LD", gl_code: "4010", item: "4010 Long distance" }\n`,
  );
  const plan = await demo.plan();
  assert.deepEqual(
    plan.pipelines.filter(({ full_compare }) => full_compare).map(({ pipeline }) => pipeline),
    ["invoices"],
  );
  const second = part(await demo.run(), "invoices");
  assert.deepEqual([second.created, second.unchanged, second.held], [1, 1, 0]);
  assert.equal(
    (await demo.plan()).pipelines.some(({ full_compare }) => full_compare),
    false,
  );
});

test("a guard that fails holds the invoice until its source is right", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  addBill(demo, "9003", "INV-1044", { total: 552.87 });
  const held = part(await demo.run(), "invoices");
  assert.deepEqual([held.created, held.held], [0, 1]);
  assert.match((await issuesOf(demo, "invoices"))[0]?.message ?? "", /lines and taxes tie to the total/);
  changeBill(demo, "9003", { total: 552.86 });
  const sent = part(await demo.run(), "invoices");
  assert.deepEqual([sent.created, sent.held], [1, 0]);
});

test("a record that breaks the schema is a dead letter with the reason, and the others go on", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  addBill(demo, "9003", "INV-1044", { status: "WEIRD" });
  addBill(demo, "9004", "INV-1045");
  const report = await demo.run();
  assert.equal(report.status, "dead_letters");
  const { created, dead_lettered } = part(report, "invoices");
  assert.deepEqual([created, dead_lettered], [1, 1]);
  const [issue] = await issuesOf(demo, "invoices");
  assert.equal(issue?.kind, "dead_letter");
  assert.match(issue?.message ?? "", /WEIRD/);
  // It stays one, and is not lost when nothing else happens.
  assert.equal(part(await demo.run(), "invoices").dead_lettered, 1);
  changeBill(demo, "9003", { status: "ISSUED" });
  const cured = part(await demo.run(), "invoices");
  assert.deepEqual([cured.created, cured.dead_lettered], [1, 0]);
});

test("a dead letter is tried again when a person asks for it, though its source did not change", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  const { accounting } = demo.sandboxes;
  accounting.fault({
    method: "POST",
    path: "/invoice",
    kind: "reply",
    reply: {
      status: 400,
      body: {
        Fault: { type: "ValidationFault", Error: [{ code: "2050", Message: "Invalid", Detail: "no" }] },
      },
    },
  });
  addBill(demo, "9003", "INV-1044");
  assert.equal(part(await demo.run(), "invoices").dead_lettered, 1);
  assert.equal(part(await demo.run(), "invoices").dead_lettered, 1);
  await demo.state((state) => {
    const [row] = [...state.rows("issue", { pipeline: "invoices" })];
    assert.ok(row);
    state.commit([{ put: "issue", row: { ...row, kind: "held", attempts: 0, source_hash: "" } }]);
  });
  const again = part(await demo.run(), "invoices");
  assert.deepEqual([again.created, again.dead_lettered], [1, 0]);
});

test("invoices dated before go_live are never written", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  addBill(demo, "9003", "INV-0900", { created_date: "2026-07-31T00:00:00" });
  const { created, unchanged, held } = part(await demo.run(), "invoices");
  assert.deepEqual([created, unchanged, held], [0, 3, 0]);
});

test("R23: a payment of an unknown customer is held, and posts at the run after a person linked the customer", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  assert.deepEqual(await asides(demo, "payments"), { 100001: "held reference_missing" });
  await demo.state((state) => {
    const row = { entity: "customer", uid: "stranger", label: "" };
    state.commit([
      { put: "link", row: { ...row, system: "accounting", id: "990" } },
      { put: "link", row: { ...row, system: "billing", id: "20001" } },
    ]);
  });
  // Nothing of it changed meanwhile: that its customer is linked brings it back.
  demo.clock.advance(86_400_000);
  const { created, held } = part(await demo.run(), "payments");
  assert.deepEqual([created, held], [1, 0]);
  assert.equal(only(demo.sandboxes.billing, "payments", (row) => row["amount"] === 75)["customer_id"], 20001);
});

test("a payment over two invoices stays one payment with two allocations", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  addBill(demo, "9003", "INV-1044");
  await demo.run();
  const id = idInBooks(demo, "Invoice", "DocNumber", "INV-1044");
  const other = idInBooks(demo, "Invoice", "DocNumber", "INV-1042");
  const lines = [
    { Amount: 100, LinkedTxn: [{ TxnId: id, TxnType: "Invoice" }] },
    { Amount: 23.45, LinkedTxn: [{ TxnId: other, TxnType: "Invoice" }] },
  ];
  const customer = {
    CustomerRef: { value: "71" },
    TotalAmt: 123.45,
    UnappliedAmt: 0,
    PaymentRefNum: "CHK-9",
  };
  addPayment(demo, "300", { ...customer, Line: lines });
  assert.equal(part(await demo.run(), "payments").created, 1);
  const row = only(demo.sandboxes.billing, "payments", ({ amount }) => amount === 123.45);
  assert.deepEqual(row["bills"], [
    { bill_id: 9003, amount: 100 },
    { bill_id: 9001, amount: 23.45 },
  ]);
});

test("a change back and forth is four writes with four keys", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  const { accounting } = demo.sandboxes;
  const seen = accounting.log.length;
  for (const phone of ["8135550181", "8135550182", "8135550181", "8135550182"]) {
    await patch(demo, "/company/companies/1001", { phoneNumber: phone });
    assert.equal(part(await demo.run(), "customers-accounting").updated, 1, phone);
  }
  const keys = accounting.log
    .slice(seen)
    .filter(({ write }) => write)
    .map(({ url }) => new URLSearchParams(url.split("?")[1]).get("requestid"));
  assert.equal(new Set(keys).size, 4);
  assert.deepEqual(accounting.ledger.get("Customer", "71")?.["PrimaryPhone"], {
    FreeFormNumber: "+18135550182",
  });
});

test("an update that changes nothing of the target makes no write", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  changeBooks(demo, "Customer", "71", { PrimaryPhone: { FreeFormNumber: "(813) 555-0190" } });
  await patch(demo, "/company/companies/1001", { phoneNumber: "8135550190" });
  demo.writes("accounting");
  const { updated, unchanged } = part(await demo.run(), "customers-accounting");
  assert.deepEqual([updated, unchanged], [0, 2]);
  assert.equal(demo.writes("accounting"), 0);
});

test("a contract that cannot be read is set aside by its own name, and counts again once it is whole", async (t) => {
  const demo = await openTinyDemo(t);
  const { psa } = demo.sandboxes;
  const agreement = psa.ledger.get("agreements", "4002") ?? {};
  const { startDate, ...broken } = agreement;
  assert.ok(startDate);
  psa.ledger.put("agreements", "4002", broken);
  const first = await demo.run();
  assert.equal(first.status, "dead_letters", JSON.stringify(first.pipelines.map(({ message }) => message)));
  const { read, created, dead_lettered } = part(first, "customers");
  assert.deepEqual([read, created, dead_lettered], [3, 0, 1]);
  const aside = { "contract:4002": "dead_letter related_unreadable" };
  assert.deepEqual(await asides(demo, "customers"), aside);
  demo.clock.advance(3_600_000);
  const again = await demo.run();
  assert.equal(part(again, "customers").status, "done");
  assert.deepEqual(await asides(demo, "customers"), aside);
  demo.clock.advance(3_600_000);
  await patch(demo, "/finance/agreements/4002", { startDate });
  const healed = await demo.run();
  assert.equal(part(healed, "customers").created, 1);
  assert.deepEqual(await asides(demo, "customers"), {});
});
