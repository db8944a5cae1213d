import assert from "node:assert/strict";
import { test } from "node:test";
import { SYSTEMS } from "../matrix/systems.ts";
import { clerkOf } from "../support/clerks.ts";
import { type Demo, openDemo, part } from "../support/demo.ts";
import { addPayment } from "../support/edits.ts";
import { unpaidWorld } from "../support/payments-world.ts";
import { GL_CODES } from "../support/tiny-demo.ts";

/** QuickBooks' change feed ends at 1000 records and looks back 30 days: a deletion that it hides is found all the same. */

const DAY = 86_400_000;
const CHECK = { date: "2026-08-31", amount: 10000, reference: "CHK-1", on: { "INV-1044": 10000 } };
const FEED_MAX = 1000;

/** A ledger with one payment that billing has, and a client whose full compares are never due by themselves. */
async function openPaid(t: Parameters<typeof openDemo>[0]): Promise<{ demo: Demo; id: string }> {
  const demo = await openDemo(t, {
    world: unpaidWorld,
    systems: { billing: SYSTEMS.billing["sqlite-billing"] },
    files: { "gl-codes.yaml": GL_CODES },
  });
  demo.edit("payments.yaml", (text) => `${text}source: { incremental: { full_compare: never } }\n`);
  await demo.settle();
  const id = clerkOf(demo).receive(CHECK);
  await pay(demo);
  assert.equal(statusIn(demo), "posted");
  return { demo, id };
}

async function pay(demo: Demo) {
  demo.clock.advance(60_000);
  const report = part(await demo.run({ pipelines: ["payments"] }), "payments");
  demo.sandboxes.billing.tend();
  return report;
}

function statusIn({ sandboxes: { billing } }: Demo): unknown {
  const [row] = billing.ledger.all("payments");
  return row?.["status"];
}

function asked({ sandboxes: { accounting } }: Demo): readonly string[] {
  return accounting.log
    .map(({ url }) => decodeURIComponent(url))
    .filter((url) => /Payment[&\s]|cdc/.test(url));
}

test("R24: a deletion that the cut feed hides is found by a full compare, and the cursor waits until all is read", async (t) => {
  const { demo, id } = await openPaid(t);
  // Credit that was applied is no money: these are read, and meant for nobody.
  addPayment(demo, "7000", { PaymentRefNum: "", TotalAmt: 0, UnappliedAmt: 0 });
  const { ledger } = demo.sandboxes.accounting;
  const applied = ledger.get("Payment", "7000") ?? {};
  for (let n = 7001; n < 7000 + FEED_MAX; n++)
    ledger.put("Payment", String(n), { ...applied, Id: String(n) });
  clerkOf(demo).remove(id);
  const cursor = (): Promise<unknown> =>
    demo.state((state) => [...state.rows("cursor", { pipeline: "payments" })]);
  const before = await cursor();
  const cut = { kind: "reply", reply: { status: 403, body: {} } } as const;
  demo.sandboxes.accounting.fault({ ...cut, path: "Payment.*startposition", skip: 1 });
  assert.equal((await pay(demo)).status, "failed");
  assert.deepEqual(await cursor(), before);
  const { status, read } = await pay(demo);
  assert.deepEqual([status, read], ["done", FEED_MAX + 1]);
  assert.notDeepEqual(await cursor(), before);
  assert.equal((await pay(demo)).voided, 1);
  assert.equal(statusIn(demo), "voided");
  assert.equal(demo.sandboxes.billing.ledger.get("invoices", "9003")?.["balance"], 10000);
});

test("R24: a deletion of 31 days ago, which no feed shows any more, is found by a full compare", async (t) => {
  const { demo, id } = await openPaid(t);
  clerkOf(demo).remove(id);
  demo.clock.advance(31 * DAY);
  const before = asked(demo).length;
  await pay(demo);
  assert.deepEqual(
    asked(demo)
      .slice(before)
      .filter((url) => url.includes("cdc")),
    [],
  );
  assert.equal((await pay(demo)).voided, 1);
  assert.equal(statusIn(demo), "voided");
});
