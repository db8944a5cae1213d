import assert from "node:assert/strict";
import { test } from "node:test";
import { addPayment, asides, changeBill, issuesOf, patch } from "../support/edits.ts";
import { openTriangle, part, type Triangle } from "../support/small-triangle.ts";

/** Records whose source is gone: by a tombstone at once, by absence after two complete compares, never by guess. */

const WEEK = 7 * 86_400_000;

/** A person deletes a payment in the books; the change feed says so. */
function deletePayment({ sandboxes: { accounting }, clock }: Triangle, reference: string): string {
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

const withRule = (triangle: Triangle, file: string, rule: string) =>
  triangle.edit(file, (text) => `${text}source_deleted: ${rule}\n`);

test("tombstone: a payment that was deleted in the books is held until a person deals with it in billing", async (t) => {
  const triangle = await openTriangle(t);
  await triangle.run();
  const id = deletePayment(triangle, "CHK-501");
  for (let run = 1; run <= 2; run++) {
    const { held, created } = part(await triangle.run(), "payments");
    assert.deepEqual([held, created], [2, 0], `run ${run}`);
  }
  assert.equal((await asides(triangle, "payments"))[id], "held source_deleted");
  assert.equal(triangle.sandboxes.billing.ledger.all("payments").length, 2);
});

test("tombstone: with source_deleted: ignore nothing is held and nothing is written", async (t) => {
  const triangle = await openTriangle(t);
  withRule(triangle, "payments.yaml", "ignore");
  await triangle.run();
  deletePayment(triangle, "CHK-501");
  triangle.writes("billing");
  assert.equal(part(await triangle.run(), "payments").held, 1);
  assert.equal(triangle.writes("billing"), 0);
});

test("tombstone: a payment that was never sent is forgotten", async (t) => {
  const triangle = await openTriangle(t);
  await triangle.run();
  addPayment(triangle, "300", { PaymentRefNum: "CARD-10" });
  assert.equal(part(await triangle.run(), "payments").held, 2);
  deletePayment(triangle, "CARD-10");
  assert.equal(part(await triangle.run(), "payments").held, 1);
});

function removeBill({ sandboxes: { billing } }: Triangle, id: string): void {
  billing.ledger.remove("bills", id);
}

test("absence: an invoice that two full reads do not show is voided by its rule; unlinked ones are nobody's", async (t) => {
  const triangle = await openTriangle(t);
  const { accounting } = triangle.sandboxes;
  const ledger = accounting.ledger;
  await triangle.run();
  ledger.put("Invoice", "7001", { ...ledger.all("Invoice")[0], Id: "7001", DocNumber: "OTHER-1" });
  removeBill(triangle, "9002");
  // An incremental read proves nothing.
  assert.equal(part(await triangle.run(), "invoices").voided, 0);
  triangle.clock.advance(WEEK);
  const first = part(await triangle.run(), "invoices");
  assert.equal(first.voided, 0);
  const second = part(await triangle.run(), "invoices");
  assert.deepEqual([second.voided, second.held], [1, 0]);
  const voided = ledger.all("Invoice").filter((row) => row["TotalAmt"] === 0);
  assert.deepEqual(
    voided.map((row) => row["DocNumber"]),
    ["INV-1043"],
  );
  triangle.writes("accounting");
  triangle.clock.advance(WEEK);
  assert.equal(part(await triangle.run(), "invoices").voided, 0);
  assert.equal(triangle.writes("accounting"), 0);
});

test("absence: an invoice that is back at the second look stays as it is", async (t) => {
  const triangle = await openTriangle(t);
  const { billing, accounting } = triangle.sandboxes;
  await triangle.run();
  const bill = billing.ledger.get("bills", "9002") ?? {};
  removeBill(triangle, "9002");
  triangle.clock.advance(WEEK);
  await triangle.run();
  billing.ledger.put("bills", "9002", bill);
  triangle.writes("accounting");
  assert.equal(part(await triangle.run(), "invoices").voided, 0);
  assert.equal(triangle.writes("accounting"), 0);
  assert.deepEqual(await asides(triangle, "invoices"), {});
  assert.equal(accounting.ledger.all("Invoice").filter((row) => row["TotalAmt"] === 0).length, 0);
});

test("absence: a customer that is gone from the PSA is made inactive in the books where the client says so, and held in billing", async (t) => {
  const triangle = await openTriangle(t);
  triangle.edit("customers-accounting.yaml", (text) => `${text}source_deleted: inactivate\n`);
  const { psa, accounting, billing } = triangle.sandboxes;
  await triangle.run();
  psa.ledger.remove("companies", "1002");
  triangle.clock.advance(WEEK);
  await triangle.run();
  const report = await triangle.run();
  const orchard = accounting.ledger
    .all("Customer")
    .find((row) => row["DisplayName"] === "Orchard & Sons, Inc.");
  assert.equal(orchard?.["Active"], false);
  assert.equal(part(report, "customers-accounting").updated, 1);
  assert.deepEqual(await asides(triangle, "customers"), { 1002: "held source_deleted" });
  assert.equal(billing.ledger.get("customers", "20001")?.["status"], "OPEN");
});

test("absence: a contract that is gone from the PSA leaves the account's list at the next full compare", async (t) => {
  const triangle = await openTriangle(t);
  const { psa, billing } = triangle.sandboxes;
  const other = psa.ledger.get("agreements", "4001") ?? {};
  psa.ledger.put("agreements", "4009", { ...other, id: 4009, name: "More voice" });
  await triangle.run();
  assert.match(JSON.stringify(billing.ledger.get("customers", "5001")), /4001 4009/);
  psa.ledger.remove("agreements", "4009");
  triangle.clock.advance(WEEK);
  await triangle.run();
  assert.match(JSON.stringify(billing.ledger.get("customers", "5001")), /"Contract IDs","value":"4001"/);
});

test("a contract that moves to another customer leaves the account that it was on", async (t) => {
  const triangle = await openTriangle(t);
  const { psa, billing } = triangle.sandboxes;
  const other = psa.ledger.get("agreements", "4001") ?? {};
  psa.ledger.put("agreements", "4009", { ...other, id: 4009, name: "More voice" });
  await triangle.run();
  triangle.clock.advance(3_600_000);
  await patch(triangle, "/finance/agreements/4009", { company: { id: 1002 } });
  await triangle.run();
  assert.match(JSON.stringify(billing.ledger.get("customers", "5001")), /"Contract IDs","value":"4001"/);
  assert.match(
    JSON.stringify(billing.ledger.get("customers", "20001")),
    /"Contract IDs","value":"4002 4009"/,
  );
});

test("a record that waits for its own code and then vanishes at its source is no longer held", async (t) => {
  const triangle = await openTriangle(t);
  triangle.edit("gl-codes.yaml", (text) => text.replace(/ {2}- \{ code: "LD".*\n/, ""));
  await triangle.run();
  assert.equal((await issuesOf(triangle, "invoices")).length, 1);
  removeBill(triangle, "9002");
  triangle.clock.advance(WEEK);
  await triangle.run();
  await triangle.run();
  assert.equal((await issuesOf(triangle, "invoices")).length, 0);
});

test("a payment that is changed in the books after it was recorded is held for a person", async (t) => {
  const triangle = await openTriangle(t);
  await triangle.run();
  changeBill(triangle, "9001", {});
  const payment = triangle.sandboxes.accounting.ledger
    .all("Payment")
    .find((row) => row["PaymentRefNum"] === "ACH-77");
  const now = new Date(triangle.clock.now()).toISOString();
  triangle.sandboxes.accounting.ledger.put("Payment", String(payment?.["Id"]), {
    ...payment,
    TotalAmt: 60,
    UnappliedAmt: 10,
    MetaData: { LastUpdatedTime: now },
  });
  const { created, held } = part(await triangle.run(), "payments");
  assert.deepEqual([created, held], [0, 2]);
  assert.equal((await asides(triangle, "payments"))[String(payment?.["Id"])], "held target_cannot_update");
  await patch(triangle, "/company/companies/1001", { phoneNumber: "8135550100" });
  assert.equal(triangle.sandboxes.billing.ledger.all("payments").length, 2);
});
