import assert from "node:assert/strict";
import { test } from "node:test";
import { glTotals } from "../../../../connectors/quickbooks/sandbox/gl.ts";
import type { Row } from "../../../../engine/connector/sandbox/types.ts";
import { type Client, connect, objectAt, rowsAt } from "../client.ts";
import { invoice, line, payment } from "./samples.ts";

async function read(client: Client, entity: string, id: string): Promise<Row> {
  return objectAt((await client.call("GET", `/${entity.toLowerCase()}/${id}`)).body, entity);
}

async function make(client: Client, entity: string, body: Row): Promise<string> {
  return String((await client.post(entity, body))["Id"]);
}

/** Balance and the ids of linked payments of an invoice. */
async function state(client: Client, id: string): Promise<unknown[]> {
  const row = await read(client, "Invoice", id);
  return [row["Balance"], rowsAt(row, "LinkedTxn").map((link) => link["TxnId"])];
}

test("payment: lowers the invoices it links, and keeps the rest on account", async (t) => {
  const client = await connect(t);
  const [one, two] = [
    await make(client, "Invoice", invoice("A", [line(194.4)])),
    await make(client, "Invoice", invoice("B", [line(50)])),
  ];
  client.advance(60_000);
  const made = await client.post(
    "Payment",
    payment(180, [
      { type: "Invoice", id: one, amount: 100 },
      { type: "Invoice", id: two, amount: 50 },
    ]),
  );
  assert.equal(made["UnappliedAmt"], 30);
  assert.deepEqual(objectAt(made, "DepositToAccountRef"), { value: "78", name: "Undeposited Funds" });
  assert.deepEqual(await state(client, one), [94.4, [made["Id"]]]);
  assert.deepEqual(await state(client, two), [0, [made["Id"]]]);
  const meta = objectAt(await read(client, "Invoice", one), "MetaData");
  assert.equal(meta["LastUpdatedTime"], "2026-06-15T05:01:00-07:00");
  assert.equal((await read(client, "Customer", "789"))["Balance"], 64.4);
});

test("payment: a credit memo is applied by a payment of 0 with two lines", async (t) => {
  const client = await connect(t);
  const id = await make(client, "Invoice", invoice("A", [line(100)]));
  const memo = await make(client, "CreditMemo", invoice("CM", [line(15)]));
  await client.post(
    "Payment",
    payment(0, [
      { type: "Invoice", id, amount: 15 },
      { type: "CreditMemo", id: memo, amount: 15 },
    ]),
  );
  assert.equal((await read(client, "Invoice", id))["Balance"], 85);
  assert.equal((await read(client, "CreditMemo", memo))["RemainingCredit"], 0);
  assert.equal((await read(client, "Customer", "789"))["Balance"], 85);
});

test("payment: a sparse update without lines keeps the links; a list without one unlinks it", async (t) => {
  const client = await connect(t);
  const id = await make(client, "Invoice", invoice("A", [line(100)]));
  const made = await make(client, "Payment", payment(60, [{ type: "Invoice", id, amount: 60 }]));
  await client.post("Payment", { Id: made, SyncToken: "0", sparse: true, PaymentRefNum: "CHK 1" });
  assert.deepEqual(await state(client, id), [40, [made]]);
  const more = payment(60, [{ type: "Invoice", id, amount: 55 }]);
  await client.post("Payment", { Id: made, SyncToken: "1", sparse: true, Line: more["Line"] ?? null });
  assert.deepEqual(await state(client, id), [45, [made]]);
  const freed = await client.post("Payment", { Id: made, SyncToken: "2", sparse: true, Line: [] });
  assert.equal(freed["UnappliedAmt"], 60);
  assert.deepEqual(await state(client, id), [100, []]);
});

for (const { name, body, query } of [
  { name: "void", body: { sparse: true }, query: "&operation=update&include=void" },
  { name: "delete", body: {}, query: "&operation=delete" },
]) {
  test(`payment: a ${name} gives the invoice its balance back`, async (t) => {
    const client = await connect(t);
    const id = await make(client, "Invoice", invoice("A", [line(100)]));
    const made = await make(client, "Payment", payment(60, [{ type: "Invoice", id, amount: 60 }]));
    const reply = await client.post("Payment", { Id: made, SyncToken: "0", ...body }, query);
    if (name === "void") {
      assert.deepEqual([reply["TotalAmt"], reply["UnappliedAmt"], reply["PrivateNote"]], [0, 0, "Voided"]);
    }
    assert.deepEqual(await state(client, id), [100, []]);
    assert.equal((await read(client, "Customer", "789"))["Balance"], 100);
  });

  test(`payment: a ${name} of its invoice leaves the cash on account`, async (t) => {
    const client = await connect(t);
    const id = await make(client, "Invoice", invoice("A", [line(100)]));
    const made = await make(client, "Payment", payment(60, [{ type: "Invoice", id, amount: 60 }]));
    const operation = name === "void" ? "&operation=void" : query;
    await client.post("Invoice", { Id: id, SyncToken: "0" }, operation);
    const left = await read(client, "Payment", made);
    assert.deepEqual([left["TotalAmt"], left["UnappliedAmt"], left["Line"]], [60, 60, []]);
    assert.equal((await read(client, "Customer", "789"))["Balance"], -60);
  });
}

