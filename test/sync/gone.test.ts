import assert from "node:assert/strict";
import { test } from "node:test";
import { type Demo, part } from "../support/demo.ts";
import { addPayment, asides, changeBill, issuesOf, patch } from "../support/edits.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** Records whose source is gone: by a tombstone at once, by absence after two complete compares, never by guess. */

const WEEK = 7 * 86_400_000;

/** A person deletes a payment in the books; the change feed says so. */
function deletePayment({ sandboxes: { accounting }, clock }: Demo, reference: string): string {
  const row = accounting.ledger.all("Payment").find((one) => one["PaymentRefNum"] === reference);
  const id = String(row?.["Id"]);
  accounting.ledger.remove("Payment", id);
  const LastUpdatedTime = new Date(clock.now()).toISOString();
  accounting.ledger.put("deleted", `Payment ${id}`, {
    entity: "Payment",
    Id: id,
    MetaData: { LastUpdatedTime },
  });
  return id;
}

const withRule = (demo: Demo, file: string, rule: string) =>
  demo.edit(file, (text) => `${text}source_deleted: ${rule}\n`);

test("tombstone: a payment that was deleted in the books is held until a person deals with it in billing", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  const id = deletePayment(demo, "CHK-501");
  for (let run = 1; run <= 2; run++) {
    const { held, created } = part(await demo.run(), "payments");
    assert.deepEqual([held, created], [2, 0], `run ${run}`);
  }
  assert.equal((await asides(demo, "payments"))[id], "held target_cannot_void");
  assert.equal(demo.sandboxes.billing.ledger.all("payments").length, 2);
});

test("tombstone: with source_deleted: ignore nothing is held and nothing is written", async (t) => {
  const demo = await openTinyDemo(t);
  withRule(demo, "payments.yaml", "ignore");
  await demo.run();
  deletePayment(demo, "CHK-501");
  demo.writes("billing");
  assert.equal(part(await demo.run(), "payments").held, 1);
  assert.equal(demo.writes("billing"), 0);
});

test("tombstone: a payment that was never sent is forgotten", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  addPayment(demo, "300", { PaymentRefNum: "CARD-10" });
  assert.equal(part(await demo.run(), "payments").held, 2);
  deletePayment(demo, "CARD-10");
  assert.equal(part(await demo.run(), "payments").held, 1);
});

function removeBill({ sandboxes: { billing } }: Demo, id: string): void {
  billing.ledger.remove("bills", id);
}

test("absence: an invoice that two full reads do not show is voided by its rule; unlinked ones are nobody's", async (t) => {
  const demo = await openTinyDemo(t, { ...tinyWorld, receipts: [] });
  const { accounting } = demo.sandboxes;
  const ledger = accounting.ledger;
  await demo.run();
  ledger.put("Invoice", "7001", { ...ledger.all("Invoice")[0], Id: "7001", DocNumber: "OTHER-1" });
  removeBill(demo, "9002");
  // An incremental read proves nothing.
  assert.equal(part(await demo.run(), "invoices").voided, 0);
  demo.clock.advance(WEEK);
  const first = part(await demo.run(), "invoices");
  assert.equal(first.voided, 0);
  const second = part(await demo.run(), "invoices");
  assert.deepEqual([second.voided, second.held], [1, 0]);
  const voided = ledger.all("Invoice").filter((row) => row["TotalAmt"] === 0);
  assert.deepEqual(
    voided.map((row) => row["DocNumber"]),
    ["INV-1043"],
  );
  demo.writes("accounting");
  demo.clock.advance(WEEK);
  assert.equal(part(await demo.run(), "invoices").voided, 0);
  assert.equal(demo.writes("accounting"), 0);
});

test("absence: an invoice that may be in the books, and is gone from billing, is not forgotten", async (t) => {
  const demo = await openTinyDemo(t, { ...tinyWorld, receipts: [] });
  demo.sandboxes.accounting.fault({ kind: "commit_then_cut", path: "/invoice|/batch", method: "POST" });
  assert.equal(part(await demo.run(), "invoices").uncertain, 2);
  const accounting = demo.connect("accounting");
  const finding = (entity: string, what: Parameters<typeof accounting.can>[1]) =>
    what !== "find" && accounting.can(entity, what);
  const connections = new Map([
    ["psa", demo.connect("psa")],
    ["billing", demo.connect("billing")],
    ["accounting", { ...accounting, can: finding }],
  ] as const);
  await demo.run({ connections });
  assert.equal((await asides(demo, "invoices"))["9002"], "held outcome_unknown");
  removeBill(demo, "9002");
  for (let run = 1; run <= 2; run++) {
    demo.clock.advance(WEEK);
    await demo.run();
    assert.equal((await asides(demo, "invoices"))["9002"], "held outcome_unknown", `run ${run}`);
  }
});

