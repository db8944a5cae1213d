import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SYSTEMS } from "../matrix/systems.ts";
import { type BillingMonth, openBilling } from "../support/billing-month.ts";
import { carryOut, reconciled, tripoint, wrongIn } from "./ledgers.ts";

/** What the PSA billed, beside what billing invoiced for its items and what accounting posted for its own invoices. */

const CUSTOMER = "CUST-1002";
const DAY_MS = 86_400_000;

for (const ledger of ["quickbooks", "xero"] as const) {
  test(`R48, R51: consolidated, the PSA's items, billing's invoice and accounting agree by GL code (${ledger})`, async (t) => {
    const month = await openBilling(t, { ledger, invoicing: { mode: "consolidated" } });
    const work = await month.work();
    await month.run();
    // While their month runs, charges wait for the bill run; in the next one it has passed them by.
    const open = await reconciled(month.demo, "2026-10");
    assert.deepEqual(wrongIn(open), []);
    assert.equal(open.totals[0]?.off.psa, 0);
    const amounts = [100000, 4550, 39980, 22500];
    assert.deepEqual(
      open.differences
        .filter(({ psa }) => psa !== null)
        .map(({ cause, psa, billing, off }) => [cause, psa, billing, off]),
      amounts.map((amount) => ["waits_for_bill_run", amount, 0, amount]),
    );
    const { place } = month.demo;
    const clock = { ...place.clock, now: () => place.clock.now() + 13 * DAY_MS };
    const later = { ...month.demo, place: { ...place, clock } };
    const passed = await reconciled(later, "2026-10");
    assert.deepEqual(
      wrongIn(passed).map(({ cause, psa, billing, command }) => [cause, psa, billing, command]),
      amounts.map((amount) => ["not_invoiced", amount, 0, null]),
    );
    assert.equal(passed.totals[0]?.off.psa, 167030);
    month.billCharges("INV-1");
    await month.run();
    const report = await reconciled(month.demo, "2026-10");
    assert.deepEqual(wrongIn(report), []);
    assert.deepEqual(
      report.revenue.map(({ gl_code, psa, billing, accounting }) => [gl_code, psa, billing, accounting]),
      [
        ["4000", null, 9000, 9000],
        ["4300", 267030, 267030, 267030],
      ],
    );
    assert.deepEqual(report.totals[0]?.psa_items, { psa: 267030, billing: 267030, difference: 0 });
    assert.equal(report.totals[0]?.off.psa, 0);

    await t.test(
      "R51: an amount that billing changed on its invoice is found, with the invoice to correct",
      async () => {
        editLine(month, work.time, { amount: 20000 });
        const [found, ...more] = wrongIn(await reconciled(month.demo, "2026-10")).filter(
          ({ psa }) => psa !== null,
        );
        assert.deepEqual(more, []);
        assert.deepEqual(
          [found?.cause, found?.psa, found?.billing, found?.off, found?.task],
          ["changed_on_invoice", 22500, 20000, 2500, "Correct it on INV-1 in billing."],
        );
        editLine(month, work.time, { amount: 22500 });
      },
    );

    await t.test("R51: a charge type that billing changed shows as two GL codes that part", async () => {
      editLine(month, work.time, { charge_type: "MRC" });
      const [found] = wrongIn(await reconciled(month.demo, "2026-10")).filter(({ psa }) => psa !== null);
      assert.deepEqual([found?.cause, found?.off], ["other_gl_code", 45000]);
      assert.deepEqual(
        found?.gl.map(({ gl_code, psa, billing }) => [gl_code, psa, billing]),
        [
          ["4300", 22500, 0],
          ["4000", 0, 22500],
        ],
      );
      editLine(month, work.time, { charge_type: "MSP-TIME" });
    });

    await t.test(
      "R50, R51: what the PSA changed afterwards is ended by a run and the next invoice",
      async () => {
        await month.change(work.time, { invoiceHours: 2, extendedInvoiceAmount: 300 });
        const [found, ...more] = wrongIn(await reconciled(month.demo, "2026-10"));
        assert.deepEqual(
          [found?.cause, found?.psa, found?.billing, more],
          ["changed_after_charge", 30000, 22500, []],
        );
        // Not as a process of its own: its clock would be past October.
        assert.equal(found?.command, "tripoint run --pipeline billable-items --client demo");
        await month.run();
        const [waiting] = (await reconciled(month.demo, "2026-10")).differences.filter(
          ({ psa }) => psa !== null,
        );
        assert.deepEqual([waiting?.cause, waiting?.off], ["waits_for_bill_run", 7500]);
        // What is wrong on its invoice is not hidden by what waits.
        editLine(month, work.time, { amount: 20000 });
        const [both] = wrongIn(await reconciled(month.demo, "2026-10")).filter(({ psa }) => psa !== null);
        assert.equal(both?.cause, "not_invoiced");
        editLine(month, work.time, { amount: 22500 });
        month.billCharges("INV-2");
        await month.run();
        assert.deepEqual(wrongIn(await reconciled(month.demo, "2026-10")), []);
      },
    );
  });

  test(`R5, R48: separate, the PSA's invoices and what accounting posted for them agree (${ledger})`, async (t) => {
    const month = await openBilling(t, { ledger, invoicing: { mode: "separate" } });
    const { time, expense, product } = await month.work();
    await month.run();
    await month.psaInvoice("10234", [time, expense, product]);
    month.billCharges("INV-1");
    const [missing, ...others] = wrongIn(await reconciled(month.demo));
    assert.deepEqual(
      [missing, ...others].map((row) => [row?.cause, row?.psa, row?.billing, row?.off]),
      [
        ["not_run", null, 9000, 9000],
        ["not_run", 67030, 0, 67030],
      ],
    );
    await month.run();
    const report = await reconciled(month.demo);
    assert.deepEqual(wrongIn(report), []);
    assert.deepEqual(
      report.revenue.map(({ invoiced_by, psa, billing, accounting, difference }) => {
        return [invoiced_by, psa, billing, accounting, difference];
      }),
      [
        ["billing", null, 9000, 9000, 0],
        ["psa", 67030, 0, 67030, 0],
      ],
    );
    assert.deepEqual(report.totals[0]?.psa_invoices, { psa: 67030, accounting: 67030, difference: 0 });
    assert.deepEqual(report.totals[0]?.balances.difference, 0);
    const aged = await tripoint(month.demo, ["ageing", "--compare", "--date", "2026-10-31"]);
    assert.equal(aged.code, 0, aged.stdout);

    const { ledger: books } = month.demo.sandboxes.accounting;
    const [collection, field] = ledger === "xero" ? ["Invoices", "InvoiceNumber"] : ["Invoice", "DocNumber"];
    const row = books.all(collection).find((one) => one[field] === "10234");
    books.remove(collection, String(row?.[ledger === "xero" ? "InvoiceID" : "Id"]));
    const [gone] = wrongIn(await reconciled(month.demo));
    assert.deepEqual([gone?.cause, gone?.psa, gone?.accounting], ["gone_in_accounting", 67030, 0]);
    await carryOut(month.demo, gone);
    assert.deepEqual(wrongIn(await reconciled(month.demo)), []);
  });
}

