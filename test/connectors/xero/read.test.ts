import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { storeBatch } from "../../../connectors/xero/sandbox/payments.ts";
import { entities } from "../../../engine/config/entities.ts";
import type { WorldInvoice } from "../../../engine/connector/sandbox/world.ts";
import type { CanonicalRecord } from "../../../engine/core/json.ts";
import { SYSTEMS } from "../../matrix/systems.ts";
import { readXero } from "../../support/books/xero.ts";
import { type Demo, openDemo } from "../../support/demo.ts";
import { createAndRead, createOf, readAll, sendAll, updateOf } from "../../support/demo-system.ts";

function start(t: TestContext): Promise<Demo> {
  return openDemo(t, { systems: { accounting: SYSTEMS.accounting["xero"] } });
}

test("xero: contacts read as the world has them", async (t) => {
  const demo = await start(t);
  const read = await readAll(demo.connect("accounting"), "customer");
  const shown = read.map(({ record }) => {
    const { id, customer_number, name, status, billing_address, phone, billing_emails } = record;
    const { tax_exempt, payment_terms_id } = record;
    return [
      id,
      { customer_number, name, status, billing_address, phone, billing_emails, tax_exempt, payment_terms_id },
    ];
  });
  const { companies, strangers, terms } = demo.world;
  const known = companies.filter(({ ids }) => ids.accounting !== undefined);
  assert.deepEqual(Object.fromEntries(shown), {
    ...Object.fromEntries(
      known.map((company) => [
        company.ids.accounting,
        {
          customer_number: company.number,
          name: company.name,
          status: company.active ? "active" : "inactive",
          billing_address: company.address,
          phone: company.phone,
          billing_emails: [company.billing_email],
          tax_exempt: company.tax_exempt,
          payment_terms_id: `net:${terms.find(({ key }) => key === company.terms)?.due_days}`,
        },
      ]),
    ),
    ...Object.fromEntries(
      strangers.map(({ id, name }) => [
        id,
        {
          customer_number: null,
          name,
          status: "active",
          billing_address: null,
          phone: null,
          billing_emails: [],
          tax_exempt: false,
          payment_terms_id: null,
        },
      ]),
    ),
  });
});

test("xero: every company of the world that is missing is created in one call for fifty, and found by its name", async (t) => {
  const demo = await start(t);
  const connection = demo.connect("accounting");
  const missing = demo.world.companies.filter(({ ids }) => ids.accounting === undefined);
  const records = missing.map((company) => ({
    customer_number: company.number,
    name: company.name,
    status: "active",
    billing_address: { ...company.address },
    phone: company.phone,
    billing_emails: [company.billing_email],
    payment_terms_id: "net:30",
    tax_exempt: company.tax_exempt,
    tax_id: null,
  }));
  const { ids, back, carried } = await createAndRead(connection, "customer", records);
  assert.deepEqual(back, carried);
  assert.deepEqual(await connection.carried("customer", records), records);
  const puts = demo.sandboxes.accounting.log.filter(({ method }) => method === "PUT");
  assert.equal(puts.length, Math.ceil(records.length / 50));
  for (const [index, record] of records.slice(0, 5).entries()) {
    const found = await connection.find("customer", record, "");
    assert.deepEqual(
      found.map(({ id }) => id),
      [ids[index]],
    );
  }
});

test("xero: a name that stands there already is a duplicate, and stops no other of the same call", async (t) => {
  const connection = (await start(t)).connect("accounting");
  const records = ["Acme Widgets LLC", "Quite New"].map((name) => ({ name, status: "active" }));
  const outcomes = await sendAll(
    connection,
    records.map((record, index) => createOf(connection, "customer", String(index), record)),
  );
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.class : outcome.kind)),
    ["duplicate", "done"],
  );
});

test("xero: cleared fields and an archived contact stay so, and a change of the terms leaves the rest", async (t) => {
  const { connect, world } = await start(t);
  const connection = connect("accounting");
  const id = world.companies[0]?.ids.accounting ?? "";
  for (const changes of [
    { phone: null, billing_address: null, billing_emails: [] },
    { payment_terms_id: "next_month:20" },
    { status: "inactive" },
  ]) {
    const [before] = await connection.get("customer", [id]);
    assert.ok(before);
    assert.deepEqual(await sendAll(connection, [updateOf(connection, "customer", before, changes)]), [
      { kind: "done", id },
    ]);
    const [after] = await connection.get("customer", [id]);
    assert.deepEqual(after?.record, { ...before.record, ...changes, updated_at: after?.updated_at });
  }
});

