import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf } from "../../../connectors/xero/sandbox/books.ts";
import { type Client, connect } from "./client.ts";
import { ACME, invoice, line, makeInvoice } from "./samples.ts";

async function numbers(client: Client, query: string): Promise<readonly unknown[]> {
  return (await client.rows("GET", `/Invoices?${query}`)).map((row) => row["InvoiceNumber"]);
}

test("xero sandbox: pages have the lines, a list without a page has not", async (t) => {
  const client = await connect(t);
  for (const number of ["A", "B", "C"]) await makeInvoice(client, number);
  const page = await client.call("GET", "/Invoices?page=2&pageSize=2&order=InvoiceNumber");
  assert.deepEqual(page.body["pagination"], { page: 2, pageSize: 2, pageCount: 2, itemCount: 3 });
  assert.deepEqual(
    rowsOf(page.body["Invoices"]).map((row) => [row["InvoiceNumber"], rowsOf(row["LineItems"]).length]),
    [["C", 1]],
  );
  const bare = await client.rows("GET", "/Invoices");
  assert.deepEqual(
    bare.map((row) => rowsOf(row["LineItems"]).length),
    [0, 0, 0],
  );
});

test("xero sandbox: where, lists of numbers and ids, and order", async (t) => {
  const client = await connect(t);
  await makeInvoice(client, "A", 5);
  await makeInvoice(client, "B", 10);
  await client.rows("PUT", "/Invoices", invoice("C", [line(20)], { Status: "DRAFT", Date: "2026-05-01" }));
  const where = (text: string) =>
    numbers(client, `page=1&order=InvoiceNumber&where=${encodeURIComponent(text)}`);
  assert.deepEqual(await where('Type=="ACCREC" AND Status=="AUTHORISED"'), ["A", "B"]);
  assert.deepEqual(await where("Date>=DateTime(2026,06,01) && Total>5"), ["B"]);
  assert.deepEqual(await where('(Status=="DRAFT" OR Total==5)'), ["A", "C"]);
  assert.deepEqual(await where(`Contact.ContactID==guid("${ACME}")`), ["A", "B", "C"]);
  assert.deepEqual(await where('InvoiceNumber.StartsWith("B") OR InvoiceNumber.ToLower()=="c"'), ["B", "C"]);
  assert.equal(await client.refused("GET", "/Invoices?where=Total%3D%3D%3D1"), "Cannot parse Total===1");
  assert.deepEqual(await numbers(client, "InvoiceNumbers=A,C&order=InvoiceNumber DESC"), ["C", "A"]);
  assert.deepEqual(await numbers(client, `ContactIDs=${ACME}&Statuses=DRAFT`), ["C"]);
});

test("xero sandbox: If-Modified-Since counts whole seconds of the last change", async (t) => {
  const client = await connect(t);
  await makeInvoice(client, "A");
  client.advance(60_000);
  await makeInvoice(client, "B");
  const since = async (time: string): Promise<readonly unknown[]> => {
    const { body } = await client.call("GET", "/Invoices", undefined, { "if-modified-since": time });
    return rowsOf(body["Invoices"]).map((row) => row["InvoiceNumber"]);
  };
  assert.deepEqual(await since("2026-06-15T12:00:00"), ["A", "B"]);
  assert.deepEqual(await since("2026-06-15T12:00:01.500Z"), ["B"]);
  assert.deepEqual(await since("2026-06-15T12:01:01Z"), []);
});

test("xero sandbox: archived contacts are listed when asked for, deleted payments always", async (t) => {
  const client = await connect(t);
  const names = async (query: string) =>
    (await client.rows("GET", `/Contacts${query}`)).map((row) => row["Name"]);
  assert.ok(!(await names("")).includes("Borden Freight"));
  assert.ok((await names("?includeArchived=true")).includes("Borden Freight"));
});

test("xero sandbox: an unknown id is 404 without JSON, a malformed one 500, an unknown resource 404", async (t) => {
  const client = await connect(t);
  const unknown = await client.call("GET", "/Payments/00000000-0000-4000-8000-000000000000");
  assert.deepEqual([unknown.status, unknown.text], [404, "The resource you're looking for cannot be found"]);
  assert.equal((await client.call("GET", "/Payments/789")).status, 500);
  assert.equal((await client.call("GET", "/Contacts?IDs=789")).status, 500);
  assert.equal((await client.call("GET", "/Widgets")).status, 404);
  assert.equal((await client.call("PUT", "/Invoices", "text")).body["ErrorNumber"], 14);
});
