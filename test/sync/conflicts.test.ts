import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject } from "../../engine/core/json.ts";
import { type Demo, part } from "../support/demo.ts";
import {
  addBill,
  asides,
  changeBill,
  changeBooks,
  idInBooks,
  issuesOf,
  only,
  patch,
} from "../support/edits.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** Both sides changed, one side is gone, or the target knows better: who wins, and what waits for a person. */

const PHONE = "PrimaryPhone";

async function disputed(demo: Demo, rule: "target_wins" | "manual"): Promise<void> {
  demo.edit("customers-accounting.yaml", (text) => `${text}conflicts: { phone: ${rule} }\n`);
  await demo.run();
  changeBooks(demo, "Customer", "71", { [PHONE]: { FreeFormNumber: "(813) 555-0666" } });
  await patch(demo, "/company/companies/1001", { phoneNumber: "8135550111", addressLine1: "1 New Rd" });
}

const phoneInBooks = ({ sandboxes }: Demo) => {
  const phone = sandboxes.accounting.ledger.get("Customer", "71")?.[PHONE];
  return isObject(phone) ? phone["FreeFormNumber"] : undefined;
};

test("target_wins: a field that the target changed stays, and the other fields of the record go over", async (t) => {
  const demo = await openTinyDemo(t);
  await disputed(demo, "target_wins");
  assert.equal(part(await demo.run(), "customers-accounting").updated, 1);
  assert.equal(phoneInBooks(demo), "(813) 555-0666");
  assert.match(JSON.stringify(demo.sandboxes.accounting.ledger.get("Customer", "71")), /1 New Rd/);
});

for (const { side, phone } of [
  { side: "source", phone: "+18135550111" },
  { side: "target", phone: "(813) 555-0666" },
]) {
  test(`manual: a field that both changed waits with both values, and ends when a person takes the ${side}`, async (t) => {
    const demo = await openTinyDemo(t);
    await disputed(demo, "manual");
    for (let run = 1; run <= 2; run++) {
      const { updated, held } = part(await demo.run(), "customers-accounting");
      assert.deepEqual([updated, held], [0, 1], `run ${run}`);
    }
    const [issue] = await issuesOf(demo, "customers-accounting");
    assert.equal(issue?.kind, "conflict");
    const detail = JSON.parse(issue?.detail ?? "null");
    assert.deepEqual(detail.fields.phone, {
      base: '"+18135550100"',
      source: "+18135550111",
      target: "+18135550666",
    });
    await demo.state((state) => {
      assert.ok(issue);
      const resolved = JSON.stringify({ ...detail, resolution: { phone: side } });
      state.commit([{ put: "issue", row: { ...issue, detail: resolved } }]);
    });
    const { updated, held } = part(await demo.run(), "customers-accounting");
    assert.deepEqual([updated, held], [1, 0]);
    assert.equal(phoneInBooks(demo), phone);
    assert.match(JSON.stringify(demo.sandboxes.accounting.ledger.get("Customer", "71")), /1 New Rd/);
    demo.writes("accounting");
    await demo.run();
    assert.equal(demo.writes("accounting"), 0);
  });
}

test("manual: a resolution says nothing of values that changed after it", async (t) => {
  const demo = await openTinyDemo(t);
  await disputed(demo, "manual");
  await demo.run();
  const [issue] = await issuesOf(demo, "customers-accounting");
  await demo.state((state) => {
    assert.ok(issue);
    const resolved = JSON.stringify({ ...JSON.parse(issue.detail), resolution: { phone: "source" } });
    state.commit([{ put: "issue", row: { ...issue, detail: resolved } }]);
  });
  changeBooks(demo, "Customer", "71", { [PHONE]: { FreeFormNumber: "(813) 555-0777" } });
  const { updated, held } = part(await demo.run(), "customers-accounting");
  assert.deepEqual([updated, held], [0, 1]);
  assert.equal(phoneInBooks(demo), "(813) 555-0777");
});

