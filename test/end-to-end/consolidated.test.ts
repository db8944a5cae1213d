import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import { renderBillingProof } from "../../engine/report/prove-billing.ts";
import { initState } from "../../engine/state/store.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { billingWorld, openBilling } from "../support/billing-month.ts";
import { tinyWorld } from "../support/tiny-world.ts";

const LEDGERS = ["quickbooks", "xero"] as const;

for (const ledger of LEDGERS) {
  test(`R50: approved time on tickets and projects, expenses, products and recurring lines become charges in billing, once (${ledger})`, async (t) => {
    const month = await openBilling(t, { ledger, invoicing: { mode: "consolidated" } });
    const work = await month.work();
    const project = await month.psa("POST", "/time/entries", {
      company: { id: Number(month.customer) },
      chargeToId: 9120,
      chargeToType: "ProjectTicket",
      project: { id: 310 },
      workType: { id: 1, name: "Remote" },
      timeStart: "2026-10-07T09:00:00Z",
      invoiceHours: 2,
      hourlyRate: 175.25,
      extendedInvoiceAmount: 350.5,
      billableOption: "Billable",
      status: "ReadyToBill",
      notes: "Cutover of the phones",
    });
    await month.run();
    assert.deepEqual(month.charges(), {
      [work.time]: {
        charge_type: "MSP-TIME",
        quantity: "1.5",
        price: "150",
        amount: 22500,
        tax_class: "Standard",
        work: "ticket 6612",
        period: null,
      },
      [`time:${project["id"]}`]: {
        charge_type: "MSP-TIME",
        quantity: "2",
        price: "175.25",
        amount: 35050,
        tax_class: null,
        work: "project 310",
        period: null,
      },
      [work.expense]: {
        charge_type: "MSP-EXPENSE",
        quantity: "1",
        price: "45.5",
        amount: 4550,
        tax_class: null,
        work: null,
        period: null,
      },
      [work.product]: {
        charge_type: "MSP-PRODUCT",
        quantity: "2",
        price: "199.9",
        amount: 39980,
        tax_class: "taxable",
        work: null,
        period: null,
      },
      "addition:4104:2026-09-01": {
        charge_type: "MSP-CARE",
        quantity: "12.5",
        price: "80",
        amount: 100000,
        tax_class: "taxable",
        work: null,
        period: "2026-09-01 2026-09-30",
      },
      "addition:4104:2026-10-01": {
        charge_type: "MSP-CARE",
        quantity: "12.5",
        price: "80",
        amount: 100000,
        tax_class: "taxable",
        work: null,
        period: "2026-10-01 2026-10-31",
      },
    } satisfies { readonly [item: string]: Row });
    await month.run();
    assert.equal(Object.keys(month.charges()).length, 6);
  });

  test(`R5, R48: separate customers get the PSA's invoice and billing's, both in accounting (${ledger})`, async (t) => {
    const month = await openBilling(t, { ledger, invoicing: { mode: "separate" } });
    const { time, expense, product } = await month.work();
    await month.run();
    await month.psaInvoice("10234", [time, expense, product]);
    month.billCharges("INV-1");
    await month.run();
    assert.deepEqual(month.charges(), {});
    assert.deepEqual(await month.demo.issues(), []);
    assert.deepEqual(month.receivables(), { "10234": 67030, "INV-1": 9000 });
    assert.deepEqual(month.demo.books("accounting").gl_totals, { "4000": 9000, "4300": 67030 });
  });

  test(`R5, R49, R51, R53, R57: consolidated, the same month is one invoice, split by GL code (${ledger})`, async (t) => {
    const month = await openBilling(t, { ledger, invoicing: { mode: "consolidated" } });
    const work = await month.work();
    await month.run();
    month.billCharges("INV-1");
    await month.run();
    assert.deepEqual(await month.demo.issues(), []);
    assert.deepEqual(month.receivables(), { "INV-1": 276030 });
    assert.deepEqual(month.demo.books("accounting").gl_totals, { "4000": 9000, "4300": 267030 });
    // An invoice that somebody makes in the PSA out of habit is no second receivable, and is said to bill twice.
    await month.psaInvoice("10234", Object.values(work));
    await month.run();
    assert.deepEqual(month.receivables(), { "INV-1": 276030 });
    const twice = (await month.demo.issues()).map(({ reason, source_id }) => `${reason} ${source_id}`);
    assert.deepEqual(
      twice.sort(),
      Object.values(work)
        .map((item) => `billed_twice ${item}`)
        .sort(),
    );
  });

  test(`R48, R49: of two customers the one that client.yaml names gets one invoice, the other two (${ledger})`, async (t) => {
    const [orchard] = billingWorld.companies;
    const harbor = tinyWorld.companies.find(({ number }) => number === "CUST-1001");
    assert.ok(orchard && harbor);
    const month = await openBilling(t, {
      ledger,
      invoicing: { mode: "separate", customers: { [orchard.ids.psa]: "consolidated" } },
      world: { ...billingWorld, companies: [orchard, harbor] },
    });
    const company = { id: Number(harbor.ids.psa) };
    const own = await month.work();
    const theirs = await month.work();
    await month.change(theirs.time, { company });
    for (const item of [theirs.expense, theirs.product]) await month.change(item, { company });
    await month.run();
    const charged = Object.keys(month.charges()).filter((item) => !item.startsWith("addition:"));
    assert.deepEqual(charged.sort(), Object.values(own).sort());
    await month.psaInvoice("10301", Object.values(theirs), { company });
    month.billCharges("INV-1");
    await month.run();
    assert.deepEqual(await month.demo.issues(), []);
    assert.deepEqual(month.receivables(), { "10301": 67030, "INV-1": 276030 });
    const payers = month.demo.books("accounting").invoices.map(({ number, customer }) => [number, customer]);
    const idOf = (name: string): string | undefined =>
      month.demo.books("accounting").customers.find((one) => one.name === name)?.id;
    assert.deepEqual(payers.sort(), [
      ["10301", idOf(harbor.name)],
      ["INV-1", idOf(orchard.name)],
    ]);
  });

  test(`R52, R56: one payment of the one invoice pays both kinds of revenue in billing (${ledger})`, async (t) => {
    const receipt = {
      company: "CUST-1002",
      date: "2026-10-20",
      amount: 276030,
      method: "check",
      reference: "CHK-77",
      allocations: [{ invoice: "INV-1", amount: 276030 }],
    } as const;
    const world = { ...billingWorld, receipts: [receipt] };
    const month = await openBilling(t, { ledger, invoicing: { mode: "consolidated" }, world });
    await month.work();
    await month.run();
    month.billCharges("INV-1");
    await month.run();
    await month.run();
    assert.deepEqual(await month.demo.issues(), []);
    const [payment, ...more] = month.demo.books("billing").payments;
    assert.deepEqual(more, []);
    assert.deepEqual(payment?.allocations, [{ invoice: "INV-1", amount: 276030 }]);
    assert.equal(month.demo.sandboxes.billing.ledger.get("invoices", "INV-1")?.["balance"], 0);
  });

  test(`R55, R65: in the month of the switch nothing is billed twice or missed (${ledger})`, async (t) => {
    const invoicing = { mode: "consolidated", switch_over: "2026-10-01" };
    const month = await openBilling(t, { ledger, invoicing });
    const september = await month.work("2026-09-20");
    const october = await month.work("2026-10-05");
    await month.run();
    const agreement = { agreement: { id: 4003 }, agreementAmount: 1000, date: "2026-09-30T00:00:00Z" };
    await month.psaInvoice("10234", Object.values(september), agreement);
    month.billCharges("INV-1");
    await month.run();
    assert.deepEqual(
      Object.keys(month.charges()).sort(),
      [...Object.values(october), "addition:4104:2026-10-01"].sort(),
    );
    assert.deepEqual(await month.demo.issues(), []);
    assert.deepEqual(month.receivables(), { "10234": 167030, "INV-1": 176030 });
    for (const period of ["2026-09", "2026-10"]) {
      const { totals, proven } = await month.proof(period);
      const marked = period === "2026-10" ? 4 : 0;
      assert.deepEqual(totals, {
        items: 4,
        once: 4,
        twice: 0,
        unclaimed: 0,
        unexplained: 0,
        to_mark: marked,
        open_there: 0,
      });
      assert.ok(proven);
    }
  });

  test(`R55: what was charged is held when the PSA invoices it, too (${ledger})`, async (t) => {
    const month = await openBilling(t, { ledger, invoicing: { mode: "consolidated" } });
    const { time, expense, product } = await month.work();
    await month.run();
    month.demo.edit("client.yaml", (text) => text.replace("mode: consolidated", "mode: separate"));
    await month.psaInvoice("10234", [time, expense, product]);
    await month.run();
    const issues = await month.demo.issues();
    const [issue, ...more] = issues.filter(({ pipeline }) => pipeline === "msp-invoices");
    assert.deepEqual(more, []);
    const twice = issues.filter(({ reason }) => reason === "billed_twice").map(({ source_id }) => source_id);
    assert.deepEqual(twice.sort(), [expense, product, time].sort());
    assert.equal(issue?.reason, "claimed_already");
    assert.match(
      issue?.message ?? "",
      new RegExp(`10234 .* bills ${time}, which billable-items bills already`),
    );
    assert.deepEqual(month.receivables(), {});
  });
}

