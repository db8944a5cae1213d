import assert from "node:assert/strict";
import { test } from "node:test";
import type { WorldInvoice } from "../../../engine/connector/sandbox/world.ts";
import { instant } from "../../../engine/core/clock.ts";
import type { CanonicalRecord } from "../../../engine/core/json.ts";
import {
  createAndRead,
  createOf,
  openDemoSystem,
  readAll,
  sendAll,
  updateOf,
} from "../../support/demo-system.ts";

const ADDRESS = {
  lines: ["1 Harbor Blvd", "Bldg C", "Dock 4"],
  city: "Tampa",
  region: "FL",
  postal_code: "33602-1001",
  country: "US",
};

const CUSTOMER: CanonicalRecord = {
  customer_number: "CUST-9001",
  name: "O'Brien & Søns, Inc.",
  customer_type: null,
  status: "active",
  billing_address: ADDRESS,
  billing_emails: ["ap@obrien.example", "cfo@obrien.example"],
  payment_terms_id: "4",
};

test("revio-billing: customers and their accounts read as the world has them", async (t) => {
  const { connection, world } = await openDemoSystem(t, "billing");
  const known = world.companies.filter(({ ids }) => ids.billing !== undefined);
  const customers = await readAll(connection, "customer");
  assert.deepEqual(
    customers.map(({ record: { id, customer_number, name, billing_address, billing_emails, status } }) => {
      return { id, customer_number, name, billing_address, billing_emails, status };
    }),
    known.map(({ ids, billing_number, name, address, billing_email }) => ({
      id: ids.billing,
      customer_number: billing_number,
      name,
      billing_address: address,
      billing_emails: [billing_email],
      status: "active",
    })),
  );
  const accounts = await readAll(connection, "billing_account");
  assert.deepEqual(
    accounts.map(({ record: { id, customer_id, contract_ids } }) => ({ id, customer_id, contract_ids })),
    known.map(({ ids }) => ({ id: ids.billing, customer_id: ids.billing, contract_ids: [] })),
  );
});

test("revio-billing: bills read with their charges and taxes as the world has them, listed and by id", async (t) => {
  const { connection, world } = await openDemoSystem(t, "billing");
  const known = new Set(world.companies.filter(({ ids }) => ids.billing).map(({ number }) => number));
  const invoices = world.invoices
    .filter(({ company }) => known.has(company))
    .sort((a, b) => a.id.localeCompare(b.id));
  const listed = [...(await readAll(connection, "invoice"))].sort((a, b) => a.id.localeCompare(b.id));
  assert.deepEqual(
    listed.map(({ record }) => shownInvoice(record)),
    invoices.map(expectedInvoice),
  );
  for (const { record } of listed) {
    assert.equal(Number(record["subtotal"]) + Number(record["tax_total"]), record["total"]);
  }
  const ids = invoices.slice(0, 3).map(({ id }) => id);
  const got = await connection.get("invoice", ids);
  assert.deepEqual(
    got.map(({ record }) => shownInvoice(record)),
    invoices.slice(0, 3).map(expectedInvoice),
  );
});

test("revio-billing: a bill that only a payment touched is read with charges that are older", async (t) => {
  let now = Date.parse("2026-11-15T12:00:00Z");
  const { connection, world } = await openDemoSystem(t, "billing", () => now);
  const [invoice] = world.invoices;
  assert.ok(invoice);
  now += 3_600_000;
  const since = instant(now - 60_000);
  const payment = createOf(connection, "payment", "1", paymentOf([[invoice.id, 5000]]));
  assert.deepEqual(await sendAll(connection, [payment]), [{ kind: "done", id: "501" }]);
  const [touched, ...others] = await readAll(connection, "invoice", { since });
  assert.deepEqual(others, []);
  assert.ok(touched);
  assert.deepEqual(shownInvoice(touched.record), expectedInvoice(invoice));
  assert.equal(touched.record["balance"], invoice.total - 5000);
  assert.equal(touched.record["payment_status"], "partly_paid");
});

test("revio-billing: a bill in a status that nobody has mapped is set aside", async (t) => {
  const { connection, sandbox } = await openDemoSystem(t, "billing");
  const bill = sandbox.ledger.get("bills", "70009");
  assert.ok(bill);
  sandbox.ledger.put("bills", "70009", { ...bill, status: "RATED" });
  const [read] = await connection.get("invoice", ["70009"]);
  assert.match(read?.unreadable ?? "", /status RATED of the bill is not in settings\.bill_statuses/);
});

test("revio-billing: a voided bill reads as voided", async (t) => {
  const { connection, sandbox } = await openDemoSystem(t, "billing");
  const bill = sandbox.ledger.get("bills", "70009");
  assert.ok(bill);
  sandbox.ledger.put("bills", "70009", { ...bill, status: "VOIDED" });
  const [read] = await connection.get("invoice", ["70009"]);
  assert.equal(read?.record["status"], "voided");
});