test("absence: an invoice that cannot be read in the books is not voided unseen", async (t) => {
  const demo = await openTinyDemo(t, { ...tinyWorld, receipts: [] });
  await demo.run();
  const { ledger } = demo.sandboxes.accounting;
  const row = ledger.all("Invoice").find((one) => one["DocNumber"] === "INV-1043") ?? {};
  ledger.put("Invoice", String(row["Id"]), { ...row, TxnDate: "soon" });
  removeBill(demo, "9002");
  for (let run = 1; run <= 2; run++) {
    demo.clock.advance(WEEK);
    assert.equal(part(await demo.run(), "invoices").voided, 0);
  }
  assert.equal((await asides(demo, "invoices"))["9002"], "held target_unreadable");
});

test("absence: an invoice that is back at the second look stays as it is", async (t) => {
  const demo = await openTinyDemo(t);
  const { billing, accounting } = demo.sandboxes;
  await demo.run();
  const bill = billing.ledger.get("bills", "9002") ?? {};
  removeBill(demo, "9002");
  demo.clock.advance(WEEK);
  await demo.run();
  billing.ledger.put("bills", "9002", bill);
  demo.writes("accounting");
  assert.equal(part(await demo.run(), "invoices").voided, 0);
  assert.equal(demo.writes("accounting"), 0);
  assert.deepEqual(await asides(demo, "invoices"), {});
  assert.equal(accounting.ledger.all("Invoice").filter((row) => row["TotalAmt"] === 0).length, 0);
});

test("absence: a customer that is gone from the PSA is made inactive in the books where the client says so, and held in billing", async (t) => {
  const demo = await openTinyDemo(t);
  demo.edit("customers-accounting.yaml", (text) => `${text}source_deleted: inactivate\n`);
  const { psa, accounting, billing } = demo.sandboxes;
  await demo.run();
  psa.ledger.remove("companies", "1002");
  demo.clock.advance(WEEK);
  await demo.run();
  const report = await demo.run();
  const orchard = accounting.ledger
    .all("Customer")
    .find((row) => row["DisplayName"] === "Orchard & Sons, Inc.");
  assert.equal(orchard?.["Active"], false);
  assert.equal(part(report, "customers-accounting").updated, 1);
  assert.deepEqual(await asides(demo, "customers"), { 1002: "held source_deleted" });
  assert.equal(billing.ledger.get("customers", "20001")?.["status"], "OPEN");
});

test("absence: a contract that is gone from the PSA leaves the account's list at the next full compare", async (t) => {
  const demo = await openTinyDemo(t);
  const { psa, billing } = demo.sandboxes;
  const other = psa.ledger.get("agreements", "4001") ?? {};
  psa.ledger.put("agreements", "4009", { ...other, id: 4009, name: "More voice" });
  await demo.run();
  assert.match(JSON.stringify(billing.ledger.get("customers", "5001")), /4001 4009/);
  psa.ledger.remove("agreements", "4009");
  demo.clock.advance(WEEK);
  await demo.run();
  assert.match(JSON.stringify(billing.ledger.get("customers", "5001")), /"Contract IDs","value":"4001"/);
});

test("a contract that moves to another customer leaves the account that it was on", async (t) => {
  const demo = await openTinyDemo(t);
  const { psa, billing } = demo.sandboxes;
  const other = psa.ledger.get("agreements", "4001") ?? {};
  psa.ledger.put("agreements", "4009", { ...other, id: 4009, name: "More voice" });
  await demo.run();
  demo.clock.advance(3_600_000);
  await patch(demo, "/finance/agreements/4009", { company: { id: 1002 } });
  await demo.run();
  assert.match(JSON.stringify(billing.ledger.get("customers", "5001")), /"Contract IDs","value":"4001"/);
  assert.match(
    JSON.stringify(billing.ledger.get("customers", "20001")),
    /"Contract IDs","value":"4002 4009"/,
  );
});

test("a record that waits for its own code and then vanishes at its source is no longer held", async (t) => {
  const demo = await openTinyDemo(t);
  demo.edit("gl-codes.yaml", (text) => text.replace(/ {2}- \{ code: "LD".*\n/, ""));
  await demo.run();
  assert.equal((await issuesOf(demo, "invoices")).length, 1);
  removeBill(demo, "9002");
  demo.clock.advance(WEEK);
  await demo.run();
  await demo.run();
  assert.equal((await issuesOf(demo, "invoices")).length, 0);
});

test("a payment that is changed in the books after it was recorded is held for a person", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  changeBill(demo, "9001", {});
  const payment = demo.sandboxes.accounting.ledger
    .all("Payment")
    .find((row) => row["PaymentRefNum"] === "ACH-77");
  const now = new Date(demo.clock.now()).toISOString();
  demo.sandboxes.accounting.ledger.put("Payment", String(payment?.["Id"]), {
    ...payment,
    TotalAmt: 60,
    UnappliedAmt: 10,
    MetaData: { LastUpdatedTime: now },
  });
  const { created, held } = part(await demo.run(), "payments");
  assert.deepEqual([created, held], [0, 2]);
  assert.equal((await asides(demo, "payments"))[String(payment?.["Id"])], "held target_cannot_update");
  await patch(demo, "/company/companies/1001", { phoneNumber: "8135550100" });
  assert.equal(demo.sandboxes.billing.ledger.all("payments").length, 2);
});
