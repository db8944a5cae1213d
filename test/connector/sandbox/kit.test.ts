import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import { readLedger, readRequests } from "../../../engine/connector/sandbox/read-ledger.ts";
import type {
  Fault,
  RunningSandbox,
  Sandbox,
  SandboxOptions,
} from "../../../engine/connector/sandbox/types.ts";
import { tinyWorld } from "../../support/tiny-world.ts";

/** A made-up vendor: boats, which a name may own once. */
const boatyard: Sandbox = {
  name: "boatyard",
  rules: { auth: "a key is asked for", unique_name: "a name is given once" },
  basePath: "/v1",
  seed: (ledger, world) => {
    for (const company of world.companies) ledger.put("boats", company.ids.psa, { name: company.name });
    ledger.next("boats", 5000);
  },
  before: (request, context) =>
    context.rule("auth") && request.headers["authorization"] !== "Bearer sesame"
      ? { status: 401, body: { error: "no key" } }
      : undefined,
  routes: [
    {
      method: "GET",
      path: /^\/v1\/boats\/(?<id>\d+)$/,
      handle: (request, { ledger }) => {
        const row = ledger.get("boats", request.params["id"] ?? "");
        return row === undefined ? { status: 404, body: { error: "no boat" } } : { status: 200, body: row };
      },
    },
    {
      method: "POST",
      path: /^\/v1\/boats/,
      handle: (request, { ledger, rule }) => {
        const row = JSON.parse(request.body);
        const taken = ledger.all("boats").some((boat) => boat["name"] === row.name);
        if (taken && rule("unique_name")) return { status: 409, body: { error: "taken" } };
        const id = ledger.next("boats", 1);
        ledger.put("boats", String(id), { ...row, id });
        return { status: 201, body: { id }, headers: { location: `/v1/boats/${id}` } };
      },
    },
    {
      method: "POST",
      path: /^\/v1\/token$/,
      handle: () => ({ status: 200, body: "ok", headers: { "content-type": "text/plain" } }),
      write: () => false,
    },
    {
      method: "GET",
      path: /^\/v1\/reef$/,
      handle: () => {
        throw new Error("hit the reef");
      },
    },
  ],
  notFound: (request) => ({ status: 404, body: { error: `nothing at ${request.path}` } }),
  environment: (baseUrl) => ({ BOAT_URL: baseUrl }),
};

