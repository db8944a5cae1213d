import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sandbox } from "../../../connectors/csv-billing/sandbox.ts";
import { openDemoBilling } from "../../support/demo-billing.ts";
import { assertBooks } from "../../support/reference-books.ts";

test("csv-billing: the demo ends with the books that its world expects, and a further run writes nothing", async (t) => {
  const demo = await openDemoBilling(t, sandbox, {
    connector: "csv-billing",
    settings: { folder: `\${CSV_BILLING_FOLDER}`, quiet_ms: 0 },
  });
  const last = await demo.settle();
  assertBooks(demo, last);
  const folder = join(demo.folder, "billing");
  assert.deepEqual(
    readdirSync(join(folder, "in")).filter((name) => /^(invoices|invoice_lines|customers)-/.test(name)),
    [],
  );
  assert.ok(readdirSync(join(folder, "archive")).length > 0);
  assert.equal(existsSync(join(folder, "rejects")), false);
});

test("csv-billing: a run in which something failed puts no file away", async (t) => {
  const demo = await openDemoBilling(t, sandbox, {
    connector: "csv-billing",
    settings: { folder: `\${CSV_BILLING_FOLDER}`, quiet_ms: 0 },
  });
  const dropped = readdirSync(join(demo.folder, "billing", "in")).length;
  demo.accounting.fault({ kind: "reply", times: 1000, reply: { status: 403, body: {} } });
  const report = await demo.run();
  assert.equal(report.status, "failed");
  assert.ok(readdirSync(join(demo.folder, "billing", "in")).length >= dropped);
  assert.equal(existsSync(join(demo.folder, "billing", "archive")), false);
});
