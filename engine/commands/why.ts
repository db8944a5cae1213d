import type { ClientConfig, PipelineConfig, SystemName } from "../config/types.ts";
import { type CanonicalRecord, isObject } from "../core/json.ts";
import { printMoney } from "../core/money.ts";
import { remedyOf } from "../report/remedies.ts";
import type { WhyStep, WhyView } from "../report/why.ts";
import type { State } from "../state/types.ts";
import { describe, numberOf } from "../sync/text.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { findThing, type Thing } from "./find-thing.ts";
import { type OpenClient, withClient } from "./open-client.ts";
import { readIds, readPart } from "./read-parts.ts";
import { UsageError } from "./refusal.ts";
import { troublesOf } from "./troubles.ts";

/** Follows one invoice: its customer's link, the push into accounting, its payments there, and what billing has of them. */

interface Chain {
  readonly config: ClientConfig;
  readonly state: State;
  readonly connections: OpenClient["connections"];
  readonly push: PipelineConfig;
  /** Absent where the client has no pipeline for payments back. */
  readonly back: PipelineConfig | undefined;
  readonly thing: Thing;
  readonly notes: string[];
}

/** The steps of an invoice that is known by this id or number anywhere. Throws UsageError when it is not. */
export async function whyInvoice(place: ClientPlace, word: string): Promise<WhyView> {
  const config = loadConfig(place);
  return withClient(place, config, async ({ state, connections }) => {
    const thing = await findThing(config, { state, connections }, "invoice", word);
    const push = pushOf(config, thing);
    const back = config.pipelines.find(
      ({ source, target }) =>
        source.entity === "payment" &&
        target.entity === "payment" &&
        source.system === push.target.system &&
        target.system === push.source.system,
    );
    const chain: Chain = { config, state, connections, push, back, thing, notes: [] };
    const { steps, name } = await follow(chain);
    const broken = steps.find((one) => one.state === "broken") ?? null;
    return {
      schemaVersion: 1,
      client: config.client,
      invoice: name ?? word,
      steps,
      broken,
      notes: chain.notes,
    };
  });
}

/** The pipeline that carries it: from the system that has it, else the one that brings it to the system that has it. */
function pushOf(config: ClientConfig, { ids }: Thing): PipelineConfig {
  const all = config.pipelines.filter(
    ({ source, target }) => source.entity === "invoice" && target.entity === "invoice",
  );
  const found =
    all.find(({ source }) => ids.has(source.system)) ?? all.find(({ target }) => ids.has(target.system));
  if (found !== undefined) return found;
  throw new UsageError(`no pipeline of ${config.client} moves invoices of ${[...ids.keys()].join(", ")}`);
}

async function follow(
  chain: Chain,
): Promise<{ readonly steps: readonly WhyStep[]; readonly name: string | undefined }> {
  const { push, thing } = chain;
  const source = await read(chain, push.source.system);
  const target = await read(chain, push.target.system);
  const name = numberOf(source ?? target ?? {}) || undefined;
  if (source === undefined) {
    const [id] = thing.ids.get(push.source.system) ?? [];
    const text =
      id === undefined
        ? `${push.target.system} has it and ${push.source.system} does not: it was made there by hand, or is not linked`
        : `${push.source.system} does not show ${id} any more`;
    const command = `tripoint adopt invoices --propose --client ${chain.config.client}`;
    const step = { step: "invoice", state: "broken", text, who: deciders, command } as const;
    return { steps: [step], name };
  }
  const steps: WhyStep[] = [
    invoiceStep(chain, source),
    linkStep(chain, source),
    pushStep(chain, source, target),
  ];
  if (target !== undefined && steps.every(({ state }) => state === "ok")) {
    steps.push(...(await paymentSteps(chain, source, target)));
  }
  return { steps, name };
}

const deciders = "whoever decides about links and values";

async function read(
  { config, connections, thing, notes }: Chain,
  system: SystemName,
): Promise<CanonicalRecord | undefined> {
  const part = await readIds(config, connections, system, "invoice", thing.ids.get(system) ?? []);
  if (part.note !== null) notes.push(part.note);
  return part.records[0]?.record;
}

function invoiceStep({ config, push }: Chain, source: CanonicalRecord): WhyStep {
  const date = String(source["invoice_date"]);
  const text = `${describe(source)} of ${date} is ${String(source["status"])} in ${push.source.system}`;
  const open = { step: "invoice", state: "open", who: null, command: null } as const;
  if (config.go_live !== null && date < config.go_live) {
    return { ...open, text: `${text}; it is older than go_live (${config.go_live}), so it is never written` };
  }
  if (source["status"] === "draft") return { ...open, text: `${text}; it is sent once it is issued` };
  return { step: "invoice", state: "ok", text, who: null, command: null };
}