const LEDGER = "quickbooks";

test("R48, R49: changing the mode of one customer alone changes its route", async (t) => {
  const customers = { [billingWorld.companies[0]?.ids.psa ?? ""]: "consolidated" };
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "separate", customers } });
  const { time } = await month.work();
  await month.run();
  assert.ok(Object.hasOwn(month.charges(), time));
  month.demo.edit("client.yaml", (text) => text.replace(/"?1002"?: consolidated/, '"1": consolidated'));
  const { time: later } = await month.work("2026-10-12");
  await month.run();
  assert.ok(!Object.hasOwn(month.charges(), later));
});

test("R55: what the PSA invoiced is not charged, nor a recurring line that its agreement's sum covers", async (t) => {
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "separate" } });
  const { time } = await month.work();
  const agreement = { agreement: { id: 4003 }, agreementAmount: 1000, date: "2026-10-01T00:00:00Z" };
  await month.run();
  await month.psaInvoice("10234", [time], agreement);
  await month.run();
  assert.deepEqual(month.receivables(), { "10234": 122500 });
  month.demo.edit("client.yaml", (text) => text.replace("mode: separate", "mode: consolidated"));
  // Somebody takes it off the invoice, which does not tie any more: it is ready again, and still no charge.
  await month.change(time, { status: "ReadyToBill", invoice: null });
  await month.run();
  const issues = (await month.demo.issues()).filter(({ pipeline }) => pipeline === "billable-items");
  const reasons = issues.map(({ source_id, reason }) => `${source_id} ${reason}`);
  assert.deepEqual(reasons.sort(), ["addition:4104:2026-10-01 claimed_already", `${time} claimed_already`]);
  assert.ok(!Object.hasOwn(month.charges(), time));
});

