import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sandbox } from "../../../connectors/revio-billing/sandbox.ts";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import { parseMoney } from "../../../engine/core/money.ts";
import { makeWorld } from "../../../mappings/demo/world.ts";
import { billing, type Client, clientOf, objects, world } from "./support.ts";

/** What the world puts into the books, when its bills appear, and payments against them. */

test("seed: a company that billing has is a customer with its number, terms and PSA id", async (t) => {
  const { get, records } = await billing(t);
  const customer = await get("/Customers/1001");
  assert.equal(customer["account_number"], "CB-5555");
  assert.equal(customer["bill_profile_id"], 4);
  assert.equal(customer["status"], "OPEN");
  const psa = objects(customer["fields"]).find((field) => field["label"] === "PSA Company ID");
  assert.deepEqual(psa, { field_id: 7, label: "PSA Company ID", value: "250" });
  assert.equal((await records("/Customers")).length, 1);
});

test("seed: the PSA id is empty where billing does not know it", async (t) => {
  const companies = world.companies.map((company) => ({ ...company, psa_id_known_in_billing: false }));
  const server = await startSandbox(sandbox, { world: { ...world, companies } });
  t.after(() => server.close());
  const fields = objects(server.ledger.get("customers", "1001")?.["fields"]);
  assert.deepEqual(
    fields.map((field) => field["value"]),
    ["", "", ""],
  );
});

test("seed: bill profiles, product types and products follow the world's order and carry its codes", async (t) => {
  const { records } = await billing(t);
  assert.deepEqual(await records("/BillProfiles"), [
    { bill_profile_id: 3, description: "Net 15" },
    { bill_profile_id: 4, description: "Net 30" },
  ]);
  assert.deepEqual(
    (await records("/ProductTypes")).map((row) => [row["product_type_id"], row["code"]]),
    [
      [1, "VOICE_MRC"],
      [2, "LD_USAGE"],
      [3, "FL-CST"],
      [4, "FUSF"],
      [5, "NEW_CODE"],
    ],
  );
  assert.deepEqual(
    (await records("/Products")).map((row) => [
      row["product_id"],
      row["product_type_id"],
      row["code_1"],
      row["ledger_code"],
    ]),
    [
      [301, 1, "VOICE_MRC", "4000"],
      [302, 2, "LD_USAGE", "4010"],
      [303, 3, "FL-CST", "2230"],
      [304, 4, "FUSF", "2230"],
      [305, 5, "NEW_CODE", ""],
    ],
  );
});

test("seed: a bill's charges and taxes tie to its total; rated usage has no rate", async (t) => {
  const { get, records } = await billing(t);
  const bill = await get("/Bills/70010");
  assert.deepEqual(
    ["bill_number", "status", "created_date", "due_date", "total", "amount_due"].map((name) => bill[name]),
    ["INV-1042", "ISSUED", "2026-06-01T00:00:00", "2026-07-01T00:00:00", 530.56, 530.56],
  );
  const charges = await records("/Charges?search.customer_id=1001");
  assert.deepEqual(
    charges.map((row) => [
      row["bill_id"],
      row["product_type_id"],
      row["quantity"],
      row["rate"],
      row["amount"],
      row["tax_amount"],
    ]),
    [
      [70010, 1, 5, 24.95, 124.75, 9.28],
      [70010, 2, 12845.5, 0, 276.44, 120.09],
    ],
  );
  assert.deepEqual(
    objects(bill["taxes"]).map((tax) => [
      tax["charge_id"],
      tax["tax_code"],
      tax["jurisdiction"],
      tax["rate"],
      tax["amount"],
    ]),
    [
      [charges[0]?.["charge_id"], "FL-CST", "state", 0.0744, 9.28],
      [charges[1]?.["charge_id"], "FL-CST", "state", 0.0744, 20.57],
      [charges[1]?.["charge_id"], "FUSF", "federal", 0, 99.52],
    ],
  );
});

test("seed: an invoice whose lines and taxes are not its total does not start", async () => {
  const invoices = world.invoices.map((invoice) => ({ ...invoice, total: invoice.total + 1 }));
  await assert.rejects(async () => startSandbox(sandbox, { world: { ...world, invoices } }), /not its total/);
});

test("the demo's world: with all its customers made, the books show what the generator expects", async (t) => {
  const demo = makeWorld();
  const server = await startSandbox(sandbox, { world: demo });
  t.after(() => server.close());
  const { post } = clientOf(server);
  for (const { number, ids } of demo.companies) {
    const due = demo.expected.billing_customers.includes(number) && ids.billing === undefined;
    if (due) await post("/Customers", { account_number: number });
  }
  const bills = server.ledger.all("bills");
  assert.equal(bills.length, demo.expected.invoice_count);
  assert.equal(
    bills.reduce((sum, bill) => sum + cents(bill["total"]), 0),
    demo.expected.invoice_total,
  );
  assert.deepEqual(glTotals(server), demo.expected.gl_totals);
});

/** What all charges and taxes come to by the ledger code of billing's own products. */
function glTotals(server: RunningSandbox): { [gl_code: string]: number } {
  const products = server.ledger.all("products");
  const codeOf = (key: string, value: Json | undefined) =>
    String(products.find((product) => product[key] === value)?.["ledger_code"]);
  const rows = [
    ...server.ledger
      .all("charges")
      .map((row) => [codeOf("product_id", row["product_id"]), row["amount"]] as const),
    ...server.ledger
      .all("bills")
      .flatMap((bill) => objects(bill["taxes"]))
      .map((tax) => [codeOf("code_1", tax["tax_code"]), tax["amount"]] as const),
  ];
  const totals: { [gl_code: string]: number } = {};
  for (const [code, amount] of rows) totals[code] = (totals[code] ?? 0) + cents(amount);
  return totals;
}