test("xero: an id that is no UUID is nobody's", async (t) => {
  const connection = (await start(t)).connect("accounting");
  assert.deepEqual(await connection.get("customer", ["789"]), []);
});

test("xero: all invoices of the world post to their accounts in calls of fifty", async (t) => {
  const demo = await start(t);
  const connection = demo.connect("accounting");
  const records = demo.world.invoices.map((invoice) => canonical(invoice, demo));
  const { back, carried } = await createAndRead(connection, "invoice", records);
  assert.deepEqual(back, carried);
  const { accounting } = demo.sandboxes;
  assert.deepEqual(
    Object.entries(readXero(accounting.ledger.all).gl_totals).sort(),
    Object.entries(demo.world.expected.gl_totals).sort(),
  );
  const puts = accounting.log.filter(({ method }) => method === "PUT");
  assert.equal(puts.length, Math.ceil(records.length / 50));
  const read = await readAll(connection, "invoice");
  assert.deepEqual(
    new Map(read.map(({ record: { number, total } }) => [number, total])),
    new Map(demo.world.invoices.map(({ number, total }) => [number, total])),
  );
});

test("xero: receipts read as they were recorded, one, a batch or an overpayment, from the list and by id", async (t) => {
  const demo = await start(t);
  const connection = demo.connect("accounting");
  await createAndRead(
    connection,
    "invoice",
    demo.world.invoices.map((invoice) => canonical(invoice, demo)),
  );
  const invoices = await readAll(connection, "invoice");
  const numbers = new Map(invoices.map(({ id, record }) => [id, record["number"]]));
  const receipts = [...demo.world.receipts, ...demo.world.strangers.map(({ receipt }) => receipt)];
  const payments = await readAll(connection, "payment");
  const shown = payments.map(
    ({ record: { payment_date, amount, reference, allocations, unapplied_amount } }) => {
      const paid = (allocations as readonly { readonly invoice_id: string; readonly amount: number }[]).map(
        (one) => [numbers.get(one.invoice_id), one.amount],
      );
      return [reference, [payment_date, amount, unapplied_amount, paid.sort()]];
    },
  );
  const expected = receipts.map(({ date, amount, reference, allocations }) => {
    const paid = allocations.map((one) => [one.invoice, one.amount]);
    const rest = amount - allocations.reduce((sum, one) => sum + one.amount, 0);
    return [reference, [date, amount, rest, paid.sort()]];
  });
  assert.equal(payments.length, receipts.length);
  assert.deepEqual(Object.fromEntries(shown), Object.fromEntries(expected));
  const kinds = new Set(payments.map(({ id }) => id.split(":")[0]));
  assert.deepEqual([...kinds].sort(), ["batch", "over", "payment"]);
  const some = [...kinds].flatMap((kind) =>
    payments.filter(({ id }) => id.startsWith(`${kind}:`)).slice(0, 2),
  );
  const again = await connection.get(
    "payment",
    some.map(({ id }) => id),
  );
  const byId = new Map(again.map(({ id, record }) => [id, record]));
  for (const { id, record } of some) assert.deepEqual(sortedParts(byId.get(id)), sortedParts(record), id);
});

