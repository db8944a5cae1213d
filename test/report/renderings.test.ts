import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../engine/config/root.ts";
import { renderIdMap } from "../../engine/report/id-map.ts";
import { type IssueView, renderConflicts, renderHeld } from "../../engine/report/issues.ts";
import { renderPlan } from "../../engine/report/plan.ts";
import { renderRun } from "../../engine/report/run.ts";
import { renderStatus } from "../../engine/report/status.ts";
import { renderTests } from "../../engine/report/tests.ts";
import type { PlannedDecision } from "../../engine/sync/types.ts";
import { pipelineReport, runReport } from "./run-report.ts";

/** What people read, against golden files. */

function golden(name: string, text: string): void {
  const path = join(packageRoot(), "test", "golden", "report", name);
  assert.equal(text, readFileSync(path, "utf8"));
}

const RUN = runReport({
  status: "failed",
  pipelines: [
    pipelineReport({
      pipeline: "customers",
      read: 64,
      created: 14,
      unchanged: 49,
      held: 1,
      calls: { psa: 12, billing: 61 },
      writes: { billing: 14, psa: 14 },
      external_ids: 14,
      duration_ms: 1240,
    }),
    pipelineReport({
      status: "waiting",
      message: "312 creates are over the limit of 200",
      plan: "invoices-0a1b2c3d",
      read: 312,
    }),
    pipelineReport({
      pipeline: "payments",
      status: "failed",
      message: "accounting: no answer",
      uncertain: 2,
      doubt: "QuickBooks Online did not answer to the end (other side closed)",
    }),
  ],
});

const DECISION: PlannedDecision = {
  action: "create",
  source_id: "9001",
  label: "INV-1042",
  target_id: null,
  reason: "not_in_id_map",
  message: "",
  amount: { amount: 55_286, currency: "USD" },
  changes: [],
  hash: "h",
};

const HELD: IssueView = {
  pipeline: "payments",
  source_id: "77",
  kind: "held",
  reason: "reference_missing",
  message: "customer 9001 of accounting is not linked",
  detail: null,
  since: "2026-08-09T10:00:00Z",
  attempts: 3,
};

test("renderRun: counts of each pipeline, then what needs someone", () => golden("run.txt", renderRun(RUN)));

test("renderRun: a run that wrote nothing says so", () => {
  const text = renderRun(
    runReport({ pipelines: [pipelineReport({ read: 3, unchanged: 3, calls: { psa: 1 } })] }),
  );
  assert.match(text, /\nacme: nothing changed, nothing was written\.\n$/);
});

test("renderRun: a run that only wrote ids back did write", () => {
  const text = renderRun(runReport({ pipelines: [pipelineReport({ external_ids: 1 })] }));
  assert.match(text, /\nacme: done\.\n$/);
});

test("renderPlan: each write with its fields, each record set aside with its reason", () => {
  const plan = {
    schemaVersion: 1,
    id: "p1",
    client: "acme",
    created_at: "2026-08-10T12:00:00Z",
    pipelines: [
      {
        pipeline: "invoices",
        target: { system: "accounting", entity: "invoice" },
        hash: "h",
        counts: { read: 4, created: 1, updated: 1, voided: 0, unchanged: 1, held: 1, dead_lettered: 0 },
        amounts: { USD: 55_286 },
        over: "1 create is over the limit of 0",
        full_compare: true,
        failed: null,
        failure: null,
        decisions: [
          { ...DECISION, changes: [{ field: "memo", from: undefined, to: "Services" }] },
          {
            ...DECISION,
            action: "update",
            source_id: "9002",
            label: "INV-1043\u001b[2J",
            target_id: "145",
            reason: "source_changed",
            amount: null,
            changes: [{ field: "due_date", from: "2026-08-31", to: "2026-09-15" }],
          },
          {
            ...DECISION,
            action: "update",
            source_id: "9004",
            label: "INV-1044",
            target_id: "146",
            reason: "source_changed",
            changes: [
              {
                field: "lines",
                from: [
                  { gl_code: "4000", amount: 4_500 },
                  { gl_code: "4010", amount: 100 },
                ],
                to: [
                  { gl_code: "4000", amount: 5_000 },
                  { gl_code: "4010", amount: 100 },
                ],
              },
              { field: "taxes", from: [], to: [{ gl_code: "2200", amount: 7 }] },
              { field: "total", from: 4_600, to: 5_107 },
            ],
          },
          {
            ...DECISION,
            action: "hold",
            source_id: "9003",
            label: "",
            reason: "code_unmapped",
            message: "no LD2",
          },
        ],
      },
    ],
  } as const;
  golden("plan.txt", renderPlan(plan));
});

