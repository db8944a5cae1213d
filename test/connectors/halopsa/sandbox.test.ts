import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../engine/core/json.ts";
import { type Fields, fields, halo } from "./client.ts";

const ids = (rows: readonly Fields[]): Json[] => rows.map(({ id }) => id ?? null);

test("halopsa sandbox: a call without a living token gets an empty 401", async (t) => {
  const client = await halo(t);
  const bad = await client.send("GET", "/Client", undefined, { authorization: "Bearer nobody" });
  assert.deepEqual([bad.status, bad.text], [401, ""]);
  assert.match(bad.headers.get("www-authenticate") ?? "", /invalid_token/);
  assert.equal((await client.send("GET", "/Client")).status, 200);
  client.advance(3_600_000);
  assert.equal((await client.send("GET", "/Client")).status, 401);
  client.server.setRule("auth", false);
  assert.equal((await client.send("GET", "/Client")).status, 200);
});

for (const { name, changes, query, want } of [
  {
    name: "a wrong secret",
    changes: { client_secret: "no" },
    query: undefined,
    want: [401, "invalid_client"],
  },
  { name: "no tenant", changes: {}, query: "", want: [401, "invalid_client"] },
  {
    name: "another flow",
    changes: { grant_type: "password" },
    query: undefined,
    want: [400, "unsupported_grant_type"],
  },
  { name: "no scope", changes: { scope: "" }, query: undefined, want: [400, "invalid_scope"] },
])
  test(`halopsa sandbox: the token endpoint refuses ${name}`, async (t) => {
    const client = await halo(t);
    const { status, body } = await client.token(changes, query);
    assert.deepEqual([status, fields(body)["error"]], want);
  });

test("halopsa sandbox: a self-hosted instance asks for no tenant", async (t) => {
  const client = await halo(t, "tenant");
  assert.equal((await client.token({}, "")).status, 200);
});

test("halopsa sandbox: the 301st request within five minutes is refused in plain text, a later one is not", async (t) => {
  const client = await halo(t);
  for (let call = 1; call <= 300; call++) assert.equal((await client.send("GET", "/Currency")).status, 200);
  const refused = await client.send("GET", "/Currency");
  assert.equal(refused.status, 429);
  assert.match(refused.text, /^Rate Limit Reached - 300 Requests per rolling 5 minute window$/);
  assert.equal(refused.headers.get("retry-after"), null);
  client.server.setRule("rate_limit", false);
  assert.equal((await client.send("GET", "/Currency")).status, 200);
  client.server.setRule("rate_limit", true);
  client.advance(300_000);
  assert.equal((await client.send("GET", "/Currency")).status, 200);
});

test("halopsa sandbox: pages hold 50 rows unless asked, 100 at most, and together all rows once", async (t) => {
  const client = await halo(t);
  const usual = await client.list("/Users?pageinate=true", "users");
  assert.equal(usual.rows.length, 50);
  const pages = await Promise.all(
    [1, 2].map((page) => client.list(`/Users?pageinate=true&page_size=500&page_no=${page}`, "users")),
  );
  const rows = pages.flatMap((page) => page.rows);
  assert.equal(pages[0]?.rows.length, 100);
  assert.equal(rows.length, usual.count);
  assert.equal(new Set(ids(rows)).size, rows.length);
  client.server.setRule("page_size_cap", false);
  assert.equal((await client.list("/Users?pageinate=true&page_size=500", "users")).rows.length, usual.count);
});

test("halopsa sandbox: a list is ordered by the field that is named, down when asked", async (t) => {
  const client = await halo(t);
  const up = ids((await client.list("/Client?order=id&count=3", "clients")).rows);
  assert.deepEqual(up, [1001, 1002, 1003]);
  const names = (await client.list("/Client?order=name&orderdesc=true&count=200", "clients")).rows;
  assert.equal(names[0]?.["name"], "Zora Neale Theatre Company");
  assert.equal((await client.send("GET", "/Client?pageinate=true&page_no=x")).status, 400);
});