test("revio-billing: customers, people, addresses and payments read back as the connection can hold them", async (t) => {
  const { connection } = await openDemoSystem(t, "billing");
  const customers = await createAndRead(connection, "customer", [CUSTOMER]);
  assert.deepEqual(customers.back, customers.carried);
  const [customer_id = ""] = customers.ids;
  for (const [entity, record] of [
    ["contact", { customer_id, name: "Zoë D'Amico", email: "zoe@obrien.example", phone: "+18135550100" }],
    ["contact", { customer_id, name: "Nils", email: null, phone: "+4930901820" }],
    ["location", { customer_id, name: "Dock", address: ADDRESS }],
    [
      "payment",
      paymentOf([
        ["70009", 13_403],
        ["70010", 597],
      ]),
    ],
  ] as const) {
    const { back, carried } = await createAndRead(connection, entity, [record]);
    assert.deepEqual(back, carried, entity);
  }
});

test("revio-billing: what a customer can hold loses nothing but the border between address lines", async (t) => {
  const { connection } = await openDemoSystem(t, "billing");
  const [carried] = await connection.carried("customer", [CUSTOMER]);
  assert.deepEqual(carried, {
    ...CUSTOMER,
    customer_type: "business",
    billing_address: { ...ADDRESS, lines: ["1 Harbor Blvd", "Bldg C, Dock 4"] },
  });
});

test("revio-billing: a customer's changes leave its custom fields, which are found by label wherever they stand", async (t) => {
  const { connection } = await openDemoSystem(t, "billing");
  const ids = ["5555", "5556", "5557"];
  for (const account of await connection.get("billing_account", ids)) {
    const contract_ids = ["710011", account.id];
    const field = { name: "fields.PSA Company ID", value: `PSA-${account.id}` };
    const outcomes = await sendAll(connection, [
      updateOf(connection, "billing_account", account, { contract_ids }),
      { ...updateOf(connection, "customer", account, {}), operation: "external_id", field },
      updateOf(connection, "customer", account, { billing_emails: ["new@acme.example"] }),
    ]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["done", "done", "done"],
    );
  }
  for (const { id, record } of await connection.get("billing_account", ids)) {
    assert.deepEqual(record["contract_ids"], ["710011", id]);
  }
  for (const { id, record, raw } of await connection.get("customer", ids)) {
    assert.deepEqual(record["billing_emails"], ["new@acme.example"]);
    assert.deepEqual((raw as { readonly fields: unknown }).fields, {
      "PSA Company ID": `PSA-${id}`,
      "Contract IDs": `710011 ${id}`,
      "Accounting ID": "",
    });
  }
});

test("revio-billing: a payment is found by its key alone, beside one that is equal in everything else", async (t) => {
  const { connection } = await openDemoSystem(t, "billing");
  const record = paymentOf([["70009", 100]]);
  const [first, second] = ["1", "2"].map((name) => createOf(connection, "payment", name, record));
  assert.ok(first && second);
  assert.deepEqual(await connection.find("payment", record, first.key), []);
  const outcomes = await sendAll(connection, [first, second]);
  for (const [index, { key }] of [first, second].entries()) {
    const found = await connection.find("payment", record, key);
    assert.deepEqual(
      found.map(({ id }) => ({ kind: "done", id })),
      [outcomes[index]],
    );
    assert.equal(found[0]?.record["reference"], "CHK 4471");
  }
});

function paymentOf(bills: readonly (readonly [id: string, amount: number])[]): CanonicalRecord {
  return {
    customer_id: "5555",
    payment_date: "2026-10-10",
    amount: 60_000,
    currency: "USD",
    reference: "CHK 4471",
    allocations: bills.map(([invoice_id, amount]) => ({
      id: null,
      invoice_id,
      amount,
      allocation_date: "2026-10-10",
    })),
  };
}

/** An invoice in the world's words. */
function shownInvoice(record: CanonicalRecord): unknown {
  const { id, number, invoice_date, due_date, period, lines, taxes, total } = record;
  return {
    id,
    number,
    invoice_date,
    due_date,
    period,
    total,
    lines: (lines as readonly CanonicalRecord[]).map(
      ({ charge_type, description, quantity, unit_amount_decimal, amount }) => {
        return { charge_type, description, quantity, unit_amount_decimal, amount };
      },
    ),
    taxes: (taxes as readonly CanonicalRecord[]).map(
      ({ line_number, tax_code, name, tax_type, jurisdiction, rate_decimal, amount }) => {
        return { line_number, charge_type: tax_code, name, tax_type, jurisdiction, rate_decimal, amount };
      },
    ),
  };
}

function expectedInvoice({ company: _, lines, taxes, ...rest }: WorldInvoice): unknown {
  return {
    ...rest,
    lines: lines.map((line) => ({
      ...line,
      quantity: decimal(line.quantity),
      unit_amount_decimal: decimal(line.unit_amount_decimal),
    })),
    taxes: taxes.map((tax) => ({ ...tax, rate_decimal: decimal(tax.rate_decimal) })),
  };
}

/** A decimal without zeros at its end, as the canonical model writes it. */
function decimal(text: string | null): string | null {
  return text === null ? null : String(Number(text));
}
