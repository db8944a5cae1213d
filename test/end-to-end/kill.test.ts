import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { differences } from "../support/differences.ts";
import { smallWorld } from "../support/small-world.ts";
import { openTriangle, type Triangle } from "../support/triangle.ts";

/**
 * kill -9 of the built CLI at every line of its journal, and while the vendor has stored a write and not answered. The
 * sandboxes live on. After the next run nothing is there twice and nothing is missing, and a further one writes nothing.
 */

// More than one batch of invoices; the first payment pays several of them.
const world = smallWorld({ invoices: 36, receipts: 8 });
const BEFORE_INVOICES = ["customers", "accounts", "customers-accounting", "customers-billing-accounting"];
let triangle: Triangle;

before(async () => {
  // A hundred runs within a minute or two are more than the vendor would take in that time.
  triangle = await openTriangle({
    world,
    off: { quickbooks: ["rate_limit", "rate_limit_second"], "revio-billing": ["rate_limit"] },
  });
  await triangle.run(...BEFORE_INVOICES.flatMap((name) => ["--pipeline", name]));
  triangle.save("invoices");
  // A first run would look for payments by their marks before it makes them; a later one relies on the promises alone.
  await triangle.run("--pipeline", "payments");
  await triangle.run("--pipeline", "invoices");
  triangle.save("payments");
});
after(() => triangle.close());

for (const pipeline of ["invoices", "payments"] as const) {
  for (const moment of ["before", "after"]) {
    test(`kill -9 of ${pipeline} right ${moment} each line of its journal: nothing twice, nothing missing`, async (t) => {
      let line = 1;
      for (; ; line++) {
        await triangle.rewind(pipeline);
        const killed = await triangle.tripoint(["run", "--pipeline", pipeline], `${moment} ${line}`);
        if (killed.signal !== "SIGKILL") {
          assert.equal(killed.code, 0, killed.stderr);
          break;
        }
        await recover(pipeline, `killed ${moment} line ${line}`);
      }
      t.diagnostic(`${line - 1} lines`);
      assert.ok(line > 6, `a run of ${line - 1} lines proves little`);
    });
  }
}

for (const { pipeline, system, path, writes } of [
  { pipeline: "invoices", system: "accounting", path: "/batch", writes: 2 },
  { pipeline: "payments", system: "billing", path: "/Payments", writes: 8 },
] as const) {
  test(`kill -9 of ${pipeline} when the vendor has stored a write and not answered: nothing twice, nothing missing`, async () => {
    for (let nth = 0; nth < writes; nth++) {
      await triangle.rewind(pipeline);
      await triangle.fault(system, { kind: "commit_then_hang", method: "POST", path, skip: nth });
      const run = triangle.start(["run", "--pipeline", pipeline]);
      await triangle.untilHung(system);
      const { signal } = await run.kill();
      assert.equal(signal, "SIGKILL");
      await recover(pipeline, `killed during write ${nth + 1}`);
    }
  });

  for (const kind of ["commit_then_cut", "cut_body", "before"] as const) {
    test(`R71: ${pipeline}: each write once answered by a fault "${kind}": the next run settles it`, async () => {
      for (let nth = 0; nth < writes; nth++) {
        await triangle.rewind(pipeline);
        await triangle.fault(system, { kind, method: "POST", path, skip: nth });
        await triangle.runHere(pipeline);
        await recover(pipeline, `${kind} at write ${nth + 1}`);
      }
    });
  }
}

/** One more run makes everything right, and the one after it finds nothing to do. */
async function recover(pipeline: "invoices" | "payments", what: string): Promise<void> {
  await triangle.runHere(pipeline);
  const accounting = triangle.books("accounting");
  const wrong = differences(
    world,
    pipeline === "payments" ? { accounting, billing: triangle.books("billing") } : { accounting },
  );
  assert.deepEqual(wrong, [], what);
  triangle.forget();
  const report = await triangle.runHere(pipeline);
  assert.deepEqual(triangle.writes(), [], what);
  assert.equal(report.status, "done", what);
  // Money of those whom billing does not know waits; nothing else does.
  const waiting = pipeline === "payments" ? world.strangers.length : 0;
  assert.equal(report.pipelines[0]?.held, waiting, what);
}
