import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fault, RunningSandbox } from "../../engine/connector/sandbox/types.ts";
import { isObject } from "../../engine/core/json.ts";
import { part } from "../support/demo.ts";
import { addBill, asides, patch } from "../support/edits.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

/** What systems send when they should not: a clear message, a defined outcome, the other pipelines go on, nothing is lost. */

const FOREVER = 50;

interface BadAnswer {
  readonly name: string;
  readonly fault: Fault;
  readonly failure: "login" | "unreachable" | "other";
  readonly message: RegExp;
}

const html = {
  status: 200,
  body: "<html><body>Scheduled maintenance</body></html>",
  headers: { "content-type": "text/html" },
};

const BAD_READS: readonly BadAnswer[] = [
  {
    name: "401 at every try",
    fault: { kind: "reply", reply: { status: 401, body: { message: "no" } } },
    failure: "login",
    message: /401/,
  },
  {
    name: "403",
    fault: { kind: "reply", reply: { status: 403, body: { message: "no" } } },
    failure: "other",
    message: /403/,
  },
  {
    name: "500 at every try",
    fault: { kind: "reply", reply: { status: 500, body: { message: "oops" } } },
    failure: "other",
    message: /500/,
  },
  {
    name: "HTML with 200",
    fault: { kind: "reply", reply: html },
    failure: "other",
    message: /JSON|maintenance/,
  },
  { name: "a body that is cut off", fault: { kind: "cut_body" }, failure: "unreachable", message: /answer/ },
  {
    name: "a connection that is cut",
    fault: { kind: "before" },
    failure: "unreachable",
    message: /answer|reach/,
  },
  {
    name: "429 with a wait beyond the limit",
    fault: { kind: "reply", reply: { status: 429, headers: { "retry-after": "86400" }, body: {} } },
    failure: "other",
    message: /86,?400|wait|limit/,
  },
];

for (const { name, fault, failure, message } of BAD_READS) {
  test(`a read that gets ${name} fails its pipelines with a reason, the others go on, and the next run recovers`, async (t) => {
    const demo = await openTinyDemo(t);
    const { billing } = demo.sandboxes;
    // All that is read or written of billing; the PSA and accounting are well.
    billing.fault({ ...fault, times: FOREVER });
    const pipelines = ["customers", "customers-accounting", "invoices"];
    const report = await demo.run({ pipelines });
    assert.equal(report.status, "failed");
    const failed = part(report, "customers");
    assert.deepEqual([failed.status, failed.failure], ["failed", failure], failed.message ?? "");
    assert.match(failed.message ?? "", message);
    assert.match(failed.message ?? "", /Rev\.io/);
    assert.equal(part(report, "customers-accounting").created, 1);
    assert.equal(part(report, "invoices").status, "failed");
    // Faults left over would hit the next run.
    while ((await faultsLeft(billing)) > 0) await fetch(billing.baseUrl).catch(() => undefined);
    demo.clock.advance(60_000);
    const next = await demo.run();
    assert.equal(next.status, "done", JSON.stringify(next.pipelines.map((one) => one.message)));
    assert.equal(billing.ledger.all("customers").length, 2);
    assert.equal(demo.sandboxes.accounting.ledger.all("Invoice").length, 2);
  });
}

async function faultsLeft({ origin }: RunningSandbox): Promise<number> {
  const state: unknown = await (await fetch(`${origin}/__sandbox/state`)).json();
  return isObject(state) ? Number(state["faults_left"]) : 0;
}

test("a system that does not answer at all fails its pipelines as unreachable, and the others go on", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.sandboxes.psa.close();
  const report = await demo.run();
  const failed = part(report, "customers");
  assert.deepEqual([failed.status, failed.failure], ["failed", "unreachable"]);
  assert.match(failed.message ?? "", /ConnectWise/);
  assert.equal(part(report, "customers-billing-accounting").status, "done");
  // The one bill whose customer billing and accounting know goes over without the PSA.
  assert.equal(part(report, "invoices").created, 1);
});

