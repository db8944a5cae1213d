import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { readLedger } from "../../engine/connector/sandbox/read-ledger.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { CREDIT_FILES } from "../support/credit-demo.ts";
import { creditsOf, creditWorld } from "../support/credits.ts";
import { openTriangle } from "../support/triangle.ts";

test("R24: kill -9 while QuickBooks has stored an application and not answered: the credit is used once", async (t) => {
  const triangle = await openTriangle({
    world: creditWorld,
    systems: { billing: SYSTEMS.billing["sqlite-billing"], accounting: SYSTEMS.accounting.quickbooks },
    files: CREDIT_FILES,
    off: { quickbooks: ["rate_limit_second"] },
  });
  t.after(() => triangle.close());
  await triangle.runHere("customers", "accounts", "customers-accounting", "invoices", "credit-notes");
  await triangle.fault("accounting", {
    kind: "commit_then_hang",
    method: "POST",
    path: "/(batch|payment)\\?",
  });
  const running = triangle.start(["run", "--pipeline", "credit-applications"]);
  await triangle.untilHung("accounting");
  assert.equal((await running.kill()).signal, "SIGKILL");
  await triangle.runHere();
  const { applications, left } = creditsIn(join(triangle.root, "books", "accounting"));
  assert.deepEqual(applications, [
    { invoice: "INV-1042", amount: 100 },
    { invoice: "INV-1044", amount: 500 },
  ]);
  assert.equal(left, 1535);
  triangle.forget();
  await triangle.runHere();
  assert.deepEqual(
    triangle.requests("accounting").filter(({ write }) => write),
    [],
  );
});

function creditsIn(folder: string) {
  const ledger = readLedger(folder);
  const [credit, ...more] = creditsOf("quickbooks", (name) => [...(ledger.get(name)?.values() ?? [])]);
  assert.ok(credit);
  assert.deepEqual(more, []);
  return credit;
}