test("R55: invoices of the PSA that an older version posted claim what they bill with the next run", async (t) => {
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "separate" } });
  const { time, expense } = await month.work();
  await month.run();
  await month.psaInvoice("10234", [time, expense]);
  await month.run();
  const claims = await month.demo.state((state) => [...state.rows("claim")]);
  await month.demo.state((state) => state.commit(claims.map((row) => ({ del: "claim", row }))));
  month.demo.clock.advance(3_600_000);
  await month.demo.run({ pipelines: ["msp-invoices"] });
  const again = await month.demo.state((state) => [...state.rows("claim")]);
  assert.ok(claims.length > 0);
  assert.deepEqual(again, claims);
});

test("R50: an item that changed after it was charged is adjusted, one written off or gone is credited", async (t) => {
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "consolidated" } });
  const { time, expense, product } = await month.work();
  await month.run();
  month.billCharges("INV-1");
  await month.change(time, { invoiceHours: 2, extendedInvoiceAmount: 300 });
  await month.change(expense, { status: "WrittenOff" });
  await month.psa("DELETE", `/procurement/products/${product.split(":")[1]}`);
  await month.run();
  await month.run();
  await month.run();
  const charges = month.charges();
  assert.equal(charges[`${time}~2`]?.["amount"], 7500);
  assert.equal(charges[`${expense}~2`]?.["amount"], -4550);
  assert.equal(charges[`${product}~2`]?.["amount"], -39980);
  assert.equal(Object.keys(charges).length, 8);
  assert.equal(charges[time]?.["amount"], 22500);
  await month.change(time, { extendedInvoiceAmount: 225 });
  await month.run();
  assert.equal(month.charges()[`${time}~3`]?.["amount"], -7500);
});