function cents(amount: Json | undefined): number {
  return parseMoney(Number(amount), "USD") ?? Number.NaN;
}

for (const { name, body } of [
  { name: "its account number is the company's", body: { account_number: "CUST-1002" } },
  { name: "its account number is the company's PSA id", body: { account_number: "251" } },
  { name: "its custom field is the PSA id", body: { fields: [{ field_id: 7, value: "251" }] } },
  {
    name: "its custom field is the company's number",
    body: { fields: [{ field_id: 7, value: "CUST-1002" }] },
  },
]) {
  test(`bills: appear with a new customer when ${name}, and never twice`, async (t) => {
    const { post, get, records, clock } = await billing(t);
    clock.now_ms += 60_000;
    const customer = await post("/Customers", body);
    const bill = await get("/Bills/70050");
    assert.equal(bill["customer_id"], customer);
    assert.equal(bill["total"], 10);
    // The bill is dated in the past, but has just been made: an incremental read must see it.
    assert.equal((await records("/Bills?updated_date_start=2026-06-12T09:01:00")).length, 1);
    await post("/Customers", body);
    assert.equal((await get("/Bills/70050"))["customer_id"], customer);
    assert.equal((await records("/Bills")).length, 2);
    assert.equal((await records("/Charges")).length, 3);
  });
}

test("bills: appear when the PSA id is patched into a customer that billing could not place", async (t) => {
  const { post, replace, get, records } = await billing(t);
  const customer = await post("/Customers", { account_number: "who?" });
  assert.equal((await records("/Bills")).length, 1);
  const place = objects((await get(`/Customers/${customer}`))["fields"]).findIndex(
    (field) => field["field_id"] === 7,
  );
  await replace(`/Customers/${customer}`, `/fields/${place}/value`, "251");
  assert.equal((await get("/Bills/70050"))["customer_id"], customer);
});

test("bills: a server that starts again with its folder keeps them and makes no second ones", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "billing-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const first = await startSandbox(sandbox, { world, folder });
  await clientOf(first).post("/Customers", { account_number: "CUST-1002" });
  await first.close();
  const second = await startSandbox(sandbox, { world, folder });
  t.after(() => second.close());
  const { records, post } = clientOf(second);
  assert.equal((await records("/Bills")).length, 2);
  const known = (await records("/Customers")).map((row) => row["customer_id"]);
  assert.ok(!known.includes(await post("/Customers", { account_number: "CUST-1002" })));
  assert.equal((await records("/Charges")).length, 3);
});

const bills = (amount: Json, bill_id: Json = 70010) => [{ bill_id, amount }];

async function due({ get }: Client): Promise<Json | undefined> {
  return (await get("/Bills/70010"))["amount_due"];
}

test("payments: lower what is due on their bills, to the cent; sent twice they count twice", async (t) => {
  const client = await billing(t);
  const body = { customer_id: 1001, amount: 300.1, reference_number: "CHK 4471", bills: bills(300.1) };
  const id = await client.post("/Payments", body);
  assert.equal(await due(client), 230.46);
  const payment = await client.get(`/Payments/${id}`);
  assert.deepEqual(
    ["customer_id", "amount", "reference_number", "payment_date", "bills"].map((name) => payment[name]),
    [1001, 300.1, "CHK 4471", "2026-06-12T00:00:00", bills(300.1)],
  );
  await client.post("/Payments", { ...body, payment_date: "2026-06-10" });
  assert.equal(await due(client), -69.64);
  assert.equal(client.server.ledger.all("payments").length, 2);
});

for (const { name, body } of [
  { name: "an unknown customer", body: { customer_id: 5, amount: 1 } },
  { name: "an amount of zero", body: { customer_id: 1001, amount: 0 } },
  { name: "a negative amount", body: { customer_id: 1001, amount: -1 } },
  { name: "half a cent", body: { customer_id: 1001, amount: 1.005 } },
  { name: "an amount as text", body: { customer_id: 1001, amount: "12.50" } },
  { name: "no amount", body: { customer_id: 1001 } },
  { name: "an unknown bill", body: { customer_id: 1001, amount: 1, bills: bills(1, 9) } },
  { name: "a bill of another customer", body: { customer_id: 1001, amount: 1, bills: bills(1, 70050) } },
  {
    name: "bills that take more than the amount",
    body: { customer_id: 1001, amount: 1, bills: bills(1.01) },
  },
  { name: "a negative allocation", body: { customer_id: 1001, amount: 1, bills: bills(-1) } },
  { name: "an allocation without bill", body: { customer_id: 1001, amount: 1, bills: [{ amount: 1 }] } },
  { name: "a date that does not exist", body: { customer_id: 1001, amount: 1, payment_date: "2026-06-31" } },
] as readonly { name: string; body: Json }[]) {
  test(`payments: ${name} is refused and changes nothing`, async (t) => {
    const client = await billing(t);
    await client.post("/Customers", { account_number: "CUST-1002" });
    const refused = await client.send("POST", "/Payments", body);
    assert.equal(refused.status, 400);
    assert.ok(objects(refused.body).length > 0);
    assert.equal(client.server.ledger.all("payments").length, 0);
    assert.equal(await due(client), 530.56);
  });
}
