import type { ClientConfig, PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import type { ItemFacts, PsaInvoice } from "../report/prove-billing.ts";
import type { ClaimRow, State } from "../state/types.ts";
import { amountDue, inOrder, sortItems } from "../sync/charges.ts";
import { baseOf, chargesItems, claimsOf, lumpSum } from "../sync/claims.ts";
import { invoicingOf } from "../sync/invoicing.ts";
import { canList } from "./read-records.ts";

/**
 * Who bills the PSA's items, from the claims of the state and from the invoices of both systems, which are shown to it
 * before it is asked. Reports look here, so that they all go by one reading.
 */
export interface ItemBook {
  /** `mapped`: an invoice of billing with the GL codes that its pipeline gives it. */
  see(system: "psa" | "billing", invoice: SystemRecord, mapped?: CanonicalRecord): void;
  factsOf(item: SystemRecord): ItemFacts;
  /** What was charged and is not among `there`, as it was charged first, with the status `gone`. */
  gone(there: ReadonlySet<string>): readonly SystemRecord[];
  /** Lines of billing's invoices that bill an item. */
  linesOf(item: string): readonly ItemLine[];
  /** What is owed for an item in all, in minor units. */
  dueOf(item: SystemRecord): number;
  /** What was charged for an item in billing: charge → amount in minor units. */
  chargesOf(item: string): ReadonlyMap<string, number>;
}

/** A line of an invoice of billing that names a charge. */
export interface ItemLine {
  readonly charge: string;
  readonly invoice_id: string;
  readonly number: string;
  readonly status: "draft" | "issued" | "voided";
  readonly date: string;
  readonly customer_id: string;
  readonly currency: string;
  readonly amount: number;
  /** "" for none. */
  readonly gl_code: string;
}

/** An empty book of the client; it is to be shown every invoice of the systems that list them. */
export function createItemBook(config: ClientConfig, state: State): ItemBook {
  const psaFlows = config.pipelines.filter(
    ({ source, target }) =>
      source.system === "psa" && source.entity === "invoice" && target.entity === "invoice",
  );
  const itemFlows = config.pipelines.filter(chargesItems);
  const claims = claimsByItem(state);
  const invoices = new Map<string, PsaInvoice[]>();
  const lines = new Map<string, ItemLine[]>();
  const readsInvoices = canList(config, "psa", "invoice");

  const seePsa = (invoice: SystemRecord): void => {
    const { status, number } = invoice.record;
    const seen: PsaInvoice = {
      id: invoice.id,
      number: text(number) || invoice.id,
      status: status as PsaInvoice["status"],
      issue: issueOf(state, psaFlows, invoice.id),
    };
    // It claims as its pipeline to accounting has it, or would have it.
    for (const { kind, base } of claimsOf(psaFlows[0] ?? ANY_FLOW, invoice) ?? []) {
      if (kind === "invoice") put(invoices, base, seen);
    }
  };

  const seeBilling = ({ id, record }: SystemRecord, mapped: CanonicalRecord): void => {
    if (!Array.isArray(mapped["lines"])) return;
    const own = {
      invoice_id: id,
      number: text(record["number"]) || id,
      status: record["status"] as ItemLine["status"],
      date: text(record["invoice_date"]),
      customer_id: text(record["customer_id"]),
      currency: text(record["currency"]) || config.currency,
    };
    for (const { billable_item_id: charge, amount, gl_code } of mapped["lines"].filter(isObject)) {
      if (typeof charge !== "string") continue;
      put(lines, baseOf(charge), { ...own, charge, amount: whole(amount), gl_code: text(gl_code) });
    }
  };

  const furtherOf = (source: SystemRecord): number => {
    if (source.unreadable !== undefined || source.record["status"] === "gone") return 0;
    const due = itemFlows.flatMap((pipeline) => sortItems(pipeline, state, [source]).charged);
    return due.reduce(
      (sum, one) => sum + (one.kind === "further" ? whole(one.charge.record["amount"]) : 0),
      0,
    );
  };

  const factsOf = (source: SystemRecord): ItemFacts => {
    const { id: item, record } = source;
    const { customer_id, item_date, contract_id, period, kind } = record;
    const from = isObject(period) ? period["from"] : item_date;
    // A recurring item is billed with its contract where the PSA shows the contract as one sum.
    const lump =
      kind === "recurring" && typeof contract_id === "string" && typeof from === "string"
        ? [lumpSum(contract_id, from)]
        : [];
    const rows = [item, ...lump].flatMap((id) => claims.get(id) ?? []);
    const charges = rows.filter(isCharge);
    const amount = charges.reduce((sum, one) => sum + one.amount, 0);
    return {
      item,
      customer_id: text(customer_id),
      contract_id: text(contract_id),
      product_code: text(record["product_code"]),
      service: serviceOf(record),
      last_day: isObject(record["period"]) ? text(record["period"]["to"]) : text(item_date),
      description: text(record["description"]),
      amount: whole(record["amount"]),
      currency: text(record["currency"]) || config.currency,
      status: source.unreadable === undefined ? (record["status"] as ItemFacts["status"]) : "unreadable",
      mode: modeOf(config, customer_id, from),
      before_go_live: config.go_live !== null && typeof item_date === "string" && item_date < config.go_live,
      charged: charges.length === 0 ? null : { charges: charges.length, amount },
      billed_on: [
        ...new Set(
          (lines.get(item) ?? []).flatMap(({ status, number }) => (status === "voided" ? [] : [number])),
        ),
      ].sort(),
      further: furtherOf(source),
      claimed_by: rows
        .filter((row) => row.kind === "route" && row.record === "")
        .map(({ source_id }) => source_id),
      psa_invoices: readsInvoices ? [item, ...lump].flatMap((id) => invoices.get(id) ?? []) : [],
      billing_invoices_twice: numbersTwice(lines.get(item) ?? []),
      marked: typeof record["marked_billed"] === "boolean" ? record["marked_billed"] : null,
      on_unread_invoice: !readsInvoices && record["status"] === "billed",
      issue: issueOf(state, itemFlows, item),
    };
  };

  return {
    see: (system, invoice, mapped = invoice.record) => {
      if (invoice.unreadable !== undefined) return;
      if (system === "psa") seePsa(invoice);
      else seeBilling(invoice, mapped);
    },
    factsOf,
    gone: (there) =>
      [...claims].flatMap(([item, rows]): readonly SystemRecord[] => {
        const first = there.has(item) ? undefined : rows.find(({ record }) => record !== "");
        return first === undefined ? [] : [goneItem(item, first)];
      }),
    linesOf: (item) => lines.get(item) ?? [],
    dueOf: (item) => {
      const made = (claims.get(item.id) ?? []).filter(isCharge);
      return item.record["status"] === "gone" ? 0 : amountDue(item, inOrder(made));
    },
    chargesOf: (item) => {
      const own = (claims.get(item) ?? []).filter(isCharge);
      return new Map(own.map((row) => [row.item, row.amount]));
    },
  };
}

const PSA_INVOICE = { system: "psa", entity: "invoice" } as const;
const ANY_FLOW = { pipeline: "", source: PSA_INVOICE, target: PSA_INVOICE };

/** The days that a claim is over. */
function serviceOf({ period, item_date }: CanonicalRecord): string {
  if (!isObject(period)) return text(item_date);
  const [from, to] = [text(period["from"]), text(period["to"])];
  return to === "" || to === from ? from : `${from} - ${to}`;
}

function isCharge({ kind, record }: ClaimRow): boolean {
  return kind === "route" && record !== "";
}

function modeOf(config: ClientConfig, customer: Json | undefined, date: Json | undefined): ItemFacts["mode"] {
  if (typeof customer !== "string" || typeof date !== "string") return null;
  return invoicingOf(config.invoicing)(customer, date);
}

/** Numbers of the invoices that count when one charge stands on several of them. */
function numbersTwice(lines: readonly ItemLine[]): readonly string[] {
  const numbers = new Map<string, Set<string>>();
  for (const { charge, number, status } of lines) {
    if (status !== "voided") numbers.set(charge, (numbers.get(charge) ?? new Set()).add(number));
  }
  const several = [...numbers.values()].filter((on) => on.size > 1).flatMap((on) => [...on]);
  return [...new Set(several)].sort();
}

function claimsByItem(state: State): ReadonlyMap<string, readonly ClaimRow[]> {
  const found = new Map<string, ClaimRow[]>();
  for (const row of state.rows("claim")) put(found, row.base, row);
  return found;
}

/** The item as it was charged first; written by the claim itself. */
function goneItem(id: string, charge: ClaimRow): SystemRecord {
  const value: unknown = JSON.parse(charge.record);
  const record: CanonicalRecord = { ...(isObject(value) ? value : {}), status: "gone" };
  const unreadable = undefined;
  return { id, record, vendor: null, raw: null, token: null, updated_at: null, deleted: false, unreadable };
}

function issueOf(state: State, pipelines: readonly PipelineConfig[], id: string): string | null {
  for (const { pipeline } of pipelines) {
    const issue = state.issues(pipeline, [id]).get(id);
    if (issue !== undefined && issue.kind !== "skipped") return issue.message;
  }
  return null;
}

function put<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function whole(value: Json | undefined): number {
  return typeof value === "number" ? value : 0;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
