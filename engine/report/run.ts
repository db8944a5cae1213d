import type { PerSystem, PipelineReport, RunReport } from "../sync/types.ts";
import { count, renderTable } from "./table.ts";
import { type FinishedRun, renderTroubles } from "./troubles.ts";
import { visible } from "./visible.ts";

/** A run as people read it: a line a pipeline, then what needs someone's attention. */
export function renderRun(report: FinishedRun): string {
  const { pipelines } = report;
  const table = renderTable(
    [
      { title: "pipeline" },
      ...["read", "created", "updated", "voided", "unchanged", "held", "dead"].map((title) => ({
        title,
        right: true,
      })),
      { title: "calls", right: true },
      { title: "writes", right: true },
      { title: "seconds", right: true },
      { title: "status" },
    ],
    pipelines.map((one) => [
      one.pipeline,
      ...[one.read, one.created, one.updated, one.voided, one.unchanged, one.held, one.dead_lettered].map(
        String,
      ),
      String(total(one.calls)),
      String(total(one.writes)),
      (one.duration_ms / 1000).toFixed(1),
      one.status,
    ]),
  );
  const { to_do } = report;
  const left = to_do.length === 0 ? "" : `${renderTroubles(to_do)}\n`;
  return `${table}\n${left}${[...pipelines.flatMap(remarks), conclusion(report)].join("\n")}\n`;
}

/** True when nothing was written to any system. */
function wroteNothing({ pipelines }: RunReport): boolean {
  return pipelines.every(({ writes, external_ids }) => total(writes) === 0 && external_ids === 0);
}

function remarks({
  pipeline,
  message,
  plan,
  uncertain,
  doubt,
  external_ids,
}: PipelineReport): readonly string[] {
  const lines: string[] = [];
  if (message !== null) lines.push(`${pipeline}: ${visible(message)}`);
  if (plan !== null)
    lines.push(`${pipeline}: look at it with tripoint plan, then type tripoint apply ${plan}`);
  if (uncertain > 0) {
    lines.push(
      `${pipeline}: ${count(uncertain, "write")} without a proven outcome; the next run settles this` +
        (doubt === null ? "" : `. ${visible(doubt)}`),
    );
  }
  if (external_ids > 0) lines.push(`${pipeline}: ${count(external_ids, "id")} written back`);
  return lines;
}

function conclusion(report: RunReport): string {
  const { client, pipelines } = report;
  const held = pipelines.reduce((sum, one) => sum + one.held, 0);
  const refused = pipelines.reduce((sum, one) => sum + one.dead_lettered, 0);
  const aside = [
    ...(held === 0 ? [] : [`${count(held, "record")} held`]),
    ...(refused === 0 ? [] : [`${count(refused, "record")} refused`]),
  ];
  const listed = aside.length === 0 ? "" : ` ${aside.join(", ")}: tripoint held list --client ${client}`;
  return `${client}: ${ending(report)}${listed}`;
}

function ending(report: RunReport): string {
  switch (report.status) {
    case "done":
    case "dead_letters":
      return wroteNothing(report) ? "nothing changed, nothing was written." : "done.";
    case "failed":
      return "a pipeline failed.";
    case "waiting":
      return "a plan waits for someone to approve it.";
    case "outdated":
      return "the plan is out of date.";
    case "stopped":
      return "stopped; the next run goes on from here.";
  }
}

function total(counts: PerSystem): number {
  return Object.values(counts).reduce((sum, number) => sum + number, 0);
}
