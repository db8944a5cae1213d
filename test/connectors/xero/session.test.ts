import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { countCall } from "../../../connectors/xero/sandbox/limits.ts";
import { CALLBACK, consentTo } from "../../conformance/consent.ts";
import { smallWorld } from "../quickbooks/small-world.ts";
import { type Client, connect, START } from "./client.ts";

const HALF_HOUR_MS = 30 * 60_000;

test("xero sandbox: every refresh gives a new token; the one before works for half an hour more", async (t) => {
  const client = await connect(t);
  const first = client.environment["XERO_REFRESH"] ?? "";
  const { body, status } = await client.refresh(first);
  assert.deepEqual([status, body["expires_in"], body["token_type"]], [200, 1800, "Bearer"]);
  assert.notEqual(body["refresh_token"], first);
  client.advance(HALF_HOUR_MS - 1);
  assert.equal((await client.refresh(first)).status, 200);
  client.advance(1);
  const late = await client.refresh(first);
  assert.deepEqual([late.status, late.body], [400, { error: "invalid_grant" }]);
  assert.equal((await client.refresh(String(body["refresh_token"]))).status, 200);
});

test("xero sandbox: without grace the used token is dead at once, without rotation it stays", async (t) => {
  const strict = await connect(t, ["rotation_grace"]);
  const first = strict.environment["XERO_REFRESH"] ?? "";
  await strict.refresh(first);
  assert.equal((await strict.refresh(first)).status, 400);
  const lax = await connect(t, ["rotation"]);
  assert.equal((await lax.refresh(first)).body["refresh_token"], first);
});

test("xero sandbox: an access token lives half an hour, and a call needs it, the organisation and Accept", async (t) => {
  const client = await connect(t);
  const token = String((await client.refresh(client.environment["XERO_REFRESH"] ?? "")).body["access_token"]);
  const full = {
    authorization: `Bearer ${token}`,
    "xero-tenant-id": client.environment["XERO_TENANT"] ?? "",
    accept: "application/json",
  };
  const get = (headers: { [name: string]: string }) =>
    client.raw("GET", "/api.xro/2.0/Organisation", headers);
  assert.equal((await get(full)).status, 200);
  const { "xero-tenant-id": _, ...homeless } = full;
  const forbidden = await get(homeless);
  assert.deepEqual([forbidden.status, forbidden.body["Detail"]], [403, "AuthenticationUnsuccessful"]);
  const xml = await get({ ...full, accept: "*/*" });
  assert.match(xml.headers.get("content-type") ?? "", /xml/);
  client.advance(HALF_HOUR_MS);
  const expired = await get(full);
  assert.deepEqual([expired.status, expired.body["Title"]], [401, "Unauthorized"]);
  for (const rule of ["auth", "tenant", "accept_json"]) client.server.setRule(rule, false);
  assert.equal((await get({})).status, 200);
});

test("xero sandbox: the organisations of a token are listed without naming one", async (t) => {
  const client = await connect(t);
  const { body } = await client.refresh(client.environment["XERO_REFRESH"] ?? "");
  const { text } = await client.raw("GET", "/connections", {
    authorization: `Bearer ${body["access_token"]}`,
  });
  assert.equal(JSON.parse(text)[0].tenantId, client.environment["XERO_TENANT"]);
});

/** Consents, with the challenge of a verifier, and redeems the code with others. */
async function login(client: Client, scope: string) {
  const { origin } = client.server;
  const { XERO_ID: client_id = "", XERO_SECRET: secret = "" } = client.environment;
  const code_challenge = createHash("sha256").update(VERIFIER).digest("base64url");
  const asked = { client_id, scope, code_challenge, code_challenge_method: "S256" };
  const code = (await consentTo(`${origin}/identity/connect/authorize`, asked)).get("code") ?? "";
  return (code_verifier: string, redirect_uri = CALLBACK) => {
    const form = new URLSearchParams({
      grant_type: "authorization_code",
      code,
      code_verifier,
      redirect_uri,
    });
    const authorization = `Basic ${Buffer.from(`${client_id}:${secret}`).toString("base64")}`;
    const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
    return client.raw("POST", "/connect/token", headers, form.toString());
  };
}

const VERIFIER = "a-verifier-that-only-one-login-knows-0123456789";

test("xero sandbox: a code is good once, for its verifier and address; offline_access makes it last", async (t) => {
  const client = await connect(t);
  const redeem = await login(client, "offline_access accounting.contacts");
  const { status, body } = await redeem(VERIFIER);
  assert.deepEqual([status, body["scope"]], [200, "offline_access accounting.contacts"]);
  assert.equal((await client.refresh(String(body["refresh_token"]))).status, 200);
  assert.deepEqual((await redeem(VERIFIER)).body, { error: "invalid_grant" });
  const stolen = await login(client, "offline_access");
  assert.equal((await stolen("another-verifier")).status, 400);
  assert.equal((await stolen(VERIFIER)).status, 400);
  const elsewhere = await login(client, "offline_access");
  assert.equal((await elsewhere(VERIFIER, "http://localhost:1/callback")).status, 400);
  const short = await (await login(client, "accounting.contacts"))(VERIFIER);
  assert.deepEqual([short.status, short.body["refresh_token"]], [200, undefined]);
});

test("xero sandbox: the 61st call of a minute is refused, and every answer says what is left", async (t) => {
  const client = await connect(t);
  for (let call = 0; call < 60; call++) assert.equal((await client.call("GET", "/TaxRates")).status, 200);
  const over = await client.call("GET", "/TaxRates");
  assert.deepEqual([over.status, over.text], [429, ""]);
  assert.deepEqual(
    ["retry-after", "x-rate-limit-problem", "x-minlimit-remaining"].map((name) => over.headers.get(name)),
    ["60", "minute", "0"],
  );
  client.advance(60_000);
  const next = await client.call("GET", "/TaxRates");
  assert.deepEqual([next.status, next.headers.get("x-daylimit-remaining")], [200, "4939"]);
  client.server.setRule("rate_limit_minute", false);
  for (let call = 0; call < 100; call++) assert.equal((await client.call("GET", "/TaxRates")).status, 200);
});

test("xero sandbox: the 5001st call of a day is refused until the first one is a day old", async (t) => {
  const { server } = await connect(t);
  let now = START;
  let off = "rate_limit_minute";
  const context = { ...server, world: smallWorld, now: () => now, rule: (name: string) => name !== off };
  for (let call = 0; call < 5000; call++) assert.equal(countCall(context), undefined);
  assert.equal(countCall(context)?.headers?.["x-rate-limit-problem"], "day");
  off = "rate_limit_day";
  now += 60_000;
  assert.equal(countCall(context), undefined);
  off = "";
  now += 86_400_000 - 60_000;
  assert.equal(countCall(context), undefined);
});