test("renderPlan: a pipeline that could not be planned has no counts, which would say that nothing is to be done", () => {
  const counts = { read: 0, created: 0, updated: 0, voided: 0, unchanged: 0, held: 0, dead_lettered: 0 };
  const failed = "Rev.io Billing (billing) cannot be reached: connect ECONNREFUSED 127.0.0.1:9.";
  const nothing = { counts, amounts: {}, over: null, full_compare: false, decisions: [], hash: "h" };
  const target = { system: "billing", entity: "payment" } as const;
  const pipelines = [{ pipeline: "payments", target, failed, failure: "unreachable", ...nothing }] as const;
  const text = renderPlan({ schemaVersion: 1, id: "p1", client: "acme", created_at: "", pipelines });
  assert.equal(text, `payments → billing payment: not planned\n  failed: ${failed}\n`);
});

test("renderHeld: a line a record", () => {
  golden(
    "held.txt",
    renderHeld([HELD, { ...HELD, pipeline: "invoices", kind: "dead_letter", reason: "refused" }]),
  );
  assert.equal(renderHeld([]), "Nothing is held.\n");
});

test("renderConflicts: both sides, and what was decided", () => {
  const detail = {
    fields: { memo: { source: "a", target: "b" }, due_date: { source: "2026-08-31", target: null } },
    resolution: { memo: "source" },
  };
  golden(
    "conflicts.txt",
    renderConflicts([{ ...HELD, kind: "conflict", message: "both sides changed", detail }]),
  );
  assert.equal(renderConflicts([]), "There are no conflicts.\n");
});

test("renderIdMap: numbers before ids, several ids of one system side by side", () => {
  const ids = {
    psa: [{ id: "1001", label: "CUST-1001" }],
    billing: [
      { id: "5555", label: "CB-5555" },
      { id: "5556", label: "5556" },
    ],
  };
  golden("id-map.txt", renderIdMap([{ entity: "customer", uid: "u", ids }]));
});

test("renderStatus: last runs, due times and what is open", () => {
  const one = {
    pipeline: "customers",
    schedule: "0 * * * *",
    next_due: "2026-08-10T13:00:00Z",
    last_run: { run: "r1", finished_at: "2026-08-10T12:00:05Z", status: "failed", message: "psa: no answer" },
    held: 1,
    conflicts: 0,
    dead_letters: 2,
    open_intents: 1,
  };
  const never = {
    ...one,
    pipeline: "payments",
    schedule: "manual",
    next_due: null,
    last_run: null,
    open_intents: 0,
  };
  const waiting = [{ id: "p1", pipeline: "invoices", created_at: "x", reason: "312 creates, limit 200" }];
  golden(
    "status.txt",
    renderStatus({
      schemaVersion: 1,
      client: "acme",
      configured: true,
      pipelines: [one, never],
      waiting,
      to_do: [],
    }),
  );
});

test("renderTests: failures with what differs", () => {
  golden(
    "tests.txt",
    renderTests([
      { pipeline: "invoices", name: "long distance goes to 4010", ok: true, message: "" },
      {
        pipeline: "invoices",
        name: "a draft does nothing",
        ok: false,
        message: "action: create, not skip\nreason: x",
      },
    ]),
  );
});