const open: RunningSandbox[] = [];
const folders: string[] = [];
after(async () => {
  for (const sandbox of open) await sandbox.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

async function start(options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> {
  const sandbox = await startSandbox(boatyard, { world: tinyWorld, ...options });
  open.push(sandbox);
  return sandbox;
}

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sandbox-kit-"));
  folders.push(folder);
  return folder;
}

function call(sandbox: RunningSandbox, method: string, path: string, body?: string): Promise<Response> {
  const signal = AbortSignal.timeout(5000);
  const headers = { authorization: "Bearer sesame" };
  return fetch(sandbox.baseUrl + path, { method, headers, signal, ...(body === undefined ? {} : { body }) });
}

function control(sandbox: RunningSandbox, path: string, body: object): Promise<Response> {
  return fetch(`${sandbox.origin}/__sandbox/${path}`, { method: "POST", body: JSON.stringify(body) });
}

test("an empty ledger is seeded with the world, and the environment points at the server", async () => {
  const sandbox = await start();
  assert.match(sandbox.baseUrl, /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
  assert.deepEqual(sandbox.environment, { BOAT_URL: sandbox.baseUrl });
  const reply = await call(sandbox, "GET", "/boats/1001");
  assert.deepEqual(await reply.json(), { name: "Harbor Dental LLC" });
});

test("before answers first, an unknown path gets the vendor's own answer, a route must match the whole path", async () => {
  const sandbox = await start();
  assert.equal((await fetch(`${sandbox.baseUrl}/boats/1001`)).status, 401);
  const unknown = await call(sandbox, "GET", "/sub%20marines");
  assert.equal(unknown.status, 404);
  assert.deepEqual(await unknown.json(), { error: "nothing at /v1/sub marines" });
  assert.equal((await call(sandbox, "POST", "/boats/and/more", "{}")).status, 404);
});

test("what was stored is in the file before the answer, and a second start goes on from there", async () => {
  const folder = freshFolder();
  const first = await start({ folder });
  const reply = await call(first, "POST", "/boats", '{"name":"Nixe"}');
  assert.equal(reply.headers.get("location"), "/v1/boats/5001");
  assert.deepEqual(readLedger(folder).get("boats")?.get("5001"), { name: "Nixe", id: 5001 });
  first.ledger.remove("boats", "5001");
  await first.close();

  const second = await start({ folder });
  assert.equal(second.ledger.get("boats", "5001"), undefined, "a removed row stays removed");
  assert.equal(
    second.ledger.all("boats").length,
    tinyWorld.companies.length,
    "the world is not seeded twice",
  );
  assert.deepEqual(await (await call(second, "POST", "/boats", '{"name":"Nixe"}')).json(), { id: 5002 });
});

test("a torn last line is ignored and does not spoil the line after it", async () => {
  const folder = freshFolder();
  const first = await start({ folder });
  await first.close();
  appendFileSync(join(folder, "ledger.ndjson"), '{"put":"boats","id":"66","row":{"na');
  assert.equal(readLedger(folder).get("boats")?.has("66"), false);

  const second = await start({ folder });
  await call(second, "POST", "/boats", '{"name":"Undine"}');
  assert.deepEqual(readLedger(folder).get("boats")?.get("5001"), { name: "Undine", id: 5001 });
});

test("a row that a caller changes later is not changed in the books", async () => {
  const { ledger } = await start();
  const row = { name: "Ahoi" };
  ledger.put("boats", "7", row);
  row.name = "Sunk";
  assert.deepEqual(ledger.get("boats", "7"), { name: "Ahoi" });
});

test("requests are logged with their effect, without credentials", async () => {
  const folder = freshFolder();
  const sandbox = await start({ folder, now: () => Date.UTC(2026, 8, 1) });
  await call(sandbox, "GET", "/boats/1001?fields=name");
  await call(sandbox, "POST", "/boats", '{"name":"Nixe","password":"a\\"b"}');
  await call(sandbox, "POST", "/boats", '{"name":"Nixe"}');
  await call(
    sandbox,
    "POST",
    "/token",
    "grant_type=refresh_token&refresh_token=secret1&client_secret=secret2",
  );
  await call(sandbox, "POST", "/boats", JSON.stringify({ name: "x".repeat(200_000) }));
  assert.deepEqual(readRequests(folder), sandbox.log);
  assert.deepEqual(sandbox.log[0], {
    at: "2026-09-01T00:00:00.000Z",
    method: "GET",
    url: "/v1/boats/1001?fields=name",
    status: 200,
    write: false,
    body: "",
  });
  const [, created, refused, token, large] = sandbox.log;
  assert.deepEqual([created?.status, created?.write], [201, true]);
  assert.equal(created?.body, '{"name":"Nixe","password":"***"}');
  assert.deepEqual([refused?.status, refused?.write], [409, false], "a refusal is no write");
  assert.equal(token?.write, false, "the route says what is a write");
  assert.equal(token?.body, "grant_type=refresh_token&refresh_token=***&client_secret=***");
  assert.equal(large?.body.length, 100_000);
  assert.doesNotMatch(readFileSync(join(folder, "requests.ndjson"), "utf8"), /sesame|secret1|secret2/);
});

const kinds: readonly { kind: Fault["kind"]; stored: boolean; fails: boolean }[] = [
  { kind: "before", stored: false, fails: true },
  { kind: "commit_then_cut", stored: true, fails: true },
  { kind: "cut_body", stored: true, fails: true },
  { kind: "reply", stored: false, fails: false },
];
for (const { kind, stored, fails } of kinds) {
  test(`fault ${kind}: the row is ${stored ? "" : "not "}stored and the next request is unharmed`, async () => {
    const sandbox = await start();
    sandbox.fault({
      kind,
      method: "POST",
      path: "^/v1/boats$",
      reply: { status: 503, body: { error: "later" } },
    });
    const reading = call(sandbox, "POST", "/boats", '{"name":"Nixe"}').then((reply) => reply.json());
    if (fails) await assert.rejects(reading);
    else assert.deepEqual(await reading, { error: "later" });
    assert.equal(sandbox.ledger.all("boats").length, tinyWorld.companies.length + (stored ? 1 : 0));
    assert.equal(sandbox.log.at(-1)?.fault, kind);
    assert.equal(sandbox.log.at(-1)?.write, stored);
    assert.equal((await call(sandbox, "POST", "/boats", '{"name":"Undine"}')).status, 201);
  });
}

test("fault commit_then_hang: the row is stored, the state counts the hanging request until the client gives up", async () => {
  const sandbox = await start();
  assert.equal((await control(sandbox, "fault", { kind: "commit_then_hang" })).status, 204);
  assert.deepEqual(await state(sandbox), { hung: 0, faults_left: 1 });
  const patience = new AbortController();
  const hanging = fetch(`${sandbox.baseUrl}/boats`, {
    method: "POST",
    body: '{"name":"Nixe"}',
    headers: { authorization: "Bearer sesame" },
    signal: patience.signal,
  });
  while ((await state(sandbox)).hung === 0);
  assert.equal(sandbox.ledger.all("boats").length, tinyWorld.companies.length + 1);
  assert.deepEqual(await state(sandbox), { hung: 1, faults_left: 0 });
  patience.abort();
  await assert.rejects(hanging);
  while ((await state(sandbox)).hung === 1);
});

async function state(sandbox: RunningSandbox): Promise<{ hung: number; faults_left: number }> {
  const reply = await fetch(`${sandbox.origin}/__sandbox/state`);
  return (await reply.json()) as { hung: number; faults_left: number };
}

test("a fault lets `skip` matching requests pass and then hits `times` of them", async () => {
  const sandbox = await start();
  sandbox.fault({ kind: "reply", path: "boats/1001\\?page=", skip: 1, times: 2, reply: { status: 500 } });
  const statuses: number[] = [];
  for (const path of ["/boats/1002", ...Array(4).fill("/boats/1001?page=1")]) {
    statuses.push((await call(sandbox, "GET", path)).status);
  }
  assert.deepEqual(statuses, [200, 200, 500, 500, 200]);
});

test("a rule is switched off and on again, over HTTP too; an unknown rule or fault is refused", async () => {
  const sandbox = await start({ off: ["auth"] });
  assert.equal((await fetch(`${sandbox.baseUrl}/boats/1001`)).status, 200);
  await control(sandbox, "rule", { name: "auth", on: true });
  assert.equal((await fetch(`${sandbox.baseUrl}/boats/1001`)).status, 401);
  assert.equal((await control(sandbox, "rule", { name: "gravity", on: false })).status, 400);
  assert.equal((await control(sandbox, "fault", { kind: "earthquake" })).status, 400);
  assert.equal((await control(sandbox, "fault", { kind: "before", path: "(" })).status, 400);
  await assert.rejects(
    start({ off: ["gravity"] }),
    /boatyard has no rule "gravity"; it has auth, unique_name/,
  );
});

test("a handler that throws answers 500 and says on stderr where", async (context) => {
  const printed = context.mock.method(console, "error", () => undefined);
  const sandbox = await start();
  assert.equal((await call(sandbox, "GET", "/reef")).status, 500);
  assert.match(String(printed.mock.calls[0]?.arguments[0]), /hit the reef/);
});

test("a body larger than 10 MB is refused", async () => {
  const sandbox = await start();
  assert.equal((await call(sandbox, "POST", "/boats", "x".repeat(10_000_001))).status, 413);
});

test("close ends a hanging request, and a second close-free start may take the port", async () => {
  const sandbox = await startSandbox(boatyard, { world: tinyWorld });
  sandbox.fault({ kind: "commit_then_hang" });
  const hanging = assert.rejects(call(sandbox, "GET", "/boats/1001"));
  while ((await state(sandbox)).hung === 0);
  await sandbox.close();
  await hanging;
  const again = await start({ port: Number(new URL(sandbox.origin).port) });
  assert.equal(again.origin, sandbox.origin);
  await assert.rejects(
    startSandbox(boatyard, { world: tinyWorld, port: Number(new URL(again.origin).port) }),
  );
});
