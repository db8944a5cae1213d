import assert from "node:assert/strict";
import { test } from "node:test";
import type { DifferenceRow } from "../../engine/report/reconciliation.ts";
import type { Demo } from "../support/demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";
import {
  agreeing,
  carryOut,
  editInvoice,
  openSeats,
  PAIRS,
  reconciled,
  removeInvoice,
  tripoint,
  typePayment,
  wrongIn,
} from "./ledgers.ts";

/** Every planted difference is found, explained, and ended by the very command that the report names. */

for (const seats of PAIRS) {
  const where = `${seats.billing} and ${seats.accounting}`;

  test(`R16, R18, R20, R4: ${where} agree after a run, and what parts them is explained and mended`, async (t) => {
    const demo = await openSeats(t, seats);

    await t.test("R16, R18, R20: every sum per GL code, every payment and balance agrees", async () => {
      const report = await reconciled(demo);
      assert.deepEqual(wrongIn(report), []);
      const booked = new Map(Object.entries(demo.books("accounting").gl_totals));
      for (const [gl_code, amount] of booked) {
        const rows = report.revenue.filter((row) => row.gl_code === gl_code);
        assert.deepEqual(
          [
            rows.reduce((sum, row) => sum + row.billing, 0),
            rows.reduce((sum, row) => sum + row.accounting, 0),
          ],
          [amount, amount],
          gl_code,
        );
      }
      const [usd] = report.totals;
      assert.deepEqual(usd?.payments, { billing: 60286, accounting: 60286, difference: 0 });
      assert.deepEqual(usd?.revenue, { billing: 119828, accounting: 119828, difference: 0 });
      assert.deepEqual(usd?.balances, { billing: 59542, accounting: 59542, difference: 0 });
    });

    await t.test(
      "R4: an amount edited in accounting is shown; billing stays, accounting is put right",
      async () => {
        const before = demo.books("billing").invoices;
        editInvoice(demo, seats, "INV-1044", 10);
        const [found, ...more] = wrongIn(await reconciled(demo));
        assert.deepEqual(more, []);
        assert.deepEqual(
          [found?.cause, found?.billing, found?.accounting, found?.off],
          ["changed_in_accounting", 55286, 56286, 1000],
        );
        assert.deepEqual(found?.gl, [
          {
            period: "2026-09",
            gl_code: "4000",
            psa: null,
            billing: 51375,
            accounting: 52375,
            difference: 1000,
          },
        ]);
        await carryOut(demo, found);
        const [held, ...others] = wrongIn(await reconciled(demo));
        assert.deepEqual(
          [held?.cause, others],
          ["posted_differs", []],
          "nothing is overwritten without a word",
        );
        await mended(demo, held);
        assert.deepEqual(demo.books("billing").invoices, before);
        assert.equal(numbered(demo, "INV-1044")?.total, 55286);
      },
    );

    await t.test("R16: an invoice deleted from the books is found, and posted anew once", async () => {
      removeInvoice(demo, seats, "INV-1044");
      const [found] = wrongIn(await reconciled(demo));
      assert.deepEqual([found?.cause, found?.off], ["gone_in_accounting", 55286]);
      await mended(demo, found);
      assert.equal(demo.books("accounting").invoices.filter(({ number }) => number === "INV-1044").length, 1);
    });

    await t.test(
      "P12: a payment that was typed in billing a second time is told from the one that is linked",
      async () => {
        const customer = demo.books("billing").payments.find(({ amount }) => amount === 5000)?.customer ?? "";
        const id = typePayment(demo, seats, {
          customer,
          date: "2026-08-25",
          amount: 5000,
          reference: "ACH-77",
        });
        const [found, ...more] = wrongIn(await reconciled(demo));
        assert.deepEqual(more, []);
        assert.deepEqual(
          [found?.cause, found?.billing, found?.accounting, found?.command],
          ["entered_twice", 5000, 0, null],
        );
        assert.equal(found?.task, `Void ${id} in billing.`);
      },
    );
  });
}

test("R20, R23, P24: money of a customer that nobody linked stands first and is booked once it is linked", async (t) => {
  const [seats = assert.fail()] = PAIRS;
  const demo = await openSeats(t, seats, tinyWorld);
  const report = await reconciled(demo);
  assert.deepEqual(
    report.customers.map(({ name, linked }) => [name, linked]),
    [
      ["Walk-in Customer", false],
      ["Harbor Dental LLC", true],
      ["Orchard & Sons, Inc.", true],
    ],
  );
  const [found] = wrongIn(report);
  assert.deepEqual([found?.cause, found?.accounting, found?.off], ["unlinked_customer", 7500, 7500]);
  const { ledger } = demo.sandboxes.billing;
  ledger.put("customers", "5900", {
    ...ledger.get("customers", "5001"),
    customer_id: 5900,
    account_number: "W-1",
    fields: [],
  });
  await mended(demo, found, "5900");
});

