import type { ClientConfig, PipelineConfig, SystemName } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { causeOf } from "../report/causes.ts";
import { remedyOf } from "../report/remedies.ts";
import type { WhyStep, WhyView } from "../report/why.ts";
import { adjustedBy } from "../sync/adjustments.ts";
import { describe, numberOf } from "../sync/text.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { findThing, type Thing } from "./find-thing.ts";
import { withClient } from "./open-client.ts";
import { readIds } from "./read-parts.ts";
import { UsageError } from "./refusal.ts";
import { troublesOf } from "./troubles.ts";
import { type Chain, contextOf, DECIDERS, documentsOf, fine, stepFor, troubleOf } from "./why-chain.ts";
import { paymentSteps } from "./why-payments.ts";
import { pushStep, readAdjusting } from "./why-push.ts";

/** Follows one invoice: its customer's link, the push into accounting, its payments there, and what billing has of them. */

/** The steps of an invoice that is known by this id or number anywhere. Throws UsageError when it is not. */
export async function whyInvoice(place: ClientPlace, word: string): Promise<WhyView> {
  const config = loadConfig(place);
  return withClient(place, config, async (open) => {
    const named = await findThing(config, open, "invoice", word);
    const original = originalOf(named);
    const thing = original === undefined ? named : await findThing(config, open, "invoice", original);
    const push = pushOf(config, thing);
    const back = config.pipelines.find(
      ({ source, target }) =>
        source.entity === "payment" &&
        target.entity === "payment" &&
        source.system === push.target.system &&
        target.system === push.source.system,
    );
    const chain: Chain = { ...open, config, clock: place.clock, push, back, thing, notes: [] };
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

/** What an invoice adjusts, as people would name it: the two are one chain. */
function originalOf({ ids }: Thing): string | undefined {
  const originals = [...ids].flatMap(([system, own]) =>
    own.flatMap((id) => {
      const adjusted = adjustedBy(id);
      return adjusted?.entity === "invoice" ? [`${system}:${adjusted.id}`] : [];
    }),
  );
  return originals[0];
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
  const { push } = chain;
  const source = await read(chain, push.source.system);
  const target = await read(chain, push.target.system);
  const name = numberOf(source?.record ?? target?.record ?? {}) || undefined;
  if (source === undefined) return { steps: [await goneStep(chain, target)], name };
  const invoices = { source, target, adjusting: await readAdjusting(chain, source.id) };
  const steps: WhyStep[] = [
    invoiceStep(chain, source.record),
    linkStep(chain, source.record),
    await pushStep(chain, invoices),
  ];
  if (target !== undefined && steps.every(({ state }) => state === "ok")) {
    steps.push(...(await paymentSteps(chain, { ...invoices, target })));
  }
  return { steps, name };
}

async function read(
  { config, connections, thing, notes }: Chain,
  system: SystemName,
): Promise<SystemRecord | undefined> {
  const part = await readIds(config, connections, system, "invoice", thing.ids.get(system) ?? []);
  if (part.note !== null) notes.push(part.note);
  return part.records[0];
}

/** The system that it comes from does not have it, or not any more. */
async function goneStep(chain: Chain, target: SystemRecord | undefined): Promise<WhyStep> {
  const { config, push, thing } = chain;
  const [id] = thing.ids.get(push.source.system) ?? [];
  const trouble = id === undefined ? undefined : troubleOf(chain, push, id);
  if (trouble !== undefined) return { step: "invoice", state: "broken", ...trouble };
  if (target !== undefined && push.target.system === "accounting") {
    const accounting = await documentsOf(chain, push.target.system, "invoice", [target]);
    return stepFor("invoice", causeOf({ by: "nothing", psa: [], billing: [], accounting }, contextOf(chain)));
  }
  const text = `${push.source.system} does not show ${id ?? "it"} any more`;
  const command = `tripoint run --client ${config.client} --pipeline ${push.pipeline}`;
  return { step: "invoice", state: "broken", text, who: DECIDERS, command };
}

function invoiceStep({ config, push }: Chain, source: CanonicalRecord): WhyStep {
  const date = String(source["invoice_date"]);
  const text = `${describe(source)} of ${date} is ${String(source["status"])} in ${push.source.system}`;
  if (config.go_live !== null && date < config.go_live) {
    return fine(
      "invoice",
      `${text}; it is older than go_live (${config.go_live}), so it is never written`,
      "open",
    );
  }
  if (source["status"] === "draft") return fine("invoice", `${text}; it is sent once it is issued`, "open");
  return fine("invoice", text);
}

function linkStep({ config, state, push }: Chain, source: CanonicalRecord): WhyStep {
  const customer = String(source["customer_id"]);
  const [from, to] = [push.source.system, push.target.system];
  const ids = state.translate("customer", from, to, [customer]).get(customer) ?? [];
  if (ids.length === 1) {
    const text = `customer ${customer} of ${from} is ${ids[0] ?? ""} in ${to}`;
    return fine("link", text);
  }
  if (ids.length > 1) {
    const text = `customer ${customer} of ${from} is linked to several of ${to}: ${ids.join(", ")}`;
    const command = `tripoint idmap unlink customer ${to}:${ids.at(-1) ?? ""} --client ${config.client}`;
    return { step: "link", state: "broken", text, who: DECIDERS, command };
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
    who: remedy?.who ?? DECIDERS,
    command:
      remedy?.command ??
      `tripoint idmap link customer ${from}:${customer} ${to}:<id> --client ${config.client}`,
  };
}
