import assert from "node:assert/strict";
import { test } from "node:test";
import { part } from "../support/demo.ts";
import { ask, only } from "../support/edits.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

const SYSTEMS = ["psa", "billing", "accounting"] as const;

test("run: three systems are in step after one run, and a second one writes nothing", async (t) => {
  const { run, sandboxes, writes } = await openTinyDemo(t);
  const first = await run();
  assert.equal(
    first.status,
    "done",
    JSON.stringify(first.pipelines.filter(({ status }) => status !== "done")),
  );
  assert.equal(sandboxes.accounting.ledger.all("Invoice").length, 2);
  assert.equal(sandboxes.billing.ledger.all("payments").length, 2);
  assert.equal(part(first, "payments").held, 1);
  for (const system of SYSTEMS) writes(system);
  const second = await run();
  for (const { created, updated, voided, external_ids } of second.pipelines) {
    assert.deepEqual([created, updated, voided, external_ids], [0, 0, 0, 0]);
  }
  for (const system of SYSTEMS) assert.equal(writes(system), 0, system);
});

test("R1: of a phone changed in all three systems only the PSA's survives", async (t) => {
  const demo = await openTinyDemo(t);
  const { run, sandboxes } = demo;
  await run();
  const { billing, accounting } = sandboxes;
  const customer = only(accounting, "Customer", (row) => row["CompanyName"] === "Harbor Dental LLC");
  accounting.ledger.put("Customer", String(customer["Id"]), {
    ...customer,
    SyncToken: "9",
    PrimaryPhone: { FreeFormNumber: "(813) 555-9999" },
  });
  await ask(demo, "psa", "PATCH", "/company/companies/1001", [
    { op: "replace", path: "phoneNumber", value: "8135550177" },
    { op: "replace", path: "addressLine1", value: "77 Bay St" },
  ]);
  const report = await run();
  assert.equal(part(report, "customers").updated, 1);
  assert.equal(part(report, "customers-accounting").updated, 1);
  const after = only(accounting, "Customer", (row) => row["CompanyName"] === "Harbor Dental LLC");
  assert.deepEqual(after["PrimaryPhone"], { FreeFormNumber: "+18135550177" });
  const row = only(billing, "customers", (one) => one["customer_id"] === 5001);
  assert.match(JSON.stringify(row["billing_address"]), /77 Bay St/);
  // The number that customers see in billing is billing's own.
  assert.equal(row["account_number"], "CB-5001");
});
