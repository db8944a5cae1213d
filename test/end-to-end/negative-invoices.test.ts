import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { SYSTEMS } from "../matrix/systems.ts";
import { CREDIT_FILES } from "../support/credit-demo.ts";
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
  const demo = await open(t, {
    "invoices.yaml": `pipeline: invoices
extends: ../base/invoices-to-accounting.yaml
after: [customers-accounting, customers-billing-accounting]
source: { filter: 'status in ["issued", "voided"] and total >= 0' }
tests: []
`,
    "negative-invoices.yaml": `pipeline: negative-invoices
extends: ../base/negative-invoices-to-accounting.yaml
after: [invoices]
tests: []
`,
  });
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