test("R48: a charge waits for the bill run while it is its month by the client's clocks, which are not those of UTC", async (t) => {
  const month = await openBilling(t, { ledger: "quickbooks", invoicing: { mode: "consolidated" } });
  const { clock } = month.demo;
  const causesAt = async (instant: string): Promise<readonly string[]> => {
    clock.advance(Date.parse(instant) - clock.now());
    return (await reconciled(month.demo, "2026-10")).differences
      .filter(({ psa }) => psa !== null)
      .map(({ cause }) => cause);
  };
  await month.work();
  // The evening of 31 October in New York.
  clock.advance(Date.parse("2026-11-01T01:00:00Z") - clock.now());
  await month.run();
  assert.deepEqual(await causesAt("2026-11-01T02:00:00Z"), Array(4).fill("waits_for_bill_run"));
  assert.deepEqual(await causesAt("2026-11-01T05:00:00Z"), Array(4).fill("not_invoiced"));
});

test("R50, R51: a month that was over before its recurring line changed is compared with what it cost then", async (t) => {
  const month = await openBilling(t, { ledger: "quickbooks", invoicing: { mode: "consolidated" } });
  await month.run();
  month.billCharges("INV-1");
  await month.change("addition:4104", { quantity: 25 });
  await month.run();
  month.billCharges("INV-2");
  await month.run();
  assert.deepEqual(wrongIn(await reconciled(month.demo)), []);
  // Fewer days are another matter: they count in every month.
  await month.change("addition:4104", { cancelledDate: "2026-09-15T00:00:00Z", quantity: 12.5 });
  const causes = wrongIn(await reconciled(month.demo)).map(({ cause, documents: [item] }) => [
    item?.id,
    cause,
  ]);
  assert.deepEqual(
    causes.find(([id]) => id === "addition:4104:2026-09-01"),
    ["addition:4104:2026-09-01", "changed_after_charge"],
  );
});