for (const { name, header } of [
  { name: "seconds", header: () => "30" },
  { name: "a date", header: (until: number) => new Date(until).toUTCString() },
]) {
  test(`429 with Retry-After in ${name}: the call waits that long and then goes through`, async (t) => {
    const demo = await openTinyDemo(t);
    const { psa } = demo.sandboxes;
    // A date names whole seconds.
    const until = Math.ceil(demo.clock.now() / 1000) * 1000 + 30_000;
    const reply = { status: 429, headers: { "retry-after": header(until) }, body: { message: "slow down" } };
    psa.fault({ path: "/company/companies", kind: "reply", reply });
    const report = part(await demo.run({ pipelines: ["customers-accounting"] }), "customers-accounting");
    assert.equal(report.status, "done", report.message ?? "");
    const calls = psa.log.filter(({ url }) => url.includes("/company/companies?"));
    assert.deepEqual(
      calls.slice(0, 2).map(({ status }) => status),
      [429, 200],
    );
    const [first = 0, second = 0] = calls.map((call) => Date.parse(call.at));
    assert.ok(
      second >= (name === "seconds" ? first + 30_000 : until),
      `sent again after ${second - first} ms`,
    );
  });
}

const BAD_WRITES: readonly { readonly name: string; readonly fault: Fault; readonly outcome: string }[] = [
  {
    name: "401",
    fault: { kind: "reply", reply: { status: 401, body: {} }, times: 2 },
    outcome: "failed login",
  },
  { name: "403", fault: { kind: "reply", reply: { status: 403, body: {} } }, outcome: "failed other" },
  { name: "HTML with 200", fault: { kind: "reply", reply: html }, outcome: "done null, 1 uncertain" },
  { name: "a body that is cut off", fault: { kind: "cut_body" }, outcome: "done null, 1 uncertain" },
  {
    name: "500",
    fault: { kind: "reply", reply: { status: 500, body: {} } },
    outcome: "done null, 1 uncertain",
  },
  { name: "400", fault: { kind: "reply", reply: { status: 400, body: {} } }, outcome: "done null, 1 dead" },
];

for (const { name, fault, outcome } of BAD_WRITES) {
  test(`a create that gets ${name} is ${outcome}, and in the end it is there once`, async (t) => {
    const demo = await openTinyDemo(t);
    await demo.run();
    const { accounting } = demo.sandboxes;
    addBill(demo, "9003", "INV-1044");
    accounting.fault({ method: "POST", path: "/invoice", ...fault });
    const one = part(await demo.run(), "invoices");
    const said = [
      `${one.status} ${one.failure}`,
      ...(one.uncertain > 0 ? [`${one.uncertain} uncertain`] : []),
      ...(one.dead_lettered > 0 ? [`${one.dead_lettered} dead`] : []),
    ];
    assert.equal(said.join(", "), outcome, one.message ?? "");
    if (one.uncertain > 0) assert.match(one.doubt ?? "", /^QuickBooks Online (did not answer|answered) /);
    else assert.equal(one.doubt, null);
    if (one.dead_lettered > 0) {
      await demo.state((state) => {
        const [row] = [...state.rows("issue", { pipeline: "invoices" })];
        if (row) state.commit([{ put: "issue", row: { ...row, kind: "held", source_hash: "" } }]);
      });
    }
    const next = part(await demo.run(), "invoices");
    assert.equal(next.status, "done", next.message ?? "");
    assert.equal(accounting.ledger.all("Invoice").filter((row) => row["DocNumber"] === "INV-1044").length, 1);
    assert.equal(await demo.state((state) => state.count("intent")), 0);
    assert.equal(await demo.state((state) => state.count("issue", { pipeline: "invoices" })), 0);
  });
}

test("a refresh token that is refused ends in a failure of kind login, for every pipeline that needs it and no other", async (t) => {
  const demo = await openTinyDemo(t);
  const { accounting } = demo.sandboxes;
  const reply = { status: 400, body: { error: "invalid_grant" } };
  accounting.fault({ method: "POST", path: "/oauth2", kind: "reply", reply, times: 20 });
  const report = await demo.run();
  const failed = report.pipelines.filter(({ status }) => status === "failed");
  assert.deepEqual(
    failed.map(({ pipeline, failure }) => `${pipeline} ${failure}`),
    // Without customers there, no invoice gets so far as to ask for the books.
    ["customers-accounting login", "customers-billing-accounting login", "payments login", "refunds login"],
  );
  assert.equal(part(report, "customers").created, 1);
  assert.doesNotMatch(JSON.stringify(report), /refresh_token=|Bearer /);
});

