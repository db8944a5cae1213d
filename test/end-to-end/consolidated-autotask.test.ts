import assert from "node:assert/strict";
import { test } from "node:test";
import { openPosted, postMonth } from "../support/posted-month.ts";

test("R50, R51: what Autotask has approved and posted becomes charges, once, and one invoice", async (t) => {
  const month = await openPosted(t);
  postMonth(month);
  await month.run();
  const charges = month.demo.sandboxes.billing.ledger.all("charges");
  const facts = [
    "source_item_id charge_type kind quantity amount tax_class work_reference period_from period_to",
  ].flatMap((names) => names.split(" "));
  const shown = charges.map((row) => facts.map((name) => row[name] ?? null));
  assert.deepEqual(shown.sort(), [
    ["551200", "MSP-TIME", "time", "1.5", 22500, "3", "ticket 6612", null, null],
    ["551201", "MSP-PRODUCT", "product", "2", 39980, "5", null, null, null],
    ["551202", "MSP-CARE", "recurring", "13", 104000, "3", null, "2026-10-01", "2026-10-31"],
  ]);
  month.billCharges("INV-1");
  await month.run();
  assert.deepEqual(await month.demo.issues(), []);
  assert.deepEqual(month.receivables(), { "INV-1": 175480 });
  assert.deepEqual(month.demo.books("accounting").gl_totals, { "4000": 9000, "4300": 166480 });
  const { totals, proven } = await month.proof("2026-10");
  assert.deepEqual(
    { once: totals.once, to_mark: totals.to_mark, proven },
    { once: 3, to_mark: 3, proven: true },
  );
});

test("R50: an item that Autotask does not bill is no charge, and one that was marked since stays as it was charged", async (t) => {
  const month = await openPosted(t);
  postMonth(month);
  month.post(551200, { webServiceDate: "2026-10-19T13:00:00" });
  month.post(551201, { nonBillable: 1 });
  const covered = {
    billingCodeID: 2,
    contractID: 4003,
    itemDate: "2026-10-07T00:00:00",
    itemName: "New password",
  };
  month.post(551203, { ...covered, quantity: 0.5, rate: 0, extendedPrice: 0, timeEntryID: 44011 });
  await month.run();
  assert.deepEqual(await month.demo.issues(), []);
  assert.deepEqual(Object.keys(month.charges()), ["551202"]);
  month.post(551202, { webServiceDate: "2026-10-20T13:00:00" });
  await month.run();
  assert.deepEqual(Object.keys(month.charges()), ["551202"]);
  const { items, totals } = await month.proof("2026-10");
  assert.deepEqual(
    items.map(({ verdict, why }) => `${verdict}: ${why}`),
    [
      "unexplained: the PSA has it marked as taken by an integration, and no run has charged it",
      "unclaimed: the PSA has not approved it, or does not bill it",
      "once: 1 charge in billing over 1,040.00 USD",
      "unclaimed: it is written off in the PSA",
    ],
  );
  assert.equal(totals.to_mark, 0);
});

test("R50: a posted item that changes is adjusted, and one that is taken back is credited", async (t) => {
  const month = await openPosted(t);
  postMonth(month);
  await month.run();
  month.post(551202, { extendedPrice: 1120, quantity: 14 });
  await month.run();
  assert.equal(month.charges()["551202~2"]?.["amount"], 8000);
  month.demo.sandboxes.psa.ledger.remove("BillingItems", "551202");
  await month.run();
  await month.run();
  assert.equal(month.charges()["551202~3"]?.["amount"], -112000);
});

test("R55: what Autotask has put on an invoice is not charged, and the proof finds what is on both", async (t) => {
  const month = await openPosted(t);
  postMonth(month);
  month.invoice(7200, "2026-0501", [551200]);
  await month.run();
  assert.deepEqual(Object.keys(month.charges()).sort(), ["551201", "551202"]);
  month.invoice(7200, "2026-0501", [551200, 551201]);
  await month.run();
  const { items, proven } = await month.proof("2026-10");
  assert.deepEqual(
    items.map(({ verdict, why }) => `${verdict}: ${why}`),
    [
      "unexplained: the PSA's invoice 2026-0501 bills it, though its customer gets one invoice from billing",
      "twice: 1 charge in billing over 399.80 USD and the PSA's invoice 2026-0501",
      "once: 1 charge in billing over 1,040.00 USD",
    ],
  );
  assert.equal(proven, false);
});

test("R50, R55: an item whose price is in another currency than the tenant's is held, the others go on, and no proof leaves it out", async (t) => {
  const month = await openPosted(t);
  postMonth(month);
  month.post(551200, { internalCurrencyExtendedPrice: 260.1 });
  const before = await month.proof("2026-10");
  assert.equal(before.items.find(({ item }) => item === "551200")?.verdict, "unexplained");
  await month.run();
  assert.deepEqual(Object.keys(month.charges()).sort(), ["551201", "551202"]);
  const [issue, ...more] = await month.demo.issues();
  assert.deepEqual(more, []);
  assert.match(issue?.message ?? "", /not in the tenant's own currency/);
  const { items } = await month.proof("2026-10");
  const item = items.find((one) => one.item === "551200");
  assert.equal(item?.verdict, "unclaimed");
  assert.match(item?.why ?? "", /not in the tenant's own currency/);
});

test("R5, R48: separate, Autotask's own invoice becomes a receivable beside billing's, and is voided with it", async (t) => {
  const month = await openPosted(t, { invoicing: { mode: "separate" } });
  postMonth(month);
  await month.demo.run({ pipelines: ["customers", "customers-accounting"] });
  // Work of an earlier month than go_live is billed by an invoice of this one.
  month.post(551190, {
    billingCodeID: 2,
    itemDate: "2026-08-30T00:00:00",
    itemName: "Old work",
    quantity: 1,
    rate: 100,
    extendedPrice: 100,
    timeEntryID: 44000,
  });
  month.invoice(7200, "2026-0501", [551190, 551200, 551201, 551202]);
  month.billCharges("INV-1");
  await month.run();
  assert.deepEqual(await month.demo.issues(), []);
  assert.deepEqual(month.charges(), {});
  assert.deepEqual(month.receivables(), { "2026-0501": 176480, "INV-1": 9000 });
  assert.deepEqual(month.demo.books("accounting").gl_totals, { "4000": 9000, "4300": 176480 });
  assert.ok((await month.proof("2026-10")).proven);
  const { ledger } = month.demo.sandboxes.psa;
  ledger.put("Invoices", "7200", {
    ...ledger.get("Invoices", "7200"),
    isVoided: true,
    voidedDate: "2026-10-19T00:00:00",
  });
  for (const id of [551190, 551200, 551201, 551202]) month.post(id, { invoiceID: null });
  await month.run();
  assert.deepEqual(await month.demo.issues(), []);
  assert.deepEqual(month.demo.books("accounting").gl_totals, { "4000": 9000, "4300": 0 });
});