function linkStep({ config, state, push }: Chain, source: CanonicalRecord): WhyStep {
  const customer = String(source["customer_id"]);
  const [from, to] = [push.source.system, push.target.system];
  const ids = state.translate("customer", from, to, [customer]).get(customer) ?? [];
  if (ids.length === 1) {
    const text = `customer ${customer} of ${from} is ${ids[0] ?? ""} in ${to}`;
    return { step: "link", state: "ok", text, who: null, command: null };
  }
  if (ids.length > 1) {
    const text = `customer ${customer} of ${from} is linked to several of ${to}: ${ids.join(", ")}`;
    const command = `tripoint idmap unlink customer ${to}:${ids.at(-1) ?? ""} --client ${config.client}`;
    return { step: "link", state: "broken", text, who: deciders, command };
  }
  // The customer's own hold says more than that it is not linked.
  const held = troublesOf(config, state).find(
    (one) =>
      one.entity === "customer" && one.source === from && one.target === to && one.source_id === customer,
  );
  const text = `customer ${customer} of ${from} is not linked to ${to}${held === undefined ? "" : `: ${held.message}`}`;
  const remedy = held === undefined ? undefined : remedyOf(held);
  return {
    step: "link",
    state: "broken",
    text,
    who: remedy?.who ?? deciders,
    command:
      remedy?.command ??
      `tripoint idmap link customer ${from}:${customer} ${to}:<id> --client ${config.client}`,
  };
}

function pushStep(chain: Chain, source: CanonicalRecord, target: CanonicalRecord | undefined): WhyStep {
  const { config, state, push } = chain;
  const id = String(source["id"]);
  const to = push.target.system;
  const broken = { step: "push", state: "broken" } as const;
  const trouble = troubleOf(chain, push, id);
  if (trouble !== undefined) return { ...broken, ...trouble };
  const run = `tripoint run --client ${config.client} --pipeline ${push.pipeline}`;
  if ([...state.rows("intent", { pipeline: push.pipeline })].some((one) => one.source_id === id)) {
    const text = `it was sent to ${to}, and whether it was stored is not known yet`;
    return { ...broken, text, who: "nobody: the next run looks", command: run };
  }
  const plan = planWith(chain, push, id);
  if (plan !== undefined) return { ...broken, text: `its plan waits: ${plan.reason}`, ...plan.approval };
  if (target === undefined) {
    if (config.go_live !== null && String(source["invoice_date"]) < config.go_live) {
      return { step: "push", state: "open", text: "not meant to be sent", who: null, command: null };
    }
    const text = `it is not in ${to}, and nothing holds it: no run has met it, or the pipeline's filter leaves it out`;
    const command = `tripoint plan --client ${config.client} --pipeline ${push.pipeline}`;
    return { ...broken, text, who: "the integrator (YAML)", command };
  }
  if (source["total"] !== target["total"]) {
    const text = `${to} has it over ${money(target, "total")}, ${push.source.system} over ${money(source, "total")}`;
    return { ...broken, text, who: deciders, command: run };
  }
  const [sync] = [...state.syncRows(push.pipeline, [id]).values()];
  const when = sync === undefined ? "" : `, in step as of ${sync.synced_at}`;
  const text = `${describe(target)} is ${String(target["id"])} in ${to}${when}`;
  return { step: "push", state: "ok", text, who: null, command: null };
}

async function paymentSteps(
  chain: Chain,
  source: CanonicalRecord,
  target: CanonicalRecord,
): Promise<readonly WhyStep[]> {
  const { config, connections, push, notes } = chain;
  const from = push.target.system;
  const part = await readPart(
    config,
    connections,
    from,
    "payment",
    (record) => allocated(record, String(target["id"])) !== 0,
  );
  if (part.note !== null) notes.push(part.note);
  const paid = part.records.filter(({ record }) => record["status"] !== "voided");
  const received = paid.reduce((sum, { record }) => sum + allocated(record, String(target["id"])), 0);
  const said = `${printMoney(received, currencyOf(target))} of ${money(target, "total")} is paid in ${from}`;
  const rest = `${money(target, "balance")} is open there`;
  if (paid.length === 0) {
    const text = `nothing of it is paid in ${from}; ${rest}`;
    return [{ step: "payment", state: "open", text, who: null, command: null }];
  }
  const payment: WhyStep = {
    step: "payment",
    state: "ok",
    text: `${said}; ${rest}`,
    who: null,
    command: null,
  };
  return [
    payment,
    await allocationStep(
      chain,
      source,
      target,
      paid.map(({ record }) => record),
    ),
  ];
}

