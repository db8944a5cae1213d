import type { PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { type CanonicalRecord, isObject } from "../core/json.ts";
import { printMoney } from "../core/money.ts";
import { causeOf } from "../report/causes.ts";
import type { WhyStep } from "../report/why.ts";
import { describe } from "../sync/text.ts";
import { readIds, readPart } from "./read-parts.ts";
import {
  type Chain,
  contextOf,
  DECIDERS,
  documentsOf,
  fine,
  planWith,
  stepFor,
  troubleOf,
} from "./why-chain.ts";
import type { Invoices } from "./why-push.ts";

/** The steps that bring payments back: what accounting received for an invoice, and what billing has of it. */

type Posted = Invoices & { readonly target: SystemRecord };

/** What is paid, and the first payment that billing lacks, or has otherwise; the sums when it has them all. */
export async function paymentSteps(chain: Chain, invoices: Posted): Promise<readonly WhyStep[]> {
  const { push } = chain;
  const from = push.target.system;
  const records = [invoices.target, ...invoices.adjusting.filter(({ entity }) => entity === "invoice")];
  const ids = new Set(records.map(({ id }) => id));
  const paid = await paymentsOn(chain, from, ids);
  const currency = currencyOf(invoices.target.record);
  const received = total(paid, ids);
  const owed = printMoney(sum(records, "total"), currency);
  const rest = `${printMoney(sum(records, "balance"), currency)} is open there`;
  const step =
    paid.length === 0
      ? fine("payment", `nothing of it is paid in ${from}; ${rest}`, "open")
      : fine("payment", `${printMoney(received, currency)} of ${owed} is paid in ${from}; ${rest}`);
  const { back } = chain;
  if (back === undefined || !chain.config.payments.sync_back) {
    if (paid.length === 0) return [step];
    const text = `payments are not sent back to ${push.source.system} (payments.sync_back, or no pipeline for it)`;
    return [step, fine("allocation", text, "open")];
  }
  const sums = { received, open: sum(records, "balance") };
  const allocation = await allocationStep(chain, back, invoices, paid, sums);
  // Where neither side has any there is nothing to tell.
  return allocation === undefined ? [step] : [step, allocation];
}

async function allocationStep(
  chain: Chain,
  back: PipelineConfig,
  { source }: Posted,
  paid: readonly SystemRecord[],
  theirs: { readonly received: number; readonly open: number },
): Promise<WhyStep | undefined> {
  const { config, state, push } = chain;
  const [from, to] = [push.target.system, push.source.system];
  const broken = { step: "allocation", state: "broken" } as const;
  const run = `tripoint run --client ${config.client} --pipeline ${back.pipeline}`;
  const ids = paid.map(({ id }) => id);
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
    return { ...broken, text, who: "nobody: the next run brings it", command: run };
  }
  const invoice = new Set([source.id]);
  const theirsHere = await paymentsOn(chain, to, invoice);
  if (paid.length === 0 && theirsHere.length === 0) return undefined;
  const known = new Set([...linked.values()].flat());
  const [stray] = theirsHere.filter(({ id }) => !known.has(id));
  if (stray !== undefined) return strayStep(chain, back, stray);
  const currency = currencyOf(source.record);
  const here = total(theirsHere, invoice);
  const text =
    `${to} has ${printMoney(here, currency)} of it on ${describe(source.record)}, ${from} ` +
    `${printMoney(theirs.received, currency)}; open in ${to}: ${printMoney(sum([source], "balance"), currency)}, in ${from}: ` +
    printMoney(theirs.open, currency);
  if (theirs.received === here && source.record["balance"] === theirs.open) return fine("allocation", text);
  return { ...broken, text, who: DECIDERS, command: run };
}

/** A payment that billing has on the invoice, and accounting has not: it is gone there, or on another invoice. */
async function strayStep(chain: Chain, back: PipelineConfig, stray: SystemRecord): Promise<WhyStep> {
  const { config, connections, state, push } = chain;
  const [from, to] = [push.target.system, push.source.system];
  const ids = state.translate("payment", to, from, [stray.id]).get(stray.id) ?? [];
  for (const id of ids) {
    const trouble = troubleOf(chain, back, id);
    if (trouble !== undefined) return { step: "allocation", state: "broken", ...trouble };
  }
  const { records } = await readIds(config, connections, from, "payment", ids);
  const pair = {
    by: records.length === 0 ? "nothing" : "link",
    psa: [],
    billing: await documentsOf(chain, to, "payment", [stray]),
    accounting: await documentsOf(chain, from, "payment", records),
  } as const;
  return stepFor("allocation", causeOf(pair, contextOf(chain)));
}

/** Payments of a system that put something on one of the invoices and stand. */
async function paymentsOn(
  { config, connections, notes }: Chain,
  system: PipelineConfig["source"]["system"],
  invoices: ReadonlySet<string>,
): Promise<readonly SystemRecord[]> {
  const part = await readPart(
    config,
    connections,
    system,
    "payment",
    (record) => record["status"] !== "voided" && allocated(record, invoices) !== 0,
  );
  if (part.note !== null) notes.push(part.note);
  return part.records;
}

function total(payments: readonly SystemRecord[], invoices: ReadonlySet<string>): number {
  return payments.reduce((before, { record }) => before + allocated(record, invoices), 0);
}

function sum(records: readonly SystemRecord[], field: "total" | "balance"): number {
  return records.reduce((before, { record }) => {
    const value = record[field];
    return typeof value === "number" ? before + value : before;
  }, 0);
}

/** Minor units that a payment puts on invoices. */
function allocated({ allocations }: CanonicalRecord, invoices: ReadonlySet<string>): number {
  if (!Array.isArray(allocations)) return 0;
  return allocations.reduce(
    (before: number, one) =>
      isObject(one) && invoices.has(String(one["invoice_id"])) && typeof one["amount"] === "number"
        ? before + one["amount"]
        : before,
    0,
  );
}

function currencyOf({ currency }: CanonicalRecord): string {
  return typeof currency === "string" ? currency : "";
}