test("R55: what changed after it was charged is missed until the difference is charged, and the proof says so", async (t) => {
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "consolidated" } });
  const { time } = await month.work();
  await month.run();
  assert.ok((await month.proof("2026-10")).proven);
  await month.change(time, { invoiceHours: 2, extendedInvoiceAmount: 300 });
  const proof = await month.proof("2026-10");
  const changed = proof.items.find(({ item }) => item === time);
  assert.deepEqual([changed?.verdict, changed?.amount, changed?.billed], ["unexplained", 30000, 22500]);
  assert.match(changed?.why ?? "", /it has changed, and 75.00 USD more are to be charged: run tripoint/);
  assert.equal(proof.proven, false);
  await month.run();
  assert.ok((await month.proof("2026-10")).proven);
});

test("R50: an item that was credited because it was gone is charged once when it is back at another price", async (t) => {
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "consolidated" } });
  const { product } = await month.work();
  await month.run();
  await month.change(product, { cancelledFlag: true });
  for (let times = 0; times < 3; times++) await month.run();
  assert.equal(month.charges()[`${product}~2`]?.["amount"], -39980);
  await month.change(product, { cancelledFlag: false, price: 250, extPrice: 500 });
  await month.run();
  await month.run();
  const charges = Object.entries(month.charges()).filter(([item]) => item.startsWith(product));
  assert.deepEqual(
    charges.map(([item, { amount }]) => [item, amount]),
    [
      [product, 39980],
      [`${product}~2`, -39980],
      [`${product}~3`, 50000],
    ],
  );
});

test("R50: a further charge that is set aside goes with its item, also when that is gone", async (t) => {
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "consolidated" } });
  const { product } = await month.work();
  const items = { pipelines: ["billable-items"] };
  await month.run();
  month.demo.edit("charges.yaml", (text) => text.replace('"HANDSET"', '"HEADSET"'));
  await month.change(product, { price: 250, extPrice: 500 });
  await month.demo.run(items);
  const held = (await month.demo.issues()).map(({ source_id, reason }) => `${source_id} ${reason}`);
  assert.deepEqual(held, [`${product}~2 code_unmapped`]);
  await month.change(product, { cancelledFlag: true });
  const { status } = await month.demo.run(items);
  assert.equal(status, "done");
  month.demo.edit("charges.yaml", (text) => text.replace('"HEADSET"', '"HANDSET"'));
  for (let times = 0; times < 2; times++) await month.demo.run(items);
  assert.equal(month.charges()[`${product}~2`]?.["amount"], -39980);
  assert.deepEqual(await month.demo.issues(), []);
});

test("R50: recurring lines cost their days: cancelled, begun or changed within the month", async (t) => {
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "consolidated" } });
  await month.run();
  await month.change("addition:4104", { cancelledDate: "2026-10-20T00:00:00Z" });
  const more = await month.psa("POST", "/finance/agreements/4003/additions", {
    product: { id: await month.careProduct() },
    quantity: 3,
    unitPrice: 10,
    billCustomer: "Billable",
    effectiveDate: "2026-10-10T00:00:00Z",
    description: "Desktop care",
  });
  await month.run();
  const charges = month.charges();
  // 1000.00 for 20 of 31 days is 645.16; 30.00 for 22 of 31 days is 21.29.
  assert.equal(charges["addition:4104:2026-10-01~2"]?.["amount"], 64516 - 100000);
  assert.equal(charges[`addition:${more["id"]}:2026-10-01`]?.["amount"], 2129);
  await month.change(`addition:${more["id"]}`, { quantity: 5 });
  await month.run();
  assert.equal(month.charges()[`addition:${more["id"]}:2026-10-01~2`]?.["amount"], 3548 - 2129);
});

