import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf } from "../../../connectors/xero/sandbox/books.ts";
import { connect, START } from "./client.ts";
import { ACME, idOf, invoice, line, makeInvoice, stateOf } from "./samples.ts";

test("xero sandbox: PUT creates and refuses a number that is taken, POST overwrites it", async (t) => {
  const client = await connect(t);
  const id = await makeInvoice(client, "INV-1");
  assert.equal(await client.refused("PUT", "/Invoices", invoice("INV-1")), "Invoice # must be unique.");
  const [row] = await client.rows("POST", "/Invoices", invoice("INV-1", [line(7)]));
  assert.deepEqual([row?.["InvoiceID"], row?.["Total"]], [id, 7]);
  client.server.setRule("invoice_number", false);
  assert.notEqual(await makeInvoice(client, "INV-1"), id);
});

test("xero sandbox: dates are midnight UTC of the day, with a twin; times of change are instants", async (t) => {
  const client = await connect(t);
  const [row] = await client.rows("PUT", "/Invoices", invoice("INV-1"));
  assert.equal(row?.["Date"], `/Date(${Date.parse("2026-06-01T00:00:00Z")}+0000)/`);
  assert.equal(row?.["DueDateString"], "2026-07-01T00:00:00");
  assert.equal(row?.["UpdatedDateUTC"], `/Date(${START}+0000)/`);
});

test("xero sandbox: of a list each element stands for itself with summarizeErrors=false, else all or none", async (t) => {
  const client = await connect(t);
  const body = { Invoices: [invoice("A"), invoice("B", [line(1, { AccountCode: "9999" })]), invoice("C")] };
  assert.match(await client.refused("PUT", "/Invoices", body), /Account code '9999' is not a valid code/);
  assert.equal(client.server.ledger.all("Invoices").length, 0);
  const rows = await client.rows("PUT", "/Invoices?summarizeErrors=false", body);
  assert.deepEqual(
    rows.map((row) => [row["InvoiceNumber"], row["StatusAttributeString"], row["HasErrors"]]),
    [
      ["A", "OK", false],
      ["B", "ERROR", true],
      ["C", "OK", false],
    ],
  );
  assert.equal(client.server.ledger.all("Invoices").length, 2);
});

test("xero sandbox: the same key gives the first answer for some minutes, another body with it is refused", async (t) => {
  const client = await connect(t);
  const send = (number: string) =>
    client.call("PUT", "/Invoices", invoice(number), { "idempotency-key": "one" });
  const first = await send("A");
  assert.deepEqual((await send("A")).body, first.body);
  assert.equal((await send("B")).status, 400);
  assert.equal(client.server.ledger.all("Invoices").length, 1);
  client.advance(6 * 60_000);
  // The key is forgotten; the number is not.
  assert.equal((await send("A")).status, 400);
  const long = await client.call("PUT", "/Invoices", invoice("C"), { "idempotency-key": "k".repeat(129) });
  assert.equal(long.status, 400);
});

test("xero sandbox: with idempotency off a repeated payment is a second one", async (t) => {
  const client = await connect(t, ["idempotency"]);
  const id = await makeInvoice(client, "A");
  const pay = { Invoice: { InvoiceID: id }, Account: { Code: "090" }, Amount: 10, Date: "2026-06-10" };
  for (let time = 0; time < 2; time++) {
    await client.call("PUT", "/Payments", pay, { "idempotency-key": "one" });
  }
  assert.deepEqual(await stateOf(client, id), ["AUTHORISED", 20, 0, 80]);
});

for (const { name, lines, more, want } of [
  { name: "no lines", lines: [], more: {}, want: /One or more line items/ },
  { name: "no due date", lines: [line(1)], more: { DueDate: "" }, want: /DueDate cannot be empty/ },
  { name: "no account", lines: [line(1, { AccountCode: "" })], more: {}, want: /must be specified/ },
  {
    name: "a bank account",
    lines: [line(1, { AccountCode: "090" })],
    more: {},
    want: /'090' is not a valid/,
  },
  { name: "no text", lines: [line(1, { Description: "" })], more: {}, want: /Description cannot be empty/ },
  {
    name: "a line that does not tie",
    lines: [line(2, { Quantity: 3, LineAmount: 7 })],
    more: {},
    want: /line total 7\.00 does not match the expected line total 6\.00/,
  },
  {
    name: "an unknown tax type",
    lines: [line(1, { TaxType: "OUTPUT9" })],
    more: { LineAmountTypes: "Exclusive" },
    want: /TaxType code 'OUTPUT9'/,
  },
  { name: "a foreign currency", lines: [line(1)], more: { CurrencyCode: "EUR" }, want: /not subscribed/ },
  { name: "nobody to bill", lines: [line(1)], more: { Contact: {} }, want: /Contact must be specified/ },
]) {
  test(`xero sandbox: an approved invoice with ${name} is refused`, async (t) => {
    const client = await connect(t);
    assert.match(await client.refused("PUT", "/Invoices", invoice("A", lines, more)), want);
  });
}

test("xero sandbox: unit prices keep two decimals, and four with unitdp=4", async (t) => {
  const client = await connect(t);
  const priced = [line(1.12345, { Quantity: 1000 })];
  const total = async (path: string, number: string): Promise<unknown> =>
    (await client.rows("PUT", path, invoice(number, priced)))[0]?.["Total"];
  assert.equal(await total("/Invoices", "A"), 1120);
  assert.equal(await total("/Invoices?unitdp=4", "B"), 1123.5);
});

