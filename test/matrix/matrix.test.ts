import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorld } from "../../mappings/demo/world.ts";
import { type Demo, openDemo, writesIn } from "../support/demo.ts";
import { customerDifferences, differences } from "../support/differences.ts";
import { ALLOWED } from "./allowed.ts";
import { SYSTEMS } from "./systems.ts";
import { isOver, isOverSeveral, matrixWorld } from "./world.ts";

/**
 * The demo's scenario with every PSA, billing system and ledger: client.yaml differs under `systems` and nowhere else,
 * and the sandboxes' own books, not our connectors, say how it ended.
 */

const world = matrixWorld();
const PSAS = Object.entries(SYSTEMS.psa);
const BILLINGS = Object.entries(SYSTEMS.billing);
const LEDGERS = Object.entries(SYSTEMS.accounting);
const needed = new Set<(typeof ALLOWED)[number]>();

test("matrix: its world has every kind of company and of payment", () => {
  const { companies, invoices, receipts } = world;
  const totals = new Map(invoices.map(({ number, total }) => [number, total]));
  const isPart = ({ allocations }: (typeof receipts)[number]): boolean =>
    allocations.some(({ invoice, amount }) => amount < (totals.get(invoice) ?? 0));
  for (const isKind of [isOver, isOverSeveral, isPart]) assert.ok(receipts.some(isKind), isKind.name);
  const statuses = companies.flatMap(({ contracts }) => contracts.map(({ status }) => status));
  assert.deepEqual([...new Set(statuses)].sort(), ["cancelled", "draft", "expired", "signed"]);
  assert.ok(
    companies.some(({ active }) => !active) && companies.some(({ types }) => types.includes("Prospect")),
  );
  assert.ok(invoices.every(({ company }) => companies.some(({ number }) => number === company)));
  assert.ok(receipts.every(({ allocations }) => allocations.every(({ invoice }) => totals.has(invoice))));
});

for (const [psaName, psa] of PSAS) {
  for (const [billingName, billing] of BILLINGS) {
    for (const [ledgerName, accounting] of LEDGERS) {
      test(`matrix: ${psaName} × ${billingName} × ${ledgerName}`, async (t) => {
        const demo = await openDemo(t, { world, systems: { psa, billing, accounting } });
        await assertOutcome(demo, [psaName, billingName, ledgerName]);
      });
    }
  }
}

// Every vendor once with the demo's whole world.
for (const [place, [psaName, psa]] of PSAS.entries()) {
  const [billingName, billing] = BILLINGS[place % BILLINGS.length] ?? assert.fail();
  const [ledgerName, accounting] = LEDGERS[place] ?? assert.fail();
  test(`matrix, the whole world: ${psaName} × ${billingName} × ${ledgerName}`, async (t) => {
    const demo = await openDemo(t, { world: makeWorld(), systems: { psa, billing, accounting } });
    await assertOutcome(demo, [psaName, billingName, ledgerName]);
  });
}

// The tests of a file run one after the other: this one comes when all combinations have.
test("matrix: every declared difference is still there", () => {
  assert.deepEqual(
    ALLOWED.filter((one) => !needed.has(one)),
    [],
  );
});

/** All books are as the world expects, but for what is declared; only the stranger's money waits; no run writes more. */
async function assertOutcome(demo: Demo, connectors: readonly string[]): Promise<void> {
  const last = await demo.settle();
  const failed = last.pipelines.filter(({ status }) => status !== "done");
  assert.deepEqual(
    failed.map(({ pipeline, status, message }) => ({ pipeline, status, message })),
    [],
  );
  assert.deepEqual(
    (await demo.issues()).map(({ pipeline, kind, reason }) => [pipeline, kind, reason]),
    [["payments", "held", "reference_missing"]],
  );
  const books = {
    psa: demo.books("psa"),
    billing: demo.books("billing"),
    accounting: demo.books("accounting"),
  };
  const found = [...differences(demo.world, books), ...customerDifferences(demo.world, books)];
  assert.deepEqual(
    found.filter((sentence) => !isAllowed(sentence, connectors)),
    [],
  );
  assert.equal(writesIn(last), 0);
  for (const role of ["psa", "billing", "accounting"] as const) demo.writes(role);
  // By then everything is read and compared again, both sides of it.
  demo.clock.advance(8 * 86_400_000);
  await demo.run();
  for (const role of ["psa", "billing", "accounting"] as const) assert.equal(demo.writes(role), 0, role);
}

function isAllowed(sentence: string, connectors: readonly string[]): boolean {
  const allowed = ALLOWED.find((one) => connectors.includes(one.connector) && one.sentence.test(sentence));
  if (allowed !== undefined) needed.add(allowed);
  return allowed !== undefined;
}
