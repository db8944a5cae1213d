import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { alertAfterRun } from "../../engine/commands/alerts.ts";
import { loadConfig } from "../../engine/commands/client.ts";
import { run } from "../../engine/commands/run.ts";
import { openState } from "../../engine/state/store.ts";
import { openTokenStore } from "../../engine/state/tokens.ts";
import { pipelineReport, runReport } from "../report/run-report.ts";
import { type Books, startBooks } from "./books.ts";

const DAY_MS = 86_400_000;
const NOW = Date.parse("2026-09-01T12:00:00Z");
const NOTIFY = "notify: { webhook: env:ALERT_URL }";

interface Posted {
  readonly path: string;
  readonly body: { readonly [key: string]: string };
}

/** A place for alerts, which answers with this status. */
async function startHook(t: TestContext, status = 204) {
  const posted: Posted[] = [];
  const server = createServer(async (message: IncomingMessage, response) => {
    posted.push({ path: message.url ?? "", body: JSON.parse(await text(message)) });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { posted, env: { ALERT_URL: `http://127.0.0.1:${port}/hook-canary` } };
}

/** What a run that ends now, with so many days of its login left, warns of. */
async function warnings({ place }: Books, days: number, report = runReport({})): Promise<readonly string[]> {
  const tokens = openTokenStore(place.state);
  tokens.put("accounting:quickbooks", { access_token: "a", refresh_expires_at: NOW + days * DAY_MS });
  const at = { ...place, clock: { now: () => NOW, sleep: async () => {} } };
  const state = await openState({ folder: place.state });
  const told: string[] = [];
  const onWarning = (warning: string): void => void told.push(warning);
  try {
    await alertAfterRun({ place: at, config: loadConfig(at), state, tokens, report, onWarning });
  } finally {
    state.close();
  }
  return told;
}

test("alerts: a login that nears its end is told 14, 7 and 2 days ahead, once each, and anew after a new login", async (t) => {
  const { posted, env } = await startHook(t);
  const books = await startBooks(t, { more: NOTIFY, env });
  const days = [40, 15, 14, 13.5, 8, 7, 6, 3, 2, 1, -1, 90, 13, 60, 1];
  const told: number[] = [];
  for (const left of days) if ((await warnings(books, left)).length > 0) told.push(left);
  assert.deepEqual(told, [14, 7, 2, 13, 1]);
  assert.equal(posted.length, 5);
  assert.deepEqual(posted[0]?.body, {
    schemaVersion: 1,
    client: "acme",
    event: "token_expiring",
    text:
      "The login to QuickBooks Online (accounting) ends in 14 days, at 2026-09-15T12:00:00Z: " +
      "tripoint connect accounting --client acme",
    at: "2026-09-01T12:00:00Z",
    run: runReport({}).run,
  });
});

test("alerts: of a failed and a waiting run the webhook gets what client.yaml wants told", async (t) => {
  const { posted, env } = await startHook(t);
  const pipelines = [
    pipelineReport({ pipeline: "customers", status: "failed", message: "it is down" }),
    pipelineReport({ pipeline: "invoices", status: "waiting", message: "300 creates" }),
  ];
  const report = runReport({ client: "acme", status: "failed", pipelines });
  const all = await startBooks(t, { more: NOTIFY, env });
  assert.deepEqual(await warnings(all, 90, report), []);
  assert.deepEqual(
    posted.map(({ body }) => [body["event"], body["text"]]),
    [
      ["failed", "tripoint, acme: a run failed. customers: it is down"],
      ["waiting", "tripoint, acme: a run waits for apply. invoices: 300 creates"],
    ],
  );
  const one = await startBooks(t, { more: "notify: { webhook: env:ALERT_URL, on: [waiting] }", env });
  await warnings(one, 1, report);
  assert.deepEqual(
    posted.slice(2).map(({ body }) => body["event"]),
    ["waiting"],
  );
});

for (const { name, hook, says } of [
  { name: "refuses", hook: async (t: TestContext) => (await startHook(t, 500)).env, says: /answered 500/ },
  {
    name: "is down",
    hook: async () => ({ ALERT_URL: "http://127.0.0.1:1/hook-canary" }),
    says: /ECONNREFUSED/,
  },
  { name: "is no address", hook: async () => ({ ALERT_URL: "hook-canary" }), says: /it is no address/ },
  { name: "is not set", hook: async () => ({}), says: /the variable ALERT_URL is not set/ },
]) {
  test(`alerts: a webhook that ${name} is a warning without its address, and the run is as it was`, async (t) => {
    const books = await startBooks(t, { more: NOTIFY, env: await hook(t) });
    const told: string[] = [];
    const report = await run(books.place, { onWarning: (warning) => told.push(warning) });
    assert.equal(report.status, "failed");
    assert.equal(told.length, 1);
    assert.match(told[0] ?? "", says);
    assert.ok(!told.join().includes("hook-canary"));
  });
}
