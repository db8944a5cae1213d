import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, invoice, objectAt, rowsAt } from "./client.ts";

const INVOICES = "objects/accounts-receivable/invoice";

// ── tokens and limits ────────────────────────────────────────────────────────────────────────────────────────────

test("tokens: client credentials of user and company give one, by form or by JSON", async (t) => {
  const { login, call, server } = await connect(t);
  const { INTACCT_ID = "", INTACCT_SECRET = "", INTACCT_USER = "" } = server.environment;
  const form = await login({ grant_type: "client_credentials", username: `${INTACCT_USER}|US-FL` });
  assert.deepEqual([form.status, form.body["token_type"], form.body["expires_in"]], [200, "Bearer", 3600]);
  const json = await call("POST", "oauth2/token", {
    grant_type: "client_credentials",
    client_id: INTACCT_ID,
    client_secret: INTACCT_SECRET,
    username: INTACCT_USER,
  });
  assert.equal(json.status, 200);
});

for (const [name, form] of [
  [
    "a wrong secret",
    { grant_type: "client_credentials", username: "wsuser@LAKESIDE", client_secret: "wrong" },
  ],
  ["another company", { grant_type: "client_credentials", username: "wsuser@OTHER" }],
  ["an unknown grant", { grant_type: "password", username: "wsuser@LAKESIDE" }],
] as const) {
  test(`tokens: ${name} is refused`, async (t) => {
    const { login } = await connect(t);
    assert.equal((await login(form)).status, 401);
  });
}

test("tokens: a refresh takes the newest refresh token only, and an older one is REST-2102", async (t) => {
  const { login, server } = await connect(t);
  const first = await login({ grant_type: "client_credentials", username: "wsuser@LAKESIDE" });
  const refresh_token = String(first.body["refresh_token"]);
  const second = await login({ grant_type: "refresh_token", refresh_token });
  assert.equal(second.status, 200);
  const old = await login({ grant_type: "refresh_token", refresh_token });
  assert.equal(old.status, 401);
  assert.equal(objectAt(old.body, "error")["errorId"], "REST-2102");
  server.setRule("one_grant", false);
  assert.equal((await login({ grant_type: "refresh_token", refresh_token })).status, 200);
});

test("tokens: after an hour one is refused", async (t) => {
  const { call, advance, server } = await connect(t);
  assert.equal((await call("GET", "objects/general-ledger/account")).status, 200);
  advance(3_600_000);
  const refused = await call("GET", "objects/general-ledger/account");
  assert.equal(refused.status, 401);
  assert.equal(objectAt(refused.body, "error")["code"], "tokenInvalid");
  server.setRule("auth", false);
  assert.equal((await call("GET", "objects/general-ledger/account")).status, 200);
});

for (const { off, status, after } of [
  { off: [], status: 429, after: "60" },
  { off: ["retry_after"], status: 429, after: null },
  { off: ["rate_limit"], status: 200, after: null },
]) {
  test(`limits: one request too many in a minute is a ${status}, with [${off}] off`, async (t) => {
    const { call } = await connect(t, { requestsPerMinute: 1, off });
    await call("GET", "objects/general-ledger/account");
    const refused = await call("GET", "objects/general-ledger/account");
    assert.equal(refused.status, status);
    assert.equal(refused.headers.get("retry-after"), after);
    if (status === 429) assert.equal(objectAt(refused.body, "error")["code"], "GW-0010");
  });
}

// ── lists, queries ───────────────────────────────────────────────────────────────────────────────────────────────

test("lists: a collection gives references only", async (t) => {
  const { call } = await connect(t);
  const { body } = await call("GET", "objects/accounts-receivable/term");
  assert.deepEqual(body["ia::result"], [
    { key: "3", id: "Net 15", href: "/objects/accounts-receivable/term/3" },
    { key: "4", id: "Net 30", href: "/objects/accounts-receivable/term/4" },
  ]);
});

test("queries: rows are flat, keyed by the dotted names asked for", async (t) => {
  const { query } = await connect(t);
  const fields = ["key", "name", "term.id", "contacts.default.tax.isTaxable"];
  assert.deepEqual(await query("accounts-receivable/customer", fields, { orderBy: [{ key: "asc" }] }), [
    { key: "71", name: "Harbor Dental LLC", "term.id": "Net 30", "contacts.default.tax.isTaxable": true },
    { key: "990", name: "Walk-in Customer", "term.id": null, "contacts.default.tax.isTaxable": null },
  ]);
});

test("queries: a page tells where the next one starts, the last one tells none", async (t) => {
  const { call } = await connect(t);
  const ask = async (start: number) =>
    (
      await call("POST", "services/core/query", {
        object: "general-ledger/account",
        fields: ["id"],
        start,
        size: 4,
      })
    ).body;
  const first = await ask(1);
  assert.deepEqual(first["ia::meta"], { totalCount: 6, start: 1, pageSize: 4, next: 5, previous: null });
  const last = await ask(5);
  assert.deepEqual(rowsAt(last, "ia::result"), [{ id: "2200" }, { id: "2210" }]);
  assert.deepEqual(last["ia::meta"], { totalCount: 6, start: 5, pageSize: 4, next: null, previous: 1 });
});