test("R50: what a recurring line cost in a month that is over stands when its quantity changes, not when its days do", async (t) => {
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "consolidated" } });
  await month.run();
  await month.change("addition:4104", { quantity: 25 });
  await month.run();
  const [september, october] = ["addition:4104:2026-09-01", "addition:4104:2026-10-01"];
  assert.equal(month.charges()[`${october}~2`]?.["amount"], 100000);
  assert.equal(month.charges()[`${september}~2`], undefined);
  assert.ok((await month.proof("2026-09")).proven);
  // Cancelled as of a day in September: its days count again, and October is credited whole.
  await month.change("addition:4104", { cancelledDate: "2026-09-15T00:00:00Z", quantity: 12.5 });
  for (let times = 0; times < 3; times++) await month.run();
  assert.equal(month.charges()[`${september}~2`]?.["amount"], 50000 - 100000);
  assert.equal(month.charges()[`${october}~3`]?.["amount"], -200000);
});

for (const billing of ["sqlite-billing", "csv-billing"] as const) {
  test(`R55: with the state lost nothing is charged again, nor what was adjusted since (${billing})`, async (t) => {
    const systems = { billing: SYSTEMS.billing[billing], ledger: LEDGER } as const;
    const month = await openBilling(t, { ...systems, invoicing: { mode: "consolidated" } });
    const { time, expense } = await month.work();
    await month.run();
    await month.change(time, { invoiceHours: 2, extendedInvoiceAmount: 300 });
    await month.change(expense, { status: "WrittenOff" });
    await month.run();
    const charges = month.charges();
    assert.equal(Object.keys(charges).length, 7);
    rmSync(month.demo.place.state ?? "", { recursive: true });
    await initState({ folder: month.demo.place.state ?? "" });
    await month.run();
    assert.deepEqual(month.charges(), charges);
    assert.deepEqual(await month.demo.issues(), []);
    await month.change(time, { invoiceHours: 1, extendedInvoiceAmount: 150 });
    // The first finds the adjustment in billing, the second adjusts what both come to.
    for (let times = 0; times < 2; times++) await month.run();
    const due = Object.entries(month.charges()).filter(([item]) => item.startsWith(time));
    assert.equal(
      due.reduce((sum, [, { amount }]) => sum + Number(amount), 0),
      15000,
    );
  });
}

test("R55: the proof says of every item that is not billed why, and fails while a reason is missing", async (t) => {
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "consolidated" } });
  const { time, expense, product } = await month.work();
  await month.change(time, { status: "Open" });
  await month.change(expense, { type: { id: 9, name: "Parking" } });
  await month.run();
  const late = await month.work("2026-10-19");
  const proof = await month.proof("2026-10");
  const said = Object.fromEntries(proof.items.map(({ item, verdict, why }) => [item, `${verdict}: ${why}`]));
  assert.equal(said[time], "unclaimed: the PSA has not approved it, or does not bill it");
  assert.match(said[expense] ?? "", /^unclaimed: the code map charges has no row for "Parking"/);
  assert.equal(said[product], "once: 1 charge in billing over 399.80 USD");
  assert.equal(said[late.time], "unexplained: it is ready, and no run has charged it: run tripoint");
  assert.equal(proof.proven, false);
  await month.run();
  const later = await month.proof("2026-10");
  assert.ok(later.proven);
  assert.match(renderBillingProof(later), /of all that is not billed it is known why/);
  assert.deepEqual(later.sums, [
    { currency: "USD", once: 207010, twice: 0, unclaimed: 27050, unexplained: 0 },
  ]);
  await month.run();
  month.demo.sandboxes.billing.tend();
  month.billCharges("INV-1");
  month.demo.sandboxes.billing.show();
  const billed = (await month.proof("2026-10")).items.find(({ item }) => item === late.time);
  assert.deepEqual(
    [billed?.service, billed?.product_code, billed?.why],
    ["2026-10-19", "Remote", "1 charge in billing over 225.00 USD, on INV-1"],
  );
  month.demo.sandboxes.billing.tend();
  const { ledger } = month.demo.sandboxes.billing;
  ledger.put("invoices", "INV-2", { ...ledger.get("invoices", "INV-1"), id: "INV-2", number: "INV-2" });
  month.demo.sandboxes.billing.show();
  const twice = (await month.proof("2026-10")).items.find(({ item }) => item === product);
  assert.match(
    `${twice?.verdict}: ${twice?.why}`,
    /^twice: .* billing's invoice INV-1 and billing's invoice INV-2/,
  );
});

