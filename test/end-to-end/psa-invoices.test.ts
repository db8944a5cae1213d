import assert from "node:assert/strict";
import { test } from "node:test";
import { SYSTEMS } from "../matrix/systems.ts";
import { billingWorld, openBilling } from "../support/billing-month.ts";

/** Invoices that the PSA makes by itself, and what becomes of them afterwards. */

const { connectwise } = SYSTEMS.psa;
const psa = { ...connectwise, settings: { ...connectwise.settings, voided_statuses: ["Closed"] } };
const VOIDED = { id: 3 };

for (const ledger of ["quickbooks", "xero"] as const) {
  test(`R5, R24, R55: ${ledger}: an invoice of the PSA that is voided and gives its items free is voided, and they are invoiced anew`, async (t) => {
    const month = await openBilling(t, { ledger, invoicing: { mode: "separate" }, psa });
    const { time, product } = await month.work();
    await month.run();
    const id = await month.psaInvoice("10234", [time, product]);
    await month.run();
    assert.deepEqual(month.receivables(), { "10234": 62480 });
    await month.psa("PATCH", `/finance/invoices/${id}`, [{ op: "replace", path: "status", value: VOIDED }]);
    await month.change(time, { invoice: null, status: "ReadyToBill" });
    await month.change(product, { invoice: null });
    await month.psaInvoice("10235", [time]);
    await month.run();
    assert.deepEqual(await month.demo.issues(), []);
    // Xero keeps the total of a voided invoice, and posts nothing of it.
    assert.equal(month.receivables()["10235"], 22500);
    assert.deepEqual(month.demo.books("accounting").gl_totals, { "4300": 22500 });
    const { items } = await month.proof("2026-10");
    const said = new Map(items.map(({ item, why }) => [item, why]));
    assert.match(said.get(time) ?? "", /invoice 10235$/);
    assert.equal(said.get(product), "it waits for an invoice of the PSA");
  });
}

test("R55: what no invoice of the PSA has taken for a whole month is told with its day, and the proof fails", async (t) => {
  const month = await openBilling(t, { ledger: "quickbooks", invoicing: { mode: "separate" } });
  const { time } = await month.work("2026-10-19");
  const { clock } = month.demo;
  const saidAt = async (instant: string): Promise<readonly unknown[]> => {
    clock.advance(Date.parse(instant) - clock.now());
    const { items, proven } = await month.proof("2026-10");
    const found = items.find(({ item }) => item === time);
    return [found?.verdict, found?.why, proven];
  };
  // The evening of 30 November in New York.
  assert.deepEqual(await saidAt("2026-12-01T02:00:00Z"), [
    "unclaimed",
    "it waits for an invoice of the PSA",
    true,
  ]);
  assert.deepEqual(await saidAt("2026-12-01T06:00:00Z"), [
    "unexplained",
    "no invoice of the PSA has taken it since its service of 2026-10-19: invoice it there, or write it off",
    false,
  ]);
});

test("R16, R50: work for a customer in a foreign currency is charged in it, though the PSA's time and products say none", async (t) => {
  const companies = billingWorld.companies.map((company) => ({ ...company, currency: "CAD" }));
  const world = { ...billingWorld, companies };
  const month = await openBilling(t, { ledger: "quickbooks", invoicing: { mode: "consolidated" }, world });
  await month.work();
  await month.run();
  assert.deepEqual(await month.demo.issues(), []);
  const charges = month.demo.sandboxes.billing.ledger.all("charges");
  assert.deepEqual(
    charges
      .map(({ source_item_id, currency }) => [String(source_item_id).replace(/:.*/, ""), currency])
      .sort(),
    ["addition", "addition", "expense", "product", "time"].map((kind) => [kind, "CAD"]),
  );
});
