import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../engine/commands/run.ts";
import { status } from "../../engine/commands/status.ts";
import { renderRun } from "../../engine/report/run.ts";
import { renderStatus } from "../../engine/report/status.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

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
