import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { entities } from "../../../engine/config/entities.ts";
import type { WorldInvoice } from "../../../engine/connector/sandbox/world.ts";
import type { CanonicalRecord } from "../../../engine/core/json.ts";
import { SYSTEMS } from "../../matrix/systems.ts";
import { readSageAccounting } from "../../support/books/sage-accounting.ts";
import { type Demo, openDemo } from "../../support/demo.ts";
import { createAndRead, createOf, readAll, sendAll, updateOf } from "../../support/demo-system.ts";

function start(t: TestContext): Promise<Demo> {
  return openDemo(t, { systems: { accounting: SYSTEMS.accounting["sage-accounting"] } });
}

test("sage-accounting: contacts read as the world has them", async (t) => {
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
  assert.equal(read.length, known.length + strangers.length);
  const wanted = known.map((company) => [
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
  ]);
  const byId = new Map(shown.map(([id, record]) => [id, record]));
  for (const [id, record] of wanted) assert.deepEqual(byId.get(id as string), record);
});

test("sage-accounting: companies that are missing are created as they are, and a lost one is found by its key", async (t) => {
  const demo = await start(t);
  const connection = demo.connect("accounting");
  const missing = demo.world.companies.filter(({ ids }) => ids.accounting === undefined).slice(0, 15);
  const records = missing.map((company) => ({
    customer_number: company.number,
    name: company.name,
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
  const [record = {}] = records;
  const { key } = createOf(connection, "customer", "0", record);
  assert.deepEqual(
    (await connection.find("customer", record, key)).map(({ id }) => id),
    ids.slice(0, 1),
  );
  assert.deepEqual(await connection.find("customer", record, "another key"), []);
});

test("sage-accounting: a number of more than ten characters stays out, one that is taken is a duplicate", async (t) => {
  const connection = (await start(t)).connect("accounting");
  const long = { name: "Long Number Co", customer_number: "CUST-1001-A" };
  const [kept] = await connection.carried("customer", [long]);
  assert.deepEqual([kept?.["name"], kept?.["customer_number"]], [long.name, null]);
  const taken = { name: "Another", customer_number: "CUST-1001" };
  const [outcome] = await sendAll(connection, [createOf(connection, "customer", "1", taken)]);
  assert.equal(outcome?.kind === "refused" && outcome.class, "duplicate");
});

test("sage-accounting: cleared and changed fields stay so, the rest as it was", async (t) => {
  const { connect, world } = await start(t);
  const connection = connect("accounting");
  const id = world.companies[0]?.ids.accounting ?? "";
  for (const changes of [
    { phone: null, billing_emails: [] },
    { payment_terms_id: "month_end:15" },
    { billing_address: null },
    { name: "Acme & Søn", tax_exempt: true },
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

test("sage-accounting: invoices post to their accounts, receipts on them read as they were recorded", async (t) => {
  const demo = await start(t);
  const connection = demo.connect("accounting");
  const records = demo.world.invoices.map((invoice) => canonical(invoice, demo));
  const { back, carried } = await createAndRead(connection, "invoice", records);
  assert.deepEqual(back, carried);
  const { ledger } = demo.sandboxes.accounting;
  assert.deepEqual(
    Object.entries(readSageAccounting(ledger.all).gl_totals).sort(),
    Object.entries(demo.world.expected.gl_totals).sort(),
  );
  const invoices = await readAll(connection, "invoice");
  assert.deepEqual(
    new Map(invoices.map(({ record: { number, total } }) => [number, total])),
    new Map(demo.world.invoices.map(({ number, total }) => [number, total])),
  );
  const numbers = new Map(invoices.map(({ id, record }) => [id, record["number"]]));
  const payments = await readAll(connection, "payment");
  const shown = payments.map(({ record }) => {
    const { payment_date, amount, method, reference, allocations, unapplied_amount, bank_gl_code } = record;
    const paid = (allocations as readonly { readonly invoice_id: string; readonly amount: number }[]).map(
      (one) => [numbers.get(one.invoice_id), one.amount],
    );
    return [reference, [payment_date, amount, method, bank_gl_code, unapplied_amount, paid]];
  });
  const receipts = [...demo.world.receipts, ...demo.world.strangers.map(({ receipt }) => receipt)];
  const expected = receipts.map(({ date, amount, method, reference, allocations }) => {
    const rest = amount - allocations.reduce((sum, one) => sum + one.amount, 0);
    return [
      reference,
      [date, amount, method, "1200", rest, allocations.map((one) => [one.invoice, one.amount])],
    ];
  });
  assert.equal(payments.length, receipts.length);
  assert.deepEqual(Object.fromEntries(shown), Object.fromEntries(expected));
});

test("sage-accounting: a payment that a clerk deletes comes as a tombstone, and its invoice is open again", async (t) => {
  const demo = await start(t);
  const connection = demo.connect("accounting");
  const [stranger] = await readAll(connection, "payment");
  assert.ok(stranger);
  const since = new Date(demo.clock.now() - 1000).toISOString();
  const { ledger } = demo.sandboxes.accounting;
  const row = ledger.get("contact_payments", stranger.id);
  ledger.remove("contact_payments", stranger.id);
  ledger.put("deleted_contact_payments", stranger.id, {
    ...row,
    deleted_at: new Date(demo.clock.now()).toISOString(),
  });
  const seen = [];
  for await (const page of connection.list("payment", { since, parents: undefined }))
    seen.push(...page.records);
  assert.deepEqual(
    seen.map(({ id, deleted }) => [id, deleted]),
    [[stranger.id, true]],
  );
});

test("sage-accounting: a discount for early payment makes more allocated than received", async (t) => {
  const demo = await start(t);
  const connection = demo.connect("accounting");
  const [stranger] = demo.sandboxes.accounting.ledger.all("contact_payments");
  const part = { id: "p", artefact: { id: "i", displayed_as: "SI-1" }, amount: "250.0", discount: "5.0" };
  demo.sandboxes.accounting.ledger.put("contact_payments", String(stranger?.["id"]), {
    ...stranger,
    allocated_artefacts: [part],
  });
  const [read] = await readAll(connection, "payment");
  const { amount, allocations } = read?.record ?? {};
  assert.deepEqual([amount, (allocations as readonly { amount: number }[])[0]?.amount], [25_000, 25_500]);
});

test("sage-accounting: a lost invoice is found by its number, a voided one is not, and reads as voided", async (t) => {
  const demo = await start(t);
  const connection = demo.connect("accounting");
  const paid = new Set(
    demo.world.receipts.flatMap(({ allocations }) => allocations.map(({ invoice }) => invoice)),
  );
  const record = canonical(
    demo.world.invoices.find(({ number }) => !paid.has(number)),
    demo,
  );
  const { ids } = await createAndRead(connection, "invoice", [record]);
  assert.deepEqual(
    (await connection.find("invoice", record, "")).map(({ id }) => id),
    ids,
  );
  const [before] = await connection.get("invoice", ids);
  assert.ok(before);
  const [outcome] = await sendAll(connection, [
    { ...updateOf(connection, "invoice", before, {}), operation: "void" },
  ]);
  assert.equal(outcome?.kind, "done");
  const [after] = await connection.get("invoice", ids);
  assert.deepEqual([after?.record["status"], after?.record["balance"]], ["voided", 0]);
  assert.deepEqual(await connection.find("invoice", record, ""), []);
});

test("sage-accounting: an account that is missing, or not for sales, is refused before anything is sent", async (t) => {
  const demo = await start(t);
  const { ledger, log } = demo.sandboxes.accounting;
  const account = ledger.all("ledger_accounts").find(({ nominal_code }) => nominal_code === 4000);
  ledger.put("ledger_accounts", String(account?.["id"]), { ...account, visible_in_sales: false });
  const connection = demo.connect("accounting");
  const record = canonical(demo.world.invoices[0], demo);
  const [prepared] = await connection.prepare([createOf(connection, "invoice", "1", record)]);
  assert.match(prepared?.ok === false ? prepared.message : "", /ledger account 4000 is not visible in sales/);
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