test("R50, R51: an item that was invoiced, and credited in another month once it was gone, is no difference", async (t) => {
  const month = await openBilling(t, { ledger: "quickbooks", invoicing: { mode: "consolidated" } });
  const { product } = await month.work();
  await month.run();
  month.billCharges("INV-1");
  await month.change(product, { cancelledFlag: true });
  await month.run();
  month.billCharges("INV-2", "2026-11-02");
  await month.run();
  const lines = month.demo.sandboxes.billing.ledger
    .all("invoices")
    .flatMap(({ number, lines }) => (JSON.stringify(lines).includes(product) ? [number] : []));
  assert.deepEqual(lines, ["INV-1", "INV-2"]);
  // INV-2 is below zero and waits on its way to accounting, which is another matter.
  const ofItems = wrongIn(await reconciled(month.demo)).filter(({ psa }) => psa !== null);
  assert.deepEqual(ofItems, []);
});

test("R55: an item that nobody charged, that waits for its code or that the PSA invoices is named with its remedy", async (t) => {
  const month = await openBilling(t, { ledger: "quickbooks", invoicing: { mode: "consolidated" } });
  const { time, expense, product } = await month.work();
  await month.change(expense, { type: { id: 9, name: "Parking" } });
  const causesOf = async () =>
    new Map(
      wrongIn(await reconciled(month.demo, "2026-10")).map((row) => [row.documents[0]?.id, row] as const),
    );
  assert.equal((await causesOf()).get(time)?.cause, "not_run");
  await month.run();
  const held = (await causesOf()).get(expense);
  assert.equal(held?.cause, "held");
  assert.match(held?.task ?? "", /add its code to mappings\/demo\/charges\.yaml/);
  await month.psaInvoice("10234", [product]);
  const found = await causesOf();
  assert.equal(found.get(product)?.cause, "billed_twice");
  assert.equal(found.get(product)?.off, 39980);
  const { code, stdout } = await tripoint(month.demo, [
    "reconcile",
    "--period",
    "2026-10",
    "--customer",
    CUSTOMER,
  ]);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /billed_twice: item product:\d+ \(Desk phone\) is charged in billing and on invoice 10234 of the PSA/,
  );
});

/** Billing's department changes the line of an item. */
function editLine(
  { demo }: BillingMonth,
  item: string,
  fields: { readonly [field: string]: string | number },
): void {
  const { ledger, show } = demo.sandboxes.billing;
  const row = ledger.get("invoices", "INV-1");
  const lines = row?.["lines"];
  assert.ok(Array.isArray(lines));
  const edited = lines.map((line) =>
    typeof line === "object" &&
    line !== null &&
    "billable_item_id" in line &&
    line["billable_item_id"] === item
      ? { ...line, ...fields }
      : line,
  );
  const total = edited.reduce((sum: number, line) => sum + Number((line as { amount: number }).amount), 0);
  ledger.put("invoices", "INV-1", { ...row, lines: edited, subtotal: total, total, balance: total });
  show();
}

test("R48: what of the PSA cannot be listed, or is brought nowhere, is said to be not compared", async (t) => {
  const psa = SYSTEMS.psa.halopsa;
  const invoicing = { mode: "consolidated", switch_over: "2026-10-01" };
  const month = await openBilling(t, { ledger: "quickbooks", invoicing, psa });
  const said = async () => {
    const { not_compared } = await reconciled(month.demo);
    return not_compared
      .filter(({ system }) => system === "psa")
      .map(({ entity, reason }) => [entity, reason]);
  };
  const invoices = ["invoice", "its connector lists no invoices"];
  assert.deepEqual(await said(), [invoices]);
  rmSync(join(month.demo.place.root, "mappings/demo/billable-items.yaml"));
  assert.deepEqual(await said(), [invoices, ["billable_item", "no pipeline charges its items in billing"]]);
});
