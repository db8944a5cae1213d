import type { Counts, Progress } from "../sync/types.ts";
import type { Log } from "./log.ts";

export interface ProgressView {
  readonly onProgress: (event: Progress) => void;
  /** Takes the line off the terminal. */
  readonly clear: () => void;
}

/** A run's progress: one line that changes on a terminal, else a line for what begins and ends. */
export function showProgress(log: Log, live: boolean): ProgressView {
  let shown = false;
  const clear = (): void => {
    if (shown) process.stderr.write("\r\u001b[K");
    shown = false;
  };
  const onProgress = (event: Progress): void => {
    if (event.stage === "page" && !live) return;
    const text = describe(event);
    if (live && event.stage !== "done") {
      process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
      shown = true;
    } else {
      clear();
      // A collector of these lines has to see why, and above the level of what went well.
      const level = event.report?.status === "failed" ? "warn" : "info";
      log.log(level, text, { pipeline: event.pipeline, stage: event.stage });
    }
  };
  return { onProgress, clear };
}

function describe({ pipeline, stage, counts, wait_ms, report }: Progress): string {
  switch (stage) {
    case "settle":
      return "Looking up writes of an earlier run";
    case "wait":
      return `Waiting ${Math.ceil((wait_ms ?? 0) / 1000)} s until writes of an earlier run can be looked up`;
    case "start":
      return `${pipeline}: starting`;
    case "page":
      return `${pipeline}: ${countsText(counts)}`;
    case "done": {
      const why = report?.message ?? null;
      return `${pipeline}: ${report?.status ?? "done"}, ${countsText(counts)}${why === null ? "" : `: ${why}`}`;
    }
  }
}

function countsText({ read, created, updated, voided, unchanged, held, dead_lettered }: Counts): string {
  const parts = { created, updated, voided, unchanged, held, refused: dead_lettered };
  const told = Object.entries(parts).filter(([, number]) => number > 0);
  return [`${read} read`, ...told.map(([name, number]) => `${number} ${name}`)].join(", ");
}
