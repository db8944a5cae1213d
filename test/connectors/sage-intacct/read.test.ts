import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { glTotals } from "../../../connectors/sage-intacct/sandbox/gl.ts";
import { sandbox } from "../../../connectors/sage-intacct/sandbox.ts";
import { entities } from "../../../engine/config/entities.ts";
import type { ClientConfig } from "../../../engine/config/types.ts";
import type { WorldInvoice } from "../../../engine/connector/sandbox/world.ts";
import { instant } from "../../../engine/core/clock.ts";
import type { CanonicalRecord } from "../../../engine/core/json.ts";
import { SYSTEMS } from "../../matrix/systems.ts";
import {
  createAndRead,
  createOf,
  type DemoSystem,
  openDemoSystem,
  readAll,
  sendAll,
  updateOf,
} from "../../support/demo-system.ts";

const NOW = Date.parse("2026-11-15T15:00:00Z");

function open(t: TestContext): Promise<DemoSystem> {
  return openDemoSystem(t, "accounting", () => NOW, { sandbox, system: SYSTEMS.accounting["sage-intacct"] });
}

test("sage-intacct: customers read as the world has them", async (t) => {
  const { connection, world } = await open(t);
  const read = await readAll(connection, "customer");
  const shown = read.map(({ record: { updated_at: _, ...record } }) => record);
  const entity = entities().get("customer");
  assert.ok(entity);
  const known = world.companies.filter(({ ids }) => ids.accounting !== undefined);
  const expected = [
    ...known.map((company) => ({
      id: company.ids.accounting ?? "",
      customer_number: `C-${company.ids.accounting?.padStart(5, "0")}`,
      name: company.name,
      status: company.active ? "active" : "inactive",
      billing_address: { ...company.address },
      phone: company.phone,
      billing_emails: [company.billing_email],
      payment_terms_id: String(world.terms.findIndex(({ key }) => key === company.terms) + 3),
      tax_exempt: company.tax_exempt,
      currency: "USD",
    })),
    { id: "9001", customer_number: "C-9001", name: "Harbor Taxi Co-op", status: "active", currency: "USD" },
  ].map((record) => {
    const { updated_at: _, ...complete } = entity.complete(record);
    return complete;
  });
  assert.deepEqual(shown, expected);
});

test("sage-intacct: every customer that is missing is created under its number, reads back and is found by it", async (t) => {
  const { connection, world } = await open(t);
  const missing = world.companies.filter(({ ids }) => ids.accounting === undefined);
  const records = missing.map((company) => ({
    customer_number: company.number,
    name: company.name,
    status: "active",
    billing_address: { ...company.address },
    phone: company.phone,
    billing_emails: [company.billing_email],
    payment_terms_id: "4",
    tax_exempt: company.tax_exempt,
    tax_id: null,
  }));
  const { ids, back, carried } = await createAndRead(connection, "customer", records);
  assert.deepEqual(back, carried);
  assert.deepEqual(
    carried,
    records.map((record) =>
      connection
        .writableFields("customer")
        .map((field) => [field, { ...record }[field as keyof typeof record]]),
    ),
    "nothing of a customer is lost",
  );
  for (const [index, record] of records.entries()) {
    const found = await connection.find("customer", record, "");
    assert.deepEqual(
      found.map(({ id }) => id),
      [ids[index]],
    );
  }
});

test("sage-intacct: a number that a customer has already is a duplicate", async (t) => {
  const { connection } = await open(t);
  const record = { customer_number: "C-00789", name: "Acme Widgets LLC", status: "active" };
  const [outcome] = await sendAll(connection, [createOf(connection, "customer", "1", record)]);
  assert.equal(outcome?.kind === "refused" && outcome.class, "duplicate");
});

test("sage-intacct: a cleared phone and an inactive customer stay so, and the address is kept", async (t) => {
  const { connection } = await open(t);
  const [acme] = await connection.get("customer", ["789"]);
  assert.ok(acme);
  const change = updateOf(connection, "customer", acme, { status: "inactive", phone: null });
  assert.deepEqual(await sendAll(connection, [change]), [{ kind: "done", id: "789" }]);
  const [after] = await connection.get("customer", ["789"]);
  assert.deepEqual({ ...after?.record, updated_at: null }, { ...change.record, updated_at: null });
});

test("sage-intacct: all invoices of the world post to their GL codes, and payments on them read as they were made", async (t) => {
  const system = await open(t);
  const { connection, sandbox: server, world, client } = system;
  const records = world.invoices.map((invoice) => canonical(invoice, client));
  const { back, carried } = await createAndRead(connection, "invoice", records);
  assert.deepEqual(back, carried);
  assert.deepEqual(sorted(glTotals(server.ledger)), sorted(world.expected.gl_totals));
  const read = await readAll(connection, "invoice");
  assert.deepEqual(
    read.map(({ record: { number, total } }) => ({ number, total })),
    world.invoices.map(({ number, total }) => ({ number, total })),
  );
  const invoices = read.map(({ record }) => record);
  for (const since of [undefined, instant(NOW - 60_000)]) {
    const payments = await readAll(connection, "payment", { since });
    assertReceipts(
      payments.map(({ record }) => record),
      invoices,
      system,
    );
  }
});