test("a pipeline that fails between two pages of writes tells what it wrote, and the next run does the rest", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run({ pipelines: ["customers"] });
  const { billing } = demo.sandboxes;
  billing.fault({
    method: "POST",
    path: "/Contacts",
    skip: 1,
    kind: "reply",
    reply: { status: 403, body: {} },
  });
  const failed = part(await demo.run({ pipelines: ["contacts"] }), "contacts");
  assert.equal(failed.status, "failed");
  const there = billing.ledger.all("contacts").length;
  assert.equal(failed.created, there);
  assert.equal(await demo.state((state) => state.count("intent")), 0);
  const next = part(await demo.run({ pipelines: ["contacts"] }), "contacts");
  assert.equal(next.created, 3 - there);
  assert.equal(billing.ledger.all("contacts").length, 3);
});

test("an update that never arrives is tried again as often as its pipeline says, then it is a dead letter", async (t) => {
  const demo = await openTinyDemo(t);
  demo.edit("customers-accounting.yaml", (text) => `${text}retries: 2\n`);
  await demo.run();
  const { accounting } = demo.sandboxes;
  const pipelines = ["customers-accounting"];
  await patch(demo, "/company/companies/1001", { phoneNumber: "8135550155" });
  const sent = () =>
    accounting.log.filter(({ url, fault }) => url.includes("/customer?") && fault !== undefined);
  accounting.fault({ method: "POST", path: "/customer", kind: "before", times: 9 });
  for (let run = 1; run <= 5; run++) {
    const { dead_lettered } = part(await demo.run({ pipelines }), "customers-accounting");
    assert.equal(dead_lettered, run < 4 ? 0 : 1, `run ${run}`);
    assert.equal(sent().length, Math.min(run, 3), `run ${run}`);
  }
  assert.deepEqual(await asides(demo, "customers-accounting"), { 1001: "dead_letter refused_too_often" });
});

test("an id that its system refuses to take is listed with the reason, and written by the next run", async (t) => {
  const demo = await openTinyDemo(t);
  const { psa } = demo.sandboxes;
  const pipelines = ["customers-accounting"];
  psa.fault({ method: "PATCH", kind: "reply", reply: { status: 400, body: { message: "read only today" } } });
  const first = part(await demo.run({ pipelines }), "customers-accounting");
  assert.deepEqual([first.status, first.external_ids], ["done", 1]);
  const held = await demo.state((state) =>
    [...state.rows("issue")].filter(({ reason }) => /external_id/.test(reason)),
  );
  assert.equal(held.length, 1);
  assert.match(held[0]?.message ?? "", /AccountingId of customer 100\d in psa .*read only today/);
  assert.equal(part(await demo.run({ pipelines }), "customers-accounting").external_ids, 1);
  assert.equal(await demo.state((state) => state.count("issue")), 0);
});

test("a record on which the filter fails is a dead letter, and the others go on", async (t) => {
  const demo = await openTinyDemo(t);
  const { psa } = demo.sandboxes;
  demo.edit("customers-accounting.yaml", (text) =>
    text.replace(/filter: .*/, "filter: $number(customer_number) > 0"),
  );
  psa.ledger.put("companies", "1002", { ...psa.ledger.get("companies", "1002"), identifier: "7" });
  const { status, created, dead_lettered } = part(
    await demo.run({ pipelines: ["customers-accounting"] }),
    "customers-accounting",
  );
  assert.deepEqual([status, created, dead_lettered], ["done", 1, 2]);
  assert.deepEqual(await asides(demo, "customers-accounting"), {
    1001: "dead_letter filter_failed",
    1003: "dead_letter filter_failed",
  });
});
