import type { ClientConfig, PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { isObject, type Json } from "../core/json.ts";
import { type BillingProof, type ItemFacts, type PsaInvoice, proveBilling } from "../report/prove-billing.ts";
import type { ClaimRow, State } from "../state/types.ts";
import { baseOf, chargesItems, claimsOf, ITEM, lumpSum } from "../sync/claims.ts";
import { invoicingOf } from "../sync/invoicing.ts";
import { type SurveyOptions, survey } from "../sync/survey.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { withClientReadOnly } from "./open-client.ts";
import { UsageError } from "./refusal.ts";

/**
 * Proves from the PSA's items, the claims of the state and the invoices of both systems that everything whose service
 * began in a month (YYYY-MM) is billed once. Nothing is written.
 */
export async function billingProof(place: ClientPlace, period: string): Promise<BillingProof> {
  const config = loadConfig(place);
  const psa = config.systems.get("psa");
  if (psa === undefined) throw new UsageError("the client has no PSA, so there is nothing to prove");
  if (!lists(config, "psa", ITEM)) {
    throw new UsageError(
      `the connector ${psa.connector.connector} cannot read what is to be billed`,
      "A proof needs a PSA whose connector lists billable_item.",
    );
  }
  return withClientReadOnly(place, config, async ({ state, connections }) => {
    const options: SurveyOptions = { config, connections };
    const items: SystemRecord[] = [];
    for await (const record of survey(options, "psa", ITEM)) items.push(record);
    const invoices = lists(config, "psa", "invoice") ? await psaInvoices(options, state) : null;
    const twice = lists(config, "billing", "invoice") ? await billedTwice(options) : new Map();
    const claims = claimsByItem(state);
    const context: Context = { config, state, claims, invoices, twice };
    const inMonth = items.filter(({ record }) => String(record["item_date"]).startsWith(period));
    const there = new Set(items.map(({ id }) => id));
    const gone = [...claims].filter(
      ([item, rows]) =>
        !there.has(item) && rows.some((row) => row.record !== "" && row.period_from.startsWith(period)),
    );
    const facts = [
      ...inMonth.map((one) => factsOf(one.id, one.record, one.unreadable !== undefined, context)),
      ...gone.map(([item, rows]) =>
        factsOf(item, { ...chargedRecord(rows), status: "gone" }, false, context),
      ),
    ];
    return proveBilling(
      config.client,
      period,
      facts,
      psa.connector.entities[ITEM]?.mark_blocks ?? "unverified",
    );
  });
}

interface Context {
  readonly config: ClientConfig;
  readonly state: State;
  readonly claims: ReadonlyMap<string, readonly ClaimRow[]>;
  /** Item, or lump sum of a contract, to the PSA's invoices that name it; null where none can be read. */
  readonly invoices: ReadonlyMap<string, readonly PsaInvoice[]> | null;
  /** Item to the numbers of billing's invoices when there are several for one charge. */
  readonly twice: ReadonlyMap<string, readonly string[]>;
}

function factsOf(
  item: string,
  record: { readonly [field: string]: Json },
  unreadable: boolean,
  { config, state, claims, invoices, twice }: Context,
): ItemFacts {
  const { customer_id, item_date, contract_id, period, kind } = record;
  const from = isObject(period) ? period["from"] : item_date;
  // A recurring item is billed with its contract where the PSA shows the contract as one sum.
  const lump =
    kind === "recurring" && typeof contract_id === "string" && typeof from === "string"
      ? [lumpSum(contract_id, from)]
      : [];
  const rows = [item, ...lump].flatMap((id) => claims.get(id) ?? []);
  const charges = rows.filter((row) => row.kind === "route" && row.record !== "");
  const amount = charges.reduce((sum, one) => sum + one.amount, 0);
  return {
    item,
    customer_id: text(customer_id),
    description: text(record["description"]),
    amount: typeof record["amount"] === "number" ? record["amount"] : 0,
    currency: text(record["currency"]) || config.currency,
    status: unreadable ? "unreadable" : (record["status"] as ItemFacts["status"]),
    mode: modeOf(config, customer_id, from),
    before_go_live: config.go_live !== null && text(item_date) < config.go_live,
    charged: charges.length === 0 ? null : { charges: charges.length, amount },
    claimed_by: rows
      .filter((row) => row.kind === "route" && row.record === "")
      .map(({ source_id }) => source_id),
    psa_invoices: [item, ...lump].flatMap((id) => invoices?.get(id) ?? []),
    billing_invoices_twice: twice.get(item) ?? [],
    marked: typeof record["marked_billed"] === "boolean" ? record["marked_billed"] : null,
    on_unread_invoice: invoices === null && record["status"] === "billed",
    issue: issueOf(state, config.pipelines.filter(chargesItems), item),
  };
}

function modeOf(config: ClientConfig, customer: Json | undefined, date: Json | undefined): ItemFacts["mode"] {
  if (typeof customer !== "string" || typeof date !== "string") return null;
  return invoicingOf(config.invoicing)(customer, date);
}

/** The PSA's invoices by what they name; each claims as its pipeline to accounting would have it. */
async function psaInvoices(
  options: SurveyOptions,
  state: State,
): Promise<ReadonlyMap<string, readonly PsaInvoice[]>> {
  const flows = options.config.pipelines.filter(
    ({ source, target }) =>
      source.system === "psa" && source.entity === "invoice" && target.entity === "invoice",
  );
  const as = { system: "psa", entity: "invoice" } as const;
  const flow = flows[0] ?? { pipeline: "", source: { ...as, filter: undefined }, target: as };
  const found = new Map<string, PsaInvoice[]>();
  for await (const record of survey(options, "psa", "invoice")) {
    const { id, unreadable } = record;
    if (unreadable !== undefined) continue;
    const { status, number } = record.record;
    const invoice: PsaInvoice = {
      id,
      number: text(number) || id,
      status: status as PsaInvoice["status"],
      issue: issueOf(state, flows, id),
    };
    for (const { kind, base } of claimsOf(flow as PipelineConfig, record) ?? []) {
      if (kind === "invoice") found.set(base, [...(found.get(base) ?? []), invoice]);
    }
  }
  return found;
}

/** Charges that stand on several of billing's invoices which count, by their item. */
async function billedTwice(options: SurveyOptions): Promise<ReadonlyMap<string, readonly string[]>> {
  const numbers = new Map<string, Set<string>>();
  for await (const { id, record, unreadable } of survey(options, "billing", "invoice")) {
    if (unreadable !== undefined || record["status"] === "voided" || !Array.isArray(record["lines"]))
      continue;
    for (const line of record["lines"].filter(isObject)) {
      const charge = line["billable_item_id"];
      if (typeof charge !== "string") continue;
      numbers.set(charge, (numbers.get(charge) ?? new Set()).add(text(record["number"]) || id));
    }
  }
  return new Map(
    [...numbers]
      .filter(([, on]) => on.size > 1)
      .map(([charge, on]) => [baseOf(charge), [...on].sort()] as const),
  );
}

function claimsByItem(state: State): ReadonlyMap<string, readonly ClaimRow[]> {
  const found = new Map<string, ClaimRow[]>();
  for (const row of state.rows("claim")) found.set(row.base, [...(found.get(row.base) ?? []), row]);
  return found;
}

/** The item as it was charged first; written by the claim itself. */
function chargedRecord(rows: readonly ClaimRow[]): { readonly [field: string]: Json } {
  const charge = rows.find(({ record }) => record !== "");
  const value: unknown = charge === undefined ? {} : JSON.parse(charge.record);
  return isObject(value) ? value : {};
}

function issueOf(state: State, pipelines: readonly PipelineConfig[], id: string): string | null {
  for (const { pipeline } of pipelines) {
    const issue = state.issues(pipeline, [id]).get(id);
    if (issue !== undefined && issue.kind !== "skipped") return issue.message;
  }
  return null;
}

function lists({ systems }: ClientConfig, system: "psa" | "billing", entity: string): boolean {
  const list = systems.get(system)?.connector.entities[entity]?.list;
  return list !== undefined && list !== null;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