test("sage-intacct: a number that is taken is a duplicate, and a lost invoice is found by it", async (t) => {
  const { connection, world, client } = await open(t);
  const records = world.invoices.slice(0, 1).map((invoice) => canonical(invoice, client));
  const { ids } = await createAndRead(connection, "invoice", records);
  const [record = {}] = records;
  const [outcome] = await sendAll(connection, [createOf(connection, "invoice", "other", record)]);
  assert.equal(outcome?.kind === "refused" && outcome.class, "duplicate");
  const found = await connection.find("invoice", record, "");
  assert.deepEqual(
    found.map(({ id, record: { total } }) => [id, total]),
    [[ids[0], world.invoices[0]?.total]],
  );
});

test("sage-intacct: a voided invoice is reversed: it reads as voided, its twin is nobody's, the GL has nothing of it", async (t) => {
  const { connection, world, client, sandbox: server } = await open(t);
  const [invoice] = world.invoices.filter(({ number }) =>
    world.receipts.every(({ allocations }) => allocations.every((one) => one.invoice !== number)),
  );
  assert.ok(invoice);
  const { ids } = await createAndRead(connection, "invoice", [canonical(invoice, client)]);
  const [before] = await connection.get("invoice", ids);
  assert.ok(before);
  const [outcome] = await sendAll(connection, [
    { ...updateOf(connection, "invoice", before, {}), operation: "void" },
  ]);
  assert.equal(outcome?.kind, "done");
  const read = await readAll(connection, "invoice");
  assert.deepEqual(
    read.map(({ id, record: { number, status } }) => ({ id, number, status })),
    [{ id: ids[0], number: invoice.number, status: "voided" }],
  );
  assert.ok(Object.values(glTotals(server.ledger)).every((total) => total === 0));
});

test("sage-intacct: a due date changes, a line of a posted invoice is refused before anything is sent", async (t) => {
  const { connection, world, client } = await open(t);
  const [invoice] = world.invoices;
  assert.ok(invoice);
  const { ids } = await createAndRead(connection, "invoice", [canonical(invoice, client)]);
  const [before] = await connection.get("invoice", ids);
  assert.ok(before);
  const due = updateOf(connection, "invoice", before, { due_date: "2026-12-24" });
  assert.deepEqual(await sendAll(connection, [due]), [{ kind: "done", id: ids[0] }]);
  const [after] = await connection.get("invoice", ids);
  assert.equal(after?.record["due_date"], "2026-12-24");
  const [prepared] = await connection.prepare([updateOf(connection, "invoice", before, { lines: [] })]);
  assert.match(prepared?.ok === false ? prepared.message : "", /reverse it and write it anew/);
});

test("sage-intacct: a closed period is told apart from other refusals", async (t) => {
  const { connection, world, client, sandbox: server } = await open(t);
  server.ledger.put("company", "1", { id: "LAKESIDE", booksClosedThrough: "2026-12-31" });
  const [invoice] = world.invoices;
  assert.ok(invoice);
  const [outcome] = await sendAll(connection, [
    createOf(connection, "invoice", "1", canonical(invoice, client)),
  ]);
  assert.equal(outcome?.kind === "refused" && outcome.class, "period_closed");
});

test("sage-intacct: a reversed payment comes again, as voided", async (t) => {
  const { connection, world, client, sandbox: server } = await open(t);
  await createAndRead(
    connection,
    "invoice",
    world.invoices.slice(0, 3).map((invoice) => canonical(invoice, client)),
  );
  const paid = server.ledger
    .all("accounts-receivable/payment")
    .find(({ documentNumber }) => documentNumber === "CHK 4471");
  assert.ok(paid);
  server.ledger.put("accounts-receivable/payment", String(paid["key"]), {
    ...paid,
    state: "reversed",
    reversedDate: "2026-11-14",
  });
  const read = await readAll(connection, "payment", { since: instant(NOW - 60_000) });
  const mine = read.find(({ id }) => id === paid["key"])?.record;
  assert.deepEqual(
    [mine?.["status"], mine?.["void_date"], mine?.["amount"]],
    ["voided", "2026-11-14", 60_000],
  );
});

test("sage-intacct: a token that died in the middle is renewed once, and the list goes on", async (t) => {
  const { connection, sandbox: server, world } = await open(t);
  await readAll(connection, "customer");
  for (const { token } of server.ledger.all("access_token"))
    server.ledger.remove("access_token", String(token));
  const known = world.companies.filter(({ ids }) => ids.accounting !== undefined);
  assert.equal((await readAll(connection, "customer")).length, known.length + 1);
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
  const shown = payments.map(({ payment_date, amount, method, reference, allocations, unapplied_amount }) => {
    const paid = (allocations as readonly { readonly invoice_id: string; readonly amount: number }[]).map(
      (one) => ({ invoice: numbers.get(one.invoice_id), amount: one.amount }),
    );
    return { date: payment_date, amount, method, reference, allocations: paid, unapplied_amount };
  });
  const receipts = [...world.receipts, ...world.strangers.map(({ receipt }) => receipt)];
  const expected = receipts.map(({ company: _, ...receipt }) => ({
    ...receipt,
    unapplied_amount: receipt.amount - receipt.allocations.reduce((sum, { amount }) => sum + amount, 0),
  }));
  const byReference = (a: { reference?: unknown }, b: { reference?: unknown }): number =>
    String(a.reference).localeCompare(String(b.reference));
  assert.deepEqual(shown.sort(byReference), expected.sort(byReference));
}

function sorted(totals: { readonly [code: string]: number }): unknown {
  return Object.entries(totals).sort();
}
