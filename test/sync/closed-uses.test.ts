import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { ConfigError } from "../../engine/commands/refusal.ts";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import { atPath } from "../../engine/core/json.ts";
import { rowsOf, textOf } from "../support/books.ts";
import { type CreditDemo, openCreditDemo } from "../support/credit-demo.ts";
import { closeBooks, heldOf } from "../support/ledger-demo.ts";

/** The use of a credit note is dated in the ledger as the note itself is, and its books can be closed, too. */

const PIPELINE = "credit-applications";
const BEFORE = ["customers", "accounts", "customers-accounting", "invoices", "credit-notes"];

type Ledger = "quickbooks" | "xero";

/** Day of each use of credit in the ledger's own books. */
const DAYS: { readonly [ledger in Ledger]: (rows: (name: string) => readonly Row[]) => readonly string[] } = {
  quickbooks: (rows) =>
    rows("Payment")
      .filter(({ TotalAmt }) => TotalAmt === 0)
      .map(({ TxnDate }) => textOf(TxnDate)),
  xero: (rows) =>
    rows("CreditNotes").flatMap(({ Allocations }) =>
      rowsOf(Allocations).map((one) => dayOf(textOf(atPath(one, "Date")))),
    ),
};

const dayOf = (date: string): string =>
  new Date(Number(/\d+/.exec(date)?.[0] ?? 0)).toISOString().slice(0, 10);

/** The notes are there, and the books up to after their day are closed. */
async function openClosed(t: TestContext, ledger: Ledger, rule: string): Promise<CreditDemo> {
  const demo = await openCreditDemo(t, ledger);
  demo.edit(`${PIPELINE}.yaml`, (text) => text + rule);
  await demo.run({ pipelines: BEFORE });
  closeBooks(demo, "2026-08-31");
  return demo;
}

for (const ledger of ["quickbooks", "xero"] as const) {
  const days = (demo: CreditDemo): readonly string[] => DAYS[ledger](demo.sandboxes.accounting.ledger.all);

  test(`R16, R24: ${ledger}: with next_open_day credit that was used in closed books is used on the first open day`, async (t) => {
    const demo = await openClosed(t, ledger, "period_closed: next_open_day\n");
    await demo.run();
    assert.deepEqual(await demo.issues(), []);
    assert.deepEqual(days(demo), ["2026-09-01", "2026-09-01"]);
    const [note] = demo.credits();
    assert.deepEqual(note?.applications, [
      { invoice: "INV-1042", amount: 100 },
      { invoice: "INV-1044", amount: 500 },
    ]);
    demo.writes("accounting");
    await demo.run();
    assert.equal(demo.writes("accounting"), 0);
  });

  test(`R16, R24: ${ledger}: credit that was used in closed books waits unsent, and goes once they are open`, async (t) => {
    const demo = await openClosed(t, ledger, "");
    demo.writes("accounting");
    await demo.run();
    assert.equal(demo.writes("accounting"), 0);
    assert.match(
      (await heldOf(demo, PIPELINE))["period_closed"] ?? "",
      /^\S.* is dated 2026-08-20, and the books of accounting are closed until 2026-08-31: open the period/,
    );
    closeBooks(demo, "2026-07-31");
    await demo.run();
    assert.deepEqual([await demo.issues(), days(demo)], [[], ["2026-08-20", "2026-08-20"]]);
  });

  test(`R16, R24: ${ledger}: credit that is taken off again in closed books stays until they are open`, async (t) => {
    const demo = await openCreditDemo(t, ledger);
    await demo.settle();
    closeBooks(demo, "2026-08-31");
    const applications = rowsOf(demo.sandboxes.billing.ledger.get("credit_notes", "8001")?.["applications"]);
    const voided = applications.map((one) => ({
      ...one,
      status: "voided",
      updated_at: new Date(demo.clock.now()).toISOString(),
    }));
    const { ledger: books } = demo.sandboxes.billing;
    books.put("credit_notes", "8001", {
      ...books.get("credit_notes", "8001"),
      applications: voided,
      unapplied_amount: 2135,
      updated_at: new Date(demo.clock.now()).toISOString(),
    });
    demo.sandboxes.billing.show();
    demo.writes("accounting");
    await demo.run();
    assert.deepEqual([demo.writes("accounting"), days(demo).length], [0, 2]);
    assert.match((await heldOf(demo, PIPELINE))["period_closed"] ?? "", /closed until 2026-08-31/);
    closeBooks(demo, "2026-07-31");
    await demo.run();
    assert.deepEqual([await demo.issues(), days(demo)], [[], []]);
  });
}

test("R16: the use of a credit note cannot be adjusted, and validate says so", async (t) => {
  const demo = await openCreditDemo(t, "quickbooks");
  demo.edit(`${PIPELINE}.yaml`, (text) => `${text}period_closed: adjust\n`);
  await assert.rejects(
    async () => demo.run(),
    (error: ConfigError) => {
      assert.deepEqual(
        error.problems.map(({ code, hint }) => [code, hint]),
        [["TP2211", "Write next_open_day or hold."]],
      );
      return true;
    },
  );
  demo.edit(`${PIPELINE}.yaml`, (text) => text.replace("adjust", "hold"));
  await demo.run();
});
