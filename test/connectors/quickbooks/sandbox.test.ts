import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Client, connect, faultOf, objectAt } from "./client.ts";

const JSON_ONLY = { accept: "application/json" };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

test("auth: a call without a valid access token gets the gateway's lower-case fault with code 3200", async (t) => {
  const { raw, server } = await connect(t);
  const path = `/v3/company/${server.environment["QBO_REALM"]}/companyinfo/1`;
  for (const headers of [JSON_ONLY, { ...JSON_ONLY, authorization: "Bearer wrong" }]) {
    const reply = await raw("GET", path, headers);
    assert.equal(reply.status, 401);
    assert.match(reply.text, /"fault":\{"error":\[\{.*"code":"3200"/);
    assert.ok(reply.headers.get("intuit_tid"));
  }
  server.setRule("auth", false);
  assert.equal((await raw("GET", path, JSON_ONLY)).status, 400);
});

test("auth: an access token ends after 3600 seconds", async (t) => {
  const client = await connect(t);
  const { body } = await client.refresh(client.server.environment["QBO_REFRESH"] ?? "");
  assert.equal(body["expires_in"], 3600);
  const headers = { ...JSON_ONLY, authorization: `Bearer ${String(body["access_token"])}` };
  const path = `/v3/company/${client.server.environment["QBO_REALM"]}/preferences`;
  client.advance(HOUR_MS - 1000);
  assert.equal((await client.raw("GET", path, headers)).status, 200);
  client.advance(1000);
  assert.equal((await client.raw("GET", path, headers)).status, 401);
});

test("auth: the token endpoint refuses a wrong client, a wrong grant and a wrong refresh token", async (t) => {
  const { raw, refresh, server } = await connect(t);
  const basic = (id: string): string =>
    `Basic ${Buffer.from(`${id}:sandbox-client-secret`).toString("base64")}`;
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const at = "/oauth2/v1/tokens/bearer";
  const body = `grant_type=refresh_token&refresh_token=${server.environment["QBO_REFRESH"]}`;
  assert.equal((await raw("POST", at, { ...type, authorization: basic("other") }, body)).status, 401);
  const id = server.environment["QBO_ID"] ?? "";
  const wrongGrant = await raw("POST", at, { ...type, authorization: basic(id) }, "grant_type=password");
  assert.equal(wrongGrant.body["error"], "unsupported_grant_type");
  const wrongToken = await refresh("RT1-unknown");
  assert.deepEqual([wrongToken.status, wrongToken.body["error"]], [400, "invalid_grant"]);
});

test("rotation: the refresh token keeps its value for a day, then changes and the old one is dead", async (t) => {
  const { refresh, advance, server } = await connect(t);
  const first = server.environment["QBO_REFRESH"] ?? "";
  advance(DAY_MS - HOUR_MS);
  const same = await refresh(first);
  assert.equal(same.body["refresh_token"], first);
  assert.equal(same.body["x_refresh_token_expires_in"], 100 * 86_400 - 23 * 3600);
  advance(HOUR_MS);
  const changed = await refresh(first);
  const second = String(changed.body["refresh_token"]);
  assert.notEqual(second, first);
  assert.equal(changed.body["x_refresh_token_expires_in"], 100 * 86_400);
  assert.equal((await refresh(first)).body["error"], "invalid_grant");
  assert.equal((await refresh(second)).status, 200);
});

test("rotation: switched to every refresh, or off altogether", async (t) => {
  const { refresh, advance, server } = await connect(t, { off: ["rotation_once_a_day"] });
  const first = server.environment["QBO_REFRESH"] ?? "";
  const second = String((await refresh(first)).body["refresh_token"]);
  assert.notEqual(second, first);
  server.setRule("rotation", false);
  advance(3 * DAY_MS);
  assert.equal((await refresh(second)).body["refresh_token"], second);
});

test("rotation: a refresh token unused for more than 100 days is dead", async (t) => {
  const { refresh, advance, server } = await connect(t);
  advance(101 * DAY_MS);
  assert.equal((await refresh(server.environment["QBO_REFRESH"] ?? "")).body["error"], "invalid_grant");
});

test("rotation: tokens and request ids survive a restart", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "qbo-"));
  t.after(() => rm(folder, { recursive: true }));
  const before = await connect(t, { folder, off: ["rotation_once_a_day"] });
  const first = before.server.environment["QBO_REFRESH"] ?? "";
  const made = await before.call("POST", "/customer?requestid=k1", { DisplayName: "Once" });
  const value = String(before.server.ledger.get("oauth", "refresh")?.["value"]);
  await before.server.close();
  const after = await connect(t, { folder });
  assert.equal((await after.refresh(first)).body["error"], "invalid_grant");
  const { body } = await after.refresh(value);
  const headers = { ...JSON_ONLY, authorization: `Bearer ${String(body["access_token"])}` };
  const path = `/v3/company/${after.server.environment["QBO_REALM"]}/customer?requestid=k1`;
  const again = await after.raw("POST", path, headers, JSON.stringify({ DisplayName: "Once" }));
  assert.equal(made.status, 200);
  assert.deepEqual(again.body["Customer"], made.body["Customer"]);
});

