import assert from "node:assert/strict";
import { test } from "node:test";
import { status } from "../../engine/commands/status.ts";
import type { Change } from "../../engine/state/types.ts";
import { freshPlace, putIssue } from "./place.ts";

function ran(id: string, finished_at: string, pipeline: string, result: string): Change {
  const report = JSON.stringify({ pipelines: [{ pipeline, status: result, message: null }] });
  return { put: "run", row: { id, started_at: finished_at, finished_at, status: "done", report } };
}

test("status: each pipeline's last run, next due time and what is open", async (t) => {
  const place = await freshPlace(t, [
    ran("r2", "2026-08-10T09:00:00Z", "customers", "done"),
    ran("r1", "2026-08-10T08:00:00Z", "customers", "failed"),
    { put: "due", row: { pipeline: "customers", last_due: "2026-08-10T11:00:00Z" } },
    {
      put: "plan",
      row: { id: "p1", pipeline: "invoices", created_at: "x", reason: "too many", detail: "{}" },
    },
    putIssue({ source_id: "1", kind: "held" }),
    putIssue({ source_id: "2", kind: "dead_letter" }),
  ]);
  const view = await status(place);
  const [customers, , payments] = view.pipelines;
  assert.deepEqual(customers, {
    pipeline: "customers",
    schedule: "0 * * * *",
    next_due: "2026-08-10T12:00:00Z",
    last_run: { run: "r2", finished_at: "2026-08-10T09:00:00Z", status: "done", message: null },
    held: 0,
    conflicts: 0,
    dead_letters: 0,
    open_intents: 0,
  });
  assert.deepEqual(
    [payments?.schedule, payments?.next_due, payments?.last_run, payments?.held, payments?.dead_letters],
    ["manual", null, null, 1, 1],
  );
  assert.deepEqual(view.waiting, [{ id: "p1", pipeline: "invoices", created_at: "x", reason: "too many" }]);
});

test("status: a configuration with errors does not hide what the state knows", async (t) => {
  const place = await freshPlace(t, [ran("r1", "2026-08-10T08:00:00Z", "customers", "failed")]);
  const view = await status({ ...place, client: "gone" });
  assert.equal(view.configured, false);
  assert.deepEqual(
    view.pipelines.map(({ pipeline, last_run, next_due }) => [pipeline, last_run?.status, next_due]),
    [["customers", "failed", null]],
  );
});
