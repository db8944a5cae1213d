import assert from "node:assert/strict";
import { test } from "node:test";
import { readXero } from "../../support/books/xero.ts";
import { billingPayments, inOrder, writesOf } from "../../support/swapped-books.ts";
import { startSwapped } from "../../support/swapped-demo.ts";
import { XERO } from "./demo.ts";

test("xero: the demo with Xero for accounting ends with the books that the world expects, and stays so", async (t) => {
  const demo = await startSwapped(t, XERO);
  const { world, sandboxes } = demo;
  const { expected } = world;
  const report = await demo.runAll();
  assert.deepEqual(
    report.pipelines.map(({ pipeline, status }) => [pipeline, status]),
    report.pipelines.map(({ pipeline }) => [pipeline, "done"]),
  );
  const { ledger } = sandboxes.accounting;
  const { gl_totals, invoice_count } = expected;
  assert.deepEqual(Object.entries(readXero(ledger.all).gl_totals).sort(), Object.entries(gl_totals).sort());
  assert.equal(ledger.all("Invoices").length, invoice_count);
  assert.deepEqual(
    ledger.all("Invoices").filter(({ Status }) => !["AUTHORISED", "PAID"].includes(String(Status))),
    [],
  );
  const names = new Set(world.companies.map(({ name }) => name));
  const contacts = ledger.all("Contacts").filter(({ Name }) => names.has(String(Name)));
  assert.equal(contacts.length, expected.accounting_customers.length);
  assert.deepEqual(inOrder(billingPayments(sandboxes.billing, world)), inOrder(expected.payments));
  // The stranger's money waits for a person, and nothing else does.
  assert.deepEqual(
    (await demo.issues()).map(({ pipeline, reason }) => [pipeline, reason]),
    [["payments", "reference_missing"]],
  );
  const written = writesOf(sandboxes);
  const again = await demo.runAll();
  assert.equal(writesOf(sandboxes), written);
  assert.ok(
    again.pipelines.every(({ status, created, updated }) => status === "done" && created + updated === 0),
  );
});
