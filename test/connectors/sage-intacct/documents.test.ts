import assert from "node:assert/strict";
import { test } from "node:test";
import { glTotals } from "../../../connectors/sage-intacct/sandbox/gl.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Client, connect, invoice, objectAt, rowsAt } from "./client.ts";

const CUSTOMER = "accounts-receivable/customer";
const INVOICE = "accounts-receivable/invoice";
const PAYMENT = "accounts-receivable/payment";
const REVERSE = "workflows/accounts-receivable/invoice/reverse";

function payment(key: string, amount: string, more: Row = {}): Row {
  return {
    customer: { key: "71" },
    financialEntity: { entityId: "BOA" },
    paymentMethod: "printedCheck",
    documentNumber: "4471",
    paymentSummary: { receiptDate: "2026-08-31" },
    txnCurrency: { currency: "USD" },
    paymentDetails: [{ arInvoice: { key }, txnCurrency: { paymentAmount: amount } }],
    ...more,
  };
}

async function state({ read }: Client, key: string): Promise<unknown[]> {
  const { state, totalTxnAmountDue } = await read(INVOICE, key);
  return [state, totalTxnAmountDue];
}

test("customers: one is created, read back, changed field by field, and keeps its id", async (t) => {
  const { write, read, refused } = await connect(t);
  const key = await write("POST", `objects/${CUSTOMER}`, {
    id: "CUST-9",
    name: "Nine",
    term: { id: "Net 15" },
    contacts: { default: { email1: "a@nine.example", mailingAddress: { city: "Tampa" } } },
  });
  await write("PATCH", `objects/${CUSTOMER}/${key}`, { contacts: { default: { phone1: "8135550100" } } });
  const made = await read(CUSTOMER, key);
  assert.deepEqual(objectAt(made, "term"), {
    key: "3",
    id: "Net 15",
    href: "/objects/accounts-receivable/term/3",
  });
  assert.deepEqual(objectAt(objectAt(made, "contacts"), "default"), {
    printAs: "Nine",
    email1: "a@nine.example",
    mailingAddress: { city: "Tampa" },
    phone1: "8135550100",
    id: "Nine(CUST-9)",
  });
  assert.match((await refused("PATCH", `objects/${CUSTOMER}/${key}`, { id: "X" })).text, /cannot be changed/);
});

test("customers: an id is given once, in any casing, with the rule on", async (t) => {
  const { refused, write, server } = await connect(t);
  const body = { id: "c-00071", name: "Another" };
  const { status, text } = await refused("POST", `objects/${CUSTOMER}`, body);
  assert.equal(status, 409);
  assert.match(text, /already exists/);
  server.setRule("unique_id", false);
  await write("POST", `objects/${CUSTOMER}`, body);
});

for (const { rule, body, text } of [
  { rule: "required", body: { id: "X-1" }, text: /name is required/ },
  { rule: "unknown_fields", body: { id: "X-1", name: "X", nmae: "X" }, text: /\/nmae is not a valid field/ },
  {
    rule: "references",
    body: { id: "X-1", name: "X", term: { id: "Net 99" } },
    text: /Net 99 does not exist/,
  },
]) {
  test(`customers: the rule ${rule} refuses what it is about, and only while it is on`, async (t) => {
    const { refused, write, server } = await connect(t);
    assert.match((await refused("POST", `objects/${CUSTOMER}`, body)).text, text);
    server.setRule(rule, false);
    await write("POST", `objects/${CUSTOMER}`, body);
  });
}

test("invoices: one is posted at once, its amounts are decimal strings, and the GL has it", async (t) => {
  const client = await connect(t);
  const key = await client.write("POST", `objects/${INVOICE}`, invoice("A-1", "10.00", "2.50"));
  const made = await client.read(INVOICE, key);
  assert.deepEqual(
    [made["state"], made["totalTxnAmount"], made["totalTxnAmountDue"]],
    ["posted", "12.50", "12.50"],
  );
  assert.deepEqual(
    rowsAt(made, "lines").map(({ lineNumber, baseAmount }) => [lineNumber, baseAmount]),
    [
      [1, "10.00"],
      [2, "2.50"],
    ],
  );
  assert.deepEqual(glTotals(client.server.ledger), { "4000": 1250 });
});

const LINE = { txnAmount: "1.00", glAccount: { id: "4000" }, dimensions: { location: { id: "US-FL" } } };

for (const { rule, lines, status, text } of [
  { rule: "decimal_strings", lines: [{ ...LINE, txnAmount: 1 }], status: 400, text: /not a decimal string/ },
  { rule: "location", lines: [{ ...LINE, dimensions: {} }], status: 400, text: /location is required/ },
  {
    rule: "references",
    lines: [{ ...LINE, glAccount: { id: "9999" } }],
    status: 400,
    text: /9999 does not exist/,
  },
]) {
  test(`invoices: the rule ${rule} refuses what it is about, and only while it is on`, async (t) => {
    const { refused, write, server } = await connect(t);
    const body = { ...invoice("A-1"), lines };
    const refusal = await refused("POST", `objects/${INVOICE}`, body);
    assert.equal(refusal.status, status);
    assert.match(refusal.text, text);
    server.setRule(rule, false);
    await write("POST", `objects/${INVOICE}`, body);
  });
}

