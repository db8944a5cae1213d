import type { ClientConfig, PipelineConfig, SystemName } from "../../config/types.ts";
import type { Connection } from "../../connector/types.ts";
import { type Clock, calendarOf } from "../../core/clock.ts";
import type { CanonicalRecord } from "../../core/json.ts";
import type { State } from "../../state/types.ts";
import { judgeAccount, restsOnContracts, type Verdict, WAITING } from "./gate.ts";
import { readFacts, whyNotJudged } from "./read.ts";
import { readMemory } from "./remember.ts";

/**
 * Holds new invoices of accounts that are not ready to bill (R46). What readiness rests on is read once, and only when
 * a run meets a new invoice.
 */
export interface InvoiceGate {
  /** For each record, in the source's ids, why it waits; undefined when it may go. */
  waits(records: readonly CanonicalRecord[]): Promise<readonly (string | undefined)[]>;
}

export interface InvoiceGateOptions {
  readonly config: ClientConfig;
  readonly pipeline: PipelineConfig;
  readonly connections: ReadonlyMap<SystemName, Connection>;
  readonly state: State;
  readonly clock: Clock;
}

const TASKS_TOLD = 3;

/** The gate of a pipeline; undefined where no invoices come out of billing, or the client or its billing has no gate. */
export function createInvoiceGate(options: InvoiceGateOptions): InvoiceGate | undefined {
  const { config, pipeline } = options;
  const { source } = pipeline;
  if (source.system !== "billing" || source.entity !== "invoice") return undefined;
  if (config.readiness.invoices === "ignore" || whyNotJudged(config) !== null) return undefined;
  let judged: Promise<ReadonlyMap<string, Judged>> | undefined;

  const waits: InvoiceGate["waits"] = async (records) => {
    if (records.length === 0) return [];
    judged ??= judge(options);
    const accounts = await judged;
    return records.map((record) => {
      const id = accountOf(record);
      if (id === undefined) return undefined;
      const account = accounts.get(id);
      return account === undefined
        ? `billing account ${id} is not among those that billing lists`
        : account.reason;
    });
  };
  return { waits };
}

/** The account that an invoice makes live once it is posted; undefined where it says nothing of one. */
export function accountOf(record: CanonicalRecord): string | undefined {
  const id = record["billing_account_id"];
  // Without an account nothing can be said about it, and work that is no telecom service has none to wait for.
  return typeof id !== "string" || record["invoice_type"] === "service" ? undefined : id;
}

interface Judged {
  readonly reason: string | undefined;
}

async function judge({
  config,
  connections,
  state,
  clock,
}: InvoiceGateOptions): Promise<ReadonlyMap<string, Judged>> {
  const { rules } = config.readiness;
  const { accounts: before } = readMemory(state);
  const now = clock.now();
  const facts = await readFacts({ config, connections, state, whole: restsOnContracts(rules), now });
  const today = calendarOf(config.time_zone)(now);
  return new Map(
    facts.accounts.map((account) => {
      const wasLive = before.get(account.id)?.status === "live";
      // An account that closed with its contracts still gets the invoices that are due.
      const verdict = judgeAccount(account, {
        rules,
        numbers: facts.numbers,
        wasLive,
        invoiced: false,
        today,
      });
      return [account.id, { reason: reasonOf(account.label, verdict) }];
    }),
  );
}

/** Why the invoices of an account wait. */
export function reasonOf(account: string, { status, open_tasks }: Verdict): string | undefined {
  if (!WAITING.has(status)) return undefined;
  const blocking = open_tasks.filter(({ blocks }) => blocks);
  const told = blocking
    .slice(0, TASKS_TOLD)
    .map(({ code, message, assignee }) => `${message} (${code}, ${assignee})`);
  const more = blocking.length > TASKS_TOLD ? [`${blocking.length - TASKS_TOLD} more`] : [];
  const missing =
    status === "shell" ? ["No service is provisioned yet.", ...told, ...more] : [...told, ...more];
  const how = status === "unknown" ? "is not known to be ready" : "is not ready";
  return `billing account ${account} ${how} to bill: ${missing.join(" ")}`;
}
