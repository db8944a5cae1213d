import assert from "node:assert/strict";
import { test } from "node:test";
import { glTotals } from "../../../connectors/quickbooks/sandbox/gl.ts";
import { entities } from "../../../engine/config/entities.ts";
import type { ClientConfig } from "../../../engine/config/types.ts";
import type { WorldInvoice } from "../../../engine/connector/sandbox/world.ts";
import { instant } from "../../../engine/core/clock.ts";
import type { CanonicalRecord } from "../../../engine/core/json.ts";
import {
  createAndRead,
  createOf,
  type DemoSystem,
  openDemoSystem,
  readAll,
  sendAll,
  updateOf,
} from "../../support/demo-system.ts";

test("quickbooks: customers read as the world has them", async (t) => {
  const { connection, world } = await openDemoSystem(t, "accounting");
  const read = await readAll(connection, "customer");
  const known = world.companies.filter(({ ids }) => ids.accounting !== undefined);
  const shown = read.map(
    ({ record: { id, name, status, billing_address, phone, billing_emails, tax_exempt } }) => {
      return { id, name, status, billing_address, phone, billing_emails, tax_exempt };
    },
  );
  assert.deepEqual(shown, [
    ...known.map(({ ids, name, active, address, phone, billing_email, tax_exempt }) => ({
      id: ids.accounting,
      name,
      status: active ? "active" : "inactive",
      billing_address: address,
      phone,
      billing_emails: [billing_email],
      tax_exempt,
    })),
    {
      id: "9001",
      name: "Harbor Taxi Co-op",
      status: "active",
      billing_address: null,
      phone: null,
      billing_emails: [],
      tax_exempt: false,
    },
  ]);
});

test("quickbooks: every customer of the world that is missing is created, and found by its name", async (t) => {
  const { connection, world } = await openDemoSystem(t, "accounting");
  const missing = world.companies.filter(({ ids }) => ids.accounting === undefined);
  const records = missing.map((company) => ({
    name: company.name,
    status: "active",
    billing_address: { ...company.address },
    phone: company.phone,
    billing_emails: [company.billing_email],
    payment_terms_id: "4",
    tax_exempt: company.tax_exempt,
  }));
  const { ids, back, carried } = await createAndRead(connection, "customer", records);
  assert.deepEqual(back, carried);
  // Names with a colon, an apostrophe and an accent among them: nothing of a name is lost.
  const read = await connection.carried("customer", records);
  assert.deepEqual(read, records);
  for (const [index, record] of records.entries()) {
    const found = await connection.find("customer", record, "");
    assert.deepEqual(
      found.map(({ id }) => id),
      [ids[index]],
    );
  }
});

test("quickbooks: a name that stands there already is a duplicate", async (t) => {
  const { connection } = await openDemoSystem(t, "accounting");
  const record = { name: "Acme Widgets LLC", status: "active" };
  const [outcome] = await sendAll(connection, [createOf(connection, "customer", "1", record)]);
  assert.equal(outcome?.kind, "refused");
  assert.equal(outcome?.kind === "refused" && outcome.class, "duplicate");
});

test("quickbooks: a cleared phone and an inactive customer stay so, and an old token is refused as stale", async (t) => {
  const { connection } = await openDemoSystem(t, "accounting");
  const [acme] = await connection.get("customer", ["789"]);
  assert.ok(acme);
  const change = updateOf(connection, "customer", acme, { status: "inactive", phone: null });
  assert.deepEqual(await sendAll(connection, [change]), [{ kind: "done", id: "789" }]);
  const [after] = await connection.get("customer", ["789"]);
  assert.deepEqual({ ...after?.record, updated_at: null }, { ...change.record, updated_at: null });
  const [late] = await sendAll(connection, [
    updateOf(connection, "customer", acme, { phone: "+18135550199" }),
  ]);
  assert.equal(late?.kind === "refused" && late.class, "stale");
});

test("quickbooks: all invoices of the world post to their GL codes, and payments on them read as they were made", async (t) => {
  const system = await openDemoSystem(t, "accounting");
  const { connection, sandbox, world, client } = system;
  const records = world.invoices.map((invoice) => canonical(invoice, client));
  const { back, carried } = await createAndRead(connection, "invoice", records);
  assert.deepEqual(back, carried);
  assert.deepEqual(sorted(glTotals(sandbox.ledger)), sorted(world.expected.gl_totals));
  const read = await readAll(connection, "invoice");
  assert.deepEqual(
    read.map(({ record: { number, total } }) => ({ number, total })),
    world.invoices.map(({ number, total }) => ({ number, total })),
  );
  const since = instant(Date.now() - 60_000);
  for (const payments of [
    await readAll(connection, "payment"),
    await readAll(connection, "payment", { since }),
  ]) {
    assertReceipts(
      payments.map(({ record }) => record),
      read.map(({ record }) => record),
      system,
    );
  }
});