for (const { filters, expression, ids } of [
  { filters: [{ $eq: { id: "4000" } }], expression: "", ids: "4000" },
  { filters: [{ $ne: { id: "4000" } }, { $startsWith: { id: "4" } }], expression: "", ids: "4010" },
  { filters: [{ $in: { id: ["2200", "4010", "9"] } }], expression: "", ids: "4010 2200" },
  { filters: [{ $notIn: { id: ["1000", "1200", "2200", "2210"] } }], expression: "", ids: "4000 4010" },
  { filters: [{ $between: { id: ["4000", "4999"] } }], expression: "", ids: "4000 4010" },
  { filters: [{ $contains: { name: "oic" } }], expression: "", ids: "4000" },
  {
    filters: [{ $eq: { id: "1000" } }, { $eq: { id: "4000" } }, { $startsWith: { id: "4" } }],
    expression: "(1 or 2) and 3",
    ids: "4000",
  },
  {
    filters: [{ $eq: { id: "1000" } }, { $eq: { id: "4000" } }, { $startsWith: { id: "4" } }],
    expression: "1 or 2 and 3",
    ids: "1000 4000",
  },
]) {
  test(`queries: ${JSON.stringify(filters)} ${expression} finds ${ids}`, async (t) => {
    const { query } = await connect(t);
    const more = { filters, filterExpression: expression };
    const rows = await query("general-ledger/account", ["id"], more);
    assert.equal(rows.map(({ id }) => id).join(" "), ids);
  });
}

test("queries: an unknown name fails the whole query, with the rule on", async (t) => {
  const { refused, query, server } = await connect(t);
  const body = { object: "general-ledger/account", fields: ["id", "nope"] };
  const { status, text } = await refused("POST", "services/core/query", body);
  assert.equal(status, 400);
  assert.match(text, /nope is not a valid field/);
  server.setRule("unknown_fields", false);
  assert.equal((await query("general-ledger/account", ["id", "nope"]))[0]?.["nope"], null);
});

test("queries: more than 4000 rows at once are not given, with the rule on", async (t) => {
  const { refused, query, server } = await connect(t);
  const body = { object: "general-ledger/account", fields: ["id"], size: 4001 };
  assert.match((await refused("POST", "services/core/query", body)).text, /4000/);
  server.setRule("query_size", false);
  assert.equal((await query("general-ledger/account", ["id"], { size: 4001 })).length, 6);
});

test("queries: lines are found by their invoice", async (t) => {
  const { write, query } = await connect(t);
  const key = await write("POST", INVOICES, invoice("A-1", "10.00", "2.50"));
  await write("POST", INVOICES, invoice("A-2", "7.00"));
  const filters = [{ $eq: { "invoice.key": key } }];
  assert.deepEqual(
    await query("accounts-receivable/invoice-line", ["lineNumber", "txnAmount", "glAccount.id"], { filters }),
    [
      { lineNumber: 1, txnAmount: "10.00", "glAccount.id": "4000" },
      { lineNumber: 2, txnAmount: "2.50", "glAccount.id": "4000" },
    ],
  );
});

test("queries: what changed is found by audit.modifiedDateTime", async (t) => {
  const { write, query, advance } = await connect(t);
  await write("POST", INVOICES, invoice("A-1", "10.00"));
  advance(60_000);
  await write("POST", INVOICES, invoice("A-2", "10.00"));
  const filters = [{ $gte: { "audit.modifiedDateTime": "2026-09-01T09:31:00Z" } }];
  assert.deepEqual(await query("accounts-receivable/invoice", ["invoiceNumber"], { filters }), [
    { invoiceNumber: "A-2" },
  ]);
});

test("model: an object tells its fields and whether it takes idempotency keys", async (t) => {
  const { call } = await connect(t);
  const { body } = await call("GET", "services/core/model?name=accounts-receivable/invoice");
  const model = objectAt(body, "ia::result");
  assert.equal(model["idempotenceSupported"], true);
  assert.ok(objectAt(model, "fields")["invoiceNumber"]);
});

test("errors: a POST without payload is REST-1028 in the vendor's envelope", async (t) => {
  const { call } = await connect(t);
  const { status, body } = await call("POST", INVOICES);
  assert.equal(status, 400);
  const error = objectAt(objectAt(body, "ia::result"), "ia::error");
  assert.deepEqual([error["code"], error["errorId"]], ["invalidRequest", "REST-1028"]);
  assert.deepEqual(body["ia::meta"], { totalCount: 1, totalSuccess: 0, totalError: 1 });
});
