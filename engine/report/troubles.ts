import type { RunReport } from "../sync/types.ts";
import { type Remedy, remedyOf, type Trouble } from "./remedies.ts";
import { count } from "./table.ts";
import { visible } from "./visible.ts";

/** What could not be done by itself, and who must act. */

export interface OpenTrouble extends Trouble {
  readonly message: string;
  readonly since: string;
}

/** Records that wait for the same person and the same thing. */
export interface TroubleGroup {
  /** The pipeline that they wait in; `readiness` for what accounts lack. */
  readonly pipeline: string;
  readonly kind: OpenTrouble["kind"] | "waiting" | "task";
  readonly reason: string;
  readonly records: number;
  /** Since when the oldest waits, RFC 3339. */
  readonly since: string;
  readonly who: string;
  readonly what: string;
  /** For one of the records, by way of example. */
  readonly command: string;
}

/** A run's report with what it leaves to people. */
export interface FinishedRun extends RunReport {
  readonly to_do: readonly TroubleGroup[];
}

/** One line for all records of a pipeline with one reason. */
export function groupTroubles(troubles: readonly OpenTrouble[]): readonly TroubleGroup[] {
  const groups = new Map<string, TroubleGroup>();
  for (const one of troubles) {
    const { pipeline, kind, reason, since } = one;
    const key = JSON.stringify([pipeline, kind, reason]);
    const before = groups.get(key);
    const remedy: Remedy = before ?? remedyOf(one);
    groups.set(key, {
      pipeline,
      kind,
      reason,
      records: (before?.records ?? 0) + 1,
      since: before === undefined || since < before.since ? since : before.since,
      who: remedy.who,
      what: remedy.what,
      command: remedy.command,
    });
  }
  return [...groups.values()];
}

/** The groups under a heading, three lines each; "" when there are none. */
export function renderTroubles(groups: readonly TroubleGroup[]): string {
  if (groups.length === 0) return "";
  const lines = groups.flatMap(({ pipeline, kind, reason, records, since, who, what, command }) => [
    `  ${pipeline}: ${count(records, KINDS[kind])}, ${reason}, since ${since}`,
    `    ${who}: ${what}`,
    `    ${command}`,
  ]);
  return `Not automated, and who must act:\n${lines.map((line) => `${visible(line)}\n`).join("")}`;
}

const KINDS: { readonly [kind in TroubleGroup["kind"]]: string } = {
  held: "held record",
  conflict: "conflict",
  dead_letter: "refused record",
  waiting: "waiting plan",
  task: "open task",
};