test("invoices: a number is given once, also after a reversal, with the rule on", async (t) => {
  const { refused, write, server } = await connect(t);
  const key = await write("POST", `objects/${INVOICE}`, invoice("A-1", "1.00"));
  await write("POST", REVERSE, { key, reversedDate: "2026-09-01" });
  assert.equal((await refused("POST", `objects/${INVOICE}`, invoice("A-1", "1.00"))).status, 409);
  server.setRule("unique_number", false);
  await write("POST", `objects/${INVOICE}`, invoice("A-1", "1.00"));
});

test("invoices: of a posted one the header changes, the lines and the state do not", async (t) => {
  const { refused, write, read, server } = await connect(t);
  const key = await write("POST", `objects/${INVOICE}`, invoice("A-1", "1.00"));
  await write("PATCH", `objects/${INVOICE}/${key}`, { description: "May" });
  assert.equal((await read(INVOICE, key))["description"], "May");
  assert.match((await refused("PATCH", `objects/${INVOICE}/${key}`, { state: "reversed" })).text, /workflow/);
  assert.match((await refused("PATCH", `objects/${INVOICE}/${key}`, { lines: [LINE] })).text, /Reverse it/);
  server.setRule("posted_lines", false);
  await write("PATCH", `objects/${INVOICE}/${key}`, { lines: [LINE] });
});

test("invoices: a reversal leaves both documents, and nothing in the GL", async (t) => {
  const { write, query, server } = await connect(t);
  const key = await write("POST", `objects/${INVOICE}`, invoice("A-1", "10.00"));
  await write("POST", REVERSE, { key, reversedDate: "2026-09-01", memo: "Wrong customer" });
  assert.deepEqual(await query(INVOICE, ["state", "invoiceNumber", "totalTxnAmount", "totalTxnAmountDue"]), [
    { state: "reversed", invoiceNumber: "A-1", totalTxnAmount: "10.00", totalTxnAmountDue: "0.00" },
    { state: "reversal", invoiceNumber: "A-1", totalTxnAmount: "-10.00", totalTxnAmountDue: "0.00" },
  ]);
  assert.deepEqual(glTotals(server.ledger), { "4000": 0 });
});

test("invoices: only a draft is deleted, and a draft becomes one of the books when it is submitted", async (t) => {
  const { write, refused, call, read } = await connect(t);
  const draft = await write("POST", `objects/${INVOICE}`, { ...invoice("A-1", "1.00"), state: "draft" });
  await write("POST", "workflows/accounts-receivable/invoice/submit", { key: draft });
  assert.equal((await read(INVOICE, draft))["state"], "posted");
  assert.equal((await refused("DELETE", `objects/${INVOICE}/${draft}`, {})).status, 422);
  const other = await write("POST", `objects/${INVOICE}`, { ...invoice("A-2", "1.00"), state: "draft" });
  assert.equal((await call("DELETE", `objects/${INVOICE}/${other}`)).status, 204);
});

test("invoices: nothing is posted into a closed period, with the rule on", async (t) => {
  const { refused, write, server } = await connect(t);
  server.ledger.put("company", "1", { id: "LAKESIDE", booksClosedThrough: "2026-08-31" });
  const { status, text } = await refused("POST", `objects/${INVOICE}`, invoice("A-1", "1.00"));
  assert.equal(status, 422);
  assert.match(text, /Periods are closed/);
  server.setRule("closed_periods", false);
  await write("POST", `objects/${INVOICE}`, invoice("A-1", "1.00"));
});

test("payments: a part and the rest move the invoice to paid, and a reversal moves it back", async (t) => {
  const client = await connect(t);
  const key = await client.write("POST", `objects/${INVOICE}`, invoice("A-1", "10.00"));
  await client.write("POST", `objects/${PAYMENT}`, payment(key, "4.00"));
  assert.deepEqual(await state(client, key), ["partiallyPaid", "6.00"]);
  const rest = await client.write(
    "POST",
    `objects/${PAYMENT}`,
    payment(key, "6.00", { overPaymentAmount: "1.50" }),
  );
  assert.deepEqual(await state(client, key), ["paid", "0.00"]);
  const { txnCurrency, overPaymentAmount } = await client.read(PAYMENT, rest);
  assert.deepEqual([txnCurrency, overPaymentAmount], [{ currency: "USD", totalAmount: "7.50" }, undefined]);
  await client.write("POST", "workflows/accounts-receivable/payment/reverse", {
    key: rest,
    reversedDate: "2026-09-01",
  });
  assert.deepEqual(await state(client, key), ["partiallyPaid", "6.00"]);
  assert.equal((await client.read(PAYMENT, rest))["state"], "reversed");
});

