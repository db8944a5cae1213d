import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { Json } from "../../../engine/core/json.ts";
import { billing, type Client, object, objects, PATCH_TYPE } from "./support.ts";

/** Creating, patching, replacing and deleting, and what is refused. */

const firstError = (body: Json) => objects(body)[0]?.["message"];
const charge = {
  customer_id: 1001,
  description: "Handset replacement",
  quantity: 1.5,
  rate: 150,
  cost: 0,
  is_tax_included: false,
  is_prorated: false,
  is_commission_exempted: false,
  start_date: "2026-05-03T00:00:00",
  end_date: "2026-05-03T00:00:00",
};

test("create: 201 with a Location and the id alone; unknown fields are dropped", async (t) => {
  const { send, get } = await billing(t);
  const made = await send("POST", "/Customers", { account_number: "CW-9", nonsense: 1, customer_id: 5 });
  assert.equal(made.status, 201);
  const id = object(made.body)["id"];
  assert.deepEqual(made.body, { ok: true, id });
  assert.match(made.headers.get("location") ?? "", new RegExp(`/v1/Customers/${id}$`));
  const read = await get(`/Customers/${id}`);
  assert.equal(read["customer_id"], id);
  assert.equal(read["nonsense"], undefined);
});

test("create: there is no idempotency, the same charge sent twice is two charges", async (t) => {
  const { post, get, records } = await billing(t);
  const before = (await records("/Charges")).length;
  const first = await post("/Charges", charge);
  assert.notEqual(await post("/Charges", charge), first);
  assert.equal((await records("/Charges")).length, before + 2);
  const read = await get(`/Charges/${first}`);
  assert.equal(read["amount"], 225);
  assert.equal(read["bill_id"], 0);
});

for (const { type, status } of [
  { type: "text/json", status: 201 },
  { type: "application/json; charset=utf-8", status: 201 },
  { type: "text/plain", status: 400 },
  { type: "application/x-www-form-urlencoded", status: 400 },
]) {
  test(`create: a body sent as ${type} is answered ${status}`, async (t) => {
    const { send } = await billing(t);
    assert.equal((await send("POST", "/Customers", {}, { "content-type": type })).status, status);
  });
}

const residential = { class: "RESIDENTIAL", billing_address: { company_name: "Acme", line_1: "x" } };
for (const { path, body, want } of [
  { path: "/Customers", body: [], want: "The Body field is required." },
  { path: "/Contacts", body: { name: "Dana" }, want: "The customer_id field is required." },
  { path: "/Contacts", body: { customer_id: 0 }, want: "The customer_id field is required." },
  { path: "/Contacts", body: { customer_id: "1001" }, want: "The customer_id field must be an integer." },
  { path: "/Customers", body: { account_number: 5 }, want: "The account_number field must be a string." },
  {
    path: "/Customers",
    body: { class: "Charity" },
    want: "The class field must be one of BUSINESS,RESIDENTIAL.",
  },
  { path: "/Customers", body: { is_parent: "yes" }, want: "The is_parent field must be a boolean." },
  { path: "/Customers", body: { activated_date: "2026-02-30" }, want: /activated_date field must be a date/ },
  {
    path: "/Customers",
    body: { activated_date: "2026-02-03T00:00:00Z" },
    want: /must be a date without a time zone/,
  },
  {
    path: "/Customers",
    body: { fields: [{ field_id: 99, value: "x" }] },
    want: /custom field that does not exist/,
  },
  {
    path: "/Customers",
    body: { billing_address: "12 Main St" },
    want: "The billing_address field must be an address.",
  },
  {
    path: "/Customers",
    body: { billing_address: { line_1: "x" } },
    want: /billing_address needs company_name/,
  },
  { path: "/Customers", body: residential, want: /billing_address needs first_name and last_name/ },
  {
    path: "/Addresses",
    body: { line_1: "44 Dock Rd" },
    want: /needs company_name, or first_name and last_name/,
  },
  { path: "/Charges", body: { ...charge, cost: null }, want: "The cost field is required." },
  { path: "/Charges", body: { ...charge, end_date: "" }, want: "The end_date field is required." },
  { path: "/Charges", body: { ...charge, rate: "150" }, want: "The rate field must be a number." },
  {
    path: "/Products",
    body: { product_type_id: 1, description: "x" },
    want: "The provider_id field is required.",
  },
] as readonly { path: string; body: Json; want: string | RegExp }[]) {
  test(`create: ${path} ${JSON.stringify(body).slice(0, 60)} is refused in a list`, async (t) => {
    const { send } = await billing(t);
    const refused = await send("POST", path, body);
    assert.equal(refused.status, 400);
    const [error] = objects(refused.body);
    assert.deepEqual(error, { ok: false, error: "VALIDATION", message: error?.["message"] });
    if (typeof want === "string") assert.equal(error?.["message"], want);
    else assert.match(String(error?.["message"]), want);
  });
}

