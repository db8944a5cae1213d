import type { OpenTask } from "../sync/readiness/tasks.ts";
import type { TroubleGroup } from "./troubles.ts";

/** What accounts lack before they can bill: no contract says it, so nothing fills it in by itself. */

type TaskCode = OpenTask["code"];

/** A task as it is remembered. */
export interface RememberedTask {
  readonly code: string;
  /** RFC 3339. */
  readonly since: string;
}

/** Who does tasks of a kind, and whether the account's new invoices wait for them. */
export type TaskRules = {
  readonly [code in TaskCode]: { readonly assignee: string; readonly waits: boolean } | undefined;
};

const WHAT: { readonly [code in TaskCode]: string } = {
  location_missing: "enter the service location",
  circuit_missing: "enter the circuit of the location's numbers",
  btn_missing: "enter the BTN of the circuit",
  number_duplicate: "take the number off all services but one",
  number_unmatchable: "enter the number that calls are matched by",
  rate_plan_missing: "choose the rate plan of the service",
  tax_jurisdiction_missing: "enter the tax jurisdiction of the service address",
  numbers_missing: "bring the numbers and what the contract says of them together",
  circuit_details_missing: "bring the circuits and what the contract says of them together",
  rate_plan_choice: "choose the rate plan of the voice package",
  service_without_contract: "end the service that no contract pays for, or see to its contract",
  record_unreadable: "correct the record that cannot be read",
};

/** One group a kind, in the order of the rules; kinds that the client does not look at are left out. */
export function groupTasks(
  tasks: readonly RememberedTask[],
  rules: TaskRules,
  client: string,
): readonly TroubleGroup[] {
  return (Object.keys(WHAT) as TaskCode[]).flatMap((code) => {
    const rule = rules[code];
    const since = tasks.filter((one) => one.code === code).map((one) => one.since);
    const [oldest] = since.sort();
    if (rule === undefined || oldest === undefined) return [];
    return {
      pipeline: "readiness",
      kind: "task",
      reason: code,
      records: since.length,
      since: oldest,
      who: rule.assignee,
      what: WHAT[code] + (rule.waits ? "; the account's new invoices wait for it" : ""),
      command: `tripoint readiness --client ${client}`,
    };
  });
}
