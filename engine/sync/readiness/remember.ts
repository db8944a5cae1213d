import type { Change, State, TaskRow } from "../../state/types.ts";
import type { Verdict } from "./gate.ts";

/** What the state keeps of readiness: since when something is missing, and that an account was live. */

/** Stands among the pipelines' due times; none can be named so. */
const JUDGED = "(readiness)";

/** The memory of accounts before they are judged anew. */
export interface ReadinessMemory {
  /** Account → its status and since when. */
  readonly accounts: ReadonlyMap<string, { readonly status: string; readonly since: string }>;
  /** Key of a task (taskKey) → its row. */
  readonly tasks: ReadonlyMap<string, TaskRow>;
}

export function readMemory(state: Pick<State, "rows">): ReadinessMemory {
  return {
    accounts: new Map([...state.rows("account")].map((row) => [row.account, row])),
    tasks: new Map([...state.rows("task")].map((row) => [taskKey(row.account, row), row])),
  };
}

/** When the accounts were last judged, RFC 3339; undefined when they never were. */
export function judgedAt(state: Pick<State, "rows">): string | undefined {
  return [...state.rows("due", { pipeline: JUDGED })][0]?.last_due;
}

/** An account that an invoice is posted of is live, and stays so. */
export function liveChanges(state: Pick<State, "rows">, account: string, now: string): readonly Change[] {
  const [known] = [...state.rows("account", { account })];
  return known?.status === "live" ? [] : [{ put: "account", row: { account, status: "live", since: now } }];
}

/** Names a task of an account, by what is missing and of what. */
export function taskKey(account: string, task: Pick<TaskRow, "code" | "subject">): string {
  return JSON.stringify([account, task.code, task.subject]);
}

/** The changes that bring the memory up to what was judged now; an account that is not there any more is forgotten. */
export function rememberAll(
  verdicts: ReadonlyMap<string, Verdict>,
  memory: ReadinessMemory,
  now: string,
): readonly Change[] {
  const changes: Change[] = [];
  const open = new Set<string>();
  for (const [account, { status, open_tasks }] of verdicts) {
    if (memory.accounts.get(account)?.status !== status)
      changes.push({ put: "account", row: { account, status, since: now } });
    for (const { code, subject } of open_tasks) {
      const key = taskKey(account, { code, subject });
      if (!memory.tasks.has(key) && !open.has(key))
        changes.push({ put: "task", row: { account, code, subject, since: now } });
      open.add(key);
    }
  }
  for (const [key, { account, code, subject }] of memory.tasks) {
    if (!open.has(key)) changes.push({ del: "task", row: { account, code, subject } });
  }
  changes.push({ put: "due", row: { pipeline: JUDGED, last_due: now } });
  for (const account of memory.accounts.keys()) {
    if (!verdicts.has(account)) changes.push({ del: "account", row: { account } });
  }
  return changes;
}