test("create: every mistake of a body has an object of its own", async (t) => {
  const { send } = await billing(t);
  const refused = await send("POST", "/Charges", {});
  assert.equal(objects(refused.body).length, 10);
});

const long = (length: number) => "x".repeat(length);
for (const { path, field, max, body } of [
  { path: "/Addresses", field: "company_name", max: 255, body: {} },
  { path: "/Addresses", field: "line_1", max: 500, body: { company_name: "A" } },
  { path: "/Addresses", field: "line_2", max: 500, body: { company_name: "A" } },
  { path: "/Addresses", field: "city", max: 255, body: { company_name: "A" } },
  { path: "/Addresses", field: "state_or_province", max: 50, body: { company_name: "A" } },
  { path: "/Addresses", field: "postal_code", max: 12, body: { company_name: "A" } },
  { path: "/Addresses", field: "middle_initial", max: 10, body: { company_name: "A" } },
  { path: "/Services", field: "number", max: 255, body: { customer_id: 1001, provider_id: 2 } },
  { path: "/Services", field: "pic", max: 10, body: { customer_id: 1001, provider_id: 2 } },
  { path: "/Services", field: "description", max: 1000, body: { customer_id: 1001, provider_id: 2 } },
  { path: "/Charges", field: "description", max: 1500, body: charge },
  { path: "/Charges", field: "geocode", max: 50, body: charge },
]) {
  test(`lengths: ${field} of ${path} holds ${max} characters, more only with the rule off`, async (t) => {
    const { send, post, server } = await billing(t);
    await post(path, { ...body, [field]: long(max) });
    const refused = await send("POST", path, { ...body, [field]: long(max + 1) });
    assert.equal(refused.status, 400);
    assert.match(String(firstError(refused.body)), new RegExp(`${field} .*maximum length of ${max}`));
    server.setRule("lengths", false);
    await post(path, { ...body, [field]: long(max + 1) });
  });
}

test("references: an id of nothing is refused, unless the rule is off", async (t) => {
  const { send, post, server } = await billing(t);
  const bodies: [string, { [name: string]: Json }][] = [
    ["/Contacts", { customer_id: 999 }],
    ["/Customers", { bill_profile_id: 99 }],
    ["/Customers", { parent_customer_id: 99 }],
    ["/Charges", { ...charge, service_id: 99 }],
  ];
  for (const [path, body] of bodies) assert.equal((await send("POST", path, body)).status, 400);
  server.setRule("references", false);
  for (const [path, body] of bodies) await post(path, body);
});

test("addresses: a country is a number or a code, and the customer may be left out", async (t) => {
  const { post, get } = await billing(t);
  const id = await post("/Addresses", { company_name: "A", country_code: 235, customer_id: null });
  const read = await get(`/Addresses/${id}`);
  assert.equal(read["country_code"], 235);
  assert.equal(read["customer_id"], 0);
  assert.equal(read["line_2"], "");
});

async function positions({ get }: Client, id: number): Promise<string[]> {
  return objects((await get(`/Customers/${id}`))["fields"]).map((field) => String(field["label"]));
}

test("custom fields: a create sets them by id or label, and their order differs between customers", async (t) => {
  const client = await billing(t);
  const fields = [
    { field_id: 9, value: "789" },
    { label: "PSA Company ID", value: "77" },
  ];
  const one = await client.post("/Customers", { fields });
  const two = await client.post("/Customers", {});
  const values = Object.fromEntries(
    objects((await client.get(`/Customers/${one}`))["fields"]).map((field) => [
      field["label"],
      field["value"],
    ]),
  );
  assert.deepEqual(values, { "PSA Company ID": "77", "Contract IDs": "", "Accounting ID": "789" });
  assert.notDeepEqual(await positions(client, one), await positions(client, two));
});

