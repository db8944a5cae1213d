import assert from "node:assert/strict";
import { test } from "node:test";
import { refId } from "../../../connectors/sage-accounting/sandbox/books.ts";
import { readSageAccounting } from "../../support/books/sage-accounting.ts";
import { billingPayments, inOrder, writesOf } from "../../support/swapped-books.ts";
import { startSwapped } from "../../support/swapped-demo.ts";
import { SAGE } from "./demo.ts";

test("sage-accounting: the demo with Sage for accounting ends with the books that the world expects, and stays so", async (t) => {
  const demo = await startSwapped(t, SAGE);
  const { world, sandboxes } = demo;
  const { expected } = world;
  const report = await demo.runAll();
  assert.deepEqual(
    report.pipelines.map(({ pipeline, status }) => [pipeline, status]),
    report.pipelines.map(({ pipeline }) => [pipeline, "done"]),
  );
  const { ledger } = sandboxes.accounting;
  const { gl_totals, invoice_count } = expected;
  assert.deepEqual(
    Object.entries(readSageAccounting(ledger.all).gl_totals).sort(),
    Object.entries(gl_totals).sort(),
  );
  assert.equal(ledger.all("sales_invoices").length, invoice_count);
  assert.deepEqual(
    ledger
      .all("sales_invoices")
      .filter(({ status }) => !["UNPAID", "PART_PAID", "PAID"].includes(refId(status))),
    [],
  );
  const names = new Set(world.companies.map(({ name }) => name));
  const contacts = ledger.all("contacts").filter(({ name }) => names.has(String(name)));
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
