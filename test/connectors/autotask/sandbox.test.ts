import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject } from "../../../engine/core/json.ts";
import { connect, errorsOf, rowsOf } from "./client.ts";

const EVERY = { filter: [{ op: "exist", field: "id" }] };

// ── zone, login, threshold ───────────────────────────────────────────────────────────────────────────────────────

test("zone: a user's zone is told without credentials, and the API answers under its address", async (t) => {
  const { server, call } = await connect(t);
  const user = encodeURIComponent(server.environment["AUTOTASK_USER"] ?? "");
  const zone = await call("GET", `zoneInformation?user=${user}`, undefined, {});
  assert.equal(zone.status, 200);
  const url = String(zone.body["url"]);
  assert.equal(url, `${server.origin}/ATServicesRest/`);
  const reply = await call("POST", `${url}V1.0/Companies/query`, EVERY);
  assert.equal(rowsOf(reply.body).length, 3);
});

test("zone: a user that no zone has is refused", async (t) => {
  const { call } = await connect(t);
  const { status, body } = await call("GET", "zoneInformation?user=nobody@example.com", undefined, {});
  assert.equal(status, 500);
  assert.match(errorsOf(body), /Zone/);
});

for (const missing of ["ApiIntegrationCode", "UserName", "Secret"]) {
  test(`auth: without ${missing} a call is a 401`, async (t) => {
    const { server, call } = await connect(t);
    const { AUTOTASK_CODE = "", AUTOTASK_USER = "", AUTOTASK_SECRET = "" } = server.environment;
    const headers = { ApiIntegrationCode: AUTOTASK_CODE, UserName: AUTOTASK_USER, Secret: AUTOTASK_SECRET };
    const reply = await call("POST", "Companies/query", EVERY, { ...headers, [missing]: "wrong" });
    assert.equal(reply.status, 401);
    assert.match(errorsOf(reply.body), /permissions/);
  });
}

test("auth: with the rule off nothing is asked for", async (t) => {
  const { call } = await connect(t, { off: ["auth"] });
  assert.equal((await call("POST", "Companies/query", EVERY, {})).status, 200);
});

for (const { off, status } of [
  { off: [], status: 404 },
  { off: ["path_casing"], status: 200 },
]) {
  test(`paths: another casing of the first part is a ${status} with [${off}] off`, async (t) => {
    const { server, call } = await connect(t, { off });
    const path = `${server.origin}/atservicesrest/v1.0/companies/query`;
    assert.equal((await call("POST", path, EVERY)).status, status);
  });
}

test("threshold: the hour's last request passes, the next is a 429 until the oldest is an hour old", async (t) => {
  const { call, advance } = await connect(t, { requestsPerHour: 2 });
  const ask = async () => call("POST", "Companies/query", EVERY);
  assert.equal((await ask()).status, 200);
  advance(600_000);
  assert.equal((await ask()).status, 200);
  const refused = await ask();
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "3000");
  advance(3_000_000);
  assert.equal((await ask()).status, 200);
});

for (const { off, status, after } of [
  { off: "retry_after", status: 429, after: null },
  { off: "threshold_status", status: 500, after: null },
  { off: "threshold", status: 200, after: null },
]) {
  test(`threshold: with ${off} off, one request too many is a ${status}`, async (t) => {
    const { call } = await connect(t, { requestsPerHour: 1, off: [off] });
    await call("POST", "Companies/query", EVERY);
    const refused = await call("POST", "Companies/query", EVERY);
    assert.equal(refused.status, status);
    assert.equal(refused.headers.get("retry-after"), after);
  });
}

test("threshold: the usage can be asked for", async (t) => {
  const { call } = await connect(t);
  await call("POST", "Companies/query", EVERY);
  assert.deepEqual((await call("GET", "ThresholdInformation")).body, {
    externalRequestThreshold: 10_000,
    requestThresholdTimeframe: 60,
    currentTimeframeRequestCount: 2,
  });
});

// ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────

test("pages: nextPageUrl is followed to the last page, where it is null, by GET or with the same body", async (t) => {
  const { call } = await connect(t);
  const body = { ...EVERY, maxRecords: 2 };
  const first = await call("POST", "Contacts/query", body);
  assert.deepEqual(
    rowsOf(first.body).map(({ id }) => id),
    [2001, 2002],
  );
  const details = first.body["pageDetails"] ?? null;
  assert.ok(isObject(details));
  assert.equal(details["count"], 2);
  const next = String(details["nextPageUrl"]);
  for (const reply of [await call("GET", next), await call("POST", next, body)]) {
    assert.deepEqual(
      rowsOf(reply.body).map(({ id }) => id),
      [2003],
    );
    const last = reply.body["pageDetails"] ?? null;
    assert.equal(isObject(last) && last["nextPageUrl"], null);
  }
});

test("pages: a record deleted between two pages makes none be missed", async (t) => {
  const { call } = await connect(t);
  const first = await call("POST", "Contacts/query", { ...EVERY, maxRecords: 1 });
  await call("DELETE", "Companies/1001/Contacts/2001");
  const details = first.body["pageDetails"] ?? null;
  const next = await call("GET", String(isObject(details) && details["nextPageUrl"]));
  assert.deepEqual(
    rowsOf(next.body).map(({ id }) => id),
    [2002],
  );
});

test("pages: more than 500 results need id among includeFields, and no page has more than 500", async (t) => {
  const { call, server } = await connect(t);
  for (let id = 5000; id < 5600; id++)
    server.ledger.put("Companies", String(id), { id, companyName: `C${id}` });
  const search = { ...EVERY, maxRecords: 900, includeFields: ["companyName"] };
  const refused = await call("POST", "Companies/query", search);
  assert.equal(refused.status, 500);
  const reply = await call("POST", "Companies/query", { ...search, includeFields: ["id", "companyName"] });
  const rows = rowsOf(reply.body);
  assert.equal(rows.length, 500);
  assert.deepEqual(Object.keys(rows[0] ?? {}), ["id", "companyName"]);
  server.setRule("id_in_fields", false);
  assert.equal((await call("POST", "Companies/query", search)).status, 200);
});

test("counts: a query is counted by POST and by GET", async (t) => {
  const { call } = await connect(t);
  const search = encodeURIComponent(JSON.stringify(EVERY));
  assert.deepEqual((await call("POST", "Contracts/query/count", EVERY)).body, { queryCount: 4 });
  assert.deepEqual((await call("GET", `Contracts/query/count?search=${search}`)).body, { queryCount: 4 });
});

// ── filters ──────────────────────────────────────────────────────────────────────────────────────────────────────

for (const { name, filter, ids } of [
  {
    name: "eq without regard to case",
    filter: { op: "eq", field: "companyNumber", value: "cust-1002" },
    ids: [1002],
  },
  { name: "noteq", filter: { op: "noteq", field: "id", value: 1002 }, ids: [1001, 1003] },
  { name: "gt", filter: { op: "gt", field: "id", value: 1001 }, ids: [1002, 1003] },
  { name: "gte", filter: { op: "gte", field: "id", value: 1002 }, ids: [1002, 1003] },
  { name: "lt", filter: { op: "lt", field: "id", value: 1002 }, ids: [1001] },
  { name: "lte", filter: { op: "lte", field: "id", value: 1002 }, ids: [1001, 1002] },
  { name: "beginsWith", filter: { op: "beginsWith", field: "companyName", value: "orch" }, ids: [1002] },
  { name: "endsWith", filter: { op: "endsWith", field: "companyName", value: "LLC" }, ids: [1001] },
  { name: "contains", filter: { op: "contains", field: "companyName", value: "& sons" }, ids: [1002] },
  { name: "exist", filter: { op: "exist", field: "classification" }, ids: [1001] },
  { name: "notExist", filter: { op: "notExist", field: "classification" }, ids: [1002, 1003] },
  { name: "in", filter: { op: "in", field: "id", value: [1001, 1003, 7] }, ids: [1001, 1003] },
  { name: "notIn", filter: { op: "notIn", field: "id", value: [1001, 1003] }, ids: [1002] },
  { name: "a boolean", filter: { op: "eq", field: "isTaxExempt", value: true }, ids: [1002] },
  {
    name: "or",
    filter: {
      op: "or",
      items: [
        { op: "eq", field: "id", value: 1003 },
        { op: "eq", field: "city", value: "Macon" },
      ],
    },
    ids: [1002, 1003],
  },
]) {
  test(`filters: ${name}`, async (t) => {
    const { query } = await connect(t);
    assert.deepEqual(
      (await query("Companies", filter)).map(({ id }) => id),
      ids,
    );
  });
}