test("positional_fields: a patch counts places in the list; off, the number is the field_id", async (t) => {
  const client = await billing(t);
  const { get, replace, send, server } = client;
  const place = (await positions(client, 1001)).indexOf("Accounting ID");
  const value = async () => objects((await get("/Customers/1001"))["fields"])[place]?.["value"];

  await replace("/Customers/1001", `/fields/${place}/value`, "789");
  assert.equal(await value(), "789");
  const byId = [{ op: "replace", path: "/fields/9/value", value: "790" }];
  assert.equal((await send("PATCH", "/Customers/1001", byId)).status, 400);
  server.setRule("positional_fields", false);
  assert.equal((await send("PATCH", "/Customers/1001", byId)).status, 200);
  assert.equal(await value(), "790");
});

test("patch: a path without leading slash is taken, as one client sends it", async (t) => {
  const { get, replace } = await billing(t);
  await replace("/Customers/1001", "fields/0/value", "x");
  assert.equal(objects((await get("/Customers/1001"))["fields"])[0]?.["value"], "x");
});

test("patch_content_type: JSON Patch must come under its own type, unless the rule is off", async (t) => {
  const { send, server } = await billing(t);
  const body = [{ op: "replace", path: "/email", value: "x@acme.example" }];
  const sendAs = (type: string) => send("PATCH", "/Customers/1001", body, { "content-type": type });
  assert.equal((await sendAs("application/json")).status, 400);
  assert.equal((await sendAs(`${PATCH_TYPE}; charset=utf-8`)).status, 200);
  server.setRule("patch_content_type", false);
  assert.equal((await sendAs("application/json")).status, 200);
});

test("patch: add, replace, remove and test change what they name and the time, nothing else", async (t) => {
  const { send, get, clock } = await billing(t);
  const { updated_date: _before, ...before } = await get("/Customers/1001");
  clock.now_ms += 1000;
  const answer = await send("PATCH", "/Customers/1001", [
    { op: "test", path: "/account_number", value: "CB-5555" },
    { op: "add", path: "/email", value: "a@acme.example" },
    { op: "replace", path: "/billing_address/line_1", value: "13 Main St" },
    { op: "remove", path: "/language" },
    { op: "replace", path: "/bill_profile_id", value: 3 },
  ]);
  assert.deepEqual([answer.status, answer.body], [200, { ok: true, id: 1001 }]);
  const { updated_date, ...after } = await get("/Customers/1001");
  assert.equal(updated_date, "2026-06-12T09:00:01.000");
  assert.deepEqual(after, {
    ...before,
    email: "a@acme.example",
    billing_address: { ...object(before["billing_address"]), line_1: "13 Main St" },
    language: "",
    bill_profile_id: 3,
  });
});

for (const { name, operations } of [
  { name: "a test that fails", operations: [{ op: "test", path: "/email", value: "no" }] },
  { name: "a field that does not exist", operations: [{ op: "replace", path: "/name", value: "x" }] },
  { name: "the vendor's own id", operations: [{ op: "replace", path: "/customer_id", value: 5 }] },
  {
    name: "the id of an address",
    operations: [{ op: "replace", path: "/billing_address/address_id", value: 9 }],
  },
  { name: "a custom field's label", operations: [{ op: "replace", path: "/fields/0/label", value: "x" }] },
  { name: "the whole list of custom fields", operations: [{ op: "replace", path: "/fields", value: [] }] },
  { name: "a place beyond the list", operations: [{ op: "add", path: "/fields/3/value", value: "x" }] },
  { name: "a new custom field", operations: [{ op: "add", path: "/fields/-", value: {} }] },
  { name: "a move", operations: [{ op: "move", path: "/email", from: "/language" }] },
  { name: "a value of the wrong type", operations: [{ op: "replace", path: "/email", value: 5 }] },
  { name: "no value", operations: [{ op: "replace", path: "/email" }] },
  { name: "an unknown status", operations: [{ op: "replace", path: "/status", value: "ASLEEP" }] },
  { name: "an object for a list", operations: { op: "replace", path: "/email", value: "x" } },
] as readonly { name: string; operations: Json }[]) {
  test(`patch: ${name} is refused, and operations before it are not kept`, async (t) => {
    const { send, get } = await billing(t);
    const before = await get("/Customers/1001");
    const first = { op: "replace", path: "/language", value: "es" };
    const body = Array.isArray(operations) ? [first, ...operations] : operations;
    const refused = await send("PATCH", "/Customers/1001", body);
    assert.equal(refused.status, 400);
    assert.equal(objects(refused.body).length, 1);
    assert.deepEqual(await get("/Customers/1001"), before);
  });
}

