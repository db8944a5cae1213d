import assert from "node:assert/strict";
import { test } from "node:test";
import { part } from "../support/demo.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

/** How many calls and writes a run takes, by hand for a world of three companies. */

const FIRST_RUN = {
  // Three companies, of which two are customers with a signed contract; Harbor is in billing already.
  customers: { read: 3, created: 1, updated: 0, unchanged: 2, held: 0, writes: { psa: 0, billing: 2 } },
  accounts: { read: 3, created: 0, updated: 2, unchanged: 1, held: 0, writes: { psa: 0, billing: 2 } },
  contacts: { read: 3, created: 3, updated: 0, unchanged: 0, held: 0, writes: { psa: 0, billing: 3 } },
  // Harbor is in the books already; both get their id there written into the PSA.
  "customers-accounting": {
    read: 3,
    created: 1,
    updated: 0,
    unchanged: 2,
    held: 0,
    writes: { psa: 2, accounting: 1 },
  },
  "customers-billing-accounting": {
    read: 2,
    created: 0,
    updated: 0,
    unchanged: 2,
    held: 0,
    writes: { billing: 0 },
  },
  invoices: { read: 2, created: 2, updated: 0, unchanged: 0, held: 0, writes: { billing: 0, accounting: 2 } },
  // Billing's people enter the address of a service as soon as they have the customer: two sites are there already.
  locations: { read: 3, created: 1, updated: 0, unchanged: 2, held: 0, writes: { psa: 0, billing: 1 } },
  payments: { read: 3, created: 2, updated: 0, unchanged: 0, held: 1, writes: { accounting: 0, billing: 2 } },
} as const;

test("counts: a first run of the small world, pipeline by pipeline", async (t) => {
  const demo = await openTinyDemo(t);
  const report = await demo.run();
  for (const [name, want] of Object.entries(FIRST_RUN)) {
    const { read, created, updated, unchanged, held, writes } = part(report, name);
    assert.deepEqual({ read, created, updated, unchanged, held, writes }, want, name);
  }
  for (const system of ["psa", "billing", "accounting"] as const) {
    const told = report.pipelines.reduce((sum, { writes }) => sum + (writes[system] ?? 0), 0);
    // A batch of two invoices is one request that writes.
    const seen = demo.writes(system);
    assert.equal(told, system === "accounting" ? seen + 1 : seen, system);
  }
});

test("counts: each record read is created, updated, voided, unchanged, held or dead", async (t) => {
  const demo = await openTinyDemo(t);
  const report = await demo.run();
  for (const {
    pipeline,
    read,
    created,
    updated,
    voided,
    unchanged,
    held,
    dead_lettered,
  } of report.pipelines) {
    assert.equal(created + updated + voided + unchanged + held + dead_lettered, read, pipeline);
  }
});

test("counts: the calls that are told are those that the systems saw, and none is below the fewest possible", async (t) => {
  const demo = await openTinyDemo(t);
  for (let run = 1; run <= 2; run++) {
    const before = new Map(
      Object.values(demo.sandboxes).map((sandbox) => [sandbox, sandbox.log.length] as const),
    );
    const report = await demo.run();
    for (const [system, sandbox] of Object.entries(demo.sandboxes)) {
      const seen = sandbox.log.slice(before.get(sandbox)).length;
      const told = report.pipelines.reduce(
        (sum, { calls }) => sum + (Object.entries(calls).find(([name]) => name === system)?.[1] ?? 0),
        0,
      );
      assert.equal(told, seen, `${system} in run ${run}`);
    }
    for (const { pipeline, calls, calls_min } of report.pipelines) {
      for (const [system, fewest] of Object.entries(calls_min)) {
        const made = Object.entries(calls).find(([name]) => name === system)?.[1] ?? 0;
        assert.ok(fewest <= made, `${pipeline} ${system}: ${fewest} > ${made}`);
      }
    }
  }
});

test("counts: a run with nothing new reads each list once and nothing of the targets", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run();
  await demo.run();
  const report = await demo.run();
  const calls = Object.fromEntries(report.pipelines.map((one) => [one.pipeline, one.calls]));
  assert.deepEqual(calls, {
    // Companies, agreements, and the additions of the one that changed last.
    customers: { psa: 3 },
    accounts: { psa: 3 },
    contacts: { psa: 1 },
    "customers-accounting": { psa: 1 },
    "customers-billing-accounting": { billing: 1 },
    // Bills, their charges, and the product types by which charges have codes.
    invoices: { billing: 3 },
    // The sites of each linked company.
    locations: { psa: 2 },
    // The change feed, and two look-up tables by which payments are read; what was typed into billing is seen, too.
    payments: { accounting: 3, billing: 1 },
    refunds: { accounting: 1 },
  });
  assert.deepEqual(Object.fromEntries(report.pipelines.map((one) => [one.pipeline, one.calls_min])), calls);
});
