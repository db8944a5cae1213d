import { type IdMapRow, renderIdMap } from "./id-map.ts";
import { type IssueView, renderConflicts, renderHeld } from "./issues.ts";
import { type ReadinessView, renderReadiness } from "./readiness.ts";
import { renderRun } from "./run.ts";
import { renderSandboxes, type SandboxView } from "./sandboxes.ts";
import type { FinishedRun } from "./troubles.ts";

const SHOWN_EACH = 3;

export interface DemoView {
  readonly report: FinishedRun;
  /** True when this was its first run. */
  readonly fresh: boolean;
  readonly sandboxes: readonly SandboxView[];
  /** The customer that is shown. */
  readonly example: string;
  readonly rows: readonly IdMapRow[];
  readonly held: readonly IssueView[];
  /** Null when a signal ended the run. */
  readonly ready: ReadinessView | null;
}

/** What the demo did and where to go from here. */
export function renderDemo({ report, fresh, sandboxes, example, rows, held, ready }: DemoView): string {
  const { shown, more } = someOfEach(held.filter(({ kind }) => kind !== "conflict"));
  const conflicts = held.filter(({ kind }) => kind === "conflict");
  return [
    renderSandboxes(sandboxes),
    renderRun(report),
    `${example} in the three systems, by the id map:\n${renderIdMap(rows)}`,
    `Set aside, and why:\n${renderHeld(shown)}${more}`,
    ...(conflicts.length === 0 ? [] : [renderConflicts(conflicts)]),
    ...(ready === null ? [] : [`What billing accounts lack:\n${renderReadiness(ready)}`]),
    nextSteps(report.client, example, fresh),
  ].join("\n");
}

/** The first few records of each reason: the same sentence fifty times over would hide the others. */
function someOfEach(issues: readonly IssueView[]): {
  readonly shown: readonly IssueView[];
  readonly more: string;
} {
  const seen = new Map<string, number>();
  const shown = issues.filter(({ pipeline, reason }) => {
    const key = JSON.stringify([pipeline, reason]);
    const number = (seen.get(key) ?? 0) + 1;
    seen.set(key, number);
    return number <= SHOWN_EACH;
  });
  const rest = issues.length - shown.length;
  return { shown, more: rest === 0 ? "" : `… and ${rest} more for the same reasons\n` };
}

function nextSteps(client: string, example: string, fresh: boolean): string {
  const again = fresh ? "again: nothing has changed, so nothing is written" : "begin anew";
  return [
    "What to type next:",
    `  ${(fresh ? "npm start" : "npm start -- --reset").padEnd(50)}${again}`,
    `  ${`npx tripoint held list --client ${client}`.padEnd(50)}what waits, and for what`,
    `  ${`npx tripoint idmap show ${example} --client ${client}`.padEnd(50)}one customer in every system`,
    `  ${`npx tripoint status --client ${client}`.padEnd(50)}last runs, and what is open`,
    "To run single commands against the three systems, leave this on in another terminal:",
    "  npx tripoint sandbox",
    "and then, in this one:",
    `  . .tripoint/sandboxes/environment && npx tripoint run --client ${client}`,
    "",
  ].join("\n");
}
