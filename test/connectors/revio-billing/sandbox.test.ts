import { strict as assert } from "node:assert";
import { test } from "node:test";
import { sandbox } from "../../../connectors/revio-billing/sandbox.ts";
import { billing, object, objects, world } from "./support.ts";

/** What every request meets: credentials, limits, paging, filters, the forms of answers. */

const user = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
const gatewayForm = ["statusCode", "message"];
const apiForm = ["ok", "message"];

for (const { name, headers, form } of [
  { name: "no subscription key", headers: { "ocp-apim-subscription-key": "" }, form: gatewayForm },
  {
    name: "a wrong subscription key",
    headers: { "ocp-apim-subscription-key": "nonsense" },
    form: gatewayForm,
  },
  { name: "no credentials", headers: { authorization: "" }, form: apiForm },
  { name: "a wrong password", headers: user("tripoint@lakeside-sandbox:wrong"), form: apiForm },
  { name: "a user without client code", headers: user("tripoint:sandbox-password"), form: apiForm },
  {
    name: "an e-mail as user name",
    headers: user("me@here@lakeside-sandbox:sandbox-password"),
    form: apiForm,
  },
  { name: "a bearer token", headers: { authorization: "Bearer abc" }, form: apiForm },
]) {
  test(`auth: ${name} is a 401, and no refusal once the rule is off`, async (t) => {
    const { send, server } = await billing(t);
    const refused = await send("GET", "/SystemStatus", undefined, headers);
    assert.equal(refused.status, 401);
    assert.deepEqual(Object.keys(object(refused.body)), form);
    server.setRule("auth", false);
    assert.equal((await send("GET", "/SystemStatus", undefined, headers)).status, 200);
  });
}

test("auth: good credentials answer SystemStatus", async (t) => {
  const { get } = await billing(t);
  assert.deepEqual(await get("/SystemStatus"), { ok: true });
});

test("rate_limit: call 501 of a minute is refused by the gateway, and the next minute is open again", async (t) => {
  const { send, get, clock } = await billing(t);
  for (let call = 0; call < 500; call += 1) await get("/SystemStatus");
  clock.now_ms += 26_000;
  const refused = await send("GET", "/SystemStatus");
  assert.equal(refused.status, 429);
  assert.deepEqual(refused.body, {
    statusCode: 429,
    message: "Rate limit is exceeded. Try again in 34 seconds.",
  });
  assert.equal(refused.headers.get("retry-after"), "34");
  clock.now_ms += 34_000;
  await get("/SystemStatus");
});

test("rate_limit: switched off nothing is refused; retry_after off leaves the header out", async (t) => {
  const { send, get, server } = await billing(t, "rate_limit", "retry_after");
  for (let call = 0; call < 501; call += 1) await get("/SystemStatus");
  server.setRule("rate_limit", true);
  for (let call = 0; call < 500; call += 1) await get("/SystemStatus");
  const refused = await send("GET", "/SystemStatus");
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), null);
});

test("rate_limit: 150,000 calls of a day are the end until the day is over", async (t) => {
  const { server, clock } = await billing(t);
  const headers = { "ocp-apim-subscription-key": server.environment["REVIO_KEY"] };
  const request = {
    method: "GET",
    path: "/v1/x",
    query: new URLSearchParams(),
    headers,
    body: "",
    params: {},
  };
  const rule = (name: string) => name === "rate_limit";
  const context = { ledger: server.ledger, world, now: () => clock.now_ms, rule, origin: server.origin };
  // The gateway is asked directly: this many requests over sockets would take minutes.
  const call = () => sandbox.before?.(request, context);
  for (let n = 1; n <= 150_000; n += 1) {
    assert.equal(call(), undefined);
    if (n % 500 === 0) clock.now_ms += 60_000;
  }
  const refused = call();
  assert.equal(refused?.status, 429);
  assert.match(String(object(refused?.body)["message"]), /Try again in 68400 seconds/);
  clock.now_ms += 68_400_000;
  assert.equal(call(), undefined);
});

