import { SystemError } from "../connector/types.ts";
import type { FinishedRun } from "../report/troubles.ts";
import { judgedAt } from "../sync/readiness/remember.ts";
import { type AlertOptions, alertAfterRun } from "./alerts.ts";
import type { OpenClient } from "./open-client.ts";
import { judgeClient } from "./readiness.ts";
import { toDo } from "./to-do.ts";

export interface FinishOptions extends AlertOptions, Pick<OpenClient, "connections"> {}

/** Entities of billing of which accounts consist. */
const OF_ACCOUNTS: ReadonlySet<string> = new Set(["customer", "billing_account", "location", "service"]);
const LOOK_AGAIN_MS = 86_400_000;

/** What follows a run, whichever command made it: whom to warn, and what it leaves to people. */
export async function finishRun(options: FinishOptions): Promise<FinishedRun> {
  const { config, state, report } = options;
  await alertAfterRun(options);
  if (changesAccounts(options)) await judgeAccounts(options);
  return { ...report, to_do: toDo(config, state) };
}

/**
 * Whether a run that keeps billing's accounts has changed one, or is the first such run of a day: what people do in
 * billing shows then. Judging reads all accounts, which is too much for every run.
 */
function changesAccounts({ config, state, report, place }: FinishOptions): boolean {
  const kept = config.pipelines
    .filter(({ target }) => target.system === "billing" && OF_ACCOUNTS.has(target.entity))
    .map(({ pipeline }) => pipeline);
  const ran = report.pipelines.filter(({ pipeline }) => kept.includes(pipeline));
  if (report.status === "stopped" || ran.length === 0) return false;
  if (ran.some(({ created, updated }) => created + updated > 0)) return true;
  const last = judgedAt(state);
  return last === undefined || place.clock.now() - Date.parse(last) >= LOOK_AGAIN_MS;
}

/** The run is done, whatever comes of this: what cannot be read just now stays as it was last seen. */
async function judgeAccounts({ config, state, connections, place, onWarning }: FinishOptions): Promise<void> {
  try {
    await judgeClient(config, { state, connections }, place.clock.now());
  } catch (cause) {
    if (!(cause instanceof SystemError)) throw cause;
    onWarning(`What accounts lack could not be looked at: ${cause.message}`);
  }
}
