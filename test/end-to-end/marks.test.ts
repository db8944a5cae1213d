import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import type { Fault } from "../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import { initState } from "../../engine/state/store.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { type BillingMonth, MARKED_IN_FIELD, openBilling } from "../support/billing-month.ts";
import { killedRun } from "../support/killed-run.ts";
import { openPosted, type PostedMonth, postMonth } from "../support/posted-month.ts";

/** Stamps of Autotask's items, by their ids. */
function stamps({ demo }: PostedMonth): { readonly [id: string]: boolean } {
  const items = demo.sandboxes.psa.ledger.all("BillingItems");
  return Object.fromEntries(
    items.map(({ id, webServiceDate }) => [String(id), (webServiceDate ?? null) !== null]),
  );
}

function marked({ demo }: PostedMonth): number {
  return demo.sandboxes.psa.log.filter(
    ({ url, method, write }) => method === "PATCH" && write && url.includes("BillingItems"),
  ).length;
}

const ALL = { 551200: true, 551201: true, 551202: true };

test("R54: what billing charges is stamped in Autotask, once, and a plan shows it before", async (t) => {
  const month = await openPosted(t, { marks: true });
  postMonth(month);
  await month.demo.run({ pipelines: ["customers", "billable-items"] });
  month.demo.sandboxes.billing.tend();
  const plan = await month.demo.plan({ pipelines: ["billed-items"] });
  const shown = plan.pipelines.flatMap(({ decisions }) =>
    decisions.map(({ action, target_id, changes }) => [action, target_id, changes]),
  );
  const changes = [{ field: "marked_billed", from: false, to: true }];
  assert.deepEqual(shown.sort(), [
    ["update", "551200", changes],
    ["update", "551201", changes],
    ["update", "551202", changes],
  ]);
  assert.equal(marked(month), 0);
  await month.run();
  assert.deepEqual(stamps(month), ALL);
  assert.equal(marked(month), 3);
  await month.run();
  assert.equal(marked(month), 3);
  assert.deepEqual(await month.demo.issues(), []);
  const { totals, proven } = await month.proof("2026-10");
  assert.deepEqual(
    { once: totals.once, to_mark: totals.to_mark, proven },
    { once: 3, to_mark: 0, proven: true },
  );
});

const MOMENTS: readonly { readonly name: string; readonly begun: boolean; readonly fault: Fault }[] = [
  // The first query lists what is to be charged, the second asks for the items that are to be marked.
  {
    name: "after the charge and before the mark",
    begun: false,
    fault: { kind: "commit_then_hang", method: "POST", path: "/BillingItems/query", skip: 1 },
  },
  {
    name: "while Autotask has stored a mark and not answered",
    begun: true,
    fault: { kind: "commit_then_hang", method: "PATCH", path: "/BillingItems" },
  },
];

for (const { name, begun, fault } of MOMENTS) {
  test(`R54: kill -9 ${name}: the next run marks what is charged, and charges nothing twice`, async (t) => {
    // Rev.io has a charge at once, so that one run charges and marks.
    const billing = { ...SYSTEMS.billing["revio-billing"], allow_unverified: ["payment", "billable_item"] };
    const month = await openPosted(t, { marks: true, billing });
    postMonth(month);
    await month.demo.run({ pipelines: ["customers"] });
    month.demo.sandboxes.psa.fault(fault);
    await killedRun(month.demo, "psa", ["billable-items", "billed-items"]);
    const charges = () => month.demo.sandboxes.billing.ledger.all("charges").map(({ amount }) => amount);
    assert.deepEqual(charges(), [225, 399.8, 1040]);
    assert.equal(Object.values(stamps(month)).some(Boolean), begun);
    await month.run();
    assert.deepEqual(charges(), [225, 399.8, 1040]);
    assert.deepEqual(stamps(month), ALL);
    assert.equal(marked(month), 3);
    assert.deepEqual(await month.demo.issues(), []);
  });
}