test("halopsa sandbox: inactive clients are listed only when asked for", async (t) => {
  const client = await halo(t);
  const active = await client.list("/Client", "clients");
  const all = await client.list("/Client?includeinactive=true", "clients");
  assert.ok(Number(active.count) < Number(all.count));
  assert.ok(active.rows.every(({ inactive }) => inactive === false));
  client.server.setRule("inactive_hidden", false);
  assert.equal((await client.list("/Client", "clients")).count, all.count);
});

test("halopsa sandbox: a list row is a summary, the record by id is whole", async (t) => {
  const client = await halo(t);
  const { rows } = await client.list("/Client?search=Acme Widgets", "clients");
  assert.deepEqual(ids(rows), [1001]);
  assert.deepEqual(
    [rows[0]?.["ref"], rows[0]?.["accountsemailaddress"], rows[0]?.["main_invoice_address"]],
    ["CUST-1001", undefined, undefined],
  );
  const whole = await client.record("GET", "/Client/1001?includedetails=true");
  assert.deepEqual([whole["accountsemailaddress"], whole["paymentterms"]], ["ap@acme.example", 30]);
  client.server.setRule("summaries", false);
  const [full] = (await client.list("/Client?search=Acme Widgets", "clients")).rows;
  assert.equal(full?.["accountsemailaddress"], "ap@acme.example");
});

test("halopsa sandbox: whole numbers that are doubles in the swagger come with a fraction", async (t) => {
  const client = await halo(t);
  const { text } = await client.send("GET", "/Site?client_id=1001");
  assert.match(text, /"client_id":1001\.0,/);
  assert.match((await client.send("GET", "/Client/1001")).text, /"id":1001,/);
});

test("halopsa sandbox: lists narrow by client, by contract and by the time of the last change", async (t) => {
  const client = await halo(t);
  const sites = await client.list("/Site?client_id=1001", "sites");
  assert.ok(sites.rows.length > 1 && sites.rows.every(({ client_id }) => client_id === 1001));
  const recent = `/Client?lastupdatefromdate=${client.today}T11:00:00`;
  assert.equal((await client.list(recent, "clients")).count, 0);
  await client.record("POST", "/Client", [{ id: 1003, tax_number: "59-1" }]);
  const changed = await client.list(recent, "clients");
  assert.deepEqual(ids(changed.rows), [1003]);
  // The swagger calls the parameter a boolean; as one it narrows nothing.
  assert.ok(Number((await client.list("/Client?lastupdatefromdate=true", "clients")).count) > 50);
  const [recurring] = (
    await client.list("/RecurringInvoice?contract_id=710011&includelines=true", "invoices")
  ).rows;
  assert.ok(Array.isArray(recurring?.["lines"]));
});

test("halopsa sandbox: a POST takes an array, and what it does not name stays as it was", async (t) => {
  const client = await halo(t);
  const bare = await client.send("POST", "/Client", { id: 1001, tax_number: "59-1" });
  assert.equal(bare.status, 400);
  assert.equal(fields(bare.body)["ClassName"], "ApiException");
  const before = await client.record("GET", "/Client/1001");
  const saved = await client.record("POST", "/Client", [{ id: 1001, tax_number: "59-1" }]);
  assert.deepEqual({ ...before, tax_number: "59-1", alastupdate: saved["alastupdate"] }, saved);
  client.server.setRule("partial_update", false);
  const emptied = await client.record("POST", "/Client", [{ id: 1001, name: "Acme" }]);
  assert.deepEqual([emptied["tax_number"], emptied["ref"]], ["", ""]);
  client.server.setRule("array_body", false);
  assert.equal((await client.send("POST", "/Client", { id: 1001, name: "Acme" })).status, 200);
});

