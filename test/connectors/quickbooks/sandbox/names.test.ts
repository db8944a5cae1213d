import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../../../engine/connector/sandbox/types.ts";
import { connect, faultOf, objectAt } from "../client.ts";

for (const { name, entity, body, code, rule } of [
  {
    name: "a customer's name taken by a customer",
    entity: "Customer",
    body: { DisplayName: "acme tampa bay" },
    code: "6240",
    rule: "display_name",
  },
  {
    name: "a name taken by an inactive customer",
    entity: "Customer",
    body: { DisplayName: "Borden Freight" },
    code: "6240",
    rule: "display_name",
  },
  {
    name: "a vendor's name taken by a customer",
    entity: "Vendor",
    body: { DisplayName: "Acme Tampa Bay" },
    code: "6240",
    rule: "display_name",
  },
  {
    name: "an item's name taken",
    entity: "Item",
    body: { Name: "4000 Voice", IncomeAccountRef: { value: "80" } },
    code: "6240",
    rule: "display_name",
  },
  { name: "a colon in a name", entity: "Customer", body: { DisplayName: "A:B" }, code: "6000" },
  { name: "a tab in a name", entity: "Customer", body: { DisplayName: "A\tB" }, code: "6000" },
  { name: "a newline in a name", entity: "Customer", body: { DisplayName: "A\nB" }, code: "6000" },
  { name: "no name at all", entity: "Customer", body: { CompanyName: "X" }, code: "6080" },
  {
    name: "an e-mail without @",
    entity: "Customer",
    body: { DisplayName: "X", PrimaryEmailAddr: { Address: "x.example" } },
    code: "2210",
  },
  {
    name: "a DisplayName over 500",
    entity: "Customer",
    body: { DisplayName: "x".repeat(501) },
    code: "2050",
    rule: "lengths",
  },
  {
    name: "a GivenName over 100",
    entity: "Customer",
    body: { DisplayName: "X", GivenName: "x".repeat(101) },
    code: "2050",
    rule: "lengths",
  },
  {
    name: "an unknown field",
    entity: "Customer",
    body: { DisplayName: "X", Nickname: "Y" },
    code: "2010",
    rule: "unknown_fields",
  },
  {
    name: "an unknown field inside another",
    entity: "Customer",
    body: { DisplayName: "X", BillAddr: { Street: "Y" } },
    code: "2010",
    rule: "unknown_fields",
  },
  {
    name: "terms that do not exist",
    entity: "Customer",
    body: { DisplayName: "X", SalesTermRef: { value: "99" } },
    code: "2500",
    rule: "references",
  },
  {
    name: "another currency",
    entity: "Customer",
    body: { DisplayName: "X", CurrencyRef: { value: "EUR" } },
    code: "2500",
    rule: "references",
  },
  {
    name: "a service item without income account",
    entity: "Item",
    body: { Name: "X", Type: "Service" },
    code: "2020",
  },
  {
    name: "an item with a colon",
    entity: "Item",
    body: { Name: "A:B", IncomeAccountRef: { value: "80" } },
    code: "6000",
  },
  {
    name: "an account number over 7",
    entity: "Account",
    body: { Name: "X", AccountType: "Income", AcctNum: "12345678" },
    code: "2050",
    rule: "lengths",
  },
  { name: "an account without type", entity: "Account", body: { Name: "X" }, code: "6010" },
  { name: "a tax code, which is made elsewhere", entity: "TaxCode", body: { Name: "X" }, code: "500" },
] satisfies { name: string; entity: string; body: Row; code: string; rule?: string }[]) {
  test(`names: ${name} is refused with ${code}${rule === undefined ? "" : `, and taken with ${rule} off`}`, async (t) => {
    const { refused, post, server } = await connect(t);
    assert.equal(await refused(entity, body), code);
    if (rule === undefined) return;
    server.setRule(rule, false);
    assert.equal((await post(entity, body))["SyncToken"], "0");
  });
}