/** Asks for a consent: the query of the address that the browser is sent to. */
async function consent({ raw, server }: Client, more: { readonly [name: string]: string } = {}) {
  const asked = new URLSearchParams({
    client_id: server.environment["QBO_ID"] ?? "",
    response_type: "code",
    scope: "openid com.intuit.quickbooks.accounting",
    redirect_uri: BACK,
    state: "s1",
    ...more,
  });
  const reply = await fetch(`${server.origin}/connect/oauth2?${asked}`, { redirect: "manual" });
  const location = reply.headers.get("location");
  const told = location === null ? undefined : Object.fromEntries(new URL(location).searchParams);
  const redeem = (code: string, redirect_uri = BACK) => {
    const { QBO_ID: id = "", QBO_SECRET: secret = "" } = server.environment;
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
    const form = new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri });
    const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
    return raw("POST", "/oauth2/v1/tokens/bearer", headers, form.toString());
  };
  return { status: reply.status, told, redeem };
}

const BACK = "http://localhost:8754/callback";

test("consent: the browser comes back with code, company and state; the code is good once, soon and for that address", async (t) => {
  const client = await connect(t);
  const { told, redeem } = await consent(client);
  const { code = "", ...rest } = told ?? {};
  assert.deepEqual(rest, { state: "s1", realmId: client.server.environment["QBO_REALM"] });
  const { status, body } = await redeem(code);
  assert.equal(status, 200);
  assert.equal(body["x_refresh_token_expires_in"], 100 * 86_400);
  assert.equal((await client.refresh(String(body["refresh_token"]))).status, 200);
  assert.equal((await redeem(code)).body["error"], "invalid_grant");
  const elsewhere = await consent(client);
  const wrong = await elsewhere.redeem(elsewhere.told?.["code"] ?? "", "http://localhost:1/callback");
  assert.equal(wrong.body["error"], "invalid_grant");
  const late = await consent(client);
  client.advance(11 * 60_000);
  assert.equal((await late.redeem(late.told?.["code"] ?? "")).body["error"], "invalid_grant");
});

test("consent: what is asked wrongly, or refused, brings the browser back with an error, or not at all", async (t) => {
  const client = await connect(t);
  assert.deepEqual((await consent(client, { scope: "openid" })).told, {
    state: "s1",
    error: "invalid_scope",
  });
  assert.equal((await consent(client, { response_type: "token" })).told?.["error"], "invalid_request");
  for (const more of [{ client_id: "other" }, { redirect_uri: "http://acme.example/back" }]) {
    const { status, told } = await consent(client, more);
    assert.deepEqual([status, told], [400, undefined]);
  }
  client.server.setRule("consent", false);
  assert.deepEqual((await consent(client)).told, { state: "s1", error: "access_denied" });
});

