import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../../../engine/connector/sandbox/types.ts";
import { type Client, connect, faultOf, rowsAt } from "../client.ts";

/** Four customers beside the seeded ones, whose names and balances the table below asks for. */
async function withCustomers(client: Client): Promise<void> {
  for (const [index, DisplayName] of ["O'Brien", "Ärger GmbH", "100% Fun", "a\\b"].entries()) {
    const CompanyName = `Company ${index + 1}`;
    await client.post("Customer", {
      DisplayName,
      CompanyName,
      PrimaryEmailAddr: { Address: `c${index}@x.example` },
    });
  }
}

const names = (response: Row): string[] =>
  rowsAt(response, "Customer").map((row) => String(row["DisplayName"]));

for (const { name, sql, want } of [
  {
    name: "a quote is escaped by a backslash",
    sql: "select * from Customer where DisplayName = 'O\\'Brien'",
    want: ["O'Brien"],
  },
  {
    name: "a backslash is escaped by another",
    sql: "select * from Customer where DisplayName = 'a\\\\b'",
    want: ["a\\b"],
  },
  {
    name: "AND joins conditions",
    sql: "select * from Customer where CompanyName > 'Company 1' and CompanyName <= 'Company 3' orderby CompanyName",
    want: ["Ärger GmbH", "100% Fun"],
  },
  {
    name: "IN takes several values",
    sql: "SELECT * FROM Customer WHERE CompanyName IN ('Company 4', 'Company 1') ORDERBY CompanyName DESC",
    want: ["a\\b", "O'Brien"],
  },
  {
    name: "LIKE knows the percent sign",
    sql: "select * from Customer where DisplayName like '%mbH'",
    want: ["Ärger GmbH"],
  },
  { name: "Id takes =", sql: "select * from Customer where Id = '789'", want: ["Acme Tampa Bay"] },
  {
    name: "Id takes IN",
    sql: "select * from Customer where Id in ('789','9001') orderby Id",
    want: ["Acme Tampa Bay", "Walk-in Customer"],
  },
  {
    name: "a number may be quoted",
    sql: "select * from Customer where Balance < '0'",
    want: ["Walk-in Customer"],
  },
  {
    name: "an e-mail is compared by its address",
    sql: "select * from Customer where PrimaryEmailAddr = 'c1@x.example'",
    want: ["Ärger GmbH"],
  },
  { name: "inactive names are hidden", sql: "select * from Customer where Id = '790'", want: [] },
  {
    name: "inactive names are shown when asked for",
    sql: "select * from Customer where Active in (true, false) and Id = '790'",
    want: ["Borden Freight"],
  },
  {
    name: "startposition is 1-based and maxresults cuts",
    sql: "select * from Customer orderby Id startposition 2 maxresults 1",
    want: ["Walk-in Customer"],
  },
]) {
  test(`query: ${name}`, async (t) => {
    const client = await connect(t);
    await withCustomers(client);
    assert.deepEqual(names(await client.query(sql)), want);
  });
}

for (const { name, sql, code } of [
  { name: "OR", sql: "select * from Customer where Id = '1' or Id = '2'", code: "4000" },
  { name: "no entity", sql: "select * from", code: "4000" },
  { name: "an unended text", sql: "select * from Customer where DisplayName = 'O'Brien'", code: "4000" },
  { name: "double quotes", sql: 'select * from Customer where DisplayName = "x"', code: "4000" },
  { name: "a group by", sql: "select * from Customer group by Id", code: "4000" },
  { name: "an unknown entity", sql: "select * from Nothing", code: "4001" },
  { name: "an unknown property", sql: "select * from Customer where Nme = 'x'", code: "4001" },
  { name: "a line's property", sql: "select * from Invoice where Line.Amount > '1'", code: "4001" },
  { name: "the private note", sql: "select * from Invoice where PrivateNote = 'x'", code: "4001" },
  { name: "Id in another comparison", sql: "select * from Customer where Id > '1'", code: "4001" },
  { name: "more than 1000 results", sql: "select * from Customer maxresults 1001", code: "4001" },
]) {
  test(`query: ${name} is refused with ${code}`, async (t) => {
    const { call } = await connect(t);
    const reply = await call("GET", `/query?query=${encodeURIComponent(sql)}`);
    assert.deepEqual([reply.status, faultOf(reply.body).code], [400, code]);
  });
}

test("query: no hits give an empty QueryResponse, a count gives totalCount", async (t) => {
  const { query } = await connect(t);
  assert.deepEqual(await query("select * from Invoice"), {});
  assert.deepEqual(await query("select count(*) from Customer"), { totalCount: 2 });
});

test("query: a page has 100 rows unless told, and says where it starts", async (t) => {
  const { query, server } = await connect(t);
  for (let id = 1; id <= 250; id++) {
    const row = { Id: String(20_000 + id), DisplayName: `N ${id}`, Active: true };
    server.ledger.put("Customer", row.Id, row);
  }
  const first = await query("select * from Customer");
  assert.deepEqual(
    [rowsAt(first, "Customer").length, first["startPosition"], first["maxResults"]],
    [100, 1, 100],
  );
  const last = await query("select * from Customer startposition 201 maxresults 1000");
  assert.deepEqual([rowsAt(last, "Customer").length, last["startPosition"]], [52, 201]);
});

test("query: rows changed since an instant, in whatever offset it is given", async (t) => {
  const { post, query, advance } = await connect(t);
  advance(60_000);
  await post("Customer", { DisplayName: "Later" });
  const by = (value: string) =>
    query(
      `select * from Customer where MetaData.LastUpdatedTime >= '${value}' orderby MetaData.LastUpdatedTime`,
    );
  assert.deepEqual(names(await by("2026-06-15T12:01:00Z")), ["Later"]);
  assert.deepEqual(names(await by("2026-06-15T05:00:30-07:00")), ["Later"]);
  assert.deepEqual(await by("2026-06-15T05:01:01-07:00"), {});
});

test("query: a list of properties gives sparse rows", async (t) => {
  const { query } = await connect(t);
  const response = await query("select DisplayName from Customer where Id = '789'");
  assert.deepEqual(rowsAt(response, "Customer"), [
    { domain: "QBO", sparse: true, DisplayName: "Acme Tampa Bay", Id: "789" },
  ]);
});

test("query: with name_list_active off inactive names are shown to all", async (t) => {
  const { query } = await connect(t, { off: ["name_list_active"] });
  assert.deepEqual(await query("select count(*) from Customer"), { totalCount: 3 });
});

test("query: a long query may be posted, and is no write", async (t) => {
  const { call, raw, server } = await connect(t, { off: ["auth"] });
  await call("GET", "/preferences");
  const path = `/v3/company/${server.environment["QBO_REALM"]}/query`;
  const headers = { accept: "application/json", "content-type": "application/text" };
  const reply = await raw("POST", path, headers, "select count(*) from Customer");
  assert.match(reply.text, /"totalCount":2/);
  assert.deepEqual(
    server.log.filter((line) => line.write),
    [],
  );
});
