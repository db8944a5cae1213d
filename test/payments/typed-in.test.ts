import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import { linkChanges } from "../../engine/sync/links.ts";
import type { Demo } from "../support/demo.ts";
import { ask } from "../support/edits.ts";
import { billed, openUnpaid, runPayments } from "../support/payments-world.ts";

/** A payment that somebody types into billing out of old habit: reported, never doubled, and accounting's word counts. */

const CHECK = { date: "2026-08-31", amount: 10000, reference: "CHK 501", on: { "INV-1044": 10000 } };

/** Somebody at billing's screen. */
function typeIn({ sandboxes: { billing }, clock }: Demo, id: string, fields: Row): void {
  const customer_id = billing.ledger.get("invoices", "9003")?.["customer_id"] ?? "";
  const updated_at = new Date(clock.now()).toISOString();
  const head = { id, updated_at, status: "posted", customer_id, currency: "USD", unapplied_amount: 0 };
  billing.ledger.put("payments", id, { ...head, ...fields });
  billing.show();
}

const TYPED = {
  payment_date: "2026-08-29",
  amount: 10000,
  reference: "501",
  allocations: [{ invoice_id: "9003", amount: 10000, allocation_date: null }],
};

async function issues(demo: Demo): Promise<{ readonly [id: string]: string }> {
  const all = (await demo.issues()).filter(({ reason }) => reason !== "reference_missing");
  return Object.fromEntries(all.map(({ source_id, reason }) => [source_id, reason]));
}

async function link(demo: Demo, accounting: string, billing: string): Promise<void> {
  await demo.state((state) => {
    const [left, right] = [
      { system: "accounting", id: accounting, label: "" } as const,
      { system: "billing", id: billing, label: "" } as const,
    ];
    state.commit(linkChanges(state, "payment", left, right).changes);
    state.flush();
  });
}

for (const ledger of ["quickbooks", "xero"] as const) {
  test(`R6: a payment typed into billing for a synced invoice is reported; the one that ${ledger} gets of it is not made twice, and its words count once they are linked`, async (t) => {
    const { demo, clerk } = await openUnpaid(t, ledger);
    typeIn(demo, "H-1", TYPED);
    assert.equal((await runPayments(demo)).held, 2);
    assert.deepEqual(await issues(demo), { "billing:H-1": "typed_in_there" });
    const [report] = (await demo.issues()).filter(({ reason }) => reason === "typed_in_there");
    assert.match(
      report?.message ?? "",
      /^501 over 100\.00 USD was entered in billing \(payment H-1, for invoice 9003\)/,
    );
    const id = clerk.receive(CHECK);
    demo.writes("billing");
    for (let run = 0; run < 2; run++) {
      assert.equal((await runPayments(demo)).created, 0);
      assert.deepEqual(await issues(demo), { "billing:H-1": "typed_in_there", [id]: "possible_duplicate" });
    }
    assert.equal(demo.writes("billing"), 0);
    await link(demo, id, "H-1");
    assert.equal((await runPayments(demo)).updated, 1);
    assert.deepEqual(await issues(demo), {});
    const [payment, ...more] = demo.sandboxes.billing.ledger.all("payments");
    assert.deepEqual(more, []);
    assert.deepEqual([payment?.["payment_date"], payment?.["reference"]], ["2026-08-31", "CHK 501"]);
  });
}

for (const { name, typed } of [
  { name: "another amount", typed: { amount: 9000 } },
  { name: "a date four days away", typed: { payment_date: "2026-08-27" } },
  { name: "another reference", typed: { reference: "502" } },
  { name: "another customer", typed: { customer_id: "20001" } },
  { name: "a void", typed: { status: "voided" } },
]) {
  test(`R6: ${name} makes it another payment, which is made`, async (t) => {
    const { demo, clerk } = await openUnpaid(t, "quickbooks");
    typeIn(demo, "H-1", { ...TYPED, allocations: [], ...typed });
    clerk.receive(CHECK);
    assert.equal((await runPayments(demo)).created, 1);
    assert.deepEqual(await issues(demo), {});
  });
}

test("R6: a person who knows better has the second payment made; a report ends when its payment is gone", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "quickbooks");
  typeIn(demo, "H-1", TYPED);
  const id = clerk.receive(CHECK);
  await runPayments(demo);
  await demo.state((state) => {
    const row = state.issues("payments", [id]).get(id);
    assert.ok(row);
    // What `tripoint held retry` does.
    state.commit([{ put: "issue", row: { ...row, source_hash: "" } }]);
    state.flush();
  });
  assert.equal((await runPayments(demo)).created, 1);
  assert.deepEqual(await issues(demo), { "billing:H-1": "typed_in_there" });
  demo.sandboxes.billing.ledger.remove("payments", "H-1");
  demo.sandboxes.billing.show();
  await runPayments(demo);
  assert.deepEqual(await issues(demo), {});
  assert.equal(billed(demo, "INV-1044").payments.length, 1);
});

test("R6: a typed-in payment that cannot be read any more is still not made a second time", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "quickbooks");
  typeIn(demo, "H-1", TYPED);
  await runPayments(demo);
  typeIn(demo, "H-1", { ...TYPED, payment_date: "tomorrow" });
  const id = clerk.receive(CHECK);
  assert.equal((await runPayments(demo)).created, 0);
  assert.deepEqual(await issues(demo), { "billing:H-1": "typed_in_there", [id]: "possible_duplicate" });
});

test("R6: a payment taken in Rev.io is reported with its bill, and no second one is made there", async (t) => {
  const { demo, clerk } = await openUnpaid(t, "quickbooks", "revio-billing");
  const { customer_id = null } = demo.sandboxes.billing.ledger.get("bills", "9003") ?? {};
  await ask(demo, "billing", "POST", "/Payments", {
    customer_id,
    payment_date: "2026-08-30",
    amount: 100,
    reference_number: "CHK-501",
    bills: [{ bill_id: 9003, amount: 100 }],
  });
  const id = clerk.receive(CHECK);
  demo.writes("billing");
  await runPayments(demo);
  const [[typed, reason] = [], ...rest] = Object.entries(await issues(demo))
    .sort()
    .reverse();
  assert.deepEqual(
    [typed?.startsWith("billing:"), reason, rest],
    [true, "typed_in_there", [[id, "possible_duplicate"]]],
  );
  assert.equal(demo.writes("billing"), 0);
});