test("consent: it ends after five years, whatever is refreshed, unless the rule is off", async (t) => {
  for (const off of [[], ["consent_ends"]]) {
    const client = await connect(t, { off });
    let value = client.server.environment["QBO_REFRESH"] ?? "";
    let left = 0;
    for (let day = 0; day < 5 * 365 - 10; day += 95) {
      client.advance(95 * DAY_MS);
      const { body } = await client.refresh(value);
      if (typeof body["refresh_token"] !== "string") break;
      value = body["refresh_token"];
      left = Number(body["x_refresh_token_expires_in"]) / 86_400;
    }
    assert.equal(left, off.length === 0 ? 20 : 100);
    client.advance(21 * DAY_MS);
    assert.equal((await client.refresh(value)).status, off.length === 0 ? 400 : 200);
  }
});

test("realm: a token is refused for another company", async (t) => {
  const { raw, refresh, server } = await connect(t);
  const token = String((await refresh(server.environment["QBO_REFRESH"] ?? "")).body["access_token"]);
  const headers = { ...JSON_ONLY, authorization: `Bearer ${token}` };
  assert.equal((await raw("GET", "/v3/company/1/preferences", headers)).status, 403);
});

test("accept: without JSON in Accept the reply is XML, unless the rule is off", async (t) => {
  const { raw, refresh, server } = await connect(t);
  const token = String((await refresh(server.environment["QBO_REFRESH"] ?? "")).body["access_token"]);
  const get = () =>
    raw("GET", `/v3/company/${server.environment["QBO_REALM"]}/customer/790`, {
      authorization: `Bearer ${token}`,
      accept: "*/*",
    });
  const xml = await get();
  assert.match(xml.headers.get("content-type") ?? "", /xml/);
  assert.match(xml.text, /<DisplayName>Borden Freight<\/DisplayName>/);
  server.setRule("accept_json", false);
  assert.equal(objectAt((await get()).body, "Customer")["Id"], "790");
});

test("envelope: replies carry a time with Pacific offset and an intuit_tid of their own", async (t) => {
  const { call } = await connect(t);
  const [one, two] = [await call("GET", "/customer/789"), await call("GET", "/customer/424242")];
  assert.equal(one.body["time"], "2026-06-15T05:00:00.000-07:00");
  assert.equal(two.status, 400);
  assert.equal(faultOf(two.body).code, "610");
  assert.ok(one.headers.get("intuit_tid"));
  assert.notEqual(one.headers.get("intuit_tid"), two.headers.get("intuit_tid"));
});

test("envelope: winter times carry the winter offset", async (t) => {
  const { call } = await connect(t, { at: Date.parse("2026-01-31T17:17:31.892Z") });
  assert.equal((await call("GET", "/preferences")).body["time"], "2026-01-31T09:17:31.892-08:00");
});

test("unknown: another path is 404, another resource an unsupported operation", async (t) => {
  const { call, raw } = await connect(t);
  assert.equal((await raw("GET", "/nothing", JSON_ONLY)).status, 404);
  const reply = await call("POST", "/journalcode", {});
  assert.deepEqual([reply.status, faultOf(reply.body).code], [400, "500"]);
});

for (const { name, rule, requests, window_ms, path } of [
  {
    name: "500 requests a minute",
    rule: "rate_limit",
    requests: 500,
    window_ms: 60_000,
    path: "/preferences",
  },
  {
    name: "10 requests a second",
    rule: "rate_limit_second",
    requests: 10,
    window_ms: 1000,
    path: "/preferences",
  },
]) {
  test(`limits: ${name}, then 429 until the time is over`, async (t) => {
    const { call, advance, server } = await connect(t);
    server.setRule(rule, true);
    for (let count = 0; count < requests; count++) assert.equal((await call("GET", path)).status, 200);
    const refused = await call("GET", path);
    assert.equal(refused.status, 429);
    assert.match(refused.text, /"code":"3001"/);
    server.setRule(rule, false);
    assert.equal((await call("GET", path)).status, 200);
    server.setRule(rule, true);
    advance(window_ms);
    assert.equal((await call("GET", path)).status, 200);
  });
}