test("halopsa sandbox: a custom field is set by id or name, and no other one changes with it", async (t) => {
  const client = await halo(t);
  await client.record("POST", "/Client", [{ id: 1002, customfields: [{ id: 155, value: "789" }] }]);
  const saved = await client.record("POST", "/Client", [
    {
      id: 1002,
      customfields: [
        { name: "CFBillingId", value: "5555" },
        { name: "CFUnknown", value: "x" },
      ],
    },
  ]);
  const list = saved["customfields"];
  assert.ok(Array.isArray(list));
  assert.deepEqual(
    list.map((field: Json) => [fields(field)["name"], fields(field)["value"]]),
    [
      ["CFAccountingId", "789"],
      ["CFBillingId", "5555"],
    ],
  );
});

test("halopsa sandbox: new records get ids of their own, one is answered alone and several as a list", async (t) => {
  const client = await halo(t);
  const one = await client.send("POST", "/Client", [{ name: "New Client" }]);
  assert.equal(one.status, 201);
  const id = fields(one.body)["id"] ?? null;
  const two = await client.send("POST", "/Site", [
    { name: "Main", client_id: id },
    { name: "Annex", client_id: id },
  ]);
  assert.ok(Array.isArray(two.body) && two.body.length === 2);
  const contact = await client.record("POST", "/Users", [
    { firstname: "Ana", surname: "O'Neill", site_id: fields(two.body[0])["id"] ?? null },
  ]);
  assert.deepEqual([contact["name"], contact["client_id"]], ["Ana O'Neill", id]);
  // Names are not unique here: the vendor makes a second client of the same name.
  assert.equal((await client.send("POST", "/Client", [{ name: "New Client" }])).status, 201);
});

for (const { name, path, body, rule, message } of [
  {
    name: "a client without a name",
    path: "/Client",
    body: [{ ref: "X" }],
    rule: "required",
    message: /name is required/,
  },
  {
    name: "a contact without a site",
    path: "/Users",
    body: [{ firstname: "A" }],
    rule: "required",
    message: /^"Please specify a site"$/,
  },
  {
    name: "a site of no client",
    path: "/Site",
    body: [{ name: "A", client_id: 9 }],
    rule: "references",
    message: /does not exist/,
  },
])
  test(`halopsa sandbox: ${name} is refused while the rule is on`, async (t) => {
    const client = await halo(t);
    const refused = await client.send("POST", path, body);
    assert.equal(refused.status, 400);
    assert.match(refused.text, message);
    client.server.setRule(rule, false);
    assert.equal((await client.send("POST", path, body)).status, 201);
  });

for (const { name, body } of [
  { name: "text where a number belongs", body: [{ id: 1001, paymentterms: "30" }] },
  { name: "an id that nobody has", body: [{ id: 99999, name: "X" }] },
  { name: "an empty array", body: [] },
])
  test(`halopsa sandbox: ${name} is a 400`, async (t) => {
    const client = await halo(t);
    assert.equal((await client.send("POST", "/Client", body)).status, 400);
  });

test("halopsa sandbox: an id that is not there is 404, or 200 and nothing, as tenants report both", async (t) => {
  const client = await halo(t);
  assert.equal((await client.send("GET", "/Client/99999")).status, 404);
  client.server.setRule("missing_404", false);
  const { status, body } = await client.send("GET", "/Client/99999");
  assert.deepEqual([status, body], [200, {}]);
});

test("halopsa sandbox: a deleted record is gone", async (t) => {
  const client = await halo(t);
  assert.equal((await client.send("DELETE", "/Users/810011")).status, 200);
  assert.equal((await client.send("GET", "/Users/810011")).status, 404);
});

test("halopsa sandbox: small tables are bare arrays", async (t) => {
  const client = await halo(t);
  const { body } = await client.send("GET", "/FieldInfo");
  assert.ok(Array.isArray(body));
  assert.equal(fields(body[0])["name"], "CFAccountingId");
});
