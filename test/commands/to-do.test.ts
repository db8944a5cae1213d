import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { run } from "../../engine/commands/run.ts";
import { start } from "../../engine/commands/start.ts";
import { status } from "../../engine/commands/status.ts";
import { renderRun } from "../../engine/report/run.ts";
import { renderStatus } from "../../engine/report/status.ts";
import type { FinishedRun } from "../../engine/report/troubles.ts";
import { customerIn } from "../acceptance/ledgers.ts";
import type { Demo } from "../support/demo.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

test("R74: a run's report lists what it could not automate and who must act, until it is done", async (t) => {
  const demo = await openTinyDemo(t);
  demo.edit("gl-codes.yaml", (text) => text.replace(/.*"LD".*\n/, ""));
  await demo.settle();
  const report = await run(demo.place);
  const of = (all: typeof report.to_do) =>
    all.map(({ pipeline, reason, records, who }) => [pipeline, reason, records, who]);
  assert.deepEqual(of(report.to_do), [
    ["invoices", "code_unmapped", 1, "the integrator (YAML)"],
    ["payments", "reference_missing", 1, "whoever decides about links and values"],
    ["readiness", "circuit_details_missing", 1, "provisioning"],
  ]);
  const text = renderRun(report);
  assert.match(text, /Not automated, and who must act:\n {2}invoices: 1 held record, code_unmapped, since/);
  assert.match(text, /tripoint idmap link customer accounting:990 billing:<id> --client demo/);
  const view = await status(demo.place);
  assert.deepEqual(view.to_do, report.to_do);
  assert.match(renderStatus(view), /the integrator \(YAML\): add the code to the code map/);
  demo.edit(
    "gl-codes.yaml",
    (codes) => `${codes}  - { code: "LD", gl_code: "4010", item: "4010 Long distance" }\n`,
  );
  const mended = await run(demo.place);
  assert.deepEqual(
    mended.to_do.filter(({ pipeline }) => pipeline === "invoices"),
    [],
  );
});

test("R74: a plan over its limits is listed with the command that carries it out", async (t) => {
  const demo = await openTinyDemo(t);
  demo.edit("client.yaml", (text) =>
    text.replace(/limits:[\s\S]*$/, "limits: { first_run: { create: 0 } }\n"),
  );
  const report = await run(demo.place);
  const waiting = report.to_do.filter(({ kind }) => kind === "waiting");
  assert.ok(waiting.length > 0);
  const plans = report.pipelines.flatMap(({ plan }) => plan ?? []);
  assert.deepEqual(
    waiting.map(({ command }) => command).sort(),
    plans.map((plan) => `tripoint apply ${plan} --client demo`).sort(),
  );
});

const tasks = ({ to_do }: Pick<FinishedRun, "to_do">) =>
  to_do.filter(({ kind }) => kind === "task").map(({ reason, records, who }) => [reason, records, who]);

/** Orchard has signed for what contracts say by number and kind alone; its account is opened by the first run. */
function openSigned(t: TestContext): Promise<Demo> {
  const [harbor, orchard, ...others] = tinyWorld.companies;
  assert.ok(harbor && orchard);
  const [trunks] = orchard.contracts;
  assert.ok(trunks);
  const sold = [
    ["4103", "SIP-TRUNK", "SIP trunking", "2"],
    ["4105", "DID-LINE", "10 DID lines", "10"],
    ["4106", "VOICE-PKG", "Voice package", "1"],
  ] as const;
  const lines = sold.map(([id, product_code, description, quantity]) => {
    return { id, product_code, description, quantity, unit_amount_decimal: "45.00" };
  });
  const signed = { ...orchard, services: [], contracts: [{ ...trunks, lines }] };
  return openTinyDemo(t, { ...tinyWorld, companies: [harbor, signed, ...others] });
}

const SOLD = [
  ["numbers_missing", 1, "porting desk"],
  ["circuit_details_missing", 1, "provisioning"],
  ["rate_plan_choice", 1, "rating"],
];

test("R74, R41, R42, R43: the run that opens a shell lists what no contract says and who supplies it, until it is there", async (t) => {
  const demo = await openSigned(t);
  const report = await run(demo.place);
  assert.deepEqual(tasks(report), SOLD);
  const text = renderRun(report);
  assert.match(text, /readiness: 1 open task, numbers_missing, since 20/);
  assert.match(text, /porting desk: bring the numbers .*\n +tripoint readiness --client demo\n/);
  assert.deepEqual(tasks(await status(demo.place)), SOLD);
  // The porting desk assigns the ten numbers. A run of invoices alone remembers, the next day's of accounts looks again.
  const { ledger } = demo.sandboxes.billing;
  const { id } = customerIn(demo, "billing", "Orchard & Sons, Inc.");
  const model = ledger.all("services").find(({ number }) => number !== "");
  const address = ledger.all("addresses").find(({ customer_id }) => customer_id === Number(id));
  assert.ok(model && address);
  for (let index = 0; index < 10; index++) {
    const own = { service_id: 9900 + index, customer_id: Number(id), number: `813555020${index}` };
    const row = { ...model, ...own, address_id: address["address_id"] ?? 0 };
    ledger.put("services", String(own.service_id), row);
  }
  assert.deepEqual(tasks(await run(demo.place)), SOLD);
  demo.clock.advance(86_400_000);
  assert.deepEqual(tasks(await run(demo.place, { pipelines: ["invoices"] })), SOLD);
  const left = tasks(await run(demo.place)).map(([reason]) => reason);
  assert.ok(left.includes("circuit_details_missing") && !left.includes("numbers_missing"), left.join(" "));
});

test("R74: the report of a run that was due says it, too", async (t) => {
  const demo = await openTinyDemo(t);
  const stop = new AbortController();
  const reports: FinishedRun[] = [];
  const ignore = (): void => {};
  await start(demo.place, {
    signal: stop.signal,
    onProgress: ignore,
    onRun: (report) => {
      reports.push(report);
      if (report.pipelines.some(({ pipeline }) => pipeline === "payments")) stop.abort();
    },
    onWait: ignore,
    onBusy: ignore,
    onWarning: ignore,
  });
  const last = reports.at(-1);
  assert.ok(last);
  assert.ok(
    last.to_do.some(({ reason }) => reason === "reference_missing"),
    JSON.stringify(last.to_do),
  );
});
