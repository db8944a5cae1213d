import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { type Demo, openDemo, part } from "../support/demo.ts";
import { changeBill } from "../support/edits.ts";
import { TINY_CODES } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** Documents in the ledger: read back and compared, revised, held by closed books; the same on both ledgers. */

interface Ledger {
  readonly connector: "quickbooks" | "xero";
  /** The vendor changes what it is sent: another total than was sent. */
  readonly meddle: (demo: Demo) => void;
  readonly close: (demo: Demo, until: string) => void;
  /** A clerk gives an invoice another total. */
  readonly edit: (demo: Demo, number: string) => void;
}

const quickbooks: Ledger = {
  connector: "quickbooks",
  meddle: ({ sandboxes: { accounting } }) =>
    accounting.ledger.put("oddities", "automated_sales_tax", { rate: 0.07 }),
  close: ({ sandboxes: { accounting } }, until) => {
    const prefs = accounting.ledger.get("Preferences", "1") ?? {};
    accounting.ledger.put("Preferences", "1", { ...prefs, AccountingInfoPrefs: { BookCloseDate: until } });
  },
  edit: (demo, number) => edited(demo, "Invoice", "DocNumber", number, { TotalAmt: 999, Balance: 999 }),
};

const xero: Ledger = {
  connector: "xero",
  meddle: ({ sandboxes: { accounting } }) => accounting.ledger.put("oddities", "rounding", { amount: 0.01 }),
  close: ({ sandboxes: { accounting } }, until) => {
    const [row = {}] = accounting.ledger.all("Organisation");
    const PeriodLockDate = `/Date(${Date.parse(`${until}T00:00:00Z`)}+0000)/`;
    accounting.ledger.put("Organisation", String(row["OrganisationID"]), { ...row, PeriodLockDate });
  },
  edit: (demo, number) => edited(demo, "Invoices", "InvoiceNumber", number, { Total: 999, AmountDue: 999 }),
};

/** As of now, so that the ledger's list of changes shows it. */
function edited(demo: Demo, collection: string, field: string, number: string, fields: object): void {
  const { ledger } = demo.sandboxes.accounting;
  const row = ledger.all(collection).find((one) => one[field] === number) ?? {};
  const at = demo.clock.now();
  const now = {
    MetaData: { LastUpdatedTime: new Date(at).toISOString() },
    UpdatedDateUTC: `/Date(${at}+0000)/`,
  };
  ledger.put(collection, String(row["Id"] ?? row["InvoiceID"]), { ...row, ...now, ...fields });
}

function open(
  t: TestContext,
  { connector }: Ledger,
  own: { readonly world?: World; readonly rules?: string } = {},
): Promise<Demo> {
  const files = {
    "gl-codes.yaml": TINY_CODES,
    "invoices.yaml": `pipeline: invoices
extends: ../base/invoices-to-accounting.yaml
after: [customers-accounting, customers-billing-accounting]
${own.rules ?? ""}`,
  };
  const systems = { accounting: { ...SYSTEMS.accounting[connector], settle_ms: 1, settle_again_ms: 1 } };
  return openDemo(t, { world: own.world ?? tinyWorld, files, systems });
}

/** Reason → message of what is held of the invoices. */
async function held(demo: Demo): Promise<{ readonly [reason: string]: string }> {
  const issues = await demo.issues();
  return Object.fromEntries(
    issues.filter(({ pipeline }) => pipeline === "invoices").map(({ reason, message }) => [reason, message]),
  );
}

const numbers = (demo: Demo): readonly string[] =>
  demo
    .books("accounting")
    .invoices.map(({ number, total }) => `${number} ${total}`)
    .sort();

for (const ledger of [quickbooks, xero]) {
  const { connector } = ledger;

  test(`R16: ${connector}: number, dates and total are posted to the cent, and a second run writes nothing`, async (t) => {
    const demo = await open(t, ledger);
    await demo.run();
    const booked = demo.books("accounting").invoices.map(({ number, date, due_date, total }) => ({
      number,
      date,
      due_date,
      total,
    }));
    assert.deepEqual(
      booked.sort((a, b) => (a.number < b.number ? -1 : 1)),
      tinyWorld.invoices.map(({ number, invoice_date, due_date, total }) => ({
        number,
        date: invoice_date,
        due_date,
        total,
      })),
    );
    demo.writes("accounting");
    await demo.run();
    assert.equal(demo.writes("accounting"), 0);
    assert.deepEqual(await held(demo), {});
  });

  test(`R16: ${connector}: an invoice whose total the ledger changed is held with both totals, and nothing is adjusted (P6, P7, P8)`, async (t) => {
    const demo = await open(t, ledger);
    ledger.meddle(demo);
    await demo.run();
    const { posted_differs = "" } = await held(demo);
    assert.match(posted_differs, /total is \d+\.\d\d USD there, 92\.56 USD was sent/);
    assert.match(posted_differs, /tripoint correct invoices 9002 --by restore, void or keep/);
    demo.writes("accounting");
    const again = part(await demo.run(), "invoices");
    assert.deepEqual([again.held, again.updated, demo.writes("accounting")], [2, 0, 0]);
  });

  test(`R4: ${connector}: an amount that a clerk changed in the ledger is held, billing is not touched`, async (t) => {
    const demo = await open(t, ledger, { world: { ...tinyWorld, receipts: [] } });
    await demo.run();
    demo.clock.advance(86_400_000);
    ledger.edit(demo, "INV-1043");
    demo.clock.advance(7 * 86_400_000);
    demo.writes("billing");
    demo.writes("accounting");
    await demo.run();
    const { posted_differs = "" } = await held(demo);
    assert.match(posted_differs, /INV-1043.*total is 999\.00 USD there, 92\.56 USD was sent/);
    assert.deepEqual([demo.writes("billing"), demo.writes("accounting")], [0, 0]);
  });

  test(`R16: ${connector}: an invoice dated in closed books is held before anything is sent`, async (t) => {
    const demo = await open(t, ledger);
    ledger.close(demo, "2026-08-31");
    await demo.run();
    assert.match((await held(demo))["period_closed"] ?? "", /dated 2026-08-01.*closed until 2026-08-31/);
    assert.deepEqual(numbers(demo), []);
    const tried = demo.sandboxes.accounting.log.filter(({ write, body }) => write && /INV-104/.test(body));
    assert.deepEqual(tried, []);
    ledger.close(demo, "2026-07-31");
    await demo.run();
    assert.deepEqual(numbers(demo), ["INV-1042 55286", "INV-1043 9256"]);
  });

  test(`R16: ${connector}: with next_open_day it is dated on the first open day, and stays there`, async (t) => {
    const demo = await open(t, ledger, { rules: "period_closed: next_open_day\n" });
    ledger.close(demo, "2026-08-20");
    await demo.run();
    const days = demo.books("accounting").invoices.map(({ number, date }) => `${number} ${date}`);
    assert.deepEqual(days.sort(), ["INV-1042 2026-08-21", "INV-1043 2026-08-21"]);
    ledger.close(demo, "2026-08-31");
    changeBill(demo, "9002", { due_date: "2026-09-30" });
    demo.clock.advance(7 * 86_400_000);
    await demo.run();
    assert.match((await held(demo))["period_closed"] ?? "", /INV-1043/);
    assert.deepEqual(
      demo
        .books("accounting")
        .invoices.map(({ number, date }) => `${number} ${date}`)
        .sort(),
      days,
    );
  });
}