/** What the custom field of each item of ConnectWise says. */
async function fields(month: BillingMonth, items: readonly string[]): Promise<readonly Json[]> {
  const paths: { readonly [family: string]: string } = {
    time: "/time/entries",
    expense: "/expense/entries",
    product: "/procurement/products",
  };
  return Promise.all(
    items.map(async (item) => {
      const [family = "", id = ""] = item.split(":");
      const row = await month.psa("GET", `${paths[family]}/${id}`);
      const [field] = Array.isArray(row["customFields"]) ? row["customFields"].filter(isObject) : [];
      return field?.["value"] ?? null;
    }),
  );
}

const CHARGED = ["billable-items", "billed-items"];

for (const ledger of ["quickbooks", "xero"] as const) {
  test(`R54: in ConnectWise the item's custom field says what billed it: the charge, then the invoice; a credit takes it off (${ledger})`, async (t) => {
    const month = await openBilling(t, {
      ledger,
      invoicing: { mode: "consolidated" },
      psa: MARKED_IN_FIELD,
      marks: true,
    });
    const { time, expense, product } = await month.work();
    await month.demo.run({ pipelines: ["customers", ...CHARGED] });
    await month.demo.run({ pipelines: CHARGED });
    assert.deepEqual(await fields(month, [time, expense, product]), ["charged", "charged", "charged"]);
    const before = await month.proof("2026-10");
    const tasks = before.items.map(({ item, to_mark, open_there }) => [item, to_mark, open_there]);
    // An addition can be marked by nobody but a person, and a custom field keeps no item off an invoice.
    assert.deepEqual(tasks, [
      ["addition:4104:2026-10-01", true, false],
      [expense, false, true],
      [product, false, true],
      [time, false, true],
    ]);
    month.billCharges("INV-1");
    await month.change(expense, { status: "WrittenOff" });
    await month.demo.run({ pipelines: CHARGED });
    await month.demo.run({ pipelines: CHARGED });
    assert.equal(month.charges()[`${expense}~2`]?.["amount"], -4550);
    assert.deepEqual(await fields(month, [time, expense, product]), ["INV-1", null, "INV-1"]);
    month.demo.writes("psa");
    await month.demo.run({ pipelines: CHARGED });
    assert.equal(month.demo.writes("psa"), 0);
    assert.deepEqual(await month.demo.issues(), []);
  });
}

test("R54: kill -9 while ConnectWise has stored a mark and not answered: each item is marked once", async (t) => {
  const billing = { ...SYSTEMS.billing["revio-billing"], allow_unverified: ["payment", "billable_item"] };
  const month = await openBilling(t, {
    ledger: "quickbooks",
    invoicing: { mode: "consolidated" },
    psa: MARKED_IN_FIELD,
    billing,
    marks: true,
  });
  const { time, expense, product } = await month.work();
  await month.demo.run({ pipelines: ["customers"] });
  month.demo.writes("psa");
  month.demo.sandboxes.psa.fault({
    kind: "commit_then_hang",
    method: "PATCH",
    path: "/(time|expense|procurement)",
  });
  await killedRun(month.demo, "psa", CHARGED);
  await month.demo.run({ pipelines: CHARGED });
  assert.deepEqual(await fields(month, [time, expense, product]), ["charged", "charged", "charged"]);
  assert.equal(month.demo.writes("psa"), 3);
});

test("R54: DoNotBill takes an item out of the PSA's invoicing, and what it is worth there then credits nothing", async (t) => {
  const settings = { ...SYSTEMS.psa.connectwise.settings, mark_field: "Billed by", mark_do_not_bill: true };
  const month = await openBilling(t, {
    ledger: "quickbooks",
    invoicing: { mode: "consolidated" },
    psa: { ...MARKED_IN_FIELD, settings },
    marks: true,
  });
  const { time } = await month.work();
  await month.demo.run({ pipelines: ["customers", ...CHARGED] });
  await month.demo.run({ pipelines: CHARGED });
  const row = await month.psa("GET", `/time/entries/${time.split(":")[1]}`);
  assert.equal(row["billableOption"], "DoNotBill");
  await month.change(time, { extendedInvoiceAmount: 0 });
  await month.demo.run({ pipelines: CHARGED });
  assert.equal(Object.hasOwn(month.charges(), `${time}~2`), false);
  const { items } = await month.proof("2026-10");
  assert.equal(items.find(({ item }) => item === time)?.open_there, false);
});

