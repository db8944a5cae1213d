import type { SystemName } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { causeOf } from "../report/causes.ts";
import { isEven } from "../report/even.ts";
import type { DocumentKind, LedgerDocument } from "../report/ledger.ts";
import type { WhyStep } from "../report/why.ts";
import { adjustmentsOf } from "../sync/adjustments.ts";
import { stateLinks } from "../sync/links.ts";
import { describe } from "../sync/text.ts";
import { readIds } from "./read-parts.ts";
import { type Chain, contextOf, documentsOf, fine, planWith, stepFor, troubleOf } from "./why-chain.ts";

/** The step that brings an invoice to accounting: what holds it, or how what stands there differs from what it should be. */

/** An invoice as both sides have it. */
export interface Invoices {
  readonly source: SystemRecord;
  readonly target: SystemRecord | undefined;
  /** What was posted to adjust it after its books were closed. */
  readonly adjusting: readonly (SystemRecord & { readonly entity: DocumentKind })[];
}

/** The documents that adjust an invoice in closed books. */
export async function readAdjusting(chain: Chain, sourceId: string): Promise<Invoices["adjusting"]> {
  const { config, state, connections, push, notes } = chain;
  const known = adjustmentsOf(push, stateLinks(state), state, [sourceId]).get(sourceId) ?? [];
  const read: (SystemRecord & { readonly entity: DocumentKind })[] = [];
  for (const entity of ["invoice", "credit_note"] as const) {
    const ids = known.filter((one) => one.entity === entity).map(({ id }) => id);
    const part = await readIds(config, connections, push.target.system, entity, ids);
    if (part.note !== null) notes.push(part.note);
    read.push(...part.records.map((record) => ({ ...record, entity })));
  }
  return read;
}

/** How far the invoice came. */
export async function pushStep(chain: Chain, invoices: Invoices): Promise<WhyStep> {
  const { config, state, push } = chain;
  const { source, target, adjusting } = invoices;
  const { id } = source;
  const to = push.target.system;
  const broken = { step: "push", state: "broken" } as const;
  const trouble = troubleOf(chain, push, id);
  if (trouble !== undefined) return { ...broken, ...trouble };
  if ([...state.rows("intent", { pipeline: push.pipeline })].some((one) => one.source_id === id)) {
    const text = `it was sent to ${to}, and whether it was stored is not known yet`;
    const command = `tripoint run --client ${config.client} --pipeline ${push.pipeline}`;
    return { ...broken, text, who: "nobody: the next run looks", command };
  }
  const plan = planWith(chain, push, id);
  if (plan !== undefined) return { ...broken, text: `its plan waits: ${plan.reason}`, ...plan.approval };
  const pair = await pairOf(chain, invoices);
  const ours = String(source.record["customer_id"]);
  const [theirs = ""] = state.translate("customer", push.source.system, to, [ours]).get(ours) ?? [];
  if (target === undefined || !isEven(pair, theirs)) return stepFor("push", causeOf(pair, contextOf(chain)));
  const [sync] = [...state.syncRows(push.pipeline, [id]).values()];
  const when = sync === undefined ? "" : `, in step as of ${sync.synced_at}`;
  const by = adjusting.map(({ record }) => describe(record)).join(" and ");
  const more = by === "" ? "" : `, and ${by} adjusts it after its books were closed`;
  return fine("push", `${describe(target.record)} is ${target.id} in ${to}${when}${more}`);
}

async function pairOf(chain: Chain, { source, target, adjusting }: Invoices) {
  const { source: from, target: to } = chain.push;
  const in_ = (system: SystemName, kind: DocumentKind, records: readonly SystemRecord[]) =>
    documentsOf(chain, system, kind, records);
  const sources = await in_(from.system, "invoice", [source]);
  const targets: LedgerDocument[] = [];
  if (target !== undefined) targets.push(...(await in_(to.system, "invoice", [target])));
  for (const one of adjusting) targets.push(...(await in_(to.system, one.entity, [one])));
  const of = (system: SystemName): readonly LedgerDocument[] =>
    [...sources, ...targets].filter(({ side }) => side === system);
  return { by: "link", psa: of("psa"), billing: of("billing"), accounting: of("accounting") } as const;
}
