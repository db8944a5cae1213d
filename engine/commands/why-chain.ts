import type { PipelineConfig, SystemName } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { isObject } from "../core/json.ts";
import type { Cause, CauseContext } from "../report/cause.ts";
import type { Book, DocumentKind, LedgerDocument } from "../report/ledger.ts";
import { remedyOf } from "../report/remedies.ts";
import type { WhyStep } from "../report/why.ts";
import type { Thing } from "./find-thing.ts";
import { createCustomers } from "./ledger-customers.ts";
import { createDocuments, flowsOf } from "./ledger-pages.ts";
import type { ReadOptions } from "./read-records.ts";
import { createSharedValues } from "./shared-values.ts";
import { troublesOf } from "./troubles.ts";

/** What the steps of `tripoint why` have in common: the invoice's pipelines, and what the state says of a record. */

export interface Chain extends ReadOptions {
  readonly push: PipelineConfig;
  /** Absent where the client has no pipeline for payments back. */
  readonly back: PipelineConfig | undefined;
  readonly thing: Thing;
  /** What could not be read, as sentences. */
  readonly notes: string[];
}

export const DECIDERS = "whoever decides about links and values";

/** A step at which nothing is wrong, or nothing happened yet. */
export function fine(step: WhyStep["step"], text: string, state: "ok" | "open" = "ok"): WhyStep {
  return { step, state, text, who: null, command: null };
}

/** What holds a record in a pipeline. */
export function troubleOf({ config, state }: Chain, { pipeline }: PipelineConfig, id: string) {
  const one = troublesOf(config, state).find((row) => row.pipeline === pipeline && row.source_id === id);
  if (one === undefined) return undefined;
  const { who, command } = remedyOf(one);
  const what = { held: "held", conflict: "in conflict", dead_letter: "refused" }[one.kind];
  return { text: `${what} since ${one.since} (${one.reason}): ${one.message}`, who, command };
}

/** The plan in which a record waits, why it waits, and who lets it go on. */
export function planWith({ config, state }: Chain, { pipeline }: PipelineConfig, id: string) {
  const plan = [...state.rows("plan")].find(
    (one) => one.pipeline === pipeline && isIn(JSON.parse(one.detail), id),
  );
  if (plan === undefined) return undefined;
  const command = `tripoint apply ${plan.id} --client ${config.client}`;
  return { reason: plan.reason, approval: { who: "whoever approves large runs", command } };
}

/** True when a stored plan has a decision about the record. */
function isIn(plan: unknown, id: string): boolean {
  const decisions = isObject(plan) ? plan["decisions"] : undefined;
  return Array.isArray(decisions) && decisions.some((one) => isObject(one) && one["source_id"] === id);
}

/** Records of one system as the documents that reports compare. */
export function documentsOf(
  chain: Chain,
  system: SystemName,
  kind: DocumentKind,
  records: readonly SystemRecord[],
): Promise<readonly LedgerDocument[]> {
  return createDocuments(chain, system as Book, kind, createSharedValues(), undefined)(records);
}

/** What `reconcile` would say of a pair, with no look at the rest of the books. */
export function contextOf(chain: Chain): CauseContext {
  const { config, state } = chain;
  const named = (entity: string): string | null =>
    config.pipelines.find(({ target }) => target.entity === entity)?.pipeline ?? null;
  return {
    client: config.client,
    alike: () => [],
    ledgers: {
      flows: flowsOf(chain),
      customers: createCustomers(state, { billing: new Map(), accounting: new Map() }),
      invoiceKey: (side, id) => state.uidsOf("invoice", side, [id]).get(id) ?? `${side} ${id}`,
      unreadable: [],
      psa_compared: true,
      applications_pipeline: named("credit_application"),
      refunds_pipeline: named("refund"),
    },
  };
}

/** A step that broke for a cause; one that the client's rules ask for is no break. */
export function stepFor(step: WhyStep["step"], { expected, message, task, command }: Cause): WhyStep {
  if (expected) return fine(step, message, "open");
  return {
    step,
    state: "broken",
    text: task === null ? message : `${message}. ${task}`,
    who: DECIDERS,
    command,
  };
}