test("names: a new customer is shown with all that the vendor computes", async (t) => {
  const { post, call } = await connect(t);
  const made = await post("Customer", {
    GivenName: "Ada",
    FamilyName: "Byron",
    Balance: 99,
    SalesTermRef: { value: "3" },
  });
  assert.deepEqual(
    [made["DisplayName"], made["Balance"], made["Active"], made["SyncToken"]],
    ["Ada Byron", 0, true, "0"],
  );
  assert.deepEqual(made["SalesTermRef"], { value: "3", name: "Net 15" });
  assert.ok(Number(made["Id"]) > 100_000);
  const read = await call("GET", `/customer/${String(made["Id"])}`);
  assert.deepEqual(objectAt(read.body, "Customer"), made);
});

test("update: sparse keeps what is not sent, full clears it, and computed fields stay", async (t) => {
  const { post, advance } = await connect(t);
  advance(60_000);
  const sparse = await post("Customer", { Id: "789", SyncToken: "0", sparse: true, Notes: "ext:1" });
  assert.deepEqual(
    [sparse["Notes"], sparse["SyncToken"], objectAt(sparse, "PrimaryPhone")["FreeFormNumber"]],
    ["ext:1", "1", "(813) 555-0100"],
  );
  assert.deepEqual(sparse["MetaData"], {
    CreateTime: "2026-06-15T05:00:00-07:00",
    LastUpdatedTime: "2026-06-15T05:01:00-07:00",
  });
  const full = await post("Customer", { Id: "789", SyncToken: "1", DisplayName: "Acme", Taxable: true });
  assert.deepEqual([full["Notes"], full["PrimaryPhone"], full["Balance"]], [undefined, undefined, 0]);
  assert.deepEqual([full["DisplayName"], full["SyncToken"]], ["Acme", "2"]);
});

test("update: a sparse empty text clears a field", async (t) => {
  const { post } = await connect(t);
  await post("Customer", { Id: "789", SyncToken: "0", sparse: true, Notes: "x" });
  const cleared = await post("Customer", { Id: "789", SyncToken: "1", sparse: true, Notes: "" });
  assert.equal(cleared["Notes"], undefined);
});

test("update: a stale SyncToken is refused with 5010, an absent one with 2020, an unknown Id with 610", async (t) => {
  const { post, refused, server } = await connect(t);
  await post("Customer", { Id: "789", SyncToken: "0", sparse: true, Notes: "one" });
  const late = { Id: "789", SyncToken: "0", sparse: true, Notes: "two" };
  assert.equal(await refused("Customer", late), "5010");
  assert.equal(await refused("Customer", { Id: "789", sparse: true, Notes: "two" }), "2020");
  assert.equal(await refused("Customer", { ...late, Id: "424242" }), "610");
  server.setRule("sync_token", false);
  assert.equal((await post("Customer", late))["Notes"], "two");
});

test("update: a customer keeps its own name, is inactivated by Active false, and never deleted", async (t) => {
  const { post, refused } = await connect(t);
  const made = await post("Customer", {
    Id: "789",
    SyncToken: "0",
    sparse: true,
    DisplayName: "Acme Tampa Bay",
    Active: false,
  });
  assert.equal(made["Active"], false);
  assert.equal(await refused("Customer", { Id: "789", SyncToken: "1" }, "&operation=delete"), "500");
});

test("requestid: a repeat gets the first reply and writes nothing; without the rule it writes again", async (t) => {
  const { post, query, server, call } = await connect(t);
  const id = "r".repeat(50);
  const first = await post("Customer", { DisplayName: "Once" }, `&requestid=${id}`);
  const again = await post("Customer", { DisplayName: "Twice" }, `&requestid=${id}`);
  assert.deepEqual(again, first);
  assert.deepEqual(await query("select count(*) from Customer"), { totalCount: 3 });
  const tooLong = await call("POST", `/customer?requestid=${id}x`, { DisplayName: "Long" });
  assert.equal(faultOf(tooLong.body).code, "2050");
  server.setRule("requestid", false);
  assert.notEqual((await post("Customer", { DisplayName: "Twice" }, `&requestid=${id}`))["Id"], first["Id"]);
});

test("requestid: a refused request is not kept, so that a corrected one goes through", async (t) => {
  const { post, refused } = await connect(t);
  assert.equal(await refused("Customer", { DisplayName: "A:B" }, "&requestid=k1"), "6000");
  assert.equal((await post("Customer", { DisplayName: "A B" }, "&requestid=k1"))["DisplayName"], "A B");
});
