import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ageing } from "../../engine/commands/ageing.ts";
import { reconcile } from "../../engine/commands/reconcile.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { CREDIT_FILES, NEGATIVE_INVOICE_PIPELINES } from "../support/credit-demo.ts";
import { creditsOf } from "../support/credits.ts";
import { openDemo } from "../support/demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** Bills below zero, in a billing system that has no credit notes: held, or made into credit, as the client says. */

const [model] = tinyWorld.invoices;
const WORLD = {
  ...tinyWorld,
  receipts: [],
  strangers: [],
  invoices: [
    ...tinyWorld.invoices,
    ...(model === undefined ? [] : [model]).map((invoice) => ({
      ...invoice,
      id: "9003",
      number: "INV-1044",
      lines: [
        {
          charge_type: "MRC",
          description: "Credit: one seat not in use",
          quantity: "-1",
          unit_amount_decimal: "19.95",
          amount: -1995,
        },
      ],
      taxes: invoice.taxes.slice(0, 1).map((tax) => ({ ...tax, amount: -140 })),
      total: -2135,
    })),
  ],
};

function open(t: TestContext, files: { readonly [name: string]: string }) {
  return openDemo(t, {
    world: WORLD,
    systems: { billing: SYSTEMS.billing["revio-billing"] },
    files: { "gl-codes.yaml": CREDIT_FILES["gl-codes.yaml"], ...files },
  });
}

test("R24: an invoice below zero is held where the client has said nothing of it", async (t) => {
  const demo = await open(t, {});
  await demo.run();
  assert.deepEqual(
    (await demo.issues()).map(({ pipeline, reason, message }) => [pipeline, reason, message]),
    [["invoices", "guard_failed", "not true of it: the total is not negative"]],
  );
  assert.equal(demo.books("accounting").invoices.length, 2);
});

test("R18, R24: an invoice below zero becomes a credit note where the client says so, and the accounts tie to the cent", async (t) => {
  const demo = await open(t, NEGATIVE_INVOICE_PIPELINES);
  await demo.run();
  assert.deepEqual(await demo.issues(), []);
  assert.deepEqual(creditsOf("quickbooks", demo.sandboxes.accounting.ledger.all), [
    { number: "INV-1044", date: "2026-08-01", total: 2135, left: 2135, applications: [] },
  ]);
  assert.deepEqual(demo.books("accounting").gl_totals, {
    "2200": 3351,
    "2210": 630,
    "4000": 58_380,
    "4010": 46,
  });
  demo.writes("accounting");
  await demo.run();
  assert.equal(demo.writes("accounting"), 0);
});

test("R18, R71: a bill below zero and its credit note are one document to reconcile and to ageing", async (t) => {
  const demo = await open(t, NEGATIVE_INVOICE_PIPELINES);
  await demo.run();
  const scope = { from: null, to: null };
  assert.deepEqual((await reconcile(demo.place, { scope })).differences, []);
  const { rows, differences } = await ageing(demo.place, { compare: true });
  assert.deepEqual(differences, []);
  for (const { billing, accounting } of rows) assert.deepEqual(billing, accounting);
  assert.equal(
    rows.reduce((sum, { accounting }) => sum + (accounting?.unapplied ?? 0), 0),
    2135,
  );
});
