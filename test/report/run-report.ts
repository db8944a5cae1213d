import type { FinishedRun } from "../../engine/report/troubles.ts";
import type { PipelineReport } from "../../engine/sync/types.ts";

/** A pipeline's report in which only what is given happened. */
export function pipelineReport(given: Partial<PipelineReport>): PipelineReport {
  return {
    pipeline: "invoices",
    status: "done",
    message: null,
    plan: null,
    uncertain: 0,
    doubt: null,
    external_ids: 0,
    read: 0,
    created: 0,
    updated: 0,
    voided: 0,
    unchanged: 0,
    held: 0,
    dead_lettered: 0,
    calls: {},
    calls_min: {},
    writes: {},
    duration_ms: 0,
    failure: null,
    ...given,
  };
}

/** A run's report in which only what is given happened. */
export function runReport(given: Partial<FinishedRun>): FinishedRun {
  return {
    schemaVersion: 1,
    client: "acme",
    run: "r1",
    status: "done",
    started_at: "2026-08-10T12:00:00Z",
    finished_at: "2026-08-10T12:00:05Z",
    pipelines: [],
    to_do: [],
    ...given,
  };
}
