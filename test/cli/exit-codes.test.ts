import assert from "node:assert/strict";
import { test } from "node:test";
import { exitOfError, exitOfFindings, exitOfPlan, exitOfRun } from "../../engine/cli/exit-codes.ts";
import { UsageError } from "../../engine/commands/refusal.ts";
import { SystemError } from "../../engine/connector/types.ts";
import { StateError } from "../../engine/state/types.ts";
import type { Failure, Plan, RunReport } from "../../engine/sync/types.ts";
import { pipelineReport, runReport } from "../report/run-report.ts";

function failed(...failures: readonly (Failure | null)[]): RunReport {
  const pipelines = failures.map((failure) =>
    pipelineReport({ status: failure === null ? "done" : "failed", failure }),
  );
  return runReport({ status: "failed", pipelines });
}

for (const { name, report, failOnHeld = false, want } of [
  { name: "a run that is done", report: runReport({}), want: 0 },
  { name: "held records", report: runReport({ pipelines: [pipelineReport({ held: 1 })] }), want: 0 },
  {
    name: "held records with --fail-on-held",
    report: runReport({ pipelines: [pipelineReport({ held: 1 })] }),
    failOnHeld: true,
    want: 1,
  },
  { name: "nothing held with --fail-on-held", report: runReport({}), failOnHeld: true, want: 0 },
  { name: "dead letters", report: runReport({ status: "dead_letters" }), want: 1 },
  { name: "a plan that is out of date", report: runReport({ status: "outdated" }), want: 1 },
  { name: "a plan that waits", report: runReport({ status: "waiting" }), want: 6 },
  { name: "a run that a signal stopped", report: runReport({ status: "stopped" }), want: 130 },
  { name: "a failed pipeline", report: failed(null, "other"), want: 1 },
  { name: "a login that is needed, whatever else failed", report: failed("other", "login"), want: 4 },
  { name: "a system out of reach", report: failed("unreachable", null), want: 5 },
  { name: "a system out of reach and another failure", report: failed("unreachable", "other"), want: 1 },
]) {
  test(`exitOfRun: ${name} is ${want}`, () => assert.equal(exitOfRun(report, failOnHeld), want));
}

function plan(failure: Failure | null, ...actions: readonly ("create" | "hold")[]): Plan {
  const decisions = actions.map((action) => {
    const rest = { label: "", target_id: null, reason: "", message: "", amount: null, changes: [], hash: "" };
    return { action, source_id: "1", ...rest };
  });
  const counts = { read: 0, created: 0, updated: 0, voided: 0, unchanged: 0, held: 0, dead_lettered: 0 };
  const target = { system: "billing", entity: "customer" } as const;
  const made = { counts, amounts: {}, over: null, full_compare: false, failed: failure, failure, decisions };
  const pipelines = [{ pipeline: "customers", target, hash: "", ...made }];
  return { schemaVersion: 1, id: "p", client: "acme", created_at: "2026-08-10T12:00:00Z", pipelines };
}

for (const { name, made, changed = true, want } of [
  { name: "one with changes", made: plan(null, "hold", "create"), want: 3 },
  { name: "one with changes, nobody asking", made: plan(null, "create"), changed: false, want: 0 },
  { name: "one that would only hold", made: plan(null, "hold"), want: 0 },
  { name: "a system out of reach", made: plan("unreachable"), want: 5 },
  { name: "a login that is needed", made: plan("login"), changed: false, want: 4 },
  { name: "another failure", made: plan("other"), want: 1 },
]) {
  test(`exitOfPlan: ${name} is ${want}`, () => assert.equal(exitOfPlan(made, changed), want));
}

for (const { name, error, want } of [
  { name: "wrong usage", error: new UsageError("no such client"), want: 2 },
  { name: "a login that is needed", error: new SystemError("psa", "login", "401"), want: 4 },
  { name: "a system out of reach", error: new SystemError("psa", "unreachable", "refused"), want: 5 },
  { name: "a missing state", error: new StateError("missing", "gone"), want: 7 },
  { name: "a full disk", error: new StateError("disk", "full"), want: 7 },
  { name: "a locked state", error: new StateError("locked", "in use"), want: 75 },
  { name: "what nobody foresaw", error: new TypeError("x is undefined"), want: 70 },
]) {
  test(`exitOfError: ${name} is ${want}`, () => assert.equal(exitOfError(error), want));
}

const FINDING = { level: "error", about: "accounting", text: "it is wrong" } as const;

for (const { kinds, want } of [
  { kinds: [], want: 0 },
  { kinds: [null], want: 0 },
  { kinds: ["other"], want: 1 },
  { kinds: ["unreachable", "other"], want: 5 },
  { kinds: ["unreachable", "login"], want: 4 },
  { kinds: ["login", "state"], want: 7 },
  { kinds: ["state", "config", "login"], want: 2 },
] as const) {
  test(`exitOfFindings: ${kinds.join(" and ") || "nothing wrong"} is ${want}`, () => {
    assert.equal(exitOfFindings(kinds.map((kind) => ({ ...FINDING, kind }))), want);
  });
}
