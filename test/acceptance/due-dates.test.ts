import assert from "node:assert/strict";
import { test } from "node:test";
import { ageing } from "../../engine/commands/ageing.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { tinyWorld } from "../support/tiny-world.ts";
import { LEDGERS, openWith } from "./ledgers.ts";

/** Bills that show no due date: it follows from the customer's terms, and both ledgers age them alike. */

const UNDATED = {
  ...tinyWorld,
  receipts: [],
  strangers: [],
  invoices: tinyWorld.invoices.map((invoice) => ({ ...invoice, due_date: "" })),
};

for (const ledger of LEDGERS) {
  test(`R13, R16, R22: a bill without a due date is due by its customer's terms in ${ledger}, and ages alike on both sides`, async (t) => {
    const systems = { billing: SYSTEMS.billing["sqlite-billing"] };
    const demo = await openWith(t, ledger, { world: UNDATED, systems });
    await demo.settle();
    const booked = demo.books("accounting").invoices.map(({ number, due_date }) => `${number} ${due_date}`);
    // Net 30 and Net 15 from the first of August.
    assert.deepEqual(booked.sort(), ["INV-1042 2026-08-31", "INV-1043 2026-08-16"]);
    // What is not due yet, and what is overdue by up to 30 days.
    for (const [date, current, overdue] of [
      ["2026-08-16", 64_542, 0],
      ["2026-08-17", 55_286, 9256],
      ["2026-08-31", 55_286, 9256],
      ["2026-09-01", 0, 64_542],
    ] as const) {
      const { totals, differences } = await ageing(demo.place, { date, compare: true });
      assert.deepEqual(differences, []);
      const [total] = totals;
      for (const side of [total?.billing, total?.accounting]) {
        assert.deepEqual([date, side?.current, side?.days_1_30], [date, current, overdue]);
      }
    }
    demo.writes("accounting");
    await demo.run();
    assert.equal(demo.writes("accounting"), 0);
  });
}

test("R16: a bill in a file that names neither a due date nor days to count it by is set aside, not guessed", async (t) => {
  const systems = { billing: SYSTEMS.billing["csv-billing"] };
  const demo = await openWith(t, "quickbooks", { world: UNDATED, systems });
  await demo.settle();
  assert.deepEqual(demo.books("accounting").invoices, []);
  const messages = (await demo.issues()).map(({ message }) => message);
  assert.ok(messages.length > 0);
  for (const message of messages) assert.match(message, /no due_date, and no due_days to count it by/);
});
