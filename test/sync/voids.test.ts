import assert from "node:assert/strict";
import { test } from "node:test";
import { type Demo, part } from "../support/demo.ts";
import { closeBooks, heldOf, openLedgerDemo } from "../support/ledger-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** A void passes the same checks whatever asked for it: here a bill that is gone from billing. */

const WEEK = 7 * 86_400_000;

const standing = (demo: Demo): readonly string[] =>
  demo
    .books("accounting")
    .invoices.map(({ number, total }) => `${number} ${total}`)
    .sort();

function voidedIn({ sandboxes: { accounting } }: Demo): readonly unknown[] {
  const { ledger } = accounting;
  return [
    ...ledger.all("Invoice").filter(({ TotalAmt }) => TotalAmt === 0),
    ...ledger.all("Invoices").filter(({ Status }) => Status === "VOIDED"),
  ].map(({ DocNumber, InvoiceNumber }) => DocNumber ?? InvoiceNumber);
}

/** Two full reads without a bill are the proof that it is gone. */
async function remove(demo: Demo, id: string) {
  demo.sandboxes.billing.ledger.remove("bills", id);
  demo.clock.advance(WEEK);
  await demo.run();
  demo.writes("accounting");
  return part(await demo.run(), "invoices");
}

for (const connector of ["quickbooks", "xero"] as const) {
  test(`R16: ${connector}: a bill that is gone is not voided in closed books, and is once they are open`, async (t) => {
    const demo = await openLedgerDemo(t, connector, { world: { ...tinyWorld, receipts: [] } });
    await demo.run();
    closeBooks(demo, "2026-08-31");
    const { voided, held } = await remove(demo, "9002");
    assert.deepEqual([voided, held, demo.writes("accounting")], [0, 1, 0]);
    assert.match(
      (await heldOf(demo, "invoices"))["period_closed"] ?? "",
      /INV-1043.*closed until 2026-08-31/,
    );
    assert.deepEqual(standing(demo), ["INV-1042 55286", "INV-1043 9256"]);
    closeBooks(demo, "2026-07-31");
    const after = part(await demo.run(), "invoices");
    assert.deepEqual([after.voided, after.held], [1, 0]);
    assert.deepEqual(voidedIn(demo), ["INV-1043"]);
  });

  test(`R16, R24: ${connector}: a bill that is gone and has payments in the ledger is not voided there`, async (t) => {
    const demo = await openLedgerDemo(t, connector);
    await demo.run();
    const { voided, held } = await remove(demo, "9001");
    assert.deepEqual([voided, held, demo.writes("accounting")], [0, 1, 0]);
    const { has_payments = "" } = await heldOf(demo, "invoices");
    assert.match(has_payments, /INV-1042.* is to be voided.*has payments on it. Take them off it/);
    assert.ok(standing(demo).includes("INV-1042 55286"));
  });
}