test("payment: more than is open, more than was paid, another customer's or no invoice are refused", async (t) => {
  const client = await connect(t);
  const id = await make(client, "Invoice", invoice("A", [line(100)]));
  const to = (total: number, amount: number, target = id, type = "Invoice"): Row =>
    payment(total, [{ type, id: target, amount }]);
  assert.equal(await client.refused("Payment", to(200, 150)), "6000");
  assert.equal(await client.refused("Payment", to(10, 20)), "6000");
  assert.equal(await client.refused("Payment", to(10, 10, "424242")), "2500");
  assert.equal(await client.refused("Payment", to(10, 10, id, "Estimate")), "620");
  assert.equal(await client.refused("Payment", { ...to(10, 10), CustomerRef: { value: "9001" } }), "620");
  assert.equal(await client.refused("Payment", { CustomerRef: { value: "789" } }), "2020");
  client.server.setRule("overpaid_link", false);
  await client.post("Payment", to(200, 150));
});

test("payment: once deposited it cannot change", async (t) => {
  const client = await connect(t);
  const made = await make(client, "Payment", payment(60, []));
  const deposit = { Id: "1", Line: [{ Amount: 60, LinkedTxn: [{ TxnId: made, TxnType: "Payment" }] }] };
  client.server.ledger.put("Deposit", "1", deposit);
  const change = { Id: made, SyncToken: "0", sparse: true, PaymentRefNum: "x" };
  assert.equal(await client.refused("Payment", change), "6540");
  client.server.setRule("deposited", false);
  assert.equal((await client.post("Payment", change))["PaymentRefNum"], "x");
});

test("clerk: a receipt is recorded once, as soon as all its invoices stand in the books", async (t) => {
  const client = await connect(t);
  const paid = () => client.query("select * from Payment where CustomerRef = '789'");
  const one = await make(client, "Invoice", invoice("INV-1041", [line(100)]));
  assert.deepEqual(await paid(), {});
  client.advance(60_000);
  const two = await make(client, "Invoice", invoice("INV-1042", [line(500)]));
  const [row, ...others] = rowsAt(await paid(), "Payment");
  assert.ok(row !== undefined && others.length === 0);
  assert.deepEqual(
    [row["TxnDate"], row["TotalAmt"], row["UnappliedAmt"], row["PaymentRefNum"]],
    ["2026-06-10", 600, 50, "CHK 4471"],
  );
  assert.deepEqual(row["PaymentMethodRef"], { value: "1", name: "Check" });
  assert.equal(objectAt(row, "MetaData")["LastUpdatedTime"], "2026-06-15T05:01:00-07:00");
  assert.deepEqual(await state(client, one), [0, [row["Id"]]]);
  assert.deepEqual(await state(client, two), [50, [row["Id"]]]);
  await client.post("Invoice", { Id: two, SyncToken: "0", sparse: true, PrivateNote: "again" });
  assert.equal(rowsAt(await paid(), "Payment").length, 1);
});

test("clerk: a voided invoice is not paid; its reissue is", async (t) => {
  const client = await connect(t);
  const one = await make(client, "Invoice", invoice("INV-1041", [line(100)]));
  await client.post("Invoice", { Id: one, SyncToken: "0" }, "&operation=void");
  await make(client, "Invoice", invoice("INV-1042", [line(500)]));
  assert.deepEqual(await client.query("select * from Payment where CustomerRef = '789'"), {});
  await client.post("Invoice", invoice("INV-1041", [line(100)]), "&include=allowduplicatedocnum");
  const { totalCount } = await client.query("select count(*) from Payment where CustomerRef = '789'");
  assert.equal(totalCount, 1);
});

test("gl totals: each line counts on its item's account, credits negative, voided documents as nothing", async (t) => {
  const client = await connect(t);
  const { ledger } = client.server;
  await make(client, "Invoice", invoice("A", [line(124.75, 5, 24.95), line(9.28, 1, 9.28, "23")]));
  await make(client, "Invoice", invoice("B", [line(276.44, 1, 276.44, "22")]));
  const voided = await make(client, "Invoice", invoice("C", [line(1000)]));
  await client.post("Invoice", { Id: voided, SyncToken: "0" }, "&operation=void");
  await make(client, "CreditMemo", invoice("CM", [line(24.95)]));
  const want = { "4000": 9_980, "4010": 27_644, "2230": 928 };
  assert.deepEqual(glTotals(ledger), want);
  assert.deepEqual(glTotals({ all: (collection) => ledger.all(collection) }), want);
});