test("lists: ten to a page by default, record_count is that of the page, has_more until the last", async (t) => {
  const { get, post } = await billing(t);
  for (let n = 1; n < 24; n += 1) await post("/Customers", { account_number: `A-${n}` });
  const seen = [];
  for (const [page, size] of [
    [1, 10],
    [2, 10],
    [3, 4],
  ] as const) {
    const list = await get(`/Customers?search.page=${page}`);
    assert.deepEqual(Object.keys(list), ["ok", "has_more", "record_count", "records"]);
    assert.equal(list["record_count"], size);
    assert.equal(list["has_more"], page < 3);
    seen.push(...objects(list["records"]).map((row) => row["customer_id"]));
  }
  assert.equal(new Set(seen).size, 24);
  assert.equal((await get("/Customers?page_size=24"))["has_more"], false);
  assert.equal((await get("/Customers?search.page_size=23"))["has_more"], true);
  assert.deepEqual((await get("/Customers?page=4"))["records"], []);
});

test("page_size_cap: more than 500 to a page only when the rule is off", async (t) => {
  const { get, server } = await billing(t, "rate_limit");
  for (let n = 0; n < 501; n += 1) {
    server.ledger.put("contacts", String(n), { contact_id: n, customer_id: 1001 });
  }
  assert.equal((await get("/Contacts?page_size=501"))["record_count"], 500);
  server.setRule("page_size_cap", false);
  assert.equal((await get("/Contacts?page_size=501"))["record_count"], 501);
});

for (const query of ["page_size=0", "page_size=-1", "search.page=0", "page=x", "search.page_size=1.5"]) {
  test(`lists: ${query} is a validation error, in a list`, async (t) => {
    const { send } = await billing(t);
    const refused = await send("GET", `/Customers?${query}`);
    assert.equal(refused.status, 400);
    assert.equal(objects(refused.body)[0]?.["error"], "VALIDATION");
  });
}

for (const { query, want } of [
  { query: "search.customer_id=1001", want: ["CB-5555"] },
  { query: "customer_id=1001", want: ["CB-5555"] },
  { query: "search.account_number=CB-5555", want: ["CB-5555"] },
  { query: "search.account_number=CB-555", want: [] },
  { query: "search.account_number=", want: ["CB-5555", "X-1", "X-2", "X-2"] },
  { query: "search.name=acme", want: ["CB-5555"] },
  { query: "search.name=Dana%20Fox", want: ["X-1"] },
  { query: "search.bill_profile_id=3", want: ["X-1"] },
  { query: "search.bill_profile_id=3&search.bill_profile_id=4", want: ["CB-5555", "X-1"] },
  { query: "search.account_number=CB-5555&search.account_number=X-1", want: ["CB-5555"] },
  { query: "search.status=prospect", want: ["X-2", "X-2"] },
  { query: "search.status=OPEN&search.name=widgets", want: ["CB-5555"] },
  { query: "search.account_number=X-2", want: ["X-2", "X-2"] },
  { query: "search.no_such_field=1", want: ["CB-5555", "X-1", "X-2", "X-2"] },
]) {
  test(`filters: Customers?${query}`, async (t) => {
    const { records, post } = await billing(t);
    const person = { first_name: "Dana", last_name: "Fox", line_1: "1 Bay St" };
    await post("/Customers", {
      account_number: "X-1",
      class: "Residential",
      bill_profile_id: 3,
      billing_address: person,
    });
    // account_number is not known to be unique.
    await post("/Customers", { account_number: "X-2", status: "PROSPECT" });
    await post("/Customers", { account_number: "X-2", status: "PROSPECT" });
    const found = await records(`/Customers?${query}`);
    assert.deepEqual(
      found.map((row) => row["account_number"]),
      want,
    );
  });
}

