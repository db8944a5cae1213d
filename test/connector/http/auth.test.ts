import assert from "node:assert/strict";
import { test } from "node:test";
import { SystemError } from "../../../engine/connector/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import {
  type Answered,
  type Asked,
  connect,
  idsOf,
  LINKS,
  OAUTH,
  pagesOf,
  startVendor,
  TERMS,
  term,
} from "./vendor.ts";

/** The ways to log in beside Basic: static headers, client credentials, a key for a token, and tokens that end soon. */

const CLIENT = `
auth:
  kind: oauth2_client_credentials
  secrets: { id: Client., secret: Secret. }
  token_url: /auth/token
  client_id: $auth.id
  client_secret: $auth.secret
  client_auth: form
  form: { scope: all, tenant: "{$currency}", audience: "" }
  headers: { X-Client: "{$auth.id}" }`;

const KEY = `
auth:
  kind: token_exchange
  secrets: { key: Key. }
  token_url: /exchange
  token_headers: { X-Version: "2" }
  token_body: '{ "apiKey": $auth.key }'
  token: data.token
  expires_in: data.ttl
  headers: { X-Session: "s={$token}" }`;

const HEADERS = `
auth:
  kind: headers
  secrets: { user: User., secret: Secret. }
  headers: { UserName: "{$auth.user}", Secret: "{$auth.secret}", Impersonate: "" }`;

test("static headers go with every call, an empty one with none; nothing can be renewed", async (t) => {
  const vendor = await startVendor(t, (_, index) => (index === 0 ? { body: [term(1)] } : { status: 401 }));
  const { connection } = connect(t, vendor.origin, [HEADERS, LINKS, TERMS]);
  await pagesOf(connection);
  const { username, secret, impersonate } = vendor.asked[0]?.headers ?? {};
  assert.deepEqual([username, secret, impersonate], ["user-value", "secret-value", undefined]);
  await assert.rejects(
    pagesOf(connection),
    (cause) => cause instanceof SystemError && cause.kind === "login",
  );
  assert.equal(vendor.asked.length, 2);
});

/** A service that gives tokens t-1, t-2, …; the API takes the newest one only. */
function tokenVendor(options: {
  readonly token: (text: string) => Json;
  readonly bearer: (text: string) => string;
}) {
  let count = 0;
  return (asked: Asked): Answered => {
    if (asked.path !== "/terms") {
      count += 1;
      return { body: options.token(`token-${count}`) };
    }
    const shown = asked.headers["x-session"] ?? asked.headers["authorization"];
    return shown === options.bearer(`token-${count}`) ? { body: [term(1)] } : { status: 401 };
  };
}

const clientVendor = () =>
  tokenVendor({
    token: (text) => ({ access_token: text, expires_in: 3600 }),
    bearer: (text) => `Bearer ${text}`,
  });

test("client credentials: the form has what the descriptor says, and the token is kept for the next run", async (t) => {
  const vendor = await startVendor(t, clientVendor());
  const { connection, stored } = connect(t, vendor.origin, [CLIENT, LINKS, TERMS]);
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1"]]);
  const [login, call] = vendor.asked;
  assert.deepEqual(
    [login?.method, login?.path, login?.headers["authorization"]],
    ["POST", "/auth/token", undefined],
  );
  assert.deepEqual(Object.fromEntries(new URLSearchParams(login?.body)), {
    scope: "all",
    tenant: "USD",
    grant_type: "client_credentials",
    client_id: "id-value",
    client_secret: "secret-value",
  });
  assert.equal(call?.headers["x-client"], "id-value");
  const tokens = { get: (name: string) => stored.get(name), put: () => assert.fail("nothing new") };
  await pagesOf(connect(t, vendor.origin, [CLIENT, LINKS, TERMS], { tokens }).connection);
  assert.equal(vendor.asked.length, 3);
});

test("client credentials: other credentials make a stored token void", async (t) => {
  const vendor = await startVendor(t, clientVendor());
  const { connection, stored } = connect(t, vendor.origin, [CLIENT, LINKS, TERMS]);
  await pagesOf(connection);
  const tokens = { get: (name: string) => stored.get(name), put: () => {} };
  const other = connect(t, vendor.origin, [CLIENT, LINKS, TERMS], { tokens, auth: { secret: "another" } });
  await pagesOf(other.connection);
  assert.deepEqual(
    vendor.asked.map(({ path }) => path),
    ["/auth/token", "/terms", "/auth/token", "/terms"],
  );
});

test("client credentials: a refusal is a login error that shows no secret", async (t) => {
  const vendor = await startVendor(t, () => ({
    status: 401,
    body: { error: "invalid_client", x: "secret-value" },
  }));
  const { connection } = connect(t, vendor.origin, [CLIENT, LINKS, TERMS]);
  await assert.rejects(pagesOf(connection), (cause) => {
    assert.ok(cause instanceof SystemError);
    assert.equal(cause.kind, "login");
    assert.match(cause.message, /\(invalid_client\): check client id and client secret/);
    assert.ok(!cause.message.includes("secret-value"));
    return true;
  });
});

const keyVendor = (token: (text: string) => Json) => tokenVendor({ token, bearer: (text) => `s=${text}` });