for (const accounting of ["quickbooks", "xero"] as const) {
  test(`R18, R63: a charge type without a GL code holds its invoice of ${accounting}, and the report names the file to add it to`, async (t) => {
    const demo = await openSeats(t, { billing: "sqlite-billing", accounting });
    const { billing } = demo.sandboxes;
    const model = billing.ledger.get("invoices", "9003");
    const lines = [
      { line_number: 1, charge_type: "PIGEON", description: "One bird", quantity: "1", amount: 1250 },
    ];
    const sums = { subtotal: 1250, tax_total: 0, total: 1250, balance: 1250 };
    const updated_at = new Date(demo.clock.now()).toISOString();
    billing.ledger.put("invoices", "9004", {
      ...model,
      id: "9004",
      number: "INV-1045",
      lines,
      taxes: [],
      ...sums,
      updated_at,
    });
    billing.show();
    const unread = wrongIn(await reconciled(demo));
    assert.deepEqual(causes(unread), ["code_unmapped"]);
    await demo.run();
    const [found] = wrongIn(await reconciled(demo));
    assert.equal(found?.cause, "code_unmapped");
    assert.match(found?.task ?? "", /\{ code: "PIGEON", … \} to mappings\/demo\/gl-codes\.yaml/);
    demo.edit(
      "gl-codes.yaml",
      (text) => `${text}  - { code: "PIGEON", gl_code: "4010", item: "4010 Long distance" }\n`,
    );
    await mended(demo, found);
  });
}

test("P22: a payment typed in billing that accounting also has is to be linked, and then is not booked twice", async (t) => {
  const [, seats = assert.fail()] = PAIRS;
  const demo = await openSeats(t, seats, {
    ...agreeing,
    receipts: agreeing.receipts.slice(1),
    strangers: tinyWorld.strangers,
  });
  const [stranger = assert.fail()] = demo
    .books("accounting")
    .customers.filter(({ name }) => name === "Walk-in Customer");
  const [held] = wrongIn(await reconciled(demo));
  const customer = demo.books("billing").customers[0]?.id ?? "";
  await carryOut(
    demo,
    held === undefined ? held : { ...held, command: held.command?.split(" && ")[0] ?? null },
    "700",
  );
  billingCustomer(demo, customer, "700");
  typePayment(demo, seats, { customer: "700", date: "2026-08-23", amount: 7500, reference: "card" });
  const [twin, ...more] = wrongIn(await reconciled(demo));
  assert.deepEqual(more, []);
  assert.deepEqual([twin?.cause, twin?.difference, twin?.documents.length], ["not_linked", 0, 2]);
  await mended(demo, twin);
  await demo.settle();
  assert.equal(demo.books("billing").payments.filter(({ amount }) => amount === 7500).length, 1, stranger.id);
});

test("R16: what is older than go_live is left out by rule and is no difference", async (t) => {
  const [seats = assert.fail()] = PAIRS;
  const old = agreeing.invoices.map((one) =>
    one.number === "INV-1044" ? { ...one, invoice_date: "2026-07-31", due_date: "2026-08-30" } : one,
  );
  const demo = await openSeats(t, seats, { ...agreeing, invoices: old });
  const report = await reconciled(demo);
  assert.deepEqual(wrongIn(report), []);
  assert.deepEqual(
    report.differences.map(({ cause, off, command }) => [cause, off, command]),
    [["before_go_live", 55286, null]],
  );
  assert.equal(report.totals[0]?.balances.difference, 0);
  const august = await reconciled(demo, "2026-08");
  assert.deepEqual(august.totals[0]?.revenue.difference, 0);
});

test("R16: an invoice in a plan over its limits is named with the command that lets it through", async (t) => {
  const [, seats = assert.fail()] = PAIRS;
  const demo = await openSeats(t, seats);
  demo.edit("client.yaml", (text) => text.replace(/create: 50\b/, "create: 0"));
  const { billing } = demo.sandboxes;
  const updated_at = new Date(demo.clock.now()).toISOString();
  const model = billing.ledger.get("invoices", "9003");
  billing.ledger.put("invoices", "9005", { ...model, id: "9005", number: "INV-1046", updated_at });
  billing.show();
  await demo.run();
  const [found, ...more] = wrongIn(await reconciled(demo));
  assert.deepEqual([found?.cause, found?.off, more], ["plan_waiting", 55286, []]);
  await mended(demo, found);
});

test("R16: the exit code says whether more is out of place than --fail-over allows, in every format", async (t) => {
  const [seats = assert.fail()] = PAIRS;
  const demo = await openSeats(t, seats);
  const ask = async (...args: string[]) => (await tripoint(demo, ["reconcile", ...args])).code;
  assert.equal(await ask(), 0);
  editInvoice(demo, seats, "INV-1044", 10);
  assert.deepEqual(
    await Promise.all([
      ask(),
      ask("--fail-over", "10.00"),
      ask("--period", "2026-08"),
      ask("--period", "2026-09"),
      ask("--customer", "CUST-1002"),
      ask("--period", "2026-13"),
      ask("--fail-over", "ten"),
      ask("--customer", "nobody"),
      ask("--from", "2026-10-01", "--to", "2026-09-30"),
    ]),
    [1, 0, 0, 1, 0, 2, 2, 2, 2],
  );
});

/** The command of a difference, carried out as it stands, leaves none. */
async function mended(demo: Demo, row: DifferenceRow | undefined, known = ""): Promise<void> {
  await carryOut(demo, row, known);
  assert.deepEqual(wrongIn(await reconciled(demo)), []);
}

function causes(rows: readonly DifferenceRow[]): readonly string[] {
  return rows.map(({ cause }) => cause);
}

function numbered(demo: Demo, number: string) {
  return demo.books("accounting").invoices.find((one) => one.number === number);
}

/** A customer of a billing system that keeps the reference layout, like one that is there. */
function billingCustomer({ sandboxes: { billing } }: Demo, like: string, id: string): void {
  const row = billing.ledger.get("customers", like);
  billing.ledger.put("customers", id, {
    ...row,
    id,
    customer_number: `W-${id}`,
    account_number: `W-${id}`,
    fields: [],
  });
  billing.show();
}