test("customer_put: refused with 405; off, it replaces all that it does not name", async (t) => {
  const { send, get, server } = await billing(t);
  assert.equal((await send("PUT", "/Customers/1001", {})).status, 405);
  server.setRule("customer_put", false);
  assert.equal((await send("PUT", "/Customers/1001", { account_number: "NEW" })).status, 200);
  const read = await get("/Customers/1001");
  assert.deepEqual([read["account_number"], read["email"], read["customer_id"]], ["NEW", "", 1001]);
});

test("delete: a contact goes; a customer goes only while nothing of money is on it", async (t) => {
  const { send, post } = await billing(t);
  const contact = await post("/Contacts", { customer_id: 1001 });
  const customer = await post("/Customers", {});
  for (const path of [`/Contacts/${contact}`, `/Customers/${customer}`]) {
    assert.deepEqual((await send("DELETE", path)).body, { ok: true });
    assert.equal((await send("GET", path)).status, 404);
    assert.equal((await send("DELETE", path)).status, 404);
  }
  assert.equal((await send("DELETE", "/Customers/1001")).status, 400);
});

async function voiceLine({ post }: Client) {
  const service = await post("/Services", { customer_id: 1001, provider_id: 2, number: "8135550100" });
  const body = { product_id: 301, service_id: service, quantity: 25, rate: 19.95, generate_proration: true };
  const product = await post("/ServiceProduct", body);
  return { service, product, body };
}

test("services: stand at an address of their own or at one inside their customer, and at no other", async (t) => {
  const { get, post, send } = await billing(t);
  const own = await post("/Addresses", { company_name: "A" });
  const inside = object((await get("/Customers/1001"))["billing_address"])["address_id"] ?? 0;
  const body = { customer_id: 1001, provider_id: 2, number2: "FL/SIPT/000311" };
  for (const address_id of [own, inside]) await post("/Services", { ...body, address_id });
  assert.equal((await send("POST", "/Services", { ...body, address_id: 77 })).status, 400);
});

test("service products: belong to their service's customer, have no negative rate and end by a DELETE with body", async (t) => {
  const client = await billing(t);
  const { product, body } = await voiceLine(client);
  const path = `/ServiceProduct/${product}`;
  assert.equal((await client.get(path))["customer_id"], 1001);
  assert.equal((await client.send("POST", "/ServiceProduct", { ...body, rate: -1 })).status, 400);
  assert.equal((await client.send("PUT", path, { ...body, status: "DISCONNECTED" })).status, 400);
  assert.equal((await client.send("PUT", path, { ...body, status: "ACTIVE", rate: 20 })).status, 400);
  assert.equal((await client.send("PUT", path, { ...body, status: "ACTIVE" })).status, 200);
  const end = { effective_date: "2026-06-30T00:00:00", generate_proration: true };
  const other = { ...end, service_product_id: product + 1 };
  assert.equal((await client.send("DELETE", path, other)).status, 400);
  assert.equal((await client.send("DELETE", path, { ...end, service_product_id: product })).status, 200);
  const ended = await client.get(path);
  assert.deepEqual([ended["status"], ended["canceled_date"]], ["DISCONNECTED", "2026-06-30T00:00:00"]);
});

test("service_dates: a service's date changes only to that of its products, unless the rule is off", async (t) => {
  const client = await billing(t);
  const { service } = await voiceLine(client);
  const activate = [{ op: "replace", path: "/activated_date", value: "2026-06-01T00:00:00" }];
  assert.equal((await client.send("PATCH", `/Services/${service}`, activate)).status, 400);
  client.server.setRule("service_dates", false);
  assert.equal((await client.send("PATCH", `/Services/${service}`, activate)).status, 200);
});
