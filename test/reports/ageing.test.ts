import assert from "node:assert/strict";
import { test } from "node:test";
import { ageing } from "../../engine/commands/ageing.ts";
import type { AgeingReport, Ages } from "../../engine/report/ageing.ts";
import type { Demo } from "../support/demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";
import { carryOut, editDueDate, openSeats, PAIRS, tripoint } from "./ledgers.ts";

/** The same buckets from two ledgers, at any day; what differs is explained by its document. */

// INV-1042 552.86, due 08-31, paid 08-20. INV-1043 92.56, due 08-16, 50.00 paid 08-25. INV-1044 552.86 of 09-01, due 10-01.
const DAYS: readonly { readonly date: string; readonly ages: Partial<Ages>; readonly why: string }[] = [
  { date: "2026-07-31", ages: {}, why: "nothing was invoiced yet" },
  { date: "2026-08-16", ages: { current: 64542, total: 64542 }, why: "what is due that day is not overdue" },
  {
    date: "2026-08-19",
    ages: { current: 55286, days_1_30: 9256, total: 64542 },
    why: "later payments do not count",
  },
  { date: "2026-08-20", ages: { days_1_30: 9256, total: 9256 }, why: "a payment counts from its own day" },
  { date: "2026-08-25", ages: { days_1_30: 4256, total: 4256 }, why: "a part payment leaves its rest" },
  { date: "2026-09-15", ages: { current: 55286, days_1_30: 4256, total: 59542 }, why: "30 days overdue" },
  { date: "2026-09-16", ages: { current: 55286, days_31_60: 4256, total: 59542 }, why: "31 days overdue" },
  { date: "2026-12-31", ages: { over_90: 59542, total: 59542 }, why: "91 days overdue" },
];

for (const seats of PAIRS) {
  test(`R22: ${seats.billing} and ${seats.accounting} age alike at every day`, async (t) => {
    const demo = await openSeats(t, seats);
    for (const { date, ages, why } of DAYS) {
      const report = await aged(demo, date);
      const [total] = report.totals;
      assert.deepEqual(total?.accounting ?? none, { ...none, ...ages }, `${date}: ${why}`);
      assert.deepEqual(total?.billing ?? none, total?.accounting ?? none, date);
      assert.deepEqual([report.differences, report.checks, report.unreadable], [[], [], []], date);
    }
  });

  test(`R22, R4: a due date edited in ${seats.accounting} shows as another bucket and is put right`, async (t) => {
    const demo = await openSeats(t, seats);
    editDueDate(demo, seats, "INV-1043", "2026-09-16");
    const report = await aged(demo, "2026-09-10");
    const [found, ...more] = report.differences;
    assert.deepEqual(more, []);
    assert.deepEqual(
      [found?.number, found?.buckets, found?.difference, found?.off, found?.causes[0]?.cause],
      ["INV-1043", { billing: "days_1_30", accounting: "current" }, 0, 4256, "changed_in_accounting"],
    );
    const asked = await tripoint(demo, ["ageing", "--date", "2026-09-10", "--compare"]);
    assert.equal(asked.code, 1);
    assert.match(
      asked.stdout,
      /invoice INV-1043 of Orchard & Sons, Inc\. .*billing 42\.56 \(1–30\), accounting 42\.56 \(current\)/,
    );
    await carryOut(demo, found?.causes[0]);
    const [held] = (await aged(demo, "2026-09-10")).differences;
    assert.equal(held?.causes[0]?.cause, "posted_differs");
    await carryOut(demo, held?.causes[0]);
    assert.deepEqual((await aged(demo, "2026-09-10")).differences, []);
    assert.equal((await tripoint(demo, ["ageing", "--date", "2026-09-10", "--compare"])).code, 0);
  });
}

test("R22, R23: money on account stands in its own column, and parts the ledgers until it is booked in both", async (t) => {
  const [seats = assert.fail()] = PAIRS;
  const demo = await openSeats(t, seats, tinyWorld);
  const report = await aged(demo, "2026-08-31");
  const [stranger] = report.rows;
  assert.deepEqual(stranger?.accounting, { ...none, unapplied: 7500, total: -7500 });
  assert.deepEqual(stranger?.billing, none);
  assert.deepEqual(
    report.differences.map(({ entity, number, off, causes }) => [
      entity,
      number,
      off,
      causes.map(({ cause }) => cause),
    ]),
    [["payment", "CARD-9", 7500, ["unlinked_customer"]]],
  );
  assert.deepEqual((await aged(demo, "2026-08-21")).differences, [], "it came a day later");
});

test("P22: a balance that no document explains is told, and ages nothing", async (t) => {
  const [seats = assert.fail()] = PAIRS;
  const demo = await openSeats(t, seats);
  const { ledger } = demo.sandboxes.billing;
  ledger.put("bills", "9002", { ...ledger.get("bills", "9002"), amount_due: 0 });
  const report = await aged(demo, "2026-08-31");
  assert.deepEqual(report.differences, []);
  assert.deepEqual(report.checks, [
    { system: "billing", id: "9002", number: "INV-1043", currency: "USD", by_documents: 4256, by_balance: 0 },
  ]);
});

const none: Ages = {
  current: 0,
  days_1_30: 0,
  days_31_60: 0,
  days_61_90: 0,
  over_90: 0,
  unapplied: 0,
  total: 0,
};

function aged(demo: Demo, date: string): Promise<AgeingReport> {
  demo.sandboxes.billing.tend();
  return ageing(demo.place, { date, compare: true });
}