test("manual: a field that a person has decided stays decided while another one still waits", async (t) => {
  const demo = await openTinyDemo(t);
  demo.edit("customers-accounting.yaml", (text) => `${text}conflicts: { phone: manual, name: manual }\n`);
  await demo.run();
  const phone = { [PHONE]: { FreeFormNumber: "(813) 555-0666" } };
  changeBooks(demo, "Customer", "71", { ...phone, CompanyName: "Harbor Dental Group" });
  await patch(demo, "/company/companies/1001", { phoneNumber: "8135550111", name: "Harbor Dental PLLC" });
  const decide = async (resolution: { readonly [field: string]: string }) => {
    await demo.run();
    const [issue] = await issuesOf(demo, "customers-accounting");
    assert.equal(issue?.kind, "conflict");
    const before = JSON.parse(issue.detail);
    const detail = JSON.stringify({ ...before, resolution: { ...before.resolution, ...resolution } });
    await demo.state((state) => state.commit([{ put: "issue", row: { ...issue, detail } }]));
  };
  await decide({ phone: "source" });
  await decide({ name: "target" });
  const { updated, held } = part(await demo.run(), "customers-accounting");
  assert.deepEqual([updated, held], [1, 0]);
  assert.equal(phoneInBooks(demo), "+18135550111");
  const row = demo.sandboxes.accounting.ledger.get("Customer", "71");
  assert.equal(row?.["CompanyName"], "Harbor Dental Group");
});

test("an invoice that is voided at its source is voided in accounting, once", async (t) => {
  const demo = await openTinyDemo(t, { ...tinyWorld, receipts: [] });
  await demo.run();
  changeBill(demo, "9002", { status: "VOIDED" });
  assert.equal(part(await demo.run(), "invoices").voided, 1);
  const row = only(demo.sandboxes.accounting, "Invoice", (one) => one["DocNumber"] === "INV-1043");
  assert.equal(row["TotalAmt"], 0);
  demo.writes("accounting");
  assert.equal(part(await demo.run(), "invoices").voided, 0);
  assert.equal(demo.writes("accounting"), 0);
});

test("an invoice that was voided before it was ever sent is not sent", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  addBill(demo, "9003", "INV-1044", { status: "VOIDED" });
  const { created, voided, held } = part(await demo.run(), "invoices");
  assert.deepEqual([created, voided, held], [0, 0, 0]);
});

test("a target record that a person deleted holds its source, and is not created anew behind their back", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  const id = idInBooks(demo, "Invoice", "DocNumber", "INV-1043");
  demo.sandboxes.accounting.ledger.remove("Invoice", id);
  changeBill(demo, "9002", { due_date: "2026-09-20T00:00:00" });
  const { created, held } = part(await demo.run(), "invoices");
  assert.deepEqual([created, held], [0, 1]);
  const [issue] = await issuesOf(demo, "invoices");
  assert.equal(issue?.reason, "target_missing");
  assert.match(issue?.message ?? "", /unlink it to have it created anew/);
});

test("a record that changes between read and write is read again and written once", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  const { accounting } = demo.sandboxes;
  await patch(demo, "/company/companies/1001", { phoneNumber: "8135550155" });
  const stale = { code: "5010", Message: "Stale Object Error", Detail: "Stale Object Error" };
  const reply = { status: 400, body: { Fault: { type: "ValidationFault", Error: [stale] } } };
  accounting.fault({ method: "POST", path: "/customer", kind: "reply", reply });
  const once = part(await demo.run(), "customers-accounting");
  assert.deepEqual([once.updated, once.held], [1, 0]);
  assert.equal(phoneInBooks(demo), "+18135550155");
  await patch(demo, "/company/companies/1001", { phoneNumber: "8135550156" });
  accounting.fault({ method: "POST", path: "/customer", kind: "reply", reply, times: 2 });
  const twice = part(await demo.run(), "customers-accounting");
  assert.deepEqual([twice.updated, twice.held], [0, 1]);
  assert.deepEqual(await asides(demo, "customers-accounting"), { 1001: "held changed_meanwhile" });
  assert.equal(part(await demo.run(), "customers-accounting").updated, 1);
  assert.equal(phoneInBooks(demo), "+18135550156");
});

