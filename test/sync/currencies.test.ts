import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { openDemo } from "../support/demo.ts";
import { closeBooks, heldOf, openLedgerDemo } from "../support/ledger-demo.ts";
import { openUnpaid, runPayments } from "../support/payments-world.ts";
import { GL_CODES } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** Money in more than one currency, and in currencies with no digits or three. */

const UNPAID = { ...tinyWorld, receipts: [], strangers: [] };
const LEDGERS = ["quickbooks", "xero"] as const;

test("R16: quickbooks: an invoice in another currency than its customer's is held before anything is sent, with both", async (t) => {
  const demo = await openLedgerDemo(t, "quickbooks", { world: UNPAID });
  const { ledger, log } = demo.sandboxes.accounting;
  const prefs = ledger.get("Preferences", "1") ?? {};
  ledger.put("Preferences", "1", {
    ...prefs,
    CurrencyPrefs: { HomeCurrency: { value: "USD" }, MultiCurrencyEnabled: true },
  });
  ledger.put("Customer", "71", { ...ledger.get("Customer", "71"), CurrencyRef: { value: "CAD" } });
  await demo.run();
  const { currency_differs = "" } = await heldOf(demo, "invoices");
  assert.match(
    currency_differs,
    /INV-1042 over 552\.86 USD is in USD, and customer 71 of accounting is kept in CAD, .*make a customer in USD there/,
  );
  assert.deepEqual(
    demo.books("accounting").invoices.map(({ number }) => number),
    ["INV-1043"],
  );
  assert.deepEqual(
    log.filter(({ write, body }) => write && /INV-1042/.test(body)),
    [],
  );
});

test("R16: quickbooks: books of one currency hold what is in another one, before anything is sent", async (t) => {
  const demo = await openLedgerDemo(t, "quickbooks", { world: UNPAID });
  const { ledger, log } = demo.sandboxes.accounting;
  const prefs = ledger.get("Preferences", "1") ?? {};
  const CurrencyPrefs = { HomeCurrency: { value: "CAD" }, MultiCurrencyEnabled: false };
  ledger.put("Preferences", "1", { ...prefs, CurrencyPrefs });
  await demo.run();
  assert.match(
    (await heldOf(demo, "invoices"))["currency_differs"] ?? "",
    /the books of accounting know CAD alone/,
  );
  assert.deepEqual(
    log.filter(({ write, body }) => write && /INV-104/.test(body)),
    [],
  );
});

test("R16: xero: a customer's currency binds no document, and one that the organisation lacks is refused and stored nowhere", async (t) => {
  const demo = await openLedgerDemo(t, "xero", { world: UNPAID });
  const { accounting } = demo.sandboxes;
  for (const contact of accounting.ledger.all("Contacts")) {
    accounting.ledger.put("Contacts", String(contact["ContactID"]), { ...contact, DefaultCurrency: "CAD" });
  }
  // Billing says no currency of its own: its bills are in the client's.
  demo.edit("client.yaml", (text) => text.replace("currency: USD", "currency: EUR"));
  await demo.run();
  assert.match((await heldOf(demo, "invoices"))["refused"] ?? "", /EUR.*not subscribed to currency EUR/);
  assert.deepEqual(demo.books("accounting").invoices, []);
  demo.edit("client.yaml", (text) => text.replace("currency: EUR", "currency: USD"));
  await demo.run();
  assert.deepEqual(await heldOf(demo, "invoices"), {});
  assert.equal(demo.books("accounting").invoices.length, 2);
});

for (const { currency, unit, amount, tax, posted, ledgers } of [
  { currency: "JPY", unit: "1500", amount: 3000, tax: 210, posted: 3210, ledgers: LEDGERS },
  { currency: "KWD", unit: "1.234", amount: 2468, tax: 173, posted: 2.641, ledgers: ["quickbooks"] },
] as const) {
  for (const connector of ledgers) {
    test(`R16, R20: ${connector}: an invoice in ${currency} and its payment keep every digit`, async (t) => {
      const world = worldIn(currency, unit, amount, tax);
      const systems = {
        billing: SYSTEMS.billing["sqlite-billing"],
        accounting: SYSTEMS.accounting[connector],
      };
      const demo = await openDemo(t, { world, systems, files: { "gl-codes.yaml": GL_CODES } });
      demo.edit("client.yaml", (text) => text.replace("currency: USD", `currency: ${currency}`));
      await demo.settle();
      assert.deepEqual(await demo.issues(), []);
      const { ledger } = demo.sandboxes.accounting;
      const [row] = connector === "xero" ? ledger.all("Invoices") : ledger.all("Invoice");
      assert.equal(row?.["TotalAmt"] ?? row?.["Total"], posted);
      const payments = demo.sandboxes.billing.ledger.all("payments");
      assert.deepEqual(
        payments.map((one) => [one["amount"], one["currency"]]),
        [[amount + tax, currency]],
      );
      assert.equal(demo.sandboxes.billing.ledger.all("invoices")[0]?.["balance"], 0);
    });
  }
}

test("R16: xero: an amount finer than its two decimals is held before anything is sent", async (t) => {
  const systems = { billing: SYSTEMS.billing["sqlite-billing"], accounting: SYSTEMS.accounting.xero };
  const world = { ...worldIn("KWD", "1.234", 2468, 173), receipts: [] };
  const demo = await openDemo(t, { world, systems, files: { "gl-codes.yaml": GL_CODES } });
  demo.edit("client.yaml", (text) => text.replace("currency: USD", "currency: KWD"));
  await demo.settle();
  assert.match(
    (await heldOf(demo, "invoices"))["total_would_differ"] ?? "",
    /INV-1042 over 2\.641 KWD would come to 2\.640 KWD.*line 1 comes to 2\.470 KWD instead of 2\.468 KWD/,
  );
  assert.deepEqual(demo.books("accounting").invoices, []);
});