for (const { path, body } of [
  { path: "/Customers", body: { account_number: "N-1" } },
  { path: "/Contacts", body: { customer_id: 1001, name: "Dana Fox" } },
  { path: "/Addresses", body: { company_name: "Acme Widgets LLC", line_1: "44 Dock Rd" } },
  { path: "/Payments", body: { customer_id: 1001, amount: 1 } },
]) {
  test(`filters: ${path} by created_date_start and updated_date_start, inclusive`, async (t) => {
    const { records, post, clock } = await billing(t);
    const before = (await records(path)).length;
    clock.now_ms += 3_600_000;
    await post(path, body);
    assert.equal((await records(path)).length, before + 1);
    for (const parameter of ["updated_date_start", "search.updated_date_start", "created_date_start"]) {
      assert.equal((await records(`${path}?${parameter}=2026-06-12T10:00:00`)).length, 1);
      assert.equal((await records(`${path}?${parameter}=2026-06-12T10:00:01`)).length, 0);
    }
  });
}

for (const path of ["/Bills", "/Charges"]) {
  test(`filters: ${path} by created_date_start, which is the date of the bill`, async (t) => {
    const { records } = await billing(t);
    assert.ok((await records(`${path}?created_date_start=2026-06-01T00:00:00`)).length > 0);
    assert.equal((await records(`${path}?created_date_start=2026-06-01T00:00:01`)).length, 0);
  });
}

test("filters: a start time in another form is a validation error", async (t) => {
  const { send } = await billing(t);
  for (const value of ["2026-06-12", "2026-06-12T10:00:00Z", "June"]) {
    assert.equal((await send("GET", `/Customers?updated_date_start=${value}`)).status, 400);
  }
});

test("payment_search: reference_number filters payments; off, the parameter is ignored", async (t) => {
  const { records, post, server } = await billing(t);
  await post("/Payments", { customer_id: 1001, amount: 1, reference_number: "CHK 1" });
  await post("/Payments", { customer_id: 1001, amount: 2, reference_number: "CHK 2" });
  const query = "/Payments?search.reference_number=CHK%202";
  assert.deepEqual(
    (await records(query)).map((row) => row["amount"]),
    [2],
  );
  server.setRule("payment_search", false);
  assert.equal((await records(query)).length, 2);
});

test("single reads: the fields stand at top level beside ok and links, without nulls for text and numbers", async (t) => {
  const { get, server } = await billing(t);
  const { links, ...customer } = await get("/customers/1001");
  assert.deepEqual(links, [{ rel: "self", href: `${server.origin}/v1/customers/1001` }]);
  assert.equal(customer["ok"], true);
  assert.equal(customer["account_number"], "CB-5555");
  assert.equal(customer["parent_customer_id"], 0);
  assert.equal(customer["created_date"], "2026-06-12T09:00:00.000");
  assert.deepEqual(customer["billing_address"], {
    address_id: object(customer["billing_address"])["address_id"],
    first_name: "",
    middle_initial: "",
    last_name: "",
    company_name: "Acme Widgets LLC",
    line_1: "12 Main St",
    line_2: "Suite 200",
    city: "Tampa",
    state_or_province: "FL",
    postal_code: "33602",
    postal_code_extension: "1234",
    country_code: "USA",
  });
  assert.notEqual(object(customer["billing_address"])["address_id"], 0);
  assert.equal(object(customer["listing_address"])["address_id"], 0);
});

for (const { name, method, path, status, body } of [
  {
    name: "an unknown customer",
    method: "GET",
    path: "/Customers/999999",
    status: 404,
    body: "Customer 999999 not found.",
  },
  { name: "an unknown path", method: "GET", path: "/Invoices", status: 404, body: /\/v1\/Invoices/ },
  { name: "a new bill", method: "POST", path: "/Bills", status: 405, body: /POST/ },
  { name: "a changed payment", method: "PATCH", path: "/Payments/1", status: 405, body: /PATCH/ },
  { name: "a changed address", method: "PUT", path: "/Addresses/1", status: 405, body: /PUT/ },
  { name: "a deleted charge", method: "DELETE", path: "/Charges/1", status: 405, body: /DELETE/ },
]) {
  test(`errors: ${name} is answered ${status} with one object`, async (t) => {
    const { send } = await billing(t);
    const refused = await send(method, path, method === "GET" ? undefined : {});
    assert.equal(refused.status, status);
    const answer = object(refused.body);
    assert.equal(answer["ok"], false);
    assert.match(String(answer["message"]), body instanceof RegExp ? body : new RegExp(body));
  });
}