test("quickbooks: a number that is taken names the invoice that has it, and a lost one is found by it", async (t) => {
  const { connection, world, client } = await openDemoSystem(t, "accounting");
  const records = world.invoices.slice(0, 1).map((invoice) => canonical(invoice, client));
  const { ids } = await createAndRead(connection, "invoice", records);
  const [record = {}] = records;
  const [outcome] = await sendAll(connection, [createOf(connection, "invoice", "other", record)]);
  assert.ok(outcome?.kind === "refused");
  assert.deepEqual([outcome.class, outcome.owner], ["duplicate", ids[0]]);
  const found = await connection.find("invoice", record, "");
  assert.deepEqual(
    found.map(({ id }) => id),
    ids,
  );
});

test("quickbooks: a voided invoice reads as voided", async (t) => {
  const { connection, world, client } = await openDemoSystem(t, "accounting");
  const [invoice] = world.invoices.slice(5, 6);
  assert.ok(invoice);
  const { ids } = await createAndRead(connection, "invoice", [canonical(invoice, client)]);
  const [before] = await connection.get("invoice", ids);
  assert.ok(before);
  const [outcome] = await sendAll(connection, [
    { ...updateOf(connection, "invoice", before, {}), operation: "void" },
  ]);
  assert.equal(outcome?.kind, "done");
  const [after] = await connection.get("invoice", ids);
  const { number, status, total } = after?.record ?? {};
  assert.deepEqual({ number, status, total }, { number: invoice.number, status: "voided", total: 0 });
});

test("quickbooks: an item that books to another account is refused before anything is sent", async (t) => {
  const { connection, world, client, sandbox } = await openDemoSystem(t, "accounting");
  const item = sandbox.ledger.get("Item", "21");
  assert.ok(item);
  sandbox.ledger.put("Item", "21", { ...item, IncomeAccountRef: { value: "85" } });
  const [invoice] = world.invoices;
  assert.ok(invoice);
  const write = createOf(connection, "invoice", "1", canonical(invoice, client));
  const [prepared] = await connection.prepare([write]);
  assert.equal(prepared?.ok, false);
  assert.match(
    prepared?.ok === false ? prepared.message : "",
    /item 4000 Voice recurring books to account 4300, not to 4000/,
  );
});

/** The invoice as the pipeline would hand it over, all of them on one customer. */
function canonical(invoice: WorldInvoice, { codes }: ClientConfig): CanonicalRecord {
  const glCode = (code: string): string | null =>
    codes.get("gl")?.rows.find((row) => row.code === code)?.["gl_code"] ?? null;
  const entity = entities().get("invoice");
  assert.ok(entity);
  const { number, invoice_date, due_date, lines, taxes } = invoice;
  return entity.complete({
    number,
    invoice_date,
    due_date,
    customer_id: "789",
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

function assertReceipts(
  payments: readonly CanonicalRecord[],
  invoices: readonly CanonicalRecord[],
  { world }: DemoSystem,
): void {
  const numbers = new Map(invoices.map(({ id, number }) => [id, number]));
  const shown = payments.map(({ payment_date, amount, method, reference, allocations, ...rest }) => {
    const paid = (allocations as readonly { readonly invoice_id: string; readonly amount: number }[]).map(
      (one) => ({ invoice: numbers.get(one.invoice_id), amount: one.amount }),
    );
    const { unapplied_amount, bank_gl_code } = rest;
    return {
      date: payment_date,
      amount,
      method,
      reference,
      allocations: paid,
      unapplied_amount,
      bank_gl_code,
    };
  });
  const receipts = [...world.receipts, ...world.strangers.map(({ receipt }) => receipt)];
  const expected = receipts.map(({ company: _, ...receipt }) => ({
    ...receipt,
    unapplied_amount: receipt.amount - receipt.allocations.reduce((sum, { amount }) => sum + amount, 0),
    bank_gl_code: "1000",
  }));
  const byReference = (a: { reference?: unknown }, b: { reference?: unknown }): number =>
    String(a.reference).localeCompare(String(b.reference));
  assert.deepEqual(shown.sort(byReference), expected.sort(byReference));
}

function sorted(totals: { readonly [code: string]: number }): unknown {
  return Object.entries(totals).sort();
}
