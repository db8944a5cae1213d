import { hasChanges } from "../commands/plan.ts";
import { UsageError } from "../commands/refusal.ts";
import { SystemError } from "../connector/types.ts";
import { unreachable } from "../core/unreachable.ts";
import type { Finding } from "../report/doctor.ts";
import { StateError } from "../state/types.ts";
import type { Failure, Plan, RunReport } from "../sync/types.ts";

/** What the exit code tells a script; the numbers are promised. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  changes: 3,
  login: 4,
  unreachable: 5,
  waiting: 6,
  state: 7,
  bug: 70,
  locked: 75,
  interrupted: 130,
} as const;

/** The exit code of a run that came to its end. */
export function exitOfRun({ status, pipelines }: RunReport, failOnHeld: boolean): number {
  switch (status) {
    case "done":
      return failOnHeld && pipelines.some(({ held }) => held > 0) ? EXIT.failed : EXIT.done;
    case "dead_letters":
    case "outdated":
      return EXIT.failed;
    case "waiting":
      return EXIT.waiting;
    case "stopped":
      return EXIT.interrupted;
    case "failed":
      return exitOfFailures(pipelines);
    default:
      return unreachable(status);
  }
}

/** The exit code of a plan that was made. `changed`: 3 when something would be written. */
export function exitOfPlan(plan: Plan, changed: boolean): number {
  if (plan.pipelines.some(({ failure }) => failure !== null)) return exitOfFailures(plan.pipelines);
  return changed && hasChanges(plan) ? EXIT.changes : EXIT.done;
}

/** What has to be put right first. */
function exitOfFailures(pipelines: readonly { readonly failure: Failure | null }[]): number {
  const failures = pipelines.map(({ failure }) => failure);
  if (failures.includes("login")) return EXIT.login;
  return failures.includes("unreachable") && !failures.includes("other") ? EXIT.unreachable : EXIT.failed;
}

/** The exit code of a doctor's findings: what has to be put right first. */
export function exitOfFindings(findings: readonly Finding[]): number {
  const kinds = new Set(findings.map(({ kind }) => kind));
  if (kinds.has("config")) return EXIT.usage;
  if (kinds.has("state")) return EXIT.state;
  if (kinds.has("login")) return EXIT.login;
  if (kinds.has("unreachable")) return EXIT.unreachable;
  return kinds.has("other") ? EXIT.failed : EXIT.done;
}

/** The exit code of a command that could not go on; a bug when nobody foresaw the error. */
export function exitOfError(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof StateError) return error.kind === "locked" ? EXIT.locked : EXIT.state;
  if (error instanceof SystemError) {
    if (error.kind === "login") return EXIT.login;
    return error.kind === "unreachable" ? EXIT.unreachable : EXIT.failed;
  }
  return EXIT.bug;
}