/** The first payment that billing lacks, or has otherwise; the sums when it has them all. */
async function allocationStep(
  chain: Chain,
  source: CanonicalRecord,
  target: CanonicalRecord,
  payments: readonly CanonicalRecord[],
): Promise<WhyStep> {
  const { config, connections, state, push, back, notes } = chain;
  const [from, to] = [push.target.system, push.source.system];
  const broken = { step: "allocation", state: "broken" } as const;
  if (back === undefined || !config.payments.sync_back) {
    const text = `payments are not sent back to ${to} (payments.sync_back, or no pipeline for it)`;
    return { step: "allocation", state: "open", text, who: null, command: null };
  }
  const ids = payments.map(({ id }) => String(id));
  const linked = state.translate("payment", from, to, ids);
  for (const id of ids) {
    const trouble = troubleOf(chain, back, id);
    if (trouble !== undefined) return { ...broken, ...trouble };
    if (linked.has(id)) continue;
    const plan = planWith(chain, back, id);
    if (plan !== undefined) {
      const text = `payment ${id} of ${from} is not in ${to}: its plan waits: ${plan.reason}`;
      return { ...broken, text, ...plan.approval };
    }
    const text = `payment ${id} of ${from} is not in ${to}, and nothing holds it: no run has met it yet`;
    const command = `tripoint run --client ${config.client} --pipeline ${back.pipeline}`;
    return { ...broken, text, who: "nobody: the next run brings it", command };
  }
  const part = await readIds(config, connections, to, "payment", [...linked.values()].flat());
  if (part.note !== null) notes.push(part.note);
  const sum = (records: readonly CanonicalRecord[], invoice: CanonicalRecord): number =>
    records.reduce((total, record) => total + allocated(record, String(invoice["id"])), 0);
  const theirs = sum(payments, target);
  const ours = sum(
    part.records.map(({ record }) => record),
    source,
  );
  const text =
    `${to} has ${printMoney(ours, currencyOf(source))} of it on ${describe(source)}, ${from} ` +
    `${printMoney(theirs, currencyOf(target))}; open in ${to}: ${money(source, "balance")}, in ${from}: ${money(target, "balance")}`;
  if (theirs === ours && source["balance"] === target["balance"]) {
    return { step: "allocation", state: "ok", text, who: null, command: null };
  }
  const command = `tripoint run --client ${config.client} --pipeline ${back.pipeline}`;
  return { ...broken, text, who: deciders, command };
}

/** What holds a record in a pipeline. */
function troubleOf({ config, state }: Chain, { pipeline }: PipelineConfig, id: string) {
  const one = troublesOf(config, state).find((row) => row.pipeline === pipeline && row.source_id === id);
  if (one === undefined) return undefined;
  const { who, command } = remedyOf(one);
  const what = { held: "held", conflict: "in conflict", dead_letter: "refused" }[one.kind];
  return { text: `${what} since ${one.since} (${one.reason}): ${one.message}`, who, command };
}

/** The plan in which a record waits, why it waits, and who lets it go on. */
function planWith({ config, state }: Chain, { pipeline }: PipelineConfig, id: string) {
  const plan = [...state.rows("plan")].find(
    (one) => one.pipeline === pipeline && isIn(JSON.parse(one.detail), id),
  );
  if (plan === undefined) return undefined;
  const command = `tripoint apply ${plan.id} --client ${config.client}`;
  return { reason: plan.reason, approval: { who: "whoever approves large runs", command } };
}

/** Minor units that a payment puts on an invoice. */
function allocated({ allocations }: CanonicalRecord, invoice: string): number {
  if (!Array.isArray(allocations)) return 0;
  return allocations.reduce(
    (sum: number, one) =>
      isObject(one) && one["invoice_id"] === invoice && typeof one["amount"] === "number"
        ? sum + one["amount"]
        : sum,
    0,
  );
}

/** True when a stored plan has a decision about the record. */
function isIn(plan: unknown, id: string): boolean {
  const decisions = isObject(plan) ? plan["decisions"] : undefined;
  return Array.isArray(decisions) && decisions.some((one) => isObject(one) && one["source_id"] === id);
}

function money(record: CanonicalRecord, field: string): string {
  const value = record[field];
  return typeof value === "number" ? printMoney(value, currencyOf(record)) : "an unknown amount";
}

function currencyOf({ currency }: CanonicalRecord): string {
  return typeof currency === "string" ? currency : "";
}
