import type { SandboxDescription } from "./sandboxes.ts";
import { renderTable } from "./table.ts";
import { visible } from "./visible.ts";

/** Whether a client could run now: everything that was looked at, and what it came to. */
export interface DoctorView {
  readonly schemaVersion: 1;
  readonly client: string;
  readonly checked_at: string;
  readonly findings: readonly Finding[];
  readonly systems: readonly SystemView[];
  readonly time_zone: string;
  readonly pipelines: readonly {
    readonly pipeline: string;
    /** Cron expression, or "manual". */
    readonly schedule: string;
    readonly next_due: readonly string[];
  }[];
  /** Fields of customers whose values are another system's ids, over one page of each system. */
  readonly external_ids: readonly Candidate[];
}

export interface Finding {
  readonly level: "ok" | "warning" | "error";
  /** What an error is, for the exit code; null unless it is one. */
  readonly kind: FindingKind | null;
  readonly about: string;
  readonly text: string;
}

export type FindingKind = "config" | "state" | "login" | "unreachable" | "other";

export interface SystemView {
  readonly system: string;
  readonly connector: string;
  /** Milliseconds of one read; null: it was not answered. */
  readonly latency_ms: number | null;
  /** How far the system's clock is ahead of ours; null: it did not say. */
  readonly clock_ahead_ms: number | null;
  /** Only for logins that end. */
  readonly login_ends: string | null;
  readonly login_days_left: number | null;
  readonly entities: readonly EntityView[];
  /** What the connector is held to by its tests; empty for a client's own connector that says nothing of it. */
  readonly capabilities: SandboxDescription["capabilities"];
}

export interface EntityView {
  readonly entity: string;
  readonly can: readonly string[];
  /** What keeps a create from being made twice; null: it is never created. */
  readonly exactly_once: string | null;
  /** What nobody has verified of its writes, which client.yaml allows all the same; null: nothing, or not in use. */
  readonly unverified: string | null;
}

export interface Candidate {
  readonly system: string;
  readonly field: string;
  readonly holds: string;
  /** Different ids of the other system that were found in it, of so many records with a value. */
  readonly hits: number;
  readonly values: number;
  /** client.yaml names it already. */
  readonly in_use: boolean;
}

/** All of it as text: what is wrong first, then tables. */
export function renderDoctor(view: DoctorView): string {
  const { client, findings, systems, pipelines, external_ids, time_zone } = view;
  const order = ["error", "warning", "ok"];
  const sorted = [...findings].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  const parts = [
    `${client}\n`,
    renderTable(
      [{ title: "" }, { title: "about" }, { title: "" }],
      sorted.map(({ level, about, text }) => [level, about, text]),
    ),
    renderTable(
      [{ title: "system" }, { title: "connector" }, ...["answers in", "clock", "login ends in"].map(right)],
      systems.map((one) => [one.system, one.connector, latency(one), clock(one), login(one)]),
    ),
    renderTable(
      [{ title: "system" }, { title: "entity" }, { title: "can" }, { title: "a create is made once by" }],
      systems.flatMap(({ system, entities }) =>
        entities.map(({ entity, can, exactly_once }) => [
          system,
          entity,
          can.join(", "),
          exactly_once ?? "-",
        ]),
      ),
    ),
    systems.map(capabilities).join(""),
    renderTable(
      [{ title: `pipeline (${time_zone})` }, { title: "schedule" }, { title: "next due" }],
      pipelines.map(({ pipeline, schedule, next_due }) => [pipeline, schedule, next_due.join("  ") || "-"]),
    ),
    ...(external_ids.length === 0 ? [] : [candidates(external_ids)]),
  ];
  return parts.join("\n");
}

/** What the connector's tests hold it to, in a line; `tripoint sandbox --list` tells each with its reason. */
function capabilities({ connector, capabilities: all }: SystemView): string {
  if (all.length === 0) return `${connector} says nothing of its capabilities.\n`;
  const named = (basis: "unverified" | "none"): string =>
    all.flatMap((one) => (one.basis === basis ? [one.capability] : [])).join(", ") || "none";
  const documented = all.filter(({ basis }) => basis === "documented").length;
  return `${connector}: ${documented} of ${all.length} capabilities documented; unverified: ${named("unverified")}; lacking: ${named("none")}\n`;
}

function right(title: string) {
  return { title, right: true } as const;
}

function latency({ latency_ms }: SystemView): string {
  return latency_ms === null ? "-" : `${latency_ms} ms`;
}

function clock({ clock_ahead_ms }: SystemView): string {
  if (clock_ahead_ms === null) return "-";
  // A Date header knows whole seconds only.
  const seconds = Math.round(clock_ahead_ms / 1000);
  return Math.abs(seconds) <= 1 ? "same" : `${seconds > 0 ? "+" : ""}${seconds} s`;
}

function login({ login_days_left }: SystemView): string {
  return login_days_left === null ? "-" : `${login_days_left} days`;
}

function candidates(found: readonly Candidate[]): string {
  const lines = found.map(
    ({ system, field, holds, hits, values, in_use }) =>
      `  ${system} ${field} holds ids of ${holds}: ${hits} of ${values}${in_use ? " (in client.yaml)" : ""}`,
  );
  return `Fields for external ids, by one page of customers each:\n${lines.map(visible).join("\n")}\n`;
}