test("R16: xero: an adjustment finer than its two decimals is held before anything is sent", async (t) => {
  const world = { ...worldIn("KWD", "1.230", 2460, 170), receipts: [] };
  const demo = await openLedgerDemo(t, "xero", {
    world,
    rules: "period_closed: adjust\n",
    billing: "sqlite-billing",
  });
  demo.edit("client.yaml", (text) => text.replace("currency: USD", "currency: KWD"));
  await demo.settle();
  closeBooks(demo, "2026-08-31");
  demo.clock.advance(3_600_000);
  const { ledger, show } = demo.sandboxes.billing;
  const [bill = {}] = ledger.all("invoices");
  const [line, ...more] = bill["lines"] as readonly Row[];
  ledger.put("invoices", String(bill["id"]), {
    ...bill,
    lines: [{ ...line, unit_amount_decimal: "1.232", amount: 2464 }, ...more],
    subtotal: 2464,
    total: 2634,
    balance: 2634,
    updated_at: new Date(demo.clock.now()).toISOString(),
  });
  show();
  demo.writes("accounting");
  await demo.run();
  assert.match(
    (await heldOf(demo, "invoices"))["total_would_differ"] ?? "",
    /INV-1042-A1 over 0\.004 KWD would come to 0\.000 KWD/,
  );
  assert.equal(demo.writes("accounting"), 0);
});

for (const connector of LEDGERS) {
  test(`R21: ${connector}: a payment in a foreign currency is billing's in the invoice's currency, whatever its rate`, async (t) => {
    const { demo, clerk } = await openUnpaid(t, connector);
    const { accounting, billing } = demo.sandboxes;
    const [invoice] = demo.books("accounting").invoices;
    clerk.receive({
      date: "2026-08-20",
      amount: 5000,
      reference: "SEPA-1",
      on: { [invoice?.number ?? ""]: 5000 },
    });
    for (const name of ["Payment", "Payments"]) {
      for (const row of accounting.ledger.all(name)) {
        const foreign =
          name === "Payment"
            ? { CurrencyRef: { value: "EUR" }, ExchangeRate: 1.25 }
            : { CurrencyRate: 1.25, Invoice: { ...(row["Invoice"] as Row), CurrencyCode: "EUR" } };
        accounting.ledger.put(name, String(row["Id"] ?? row["PaymentID"]), { ...row, ...foreign });
      }
    }
    await runPayments(demo);
    assert.deepEqual(
      billing.ledger.all("payments").map((row) => [row["amount"], row["currency"]]),
      [[5000, "EUR"]],
    );
  });
}

for (const connector of LEDGERS) {
  test(`R16, R20: ${connector}: a customer in a foreign currency is made and billed in it, and its payment is in it`, async (t) => {
    const [company, ...others] = tinyWorld.companies;
    const [invoice] = tinyWorld.invoices;
    const [receipt] = tinyWorld.receipts;
    assert.ok(company && invoice && receipt);
    const { accounting: _known, ...ids } = company.ids;
    const world: World = {
      ...UNPAID,
      companies: [{ ...company, ids, currency: "CAD" }, ...others],
      receipts: [
        {
          ...receipt,
          amount: invoice.total + 700,
          allocations: [{ invoice: invoice.number, amount: invoice.total }],
        },
      ],
    };
    const systems = {
      billing: SYSTEMS.billing["sqlite-billing"],
      accounting: SYSTEMS.accounting[connector],
    };
    const demo = await openDemo(t, { world, systems, files: { "gl-codes.yaml": GL_CODES } });
    await demo.settle();
    assert.deepEqual(await demo.issues(), []);
    const { ledger } = demo.sandboxes.accounting;
    const foreign = (row: Row): boolean =>
      row["CurrencyCode"] === "CAD" || (row["CurrencyRef"] as Row | undefined)?.["value"] === "CAD";
    const booked = ["Customer", "Invoice", "Invoices"].flatMap((name) => ledger.all(name)).filter(foreign);
    const numbers = booked.map((row) => row["DocNumber"] ?? row["InvoiceNumber"] ?? row["CompanyName"]);
    assert.deepEqual(
      numbers.sort(),
      connector === "xero" ? [invoice.number] : [company.name, invoice.number].sort(),
    );
    const payments = demo.sandboxes.billing.ledger.all("payments");
    assert.deepEqual(
      payments.map((row) => [row["amount"], row["unapplied_amount"], row["currency"]]),
      [[invoice.total + 700, 700, "CAD"]],
    );
  });
}

function worldIn(currency: string, unit: string, amount: number, tax: number): World {
  const [first] = tinyWorld.invoices;
  const [line] = first?.lines ?? [];
  const [state] = first?.taxes ?? [];
  const [receipt] = tinyWorld.receipts;
  if (first === undefined || line === undefined || state === undefined || receipt === undefined)
    throw new Error("the tiny world has an invoice and a receipt");
  const total = amount + tax;
  return {
    ...tinyWorld,
    currency,
    strangers: [],
    companies: tinyWorld.companies.map((company) => ({ ...company, contracts: [] })),
    invoices: [
      {
        ...first,
        lines: [{ ...line, quantity: "2", unit_amount_decimal: unit, amount }],
        taxes: [{ ...state, amount: tax }],
        total,
      },
    ],
    receipts: [{ ...receipt, amount: total, allocations: [{ invoice: first.number, amount: total }] }],
  };
}
