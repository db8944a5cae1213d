import assert from "node:assert/strict";
import { test } from "node:test";
import { SystemError } from "../../../engine/connector/types.ts";
import { BASIC, connect, LINKS, pagesOf, startVendor, TERMS, term } from "./vendor.ts";

/** Limits of an hour and a day, of each endpoint, and the address that a call tells. */

test("a used-up day fails at once and says when calls go on; nothing is sent meanwhile", async (t) => {
  const vendor = await startVendor(t, () => ({ body: [term(1)] }));
  const { connection, clock } = connect(t, vendor.origin, [BASIC, LINKS, TERMS], { limits: ", per_day: 2" });
  await pagesOf(connection);
  await clock.sleep(3_600_000);
  await pagesOf(connection);
  for (let time = 0; time < 2; time++) {
    await assert.rejects(pagesOf(connection), (cause) => {
      assert.ok(cause instanceof SystemError);
      assert.equal(cause.kind, "quota");
      assert.match(cause.message, /they go on at 2026-09-02T12:00:00Z\.$/);
      return true;
    });
  }
  assert.equal(vendor.asked.length, 2);
  assert.deepEqual(clock.slept, [3_600_000]);
  await clock.sleep(23 * 3_600_000);
  await pagesOf(connection);
  assert.equal(vendor.asked.length, 3);
});

test("an hour that goes on within the longest wait is waited for", async (t) => {
  const vendor = await startVendor(t, () => ({ body: [term(1)] }));
  const { connection, clock } = connect(t, vendor.origin, [BASIC, LINKS, TERMS], { limits: ", per_hour: 1" });
  await pagesOf(connection);
  await clock.sleep(3_560_000);
  await pagesOf(connection);
  assert.deepEqual(clock.slept, [3_560_000, 40_000]);
});

test("five minutes that are used up are waited for, from the first of their calls", async (t) => {
  const vendor = await startVendor(t, () => ({ body: [term(1)] }));
  const limits = ", per_five_minutes: 2";
  const { connection, clock } = connect(t, vendor.origin, [BASIC, LINKS, TERMS], { limits });
  await pagesOf(connection);
  await clock.sleep(250_000);
  await pagesOf(connection);
  await pagesOf(connection);
  assert.deepEqual(clock.slept, [250_000, 50_000]);
});

test("each endpoint has its own number of calls at once; another one does not wait for it", async (t) => {
  const under = new Map<string, number>();
  const most = new Map<string, number>();
  const open: (() => void)[] = [];
  const vendor = await startVendor(t, async ({ path }) => {
    const count = (under.get(path) ?? 0) + 1;
    under.set(path, count);
    most.set(path, Math.max(count, most.get(path) ?? 0));
    // A call to the first endpoint is answered when one to the second has come.
    if (path === "/terms/query") await new Promise<void>((resolve) => open.push(resolve));
    else for (const resolve of open.splice(0)) resolve();
    under.set(path, count - 1);
    return { body: [term(1)] };
  });
  const entities = `
entities:
  payment_terms:
    list: { path: /terms/query }
    get: { path: "/other/{$ids[0]}", many: 1 }
    read: '{ "id": $id(id), "name": name, "due_rule": "days_after_invoice", "due_days": days, "status": "active" }'`;
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, entities], {
    limits: ", concurrency_per_endpoint: 1",
  });
  const lists = [pagesOf(connection), pagesOf(connection)];
  while (open.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await connection.get("payment_terms", ["1"]);
  while (open.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await connection.get("payment_terms", ["1"]);
  await Promise.all(lists);
  assert.equal(most.get("/terms/query"), 1);
  assert.equal(vendor.asked.length, 4);
});

const ZONES = `
hosts: ["zone*.tiny.example"]
discovery: { path: /zone, query: { user: "{$auth.user}" }, base_url: url & "v1" }`;

test("the address is asked for once, without credentials, and calls go below it", async (t) => {
  const vendor = await startVendor(t, ({ path, headers }) =>
    path === "/zone" ? { body: { url: `http://${String(headers["host"])}/rest/` } } : { body: [term(1)] },
  );
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, TERMS, ZONES]);
  await Promise.all([pagesOf(connection), pagesOf(connection)]);
  assert.deepEqual(
    vendor.asked.map(({ path }) => path),
    ["/zone", "/rest/v1/terms", "/rest/v1/terms"],
  );
  assert.equal(vendor.asked[0]?.query.get("user"), "user-value");
  assert.equal(vendor.asked[0]?.headers["authorization"], undefined);
});

for (const { name, answer, kind, want } of [
  {
    name: "on a host that the connector does not declare",
    answer: { body: { url: "https://zone1.evil.example/" } },
    kind: "answer",
    want: /says that its API is at https:\/\/zone1\.evil\.example, which is none of its hosts\.$/,
  },
  {
    name: "that is missing",
    answer: { status: 404, body: { message: "user-value unknown" } },
    kind: "login",
    want: /does not say where its API is \(status 404\): check env:T_user, env:T_password\.$/,
  },
]) {
  test(`an address ${name} gets no call`, async (t) => {
    const vendor = await startVendor(t, () => answer);
    const { connection } = connect(t, vendor.origin, [BASIC, LINKS, TERMS, ZONES]);
    await assert.rejects(
      pagesOf(connection),
      (cause) => cause instanceof SystemError && cause.kind === kind && want.test(cause.message),
    );
    await assert.rejects(pagesOf(connection));
    assert.deepEqual(
      vendor.asked.map(({ path }) => path),
      ["/zone", "/zone"],
    );
  });
}