test("xero: a batch over two customers is a payment of each, from the list and by id", async (t) => {
  const demo = await start(t);
  const connection = demo.connect("accounting");
  const [one = "", two = ""] = demo.world.companies.flatMap(({ ids }) => ids.accounting ?? []);
  // Neither of these is in a receipt of the world.
  const records = [one, two, two].map((customer_id, index) => ({
    ...canonical(demo.world.invoices[9], demo),
    number: `TWO-${index}`,
    customer_id,
  }));
  const { ids } = await createAndRead(connection, "invoice", records);
  const { ledger } = demo.sandboxes.accounting;
  const books = { ledger, world: demo.world, now: demo.clock.now, rule: () => true };
  const Payments = ids.map((InvoiceID) => ({ Invoice: { InvoiceID }, Amount: 10 }));
  storeBatch({ Account: { Code: "090" }, Date: "2026-11-10", Reference: "DEP 7", Payments }, books);
  const read = await readAll(connection, "payment");
  const parts = read.filter(({ record }) => record["reference"] === "DEP 7");
  const shown = (list: typeof read) =>
    new Map(list.map(({ record }) => [record["customer_id"], record["amount"]]));
  assert.deepEqual(
    shown(parts),
    new Map([
      [one, 1000],
      [two, 2000],
    ]),
  );
  const again = await connection.get(
    "payment",
    parts.map(({ id }) => id),
  );
  assert.deepEqual(shown(again), shown(parts));
});

test("xero: a number that is taken is a duplicate, and the invoice that has it is found", async (t) => {
  const demo = await start(t);
  const connection = demo.connect("accounting");
  const record = canonical(demo.world.invoices[0], demo);
  const { ids } = await createAndRead(connection, "invoice", [record]);
  const [outcome] = await sendAll(connection, [createOf(connection, "invoice", "other", record)]);
  assert.equal(outcome?.kind === "refused" && outcome.class, "duplicate");
  assert.deepEqual(
    (await connection.find("invoice", record, "")).map(({ id }) => id),
    ids,
  );
});

test("xero: a voided invoice reads as voided", async (t) => {
  const demo = await start(t);
  const connection = demo.connect("accounting");
  const { ids } = await createAndRead(connection, "invoice", [canonical(unpaid(demo), demo)]);
  const [before] = await connection.get("invoice", ids);
  assert.ok(before);
  const [outcome] = await sendAll(connection, [
    { ...updateOf(connection, "invoice", before, {}), operation: "void" },
  ]);
  assert.equal(outcome?.kind, "done");
  const [after] = await connection.get("invoice", ids);
  assert.deepEqual([after?.record["status"], after?.record["balance"]], ["voided", 0]);
});

test("xero: an account that is missing or archived is refused before anything is sent", async (t) => {
  const demo = await start(t);
  const { ledger, log } = demo.sandboxes.accounting;
  const [account] = ledger.all("Accounts").filter(({ Code }) => Code === "4000");
  ledger.put("Accounts", String(account?.["AccountID"]), { ...account, Status: "ARCHIVED" });
  const connection = demo.connect("accounting");
  const record = canonical(demo.world.invoices[0], demo);
  const [prepared] = await connection.prepare([createOf(connection, "invoice", "1", record)]);
  assert.match(prepared?.ok === false ? prepared.message : "", /account 4000 is ARCHIVED/);
  assert.ok(log.every(({ write }) => !write));
});

/** The invoice as the pipeline would hand it over, on the customer of the first company. */
function canonical(invoice: WorldInvoice | undefined, { client, world }: Demo): CanonicalRecord {
  const entity = entities().get("invoice");
  assert.ok(entity && invoice);
  const glCode = (code: string): string | null =>
    client.codes.get("gl")?.rows.find((row) => row.code === code)?.["gl_code"] ?? null;
  const { number, invoice_date, due_date, lines, taxes } = invoice;
  return entity.complete({
    number,
    invoice_date,
    due_date,
    customer_id: world.companies[0]?.ids.accounting ?? "",
    currency: "USD",
    lines: lines.map((line, index) => ({
      ...line,
      line_number: index + 1,
      gl_code: glCode(line.charge_type),
    })),
    taxes: taxes.map(({ charge_type, ...tax }) => ({
      ...tax,
      tax_code: charge_type,
      gl_code: glCode(charge_type),
    })),
  });
}

function unpaid({ world }: Demo): WorldInvoice | undefined {
  const paid = new Set(
    world.receipts.flatMap(({ allocations }) => allocations.map(({ invoice }) => invoice)),
  );
  return world.invoices.find(({ number }) => !paid.has(number));
}

function sortedParts(record: CanonicalRecord | undefined): unknown {
  const parts = record?.["allocations"];
  return {
    ...record,
    allocations: Array.isArray(parts) ? parts.map((one) => JSON.stringify(one)).sort() : null,
  };
}