for (const { name, total, want } of [
  {
    name: "and the same sum is linked without a write",
    total: 552.86,
    want: { created: 0, unchanged: 3, held: 0 },
  },
  { name: "and another sum is held", total: 552.87, want: { created: 0, unchanged: 2, held: 1 } },
]) {
  test(`an invoice whose number the books have already ${name}`, async (t) => {
    const demo = await openTinyDemo(t);
    await demo.run();
    const { ledger } = demo.sandboxes.accounting;
    const id = idInBooks(demo, "Invoice", "DocNumber", "INV-1042");
    const own = { DocNumber: "INV-1044", TotalAmt: total, Balance: total, LinkedTxn: [] };
    ledger.put("Invoice", "7001", { ...ledger.get("Invoice", id), Id: "7001", ...own });
    addBill(demo, "9003", "INV-1044");
    const { created, unchanged, held } = part(await demo.run(), "invoices");
    assert.deepEqual({ created, unchanged, held }, want);
    assert.equal(ledger.all("Invoice").length, 3);
    const found = await demo.state((state) => state.translate("invoice", "billing", "accounting", ["9003"]));
    assert.deepEqual(found.get("9003"), held === 0 ? ["7001"] : undefined);
    if (held === 1) assert.deepEqual(await asides(demo, "invoices"), { 9003: "held exists_already" });
  });
}

test("a customer whose name belongs to somebody else in the books is held", async (t) => {
  const demo = await openTinyDemo(t);
  const { ledger } = demo.sandboxes.accounting;
  // A vendor of that name: no customer that could be matched.
  ledger.put("Vendor", "500", {
    Id: "500",
    DisplayName: "Orchard & Sons, Inc.",
    Active: true,
    SyncToken: "0",
  });
  const report = part(await demo.run(), "customers-accounting");
  assert.deepEqual([report.created, report.held], [0, 1]);
  const [issue] = await issuesOf(demo, "customers-accounting");
  assert.equal(issue?.reason, "exists_already");
  assert.match(issue?.message ?? "", /6240/);
});

test("two customers that could be the same record of the target are both held, and neither is linked", async (t) => {
  const demo = await openTinyDemo(t);
  const { psa, accounting } = demo.sandboxes;
  const harbor = psa.ledger.get("companies", "1001") ?? {};
  psa.ledger.put("companies", "1004", {
    ...harbor,
    id: 1004,
    identifier: "CUST-1004",
    customFields: [{ id: 41 }],
  });
  // Billing alone would tell which of them it is.
  const pipelines = ["customers-accounting"];
  for (let run = 1; run <= 2; run++) {
    const report = part(await demo.run({ pipelines }), "customers-accounting");
    // CUST-1002 alone.
    assert.equal(report.created, run === 1 ? 1 : 0, `run ${run}`);
    assert.equal(report.held, 2, `run ${run}`);
  }
  assert.deepEqual(await asides(demo, "customers-accounting"), {
    1001: "held match_ambiguous",
    1004: "held match_ambiguous",
  });
  assert.equal(accounting.ledger.all("Customer").length, 3);
  // One of them changes: that it is read alone makes it no more the right one.
  demo.clock.advance(86_400_000);
  await patch(demo, "/company/companies/1004", { phoneNumber: "8135550133" });
  const alone = part(await demo.run({ pipelines }), "customers-accounting");
  assert.deepEqual([alone.created, alone.updated, alone.held], [0, 0, 2]);
});

for (const { name, held } of [
  { name: "another customer's id", held: "990" },
  { name: "an id that is gone", held: "12345" },
]) {
  test(`an external id field that holds ${name} is held for a person and not overwritten`, async (t) => {
    const demo = await openTinyDemo(t);
    const { psa } = demo.sandboxes;
    const company = psa.ledger.get("companies", "1002") ?? {};
    // The books' id field of CUST-1002, which the books do not have yet.
    const other = { ...company, id: 1005, identifier: "CUST-1005", name: "Walk-in Customer" };
    psa.ledger.put("companies", "1002", { ...company, customFields: [{ id: 41, value: held }] });
    if (held === "990")
      psa.ledger.put("companies", "1005", { ...other, customFields: [{ id: 41, value: held }] });
    await demo.run({ pipelines: ["customers-accounting"] });
    assert.match(JSON.stringify(psa.ledger.get("companies", "1002")), new RegExp(`"value":"${held}"`));
    const all = await demo.state((state) => [...state.rows("issue")]);
    const mine = all.filter(({ source_id, pipeline }) => source_id === "1002" && pipeline !== "payments");
    assert.deepEqual(
      mine.map(({ kind, reason }) => `${kind} ${reason}`),
      [held === "990" ? "held match_ambiguous" : "held external_id_differs"],
    );
  });
}