test("a key is exchanged for a token, which is renewed before its end", async (t) => {
  const vendor = await startVendor(
    t,
    keyVendor((text) => ({ data: { token: text, ttl: 300 } })),
  );
  const { connection, clock } = connect(t, vendor.origin, [KEY, LINKS, TERMS]);
  await pagesOf(connection);
  assert.deepEqual(
    [vendor.asked[0]?.body, vendor.asked[0]?.headers["x-version"]],
    ['{"apiKey":"key-value"}', "2"],
  );
  await clock.sleep(239_000);
  await pagesOf(connection);
  assert.equal(vendor.asked.length, 3);
  await clock.sleep(1000);
  await pagesOf(connection);
  assert.deepEqual(
    vendor.asked.slice(3).map(({ path }) => path),
    ["/exchange", "/terms"],
  );
});

for (const { name, iat, seconds } of [
  { name: "by our clock when it does not say when it began", iat: undefined, seconds: 600 },
  { name: "by its own clock when it does", iat: -3600, seconds: 4200 },
]) {
  test(`a JWT without a lifetime beside it is good until its exp: ${name}`, async (t) => {
    const now = Date.parse("2026-09-01T12:00:00Z") / 1000;
    const claims = { exp: now + 600, ...(iat === undefined ? {} : { iat: now + iat }) };
    const jwt = `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
    const vendor = await startVendor(t, ({ path }) => ({
      body: path === "/terms" ? [] : { data: { token: jwt } },
    }));
    const { connection, clock } = connect(t, vendor.origin, [KEY, LINKS, TERMS]);
    await pagesOf(connection);
    await clock.sleep((seconds - 61) * 1000);
    await pagesOf(connection);
    assert.equal(vendor.asked.length, 3);
    await clock.sleep(1000);
    await pagesOf(connection);
    assert.equal(vendor.asked.length, 5);
  });
}

test("an exchange that is refused names the secret, and an answer without a token is no login", async (t) => {
  const refusing = await startVendor(t, () => ({ status: 403, body: { message: "key-value is bad" } }));
  const refused = connect(t, refusing.origin, [KEY, LINKS, TERMS]);
  await assert.rejects(pagesOf(refused.connection), /gave no token \(status 403\): check env:T_key\.$/);
  const empty = await startVendor(t, () => ({ body: { data: { other: "secret-in-a-body" } } }));
  const { connection } = connect(t, empty.origin, [KEY, LINKS, TERMS]);
  await assert.rejects(pagesOf(connection), /answered 200 without a token\.$/);
});

/** A token service on whose refresh tokens only the newest one is good, and the tokens of another process beside ours. */
function pair(number: number): { readonly [name: string]: Json } {
  return { access_token: `access-${number}`, refresh_token: `refresh-${number}`, expires_in: 300 };
}

test("a pair that another process stored is used before a refresh of our own", async (t) => {
  let valid = "access-1";
  const vendor = await startVendor(t, ({ path, headers }) => {
    if (path === "/token") return { body: pair(1) };
    return headers["authorization"] === `Bearer ${valid}` ? { body: [term(1)] } : { status: 401 };
  });
  const { connection, stored } = connect(t, vendor.origin, [OAUTH, LINKS, TERMS]);
  await pagesOf(connection);
  const [[name, value] = assert.fail()] = stored;
  stored.set(name, {
    ...(value as { [key: string]: Json }),
    access_token: "access-2",
    refresh_token: "refresh-2",
  });
  valid = "access-2";
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1"]]);
  assert.equal(vendor.asked.filter(({ path }) => path === "/token").length, 1);
});

test("a refresh that another process has won uses its pair; nobody is asked to log in", async (t) => {
  const stored = new Map<string, Json>();
  const refreshed: (string | null)[] = [];
  const vendor = await startVendor(t, ({ path, body, headers }) => {
    if (path !== "/token") {
      return headers["authorization"] === "Bearer access-9" ? { body: [term(1)] } : { status: 401 };
    }
    refreshed.push(new URLSearchParams(body).get("refresh_token"));
    if (refreshed.length === 1) return { body: pair(1) };
    // The other process was first: it has the new pair, and ours is dead.
    const [[name, value] = assert.fail()] = stored;
    stored.set(name, {
      ...(value as { [key: string]: Json }),
      access_token: "access-9",
      refresh_token: "refresh-9",
    });
    return { status: 400, body: { error: "invalid_grant" } };
  });
  const tokens = {
    get: (name: string) => stored.get(name),
    put: (name: string, value: Json) => void stored.set(name, value),
  };
  const { connection } = connect(t, vendor.origin, [OAUTH, LINKS, TERMS], { tokens });
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1"]]);
  assert.deepEqual(refreshed, ["first-value", "refresh-1"]);
});

test("a refresh whose answer was lost is sent again with the old token, which a grace period allows", async (t) => {
  const refreshed: (string | null)[] = [];
  const vendor = await startVendor(t, ({ path, body }) => {
    if (path !== "/token") return { body: [term(1)] };
    refreshed.push(new URLSearchParams(body).get("refresh_token"));
    return refreshed.length === 1 ? { cut: "reset" } : { body: pair(2) };
  });
  const { connection } = connect(t, vendor.origin, [OAUTH, LINKS, TERMS]);
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1"]]);
  assert.deepEqual(refreshed, ["first-value", "first-value"]);
});
