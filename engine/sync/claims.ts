import type { PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { isObject, type Json } from "../core/json.ts";
import type { ClaimRow, State } from "../state/types.ts";
import type { Candidate, SetAside } from "./stages.ts";
import { describe } from "./text.ts";

/**
 * Who bills what: every item of the PSA has one route (a charge in billing, or the PSA's own invoice) and stands on one
 * invoice. A claim is written with the promise of the write and goes only when that is proven to have failed, so no two
 * pipelines, runs or invoices can bill one item.
 */

/** The entity whose records are items to bill. */
export const ITEM = "billable_item";

/** What of a pipeline decides which items it bills. */
interface Way {
  readonly pipeline: string;
  readonly source: Pick<PipelineConfig["source"], "system" | "entity">;
  readonly target: Pick<PipelineConfig["target"], "entity">;
}

/** True for a pipeline that turns items into charges. */
export function chargesItems({ source, target }: Pick<Way, "source" | "target">): boolean {
  return source.entity === ITEM && target.entity === ITEM && source.system === "psa";
}

/** True for a pipeline that marks items in the PSA by what stands in billing for them. */
export function marksItems({ source, target }: Pick<PipelineConfig, "source" | "target">): boolean {
  return source.entity === ITEM && target.entity === ITEM && target.system === "psa";
}

/** The item of a charge: what is charged later for it has `~2`, `~3` … behind the item's id. */
export function baseOf(item: string): string {
  return item.replace(/~\d+$/, "");
}

/** True for what is charged for an item after it was charged the first time. */
export function isLaterCharge(pipeline: Pick<PipelineConfig, "source" | "target">, item: string): boolean {
  return chargesItems(pipeline) && baseOf(item) !== item;
}

/**
 * What a record claims of the items it bills; undefined when its pipeline bills none. A voided one, and one that is
 * gone, claims nothing.
 */
export function claimsOf(pipeline: Way, { id, record }: SystemRecord): readonly ClaimRow[] | undefined {
  const owner = { pipeline: pipeline.pipeline, source_id: id };
  if (chargesItems(pipeline)) return [chargeClaim(owner, id, record)];
  if (pipeline.source.entity !== "invoice" || pipeline.target.entity !== "invoice") return undefined;
  if (record["status"] === "voided") return [];
  const lines = Array.isArray(record["lines"]) ? record["lines"].filter(isObject) : [];
  const rows = new Map<string, ClaimRow>();
  for (const line of lines) {
    const item = itemOfLine(line, pipeline.source.system === "psa");
    if (item === undefined) continue;
    const amount = whole(line["amount"]) + (rows.get(item)?.amount ?? 0);
    rows.set(item, {
      ...owner,
      kind: "invoice",
      item,
      base: baseOf(item),
      ...keyOf(record, line),
      amount,
      record: "",
    });
  }
  const invoiced = [...rows.values()];
  // What billing invoices came to it as a charge, which has claimed the way already.
  if (pipeline.source.system !== "psa") return invoiced;
  return [...invoiced, ...invoiced.map((row): ClaimRow => ({ ...row, kind: "route" }))];
}

/** Claims that records lack which stand as they were last written: a version that knew of no claims wrote them. */
export function lackingClaims(
  pipeline: PipelineConfig,
  state: Pick<State, "claimsOn">,
  sources: readonly SystemRecord[],
): readonly ClaimRow[] {
  const own = sources.flatMap((source) => claimsOf(pipeline, source) ?? []);
  const known = own.length === 0 ? new Map() : state.claimsOn(own.map(({ base }) => base));
  return own.filter(({ kind, item, base }) => {
    const rows: readonly ClaimRow[] = known.get(base) ?? [];
    return !rows.some((row) => row.kind === kind && row.item === item);
  });
}

function chargeClaim(
  owner: Pick<ClaimRow, "pipeline" | "source_id">,
  item: string,
  record: SystemRecord["record"],
): ClaimRow {
  const text = JSON.stringify(record);
  const amount = whole(record["amount"]);
  return {
    ...owner,
    kind: "route",
    item,
    base: baseOf(item),
    ...keyOf(record, record),
    amount,
    record: text,
  };
}

/** A line of a PSA that names no item but a contract is the contract's charge for the period, as a lump sum. */
function itemOfLine(line: { readonly [field: string]: Json }, fromPsa: boolean): string | undefined {
  const { billable_item_id, contract_id, period } = line;
  if (typeof billable_item_id === "string") return billable_item_id;
  if (!fromPsa || typeof contract_id !== "string" || !isObject(period)) return undefined;
  return lumpSum(contract_id, text(period["from"]));
}

/** The key under which the PSA bills a whole contract for a period. */
export function lumpSum(contract: string, from: string): string {
  return `contract:${contract}:${from}`;
}

function keyOf(
  document: { readonly [field: string]: Json },
  part: { readonly [field: string]: Json },
): Pick<ClaimRow, "customer_id" | "contract_id" | "product_code" | "period_from" | "currency"> {
  const { period } = part;
  return {
    customer_id: text(document["customer_id"]),
    contract_id: text(part["contract_id"]),
    product_code: text(part["product_code"] ?? part["charge_type"]),
    period_from: text(
      isObject(period) ? period["from"] : (document["item_date"] ?? document["invoice_date"]),
    ),
    currency: text(document["currency"]),
  };
}

/** Claims that this run has decided on and that may not be in the state yet, by each id that another could claim. */
export type Taken = Map<string, ClaimRow[]>;

/** A hold for a record that bills what another bills already; undefined, and its claims are taken, when it may go on. */
export function claim(
  pipeline: PipelineConfig,
  candidate: Candidate,
  state: Pick<State, "claimsOn" | "rows">,
  taken: Taken,
): SetAside | undefined {
  const own = claimsOf(pipeline, candidate.source) ?? [];
  const known = state.claimsOn(own.flatMap(idsOf));
  for (const row of own) {
    const others = idsOf(row).flatMap((id) => [...(known.get(id) ?? []), ...(taken.get(id) ?? [])]);
    const other = [...others, ...coveredBy(row, state)].find((one) => isAnother(row, one));
    if (other !== undefined) return secondClaim(candidate, row, other);
  }
  for (const row of own) {
    for (const id of idsOf(row)) taken.set(id, [...(taken.get(id) ?? []), row]);
  }
  return undefined;
}

/** What a claim is found by: the item, and for a recurring one the lump sum of its contract that would bill it too. */
function idsOf(row: ClaimRow): readonly string[] {
  return isRecurring(row) ? [row.base, lumpSum(row.contract_id, row.period_from)] : [row.base];
}

/** For a lump sum: recurring items of the same contract and period that have a route of their own. */
function coveredBy(row: ClaimRow, state: Pick<State, "rows">): readonly ClaimRow[] {
  const { base, contract_id, period_from } = row;
  if (base !== lumpSum(contract_id, period_from)) return [];
  return [...state.rows("claim", { contract_id, period_from })].filter(isRecurring);
}

function isRecurring({ record }: ClaimRow): boolean {
  if (record === "") return false;
  const value: unknown = JSON.parse(record);
  return isObject(value) && value["kind"] === "recurring";
}

/** All charges of one pipeline for an item are one way of billing it; on invoices each of them stands once. */
function isAnother(row: ClaimRow, other: ClaimRow): boolean {
  if (row.kind !== other.kind) return false;
  if (row.kind === "invoice" && row.item !== other.item) return false;
  if (row.pipeline !== other.pipeline) return true;
  const isCharge = row.kind === "route" && row.record !== "";
  return !isCharge && row.source_id !== other.source_id;
}

function secondClaim(candidate: Candidate, row: ClaimRow, other: ClaimRow): SetAside {
  const { record } = candidate.source;
  const message =
    `${describe(record)} bills ${row.item}, which ${other.pipeline} bills already as ${other.source_id}: take it off ` +
    "one of them";
  const { kind, item, pipeline, source_id } = other;
  return {
    candidate,
    action: "hold",
    reason: "claimed_already",
    message,
    detail: { claim: kind, item, pipeline, source_id },
  };
}

function whole(value: Json | undefined): number {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : 0;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
