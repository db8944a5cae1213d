import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { AuthorizeSpec } from "../../../engine/config/connector-types.ts";
import { loadConnector } from "../../../engine/config/load-connector.ts";
import { type Login, openLogin } from "../../../engine/connector/http/login.ts";
import { SystemError } from "../../../engine/connector/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import { formatProblem } from "../../../engine/core/problem.ts";
import { type Answered, type Asked, jumpingClock, LINKS, startVendor, TERMS } from "./vendor.ts";

const REDIRECT = "http://127.0.0.1:9/callback";

function descriptor(authorize: string): string {
  return `connector: tiny
title: Tiny Books
base_url: https://tiny.example
settings: { type: object, properties: { tenant: { type: string }, plan: { type: string } } }
auth:
  kind: oauth2_refresh
  secrets: { id: Client., secret: Secret., first: Refresh token. }
  token_url: /token
  client_id: $auth.id
  client_secret: $auth.secret
  client_auth: form
  refresh_token: $auth.first
  refresh_expires_in: 60 * 86400
  authorize: { url: "/consent?country=gb", query: { scope: "books offline" } ${authorize} }
errors: [{ when: status = 401, class: auth }]
${LINKS}
${TERMS}
`;
}

/** A login at a vendor of a few lines, and what the store got. */
async function begin(t: TestContext, origin: string, authorize = "", given: "first" | "" = "") {
  const folder = mkdtempSync(join(tmpdir(), "tripoint-login-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "connector.yaml");
  writeFileSync(path, descriptor(authorize));
  const { config: connector, problems } = loadConnector(path, folder);
  if (connector === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  assert.ok(connector.driver === "http");
  const spec = "authorize" in connector.auth ? connector.auth.authorize : undefined;
  const puts: Json[] = [];
  const order: string[] = [];
  const names = ["id", "secret", ...(given === "" ? [] : [given])];
  const login = await openLogin(
    {
      system: {
        name: "accounting",
        connector,
        base_url: origin,
        settings: {},
        auth: Object.fromEntries(names.map((name) => [name, `env:${name}`])),
        allow_unverified: [],
        settle_ms: undefined,
        settle_again_ms: undefined,
      },
      currency: "USD",
      codes: new Map(),
      secret: (reference) => ({ ok: true, value: `${reference.slice(4)}-canary` }),
      tokens: {
        get: () => undefined,
        put: (name, value) => {
          order.push(`stored ${name}`);
          puts.push(value);
        },
      },
      clock: jumpingClock(),
    },
    spec ?? (assert.fail("no authorize") as AuthorizeSpec),
    REDIRECT,
  );
  t.after(() => login.close());
  return { login, puts, order };
}

function callback({ url }: Login, more: { readonly [name: string]: string } = {}): URLSearchParams {
  return new URLSearchParams({ state: url.searchParams.get("state") ?? "", code: "code-canary", ...more });
}

const PAIR = { access_token: "access-canary", refresh_token: "refresh-canary", expires_in: 300 };

test("login: the code is redeemed with the verifier of the challenge, the same redirect address and the client", async (t) => {
  const vendor = await startVendor(t, () => ({ body: PAIR }));
  const { login, puts } = await begin(t, vendor.origin);
  const asked = login.url.searchParams;
  assert.equal(login.url.origin + login.url.pathname, `${vendor.origin}/consent`);
  const { state, code_challenge, ...rest } = Object.fromEntries(asked);
  assert.deepEqual(rest, {
    country: "gb",
    scope: "books offline",
    response_type: "code",
    client_id: "id-canary",
    redirect_uri: REDIRECT,
    code_challenge_method: "S256",
  });
  assert.ok((state ?? "").length >= 32);
  const done = await login.finish(callback(login));
  const form = Object.fromEntries(new URLSearchParams(vendor.asked[0]?.body));
  const { code_verifier = "", ...sent } = form;
  assert.equal(createHash("sha256").update(code_verifier).digest("base64url"), code_challenge);
  assert.deepEqual(sent, {
    grant_type: "authorization_code",
    code: "code-canary",
    redirect_uri: REDIRECT,
    client_id: "id-canary",
    client_secret: "secret-canary",
  });
  assert.equal(done.refresh_expires_at, Date.parse("2026-10-31T12:00:00Z"));
  assert.deepEqual(puts, [
    {
      access_token: "access-canary",
      refresh_token: "refresh-canary",
      renew_at: Date.parse("2026-09-01T12:04:00Z"),
      refresh_expires_at: Date.parse("2026-10-31T12:00:00Z"),
      origin: "",
    },
  ]);
});

test("login: without PKCE there is no challenge, and every login has a state of its own", async (t) => {
  const vendor = await startVendor(t, () => ({ body: PAIR }));
  const states = new Set<string | null>();
  for (let count = 0; count < 3; count++) {
    const { login } = await begin(t, vendor.origin, ", pkce: false");
    assert.equal(login.url.searchParams.get("code_challenge"), null);
    states.add(login.url.searchParams.get("state"));
  }
  assert.equal(states.size, 3);
});

const ASK = ", ask: /tenants, settings: { tenant: answer.id, plan: callback.plan }";

test("login: tokens are stored before they are used to ask what they are good for", async (t) => {
  const order: string[] = [];
  const vendor = await startVendor(t, ({ path, headers }: Asked): Answered => {
    order.push(path, ...begun.order.splice(0));
    if (path === "/token") return { body: PAIR };
    assert.equal(headers["authorization"], "Bearer access-canary");
    return { body: [{ id: "t-1" }, { id: "t-2" }] };
  });
  const begun = await begin(t, vendor.origin, ASK);
  const done = await begun.login.finish(callback(begun.login, { plan: "gold" }));
  assert.deepEqual(order, ["/token", "/tenants", "stored accounting:tiny"]);
  assert.deepEqual(done.settings, { tenant: ["t-1", "t-2"], plan: ["gold"] });
  assert.equal(done.remark, null);
});

test("login: when what it is good for is not told, the login stands all the same", async (t) => {
  const vendor = await startVendor(t, ({ path }) => (path === "/token" ? { body: PAIR } : { status: 403 }));
  const { login, puts } = await begin(t, vendor.origin, ASK);
  const done = await login.finish(callback(login));
  assert.equal(puts.length, 1);
  assert.match(done.remark ?? "", /does not say what the login is good for \(status 403\)/);
});

for (const { name, answer, says } of [
  {
    name: "a reply without refresh token",
    answer: { body: { access_token: "a-canary" } },
    says: /no refresh token/,
  },
  { name: "a reply without token", answer: { body: {} }, says: /without a token/ },
  {
    name: "a refused client",
    answer: { status: 401, body: { error: "invalid_client", hint: "secret-canary" } },
    says: /invalid_client.*check client id/,
  },
  { name: "a service that is down", answer: { status: 503, body: "x-canary" }, says: /cannot be reached/ },
]) {
  test(`login: ${name} stores nothing and shows no secret`, async (t) => {
    const vendor = await startVendor(t, () => answer);
    const { login, puts } = await begin(t, vendor.origin);
    await assert.rejects(login.finish(callback(login)), (cause) => {
      assert.ok(cause instanceof SystemError);
      assert.match(cause.message, says);
      assert.ok(!cause.message.includes("canary"));
      return true;
    });
    assert.deepEqual(puts, []);
  });
}

test("login: a callback without code, or with the vendor's refusal, is told by its word and nothing else", async (t) => {
  const { login } = await begin(t, "http://127.0.0.1:9");
  const state = login.url.searchParams.get("state") ?? "";
  for (const [given, says] of [
    [{ state }, /has no code/],
    [{ state, error: "server_error" }, /\(server_error\)/],
    [{ state, error: "<b>code-canary</b>" }, /an unknown error/],
  ] as const) {
    assert.throws(
      () => login.accepts(new URLSearchParams(given)),
      (cause) => cause instanceof SystemError && says.test(cause.message) && !/canary/.test(cause.message),
    );
  }
  assert.equal(login.accepts(new URLSearchParams({ code: "c" })), false);
});

test("login: it goes on from where client.yaml's own refresh token began, so that this one is not used again", async (t) => {
  const vendor = await startVendor(t, () => ({ body: PAIR }));
  const { login, puts } = await begin(t, vendor.origin, "", "first");
  await login.finish(callback(login));
  const origin = createHash("sha256").update("first-canary").digest("hex").slice(0, 16);
  assert.equal(JSON.parse(JSON.stringify(puts[0])).origin, origin);
});