test("R50: Rev.io gets charges that say what they came from, and one whose answer is lost is not made again", async (t) => {
  const billing = { ...SYSTEMS.billing["revio-billing"], allow_unverified: ["payment", "billable_item"] };
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "consolidated" }, billing });
  const { time, expense, product } = await month.work();
  await month.demo.run({ pipelines: ["customers"] });
  month.demo.sandboxes.billing.fault({ kind: "commit_then_cut", method: "POST", path: "/Charges" });
  await month.run();
  const charges = month.demo.sandboxes.billing.ledger.all("charges");
  const items = charges.map(({ description }) => /\[item (.+?)\] tp:/.exec(String(description))?.[1]);
  const recurring = ["addition:4104:2026-09-01", "addition:4104:2026-10-01"];
  assert.deepEqual(items.sort(), [...recurring, expense, product, time].sort());
  assert.deepEqual(
    charges.map(({ amount }) => amount).sort((a, b) => Number(a) - Number(b)),
    [45.5, 225, 399.8, 1000, 1000],
  );
});

test("R55: a charge that billing has twice after a lost answer keeps its item: the PSA's invoice of it is held", async (t) => {
  const billing = { ...SYSTEMS.billing["revio-billing"], allow_unverified: ["payment", "billable_item"] };
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "consolidated" }, billing });
  const { demo } = month;
  await demo.run({ pipelines: ["customers"] });
  demo.sandboxes.billing.fault({ kind: "commit_then_cut", method: "POST", path: "/Charges" });
  await demo.run({ pipelines: ["billable-items"] });
  const { ledger } = demo.sandboxes.billing;
  const [lost] = await demo.state((state) => [...state.rows("intent")]);
  const row = ledger
    .all("charges")
    .find(({ description }) => String(description).includes(lost?.source_id ?? ""));
  ledger.put("charges", "99", { ...row, charge_id: 99 });
  await demo.run({ pipelines: ["billable-items"] });
  assert.equal(lost?.source_id, "addition:4104:2026-09-01");
  demo.edit("client.yaml", (text) => text.replace("mode: consolidated", "mode: separate"));
  const agreement = { agreement: { id: 4003 }, agreementAmount: 1000, date: "2026-09-30T00:00:00Z" };
  await month.psaInvoice("10234", [], agreement);
  await month.run();
  const reasons = (await demo.issues()).map(({ pipeline, reason }) => `${pipeline} ${reason}`);
  assert.deepEqual(reasons.sort(), ["billable-items found_twice", "msp-invoices claimed_already"]);
});

test("R50, R51: a billing system of files is charged once, too, and its one invoice is split by GL code", async (t) => {
  const billing = SYSTEMS.billing["csv-billing"];
  const month = await openBilling(t, { ledger: LEDGER, invoicing: { mode: "consolidated" }, billing });
  const { time, expense, product } = await month.work();
  await month.run();
  const amounts = Object.entries(month.charges()).map(([item, { amount }]) => [item, amount]);
  assert.deepEqual(Object.fromEntries(amounts), {
    [time]: 22500,
    [expense]: 4550,
    [product]: 39980,
    "addition:4104:2026-09-01": 100000,
    "addition:4104:2026-10-01": 100000,
  });
  month.billCharges("INV-1");
  await month.change(time, { invoiceHours: 2, extendedInvoiceAmount: 300 });
  await month.run();
  assert.equal(month.charges()[`${time}~2`]?.["amount"], 7500);
  assert.equal(Object.keys(month.charges()).length, 6);
  assert.deepEqual(await month.demo.issues(), []);
  assert.deepEqual(month.receivables(), { "INV-1": 276030 });
  assert.deepEqual(month.demo.books("accounting").gl_totals, { "4000": 9000, "4300": 267030 });
  assert.ok((await month.proof("2026-10")).proven);
  const { ledger, show } = month.demo.sandboxes.billing;
  ledger.put("invoices", "INV-2", { ...ledger.get("invoices", "INV-1"), id: "INV-2", number: "INV-2" });
  show();
  const twice = (await month.proof("2026-10")).items.filter(({ verdict }) => verdict === "twice");
  assert.equal(twice.length, 4);
});