test("R54, R55: an item that the PSA invoices although billing charges it is held as billed twice", async (t) => {
  const month = await openPosted(t, { marks: true });
  postMonth(month);
  await month.demo.run({ pipelines: ["customers", "billable-items"] });
  month.invoice(7200, "2026-0501", [551201]);
  await month.demo.run({ pipelines: ["billable-items"] });
  const [issue, ...more] = await month.demo.issues();
  assert.deepEqual(more, []);
  assert.deepEqual([issue?.source_id, issue?.reason], ["551201", "billed_twice"]);
  assert.match(
    issue?.message ?? "",
    /billing charges 399\.80 USD for it, and the PSA counts it as invoiced, too/,
  );
  month.post(551201, { invoiceID: null });
  await month.demo.run({ pipelines: ["billable-items"] });
  assert.deepEqual(await month.demo.issues(), []);
});

test("R54, R29: with the state lost, what is marked is found in billing by its charge and never charged again", async (t) => {
  const month = await openPosted(t, { marks: true });
  postMonth(month);
  await month.demo.run({ pipelines: ["customers", "billable-items"] });
  await month.demo.run({ pipelines: CHARGED });
  assert.deepEqual(stamps(month), ALL);
  // Somebody else's stamp, on an item that nobody charged.
  month.post(551203, { ...month.demo.sandboxes.psa.ledger.get("BillingItems", "551200"), id: 551203 });
  const { state = "" } = month.demo.place;
  rmSync(state, { recursive: true });
  await initState({ folder: state });
  await month.demo.run({ pipelines: ["customers", ...CHARGED] });
  assert.deepEqual(Object.keys(month.charges()).sort(), Object.keys(ALL));
  assert.deepEqual(await month.demo.issues(), []);
  const { totals } = await month.proof("2026-10");
  assert.deepEqual({ once: totals.once, unexplained: totals.unexplained }, { once: 3, unexplained: 1 });
});

test("R54: what an approved plan charges is marked by the next run, and the plan is carried out as it was", async (t) => {
  const billing = { ...SYSTEMS.billing["revio-billing"], allow_unverified: ["payment", "billable_item"] };
  const month = await openPosted(t, { marks: true, billing });
  postMonth(month);
  await month.demo.run({ pipelines: ["customers"] });
  const approved = await month.demo.plan({ pipelines: CHARGED });
  const report = await month.demo.run({ pipelines: CHARGED, approved });
  assert.equal(report.status, "done");
  assert.equal(marked(month), 0);
  await month.demo.run({ pipelines: CHARGED });
  assert.deepEqual(stamps(month), ALL);
});

test("R54: a billing system of files marks, too, with the invoice, and takes the mark off what is credited", async (t) => {
  const month = await openBilling(t, {
    ledger: "quickbooks",
    invoicing: { mode: "consolidated" },
    psa: MARKED_IN_FIELD,
    billing: SYSTEMS.billing["csv-billing"],
    marks: true,
  });
  const { time, expense, product } = await month.work();
  await month.demo.run({ pipelines: ["customers"] });
  for (let times = 0; times < 3; times++) await month.demo.run({ pipelines: CHARGED });
  assert.deepEqual(await fields(month, [time, expense, product]), ["charged", "charged", "charged"]);
  month.billCharges("INV-1");
  await month.change(expense, { status: "WrittenOff" });
  for (let times = 0; times < 3; times++) await month.demo.run({ pipelines: CHARGED });
  assert.deepEqual(await fields(month, [time, expense, product]), ["INV-1", null, "INV-1"]);
  assert.deepEqual(await month.demo.issues(), []);
});