for (const { name, more, text } of [
  {
    name: "a bank account and undeposited funds",
    more: { undepositedGLAccount: { id: "1000" } },
    text: /exactly one/,
  },
  { name: "no invoice", more: { paymentDetails: [] }, text: /details/ },
  { name: "another customer's invoice", more: { customer: { key: "990" } }, text: /another customer/ },
]) {
  test(`payments: one with ${name} is refused`, async (t) => {
    const { refused, write } = await connect(t);
    const key = await write("POST", `objects/${INVOICE}`, invoice("A-1", "10.00"));
    assert.match((await refused("POST", `objects/${PAYMENT}`, payment(key, "1.00", more))).text, text);
  });
}

test("payments: more than is due is refused, with the rule on", async (t) => {
  const { refused, write, server } = await connect(t);
  const key = await write("POST", `objects/${INVOICE}`, invoice("A-1", "10.00"));
  assert.match((await refused("POST", `objects/${PAYMENT}`, payment(key, "10.01"))).text, /More is paid/);
  server.setRule("overpaid_invoice", false);
  await write("POST", `objects/${PAYMENT}`, payment(key, "10.01"));
});

test("payments: an invoice with payments is not reversed, with the rule on", async (t) => {
  const { refused, write, server } = await connect(t);
  const key = await write("POST", `objects/${INVOICE}`, invoice("A-1", "10.00"));
  await write("POST", `objects/${PAYMENT}`, payment(key, "4.00"));
  assert.match((await refused("POST", REVERSE, { key, reversedDate: "2026-09-01" })).text, /with payments/);
  server.setRule("reverse_paid", false);
  await write("POST", REVERSE, { key, reversedDate: "2026-09-01" });
});

test("clerk: a receipt is booked once, when its invoice is there", async (t) => {
  const { write, query } = await connect(t);
  const key = await write("POST", `objects/${INVOICE}`, invoice("INV-1042", "552.86"));
  const fields = ["documentNumber", "txnCurrency.totalAmount", "paymentMethod", "state"];
  const filters = [{ $eq: { "customer.key": "71" } }];
  const paid = [
    {
      documentNumber: "CHK-501",
      "txnCurrency.totalAmount": "552.86",
      paymentMethod: "printedCheck",
      state: "complete",
    },
  ];
  assert.deepEqual(await query(PAYMENT, fields, { filters }), paid);
  await write("PATCH", `objects/${INVOICE}/${key}`, { description: "again" });
  await write("POST", `objects/${INVOICE}`, invoice("INV-9", "1.00"));
  assert.deepEqual(await query(PAYMENT, fields, { filters }), paid);
});

test("clerk: a stranger's money stands in the books from the start, on no invoice", async (t) => {
  const { query, read } = await connect(t);
  const [row] = await query(PAYMENT, ["key", "customer.key", "txnCurrency.totalAmount"]);
  assert.deepEqual([row?.["customer.key"], row?.["txnCurrency.totalAmount"]], ["990", "75.00"]);
  assert.deepEqual((await read(PAYMENT, String(row?.["key"])))["paymentDetails"], []);
});

test("idempotency: a repeated key gets the first reply and writes nothing; a refusal is not kept", async (t) => {
  const { call, server } = await connect(t);
  const headers = { "idempotency-key": "k-1" };
  const post = async (body: Row) => call("POST", `objects/${INVOICE}`, body, headers);
  assert.equal((await post(invoice("A-1", "1"))).status, 201);
  const first = await post(invoice("A-1", "1"));
  const again = await post(invoice("A-2", "1"));
  assert.deepEqual(again.body, first.body);
  assert.equal(server.ledger.all(INVOICE).length, 1);
  server.setRule("idempotency", false);
  assert.equal((await post(invoice("A-1", "1"))).status, 409);
  server.setRule("idempotency", true);
  const other = { "idempotency-key": "k-2" };
  assert.equal((await call("POST", `objects/${INVOICE}`, invoice("A-1", "1"), other)).status, 409);
  assert.equal((await call("POST", `objects/${INVOICE}`, invoice("A-3", "1"), other)).status, 201);
});

test("composite: each request has its status, and a later one names what an earlier one made", async (t) => {
  const { call, read } = await connect(t);
  const { status, body } = await call("POST", "services/core/composite", [
    {
      method: "POST",
      path: `/objects/${CUSTOMER}`,
      resultReference: "made",
      body: { id: "C-1", name: "One" },
    },
    { method: "POST", path: `/objects/${CUSTOMER}`, body: { id: "C-1", name: "Twice" } },
    { method: "PATCH", path: `/objects/${CUSTOMER}/@{made.key}`, body: { name: "First" } },
  ]);
  assert.equal(status, 207);
  const results = rowsAt(body, "ia::result");
  assert.deepEqual(
    results.map((result) => result["ia::status"]),
    [201, 409, 200],
  );
  assert.deepEqual(body["ia::meta"], { totalCount: 3, totalSuccess: 2, totalError: 1 });
  const key = String(objectAt(results[0] ?? {}, "ia::result")["key"]);
  assert.equal((await read(CUSTOMER, key))["name"], "First");
});
