import { count, renderTable } from "./table.ts";
import { renderTroubles, type TroubleGroup } from "./troubles.ts";
import { visible } from "./visible.ts";

/** Where a client stands. */
export interface StatusView {
  readonly schemaVersion: 1;
  readonly client: string;
  /** False when the configuration has errors just now: schedules are not known then. */
  readonly configured: boolean;
  readonly pipelines: readonly PipelineStatus[];
  /** Plans that wait for apply. */
  readonly waiting: readonly {
    readonly id: string;
    readonly pipeline: string;
    readonly created_at: string;
    readonly reason: string;
  }[];
  /** What people have to do; empty, too, while the configuration cannot be used. */
  readonly to_do: readonly TroubleGroup[];
}

export interface PipelineStatus {
  readonly pipeline: string;
  /** Cron expression, "manual", null when not known. */
  readonly schedule: string | null;
  readonly next_due: string | null;
  readonly last_run: {
    readonly run: string;
    readonly finished_at: string;
    readonly status: string;
    readonly message: string | null;
  } | null;
  readonly held: number;
  readonly conflicts: number;
  readonly dead_letters: number;
  /** Writes whose outcome is not known yet. */
  readonly open_intents: number;
}

/** The status as a table, and what waits for a person. */
export function renderStatus({ client, configured, pipelines, waiting, to_do }: StatusView): string {
  const table = renderTable(
    [
      { title: "pipeline" },
      { title: "last run" },
      { title: "result" },
      { title: "next due" },
      ...["held", "conflicts", "dead", "open"].map((title) => ({ title, right: true })),
    ],
    pipelines.map((one) => [
      one.pipeline,
      one.last_run?.finished_at ?? "never",
      one.last_run?.status ?? "-",
      one.next_due ?? one.schedule ?? "-",
      ...[one.held, one.conflicts, one.dead_letters, one.open_intents].map(String),
    ]),
  );
  const remarks = [
    ...pipelines.flatMap(({ pipeline, last_run }) =>
      last_run?.message == null ? [] : [`${pipeline}: ${last_run.message}`],
    ),
    ...waiting.map(({ id, pipeline, reason }) => `${pipeline} waits: ${reason}; tripoint apply ${id}`),
    ...(configured
      ? []
      : ["next due is not known, since the configuration cannot be used as it is: tripoint validate"]),
  ];
  const open = pipelines.reduce((sum, one) => sum + one.open_intents, 0);
  if (open > 0)
    remarks.push(`${count(open, "write")} without a proven outcome: the next run settles this first`);
  const left = to_do.filter(({ kind }) => kind !== "waiting");
  const troubles = left.length === 0 ? "" : `\n${renderTroubles(left)}`;
  return `${client}\n\n${table}${troubles}${remarks.length === 0 ? "" : `\n${remarks.map(visible).join("\n")}\n`}`;
}
