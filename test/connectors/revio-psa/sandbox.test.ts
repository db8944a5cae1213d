import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sandbox } from "../../../connectors/revio-psa/sandbox.ts";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { makeWorld } from "../../../mappings/demo/world.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly [key: string]: Json };
}

interface Client {
  readonly server: RunningSandbox;
  advance(ms: number): void;
  exchange(key?: string): Promise<Answer>;
  /** A call with a token; `headers` replace its own, an empty text leaves one out. */
  send(method: string, path: string, body?: Json, headers?: { [name: string]: string }): Promise<Answer>;
  rows(path: string): Promise<readonly { readonly [key: string]: Json }[]>;
}

async function psa(t: TestContext, ...off: string[]): Promise<Client> {
  const world = makeWorld();
  let now = Date.parse(`${world.today}T12:00:00Z`);
  const server = await startSandbox(sandbox, { world, now: () => now, off });
  t.after(() => server.close());
  const { REVIO_PSA_KEY = "", REVIO_PSA_HOST = "" } = server.environment;
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${server.baseUrl}${path}`, init);
    return {
      status: response.status,
      headers: response.headers,
      body: object((await response.json()) as Json),
    };
  };
  const exchange: Client["exchange"] = (key = REVIO_PSA_KEY) =>
    call("/api/v1/auth/api-key/exchange", { method: "POST", body: JSON.stringify({ apiKey: key }) });
  let token = "";
  const send: Client["send"] = async (method, path, body, headers = {}) => {
    if (token === "") token = String(object((await exchange()).body["data"])["token"]);
    const all = { authorization: `Bearer ${token}`, "x-revio-host": REVIO_PSA_HOST, ...headers };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
    return call(path, { method, headers: given, body: body === undefined ? null : JSON.stringify(body) });
  };
  return {
    server,
    advance: (ms) => {
      now += ms;
    },
    exchange,
    send,
    rows: async (path) => {
      const { status, body } = await send("GET", path);
      assert.equal(status, 200);
      const { data } = body;
      const list = isObject(data) ? data["items"] : data;
      assert.ok(Array.isArray(list));
      return list.map(object);
    },
  };
}

function object(value: Json | undefined): { readonly [key: string]: Json } {
  assert.ok(isObject(value), JSON.stringify(value));
  return value;
}

const CUSTOMERS = "/billing/api/v1/customers";

test("revio-psa sandbox: a key is exchanged for a JWT that says when it ends", async (t) => {
  const client = await psa(t);
  assert.equal((await client.exchange("nobody's")).status, 401);
  const token = String(object((await client.exchange()).body["data"])["token"]);
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  assert.equal(claims.exp - claims.iat, 900);
  assert.equal((await client.send("GET", CUSTOMERS)).status, 200);
  client.advance(900_000);
  const ended = await client.send("GET", CUSTOMERS);
  assert.deepEqual([ended.status, ended.body["statusCode"]], [401, 401]);
});

for (const { name, headers, rule, status } of [
  { name: "a call without a token", headers: { authorization: "" }, rule: "auth", status: 401 },
  {
    name: "a token of somebody else",
    headers: { authorization: "Bearer a.e30.b" },
    rule: "auth",
    status: 401,
  },
  {
    name: "a call without the tenant's host",
    headers: { "x-revio-host": "" },
    rule: "tenant_host",
    status: 400,
  },
  {
    name: "another tenant's host",
    headers: { "x-revio-host": "other.psarev.io" },
    rule: "tenant_host",
    status: 400,
  },
])
  test(`revio-psa sandbox: ${name} is refused while the rule is on`, async (t) => {
    const client = await psa(t);
    assert.equal((await client.send("GET", CUSTOMERS, undefined, headers)).status, status);
    client.server.setRule(rule, false);
    assert.equal((await client.send("GET", CUSTOMERS, undefined, headers)).status, 200);
  });

test("revio-psa sandbox: the 501st call of a minute is a 429 that says how long to wait", async (t) => {
  const client = await psa(t);
  const path = `${CUSTOMERS}/1001`;
  for (let call = 1; call <= 500; call++) assert.equal((await client.send("GET", path)).status, 200);
  const refused = await client.send("GET", path);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "60"]);
  client.server.setRule("rate_limit", false);
  assert.equal((await client.send("GET", path)).status, 200);
  client.server.setRule("rate_limit", true);
  client.advance(60_000);
  assert.equal((await client.send("GET", path)).status, 200);
});

test("revio-psa sandbox: a page has 50 rows unless asked; a short one is the last", async (t) => {
  const client = await psa(t);
  assert.equal((await client.rows(CUSTOMERS)).length, 50);
  assert.equal((await client.rows(`${CUSTOMERS}?perPage=500`)).length, 64);
  const pages = await Promise.all(
    [1, 2, 3].map((page) => client.rows(`${CUSTOMERS}?perPage=30&page=${page}`)),
  );
  assert.deepEqual(
    pages.map((rows) => rows.length),
    [30, 30, 4],
  );
  assert.equal(new Set(pages.flat().map(({ customerId }) => customerId)).size, 64);
});

test("revio-psa sandbox: more than 500 rows are not given at once", async (t) => {
  const client = await psa(t);
  for (let id = 1; id <= 500; id++)
    client.server.ledger.put("customers", `9${id}`, { customerId: 90_000 + id });
  assert.equal((await client.rows(`${CUSTOMERS}?perPage=1000`)).length, 500);
  client.server.setRule("page_size_cap", false);
  assert.equal((await client.rows(`${CUSTOMERS}?perPage=1000`)).length, 564);
});

test("revio-psa sandbox: lists stand under data.items, or under data as others of the vendor's do", async (t) => {
  const client = await psa(t);
  assert.ok(!Array.isArray((await client.send("GET", CUSTOMERS)).body["data"]));
  client.server.setRule("items_envelope", false);
  assert.ok(Array.isArray((await client.send("GET", CUSTOMERS)).body["data"]));
});

test("revio-psa sandbox: lists narrow by customer, and an unknown parameter is ignored", async (t) => {
  const client = await psa(t);
  const contacts = await client.rows("/billing/api/v1/contacts?customerId=1001");
  assert.ok(contacts.length > 0 && contacts.every(({ customerId }) => customerId === 1001));
  const agreements = await client.rows("/psac/api/v1/agreements?customerId=1001&status=Active");
  assert.deepEqual(
    agreements.map(({ agreementId }) => agreementId),
    [710011, 710012],
  );
  assert.equal((await client.rows(`${CUSTOMERS}?perPage=500&custumerId=1001`)).length, 64);
  assert.deepEqual(await client.rows(`${CUSTOMERS}/1001/invoices`), []);
  assert.deepEqual(await client.rows("/psac/api/v1/ticket-list"), []);
});

test("revio-psa sandbox: a record that is not there, and a path, are 404 with the vendor's error", async (t) => {
  const client = await psa(t);
  const missing = await client.send("GET", `${CUSTOMERS}/9`);
  assert.deepEqual(
    [missing.status, missing.body],
    [404, { error: { code: "NotFound", message: "Customer not found" } }],
  );
  assert.equal((await client.send("GET", "/billing/api/v1/sites")).status, 404);
});

test("revio-psa sandbox: PATCH changes what it names, and one custom field alone", async (t) => {
  const client = await psa(t);
  const path = `${CUSTOMERS}/1002`;
  const before = object((await client.send("GET", path)).body["data"]);
  await client.send("PATCH", path, { customFields: { AccountingId: "789" } });
  const { status, body } = await client.send("PATCH", path, {
    customFields: { BillingId: "5", Unknown: "x" },
  });
  assert.equal(status, 200);
  const after = object(body["data"]);
  const customFields = { AccountingId: "789", BillingId: "5" };
  assert.deepEqual(after, { ...before, customFields, modifiedDate: after["modifiedDate"] ?? null });
  assert.equal((await client.send("PATCH", path, [])).status, 400);
  assert.equal((await client.send("PATCH", `${CUSTOMERS}/9`, {})).status, 404);
});