test("xero sandbox: tax is computed per line unless there is none, and a close one is kept", async (t) => {
  const client = await connect(t);
  const totals = async (number: string, more: { [key: string]: number | string }, types: string) => {
    const lines = [line(100, { TaxType: "OUTPUT", ...more })];
    const [row] = await client.rows("PUT", "/Invoices", invoice(number, lines, { LineAmountTypes: types }));
    return [row?.["SubTotal"], row?.["TotalTax"], row?.["Total"]];
  };
  assert.deepEqual(await totals("A", {}, "Exclusive"), [100, 8, 108]);
  assert.deepEqual(await totals("B", { TaxAmount: 8.01 }, "Exclusive"), [100, 8.01, 108.01]);
  assert.deepEqual(await totals("C", {}, "Inclusive"), [92.59, 7.41, 100]);
  assert.deepEqual(await totals("D", {}, "NoTax"), [100, 0, 100]);
});

test("xero sandbox: nothing is written up to a lock date", async (t) => {
  const client = await connect(t);
  const [organisation] = client.server.ledger.all("Organisation");
  const id = String(organisation?.["OrganisationID"]);
  const PeriodLockDate = `/Date(${Date.parse("2026-06-01T00:00:00Z")}+0000)/`;
  client.server.ledger.put("Organisation", id, { ...organisation, PeriodLockDate });
  assert.match(
    await client.refused("PUT", "/Invoices", invoice("A")),
    /lock date, currently set at 1\/06\/2026/,
  );
  client.server.setRule("lock_date", false);
  await makeInvoice(client, "A");
});

test("xero sandbox: approved ones are voided, drafts deleted, paid ones neither", async (t) => {
  const client = await connect(t);
  const id = await makeInvoice(client, "A");
  assert.match(await client.refused("POST", `/Invoices/${id}`, { Status: "DELETED" }), /not of valid status/);
  await client.rows("POST", `/Invoices/${id}`, { Status: "VOIDED" });
  assert.deepEqual(await stateOf(client, id), ["VOIDED", 0, 0, 0]);
  const draft = idOf(
    await client.rows("PUT", "/Invoices", invoice("B", [], { Status: "DRAFT" })),
    "InvoiceID",
  );
  await client.rows("POST", `/Invoices/${draft}`, { Status: "DELETED" });
  assert.equal((await stateOf(client, draft))[0], "DELETED");
  const paid = await makeInvoice(client, "C");
  await client.rows("PUT", "/Payments", {
    Invoice: { InvoiceID: paid },
    Account: { Code: "090" },
    Amount: 1,
  });
  assert.match(
    await client.refused("POST", `/Invoices/${paid}`, { Status: "VOIDED" }),
    /not of valid status/,
  );
  assert.match(await client.refused("POST", `/Invoices/${paid}`, { Reference: "x" }), /cannot be edited/);
});

test("xero sandbox: a late due date changes, without counting as a change", async (t) => {
  const client = await connect(t);
  const id = await makeInvoice(client, "A");
  await client.rows("PUT", "/Payments", { Invoice: { InvoiceID: id }, Account: { Code: "090" }, Amount: 1 });
  client.advance(60_000);
  const [row] = await client.rows("POST", `/Invoices/${id}`, { DueDate: "2026-08-01" });
  assert.deepEqual(
    [row?.["DueDateString"], row?.["UpdatedDateUTC"]],
    ["2026-08-01T00:00:00", `/Date(${START}+0000)/`],
  );
});

test("xero sandbox: names are unique among active contacts, whatever their case", async (t) => {
  const client = await connect(t);
  const clash = { Name: "BORDEN FREIGHT" };
  // Borden is archived in the small world: its name is free.
  const id = idOf(await client.rows("PUT", "/Contacts", clash), "ContactID");
  assert.match(await client.refused("PUT", "/Contacts", clash), /already assigned to another contact/);
  const [same] = await client.rows("POST", "/Contacts", { ...clash, AccountNumber: "X" });
  assert.deepEqual([same?.["ContactID"], same?.["AccountNumber"]], [id, "X"]);
  client.server.setRule("contact_name", false);
  assert.notEqual(idOf(await client.rows("PUT", "/Contacts", clash), "ContactID"), id);
});

test("xero sandbox: what is not sent of a contact stays, an address replaces the one of its type", async (t) => {
  const client = await connect(t);
  const sent = { ContactID: ACME, Addresses: [{ AddressType: "STREET", City: "Largo" }] };
  const [row] = await client.rows("POST", "/Contacts", sent);
  assert.deepEqual(
    rowsOf(row?.["Addresses"]).map(({ AddressType, City }) => [AddressType, City]),
    [
      ["STREET", "Largo"],
      ["POBOX", "Tampa"],
    ],
  );
  assert.equal(row?.["EmailAddress"], "ap@acme.example");
  assert.match(
    await client.refused("POST", "/Contacts", { ContactID: ACME, EmailAddress: "ü@x.example" }),
    /not valid/,
  );
  assert.match(await client.refused("PUT", "/Contacts", { Name: "x".repeat(256) }), /255 characters/);
});

test("xero sandbox: an id beside another name renames the contact, without a word", async (t) => {
  const client = await connect(t);
  await client.rows(
    "PUT",
    "/Invoices",
    invoice("A", [line(1)], { Contact: { ContactID: ACME, Name: "Acme Two" } }),
  );
  assert.equal((await client.rows("GET", `/Contacts/${ACME}`))[0]?.["Name"], "Acme Two");
});
