import type { ClientConfig } from "../config/types.ts";
import { groupTasks, type TaskRules } from "../report/account-tasks.ts";
import { groupTroubles, type TroubleGroup } from "../report/troubles.ts";
import type { State } from "../state/types.ts";
import { troublesOf } from "./troubles.ts";

/** What the client's pipelines leave to people, of earlier runs as well, and what accounts lacked when last judged. */
export function toDo(config: ClientConfig, state: State): readonly TroubleGroup[] {
  const { client } = config;
  const waiting = [...state.rows("plan")].map(({ id, pipeline, created_at, reason }): TroubleGroup => {
    const command = `tripoint apply ${id} --client ${client}`;
    const rest = { records: 1, since: created_at, who: "whoever approves large runs", command };
    return { pipeline, kind: "waiting", reason: "over_limits", ...rest, what: reason };
  });
  const tasks = groupTasks([...state.rows("task")], rulesOf(config), client);
  return [...groupTroubles(troublesOf(config, state)), ...waiting, ...tasks];
}

function rulesOf({ readiness: { invoices, rules } }: ClientConfig): TaskRules {
  const told = Object.entries(rules).map(([code, rule]) => [
    code,
    rule === "off" ? undefined : { assignee: rule.assignee, waits: rule.blocks && invoices === "hold" },
  ]);
  return Object.fromEntries(told);
}