test("filters: several are joined by and", async (t) => {
  const { query } = await connect(t);
  const found = await query(
    "Companies",
    { op: "eq", field: "state", value: "FL" },
    { op: "gt", field: "id", value: 1001 },
  );
  assert.deepEqual(
    found.map(({ id }) => id),
    [1003],
  );
});

for (const { name, filter, text } of [
  { name: "no filter", filter: [], text: /filter is required/ },
  { name: "an unknown field", filter: [{ op: "eq", field: "nmae", value: 1 }], text: /Unable to find nmae/ },
  {
    name: "an unknown custom field",
    filter: [{ op: "eq", field: "X", udf: true, value: "1" }],
    text: /Unable to find X/,
  },
  { name: "an unknown operator", filter: [{ op: "like", field: "id", value: 1 }], text: /like/ },
  { name: "no value", filter: [{ op: "eq", field: "id" }], text: /no value/ },
]) {
  test(`filters: ${name} is refused with 500`, async (t) => {
    const { refused } = await connect(t);
    assert.match(await refused("POST", "Companies/query", { filter }), text);
  });
}

test("filters: 500 or conditions pass, 501 are refused in the vendor's words", async (t) => {
  const { call, refused, server } = await connect(t);
  const items = Array.from({ length: 501 }, (_, index) => ({ op: "eq", field: "id", value: index }));
  const filter = (count: number) => ({ filter: [{ op: "or", items: items.slice(0, count) }] });
  assert.equal((await call("POST", "Companies/query", filter(500))).status, 200);
  assert.equal(
    await refused("POST", "Companies/query", filter(501)),
    "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.",
  );
  server.setRule("or_limit", false);
  assert.equal((await call("POST", "Companies/query", filter(501))).status, 200);
});

test("filters: two custom fields in one query are refused", async (t) => {
  const { call, refused, server } = await connect(t);
  const filter = ["AccountingId", "BillingId"].map((field) => ({ op: "eq", field, udf: true, value: "1" }));
  assert.match(await refused("POST", "Companies/query", { filter }), /one UDF/i);
  server.setRule("one_udf", false);
  assert.equal((await call("POST", "Companies/query", { filter })).status, 200);
});

test("reads: an id that is not there is a 200 with no item", async (t) => {
  const { call } = await connect(t);
  const { status, body } = await call("GET", "Companies/424242");
  assert.deepEqual([status, body], [200, { item: null }]);
});

test("reads: what a picklist's number means stands in the field's metadata", async (t) => {
  const { call } = await connect(t);
  const { body } = await call("GET", "Contracts/entityInformation/fields");
  const fields = body["fields"] ?? null;
  assert.ok(Array.isArray(fields));
  const status = fields.find((field) => isObject(field) && field["name"] === "status");
  const values = isObject(status) ? (status["picklistValues"] ?? null) : null;
  assert.ok(Array.isArray(values));
  const active = values.find((value) => isObject(value) && value["label"] === "Active");
  assert.ok(isObject(active) && active["value"] === "1", "numbers are texts there");
});
