import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import winston from "winston";
import { showProgress } from "../../engine/cli/progress.ts";
import type { Progress } from "../../engine/sync/types.ts";
import { pipelineReport } from "../report/run-report.ts";

/** The lines that a log gets for these events, not on a terminal. */
function lines(...events: readonly Progress[]): readonly unknown[] {
  const stream = new PassThrough();
  const format = winston.format.json();
  const log = winston.createLogger({ format, transports: [new winston.transports.Stream({ stream })] });
  const { onProgress } = showProgress(log, false);
  for (const event of events) onProgress(event);
  const text: unknown = stream.read();
  return String(text)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("progress: a failed pipeline is a warning with its reason; what went well is none", () => {
  const counts = pipelineReport({ read: 3, created: 2, held: 1 });
  const failed = pipelineReport({ pipeline: "payments", status: "failed", message: "billing is away" });
  assert.deepEqual(
    lines(
      { pipeline: "invoices", stage: "start", counts },
      { pipeline: "invoices", stage: "page", counts },
      { pipeline: "invoices", stage: "done", counts, report: counts },
      { pipeline: "payments", stage: "done", counts: failed, report: failed },
    ),
    [
      { level: "info", message: "invoices: starting", pipeline: "invoices", stage: "start" },
      {
        level: "info",
        message: "invoices: done, 3 read, 2 created, 1 held",
        pipeline: "invoices",
        stage: "done",
      },
      {
        level: "warn",
        message: "payments: failed, 0 read: billing is away",
        pipeline: "payments",
        stage: "done",
      },
    ],
  );
});