test("limits: 40 batches a minute, while other calls go on", async (t) => {
  const { call, server } = await connect(t);
  const body = { BatchItemRequest: [{ bId: "1", Query: "select count(*) from Customer" }] };
  for (let count = 0; count < 40; count++) assert.equal((await call("POST", "/batch", body)).status, 200);
  assert.equal((await call("POST", "/batch", body)).status, 429);
  assert.equal((await call("GET", "/preferences")).status, 200);
  server.setRule("rate_limit", false);
  assert.equal((await call("POST", "/batch", body)).status, 200);
});

test("seed: the world stands in the books in the vendor's shapes", async (t) => {
  const { call, query } = await connect(t);
  const { Customer: customer } = (await call("GET", "/customer/789")).body;
  assert.deepEqual(customer, {
    domain: "QBO",
    sparse: false,
    Taxable: true,
    Job: false,
    BillWithParent: false,
    BalanceWithJobs: 0,
    PreferredDeliveryMethod: "None",
    PrintOnCheckName: "Acme Tampa Bay",
    Active: true,
    Balance: 0,
    DisplayName: "Acme Tampa Bay",
    CompanyName: "Acme: Tampa\tBay",
    BillAddr: {
      Line1: "12 Main St",
      Line2: "Suite 200",
      City: "Tampa",
      CountrySubDivisionCode: "FL",
      PostalCode: "33602",
      Country: "US",
    },
    PrimaryPhone: { FreeFormNumber: "(813) 555-0100" },
    PrimaryEmailAddr: { Address: "ap@acme.example" },
    SalesTermRef: { value: "4", name: "Net 30" },
    Id: "789",
    FullyQualifiedName: "Acme Tampa Bay",
    SyncToken: "0",
    MetaData: { CreateTime: "2026-06-15T05:00:00-07:00", LastUpdatedTime: "2026-06-15T05:00:00-07:00" },
  });
  const { Item: items } = await query("select * from Item where Name = '4010 Long distance'");
  assert.match(JSON.stringify(items), /"IncomeAccountRef":\{"value":"81","name":"Long distance revenue"\}/);
  const { Account: accounts } = await query("select AcctNum, Classification from Account orderby AcctNum");
  const shown = Array.isArray(accounts) ? accounts.map((row) => JSON.stringify(row)) : [];
  assert.equal(shown.length, 5);
  assert.match(shown[2] ?? "", /"2230".*"Liability"|"Liability".*"2230"/);
  assert.match(shown[4] ?? "", /"4010".*"Revenue"|"Revenue".*"4010"/);
});

test("company: its info stands under the realm, its preferences have custom numbers on", async (t) => {
  const { call, server } = await connect(t);
  const info = await call("GET", `/companyinfo/${server.environment["QBO_REALM"]}`);
  assert.equal(objectAt(info.body, "CompanyInfo")["Country"], "US");
  const prefs = objectAt((await call("GET", "/preferences")).body, "Preferences");
  assert.deepEqual(prefs["SalesFormsPrefs"], { CustomTxnNumbers: true });
});

test("seed: a stranger's receipt is a payment on account", async (t) => {
  const { call, query } = await connect(t);
  const { Payment: payments } = await query("select * from Payment where CustomerRef = '9001'");
  assert.match(JSON.stringify(payments), /"TotalAmt":25,.*"UnappliedAmt":25/);
  assert.equal(objectAt((await call("GET", "/customer/9001")).body, "Customer")["Balance"], -25);
});
