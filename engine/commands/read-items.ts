import type { InvoicingConfig, PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { calendarOf } from "../core/clock.ts";
import type { CanonicalRecord } from "../core/json.ts";
import type { BilledItem, Customers, NotCompared, Unreadable } from "../report/ledger.ts";
import { baseOf, chargesItems, ITEM } from "../sync/claims.ts";
import { survey } from "../sync/survey.ts";
import { tableOf } from "../sync/transform.ts";
import type { ItemBook } from "./item-book.ts";
import { canList, pagesOf, type ReadOptions, standingsOf } from "./read-records.ts";

/** Reads the PSA's items with what billing charges and invoices for them. */

/**
 * Every item of the PSA, and what was charged and is gone from it. `book` has seen the invoices of both systems. Throws
 * SystemError.
 */
export async function readItems(
  options: ReadOptions,
  pipeline: PipelineConfig,
  book: ItemBook,
  customers: Customers,
  unreadable: Unreadable[],
): Promise<readonly BilledItem[]> {
  const glOf = glOfCharge(options);
  const standings = standingsOf(options, pipeline);
  const charged = await chargesInBilling(options);
  const words = { pipeline: pipeline.pipeline, codes: codeFiles(options, pipeline) };
  const there = new Set<string>();
  const items: BilledItem[] = [];

  const toItem = (source: SystemRecord, mapped: CanonicalRecord | undefined): BilledItem => {
    const { id, record } = source;
    const facts = book.factsOf(source);
    const type = mapped?.["product_code"];
    return {
      facts,
      date: String(record["item_date"]),
      customer: customers.of("psa", facts.customer_id),
      gl_code: typeof type === "string" ? glOf(type) : "",
      due: book.dueOf(source),
      charges: book.chargesOf(id),
      charged_in: monthsOf(options, pipeline, [...book.chargesOf(id).keys()]),
      charged_now: charged === undefined ? null : (charged.get(id) ?? 0),
      lines: book
        .linesOf(id)
        .map((line) => ({ ...line, customer: customers.of("billing", line.customer_id) })),
      ...words,
    };
  };

  for await (const page of pagesOf(survey(options, "psa", ITEM))) {
    const alive = page.filter(({ deleted }) => !deleted);
    for (const { id } of alive) there.add(id);
    for (const { id, unreadable: reason } of alive) {
      if (reason !== undefined) unreadable.push({ system: "psa", entity: ITEM, id, reason });
    }
    for (const { source, mapped } of await standings(alive)) items.push(toItem(source, mapped));
  }
  const gone = new Map(book.gone(there).map((one) => [one.id, one]));
  // Only what is there can be mapped: its code is that of the days when it was.
  const asBefore = [...gone.values()].map((one) => ({ ...one, record: { ...one.record, status: "ready" } }));
  for (const { source, mapped } of await standings(asBefore)) {
    items.push(toItem(gone.get(source.id) ?? source, mapped));
  }
  return items;
}

/** The pipeline whose charges can be compared; a text says why there is none. Undefined: nothing is to be compared. */
export function itemsCompared({
  config,
}: Pick<ReadOptions, "config">): PipelineConfig | NotCompared | undefined {
  if (!config.systems.has("psa") || !canBe(config.invoicing, "consolidated")) return undefined;
  const not = (reason: string): NotCompared => ({ system: "psa", entity: ITEM, reason });
  if (!canList(config, "psa", ITEM)) return not("its connector does not list what is to be billed");
  if (!canList(config, "billing", "invoice")) return not("the connector of billing lists no invoices");
  return config.pipelines.find(chargesItems) ?? not("no pipeline charges its items in billing");
}

/** Whether any customer is, or was before the switch, invoiced in that way. */
export function canBe(
  { mode, customers, switch_over, before }: InvoicingConfig,
  wanted: InvoicingConfig["mode"],
): boolean {
  return [mode, ...Object.values(customers), ...(switch_over === null ? [] : [before])].includes(wanted);
}

function monthsOf(
  { config, state }: Pick<ReadOptions, "config" | "state">,
  { pipeline }: PipelineConfig,
  charges: readonly string[],
): ReadonlyMap<string, string> {
  const rows = charges.length === 0 ? [] : [...state.syncRows(pipeline, charges)];
  const dayOf = calendarOf(config.time_zone);
  return new Map(
    rows.map(([charge, { synced_at }]) => [charge, dayOf(Date.parse(synced_at)).slice(0, "2026-08".length)]),
  );
}

/** What an item's charges come to in billing as they stand there; undefined where billing cannot list them. */
async function chargesInBilling(options: ReadOptions): Promise<ReadonlyMap<string, number> | undefined> {
  if (!canList(options.config, "billing", ITEM)) return undefined;
  const sums = new Map<string, number>();
  for await (const { record, deleted, unreadable } of survey(options, "billing", ITEM)) {
    const { source_item_id: charge, amount, status } = record;
    if (deleted || unreadable !== undefined || status === "written_off") continue;
    if (typeof charge !== "string" || typeof amount !== "number") continue;
    sums.set(baseOf(charge), (sums.get(baseOf(charge)) ?? 0) + amount);
  }
  return sums;
}

/** The GL code of a charge type, by the code map of the pipeline that brings billing's invoices to accounting. */
function glOfCharge({ config }: ReadOptions): (type: string) => string {
  const flow = config.pipelines.find(
    ({ source, target }) =>
      source.system === "billing" && source.entity === "invoice" && target.entity === "invoice",
  );
  const map = flow?.maps["lines.gl_code"];
  if (map === undefined) return () => "";
  const table = tableOf(map, config.codes);
  return (type) => table.get(type) ?? map.default ?? "";
}

function codeFiles({ config }: ReadOptions, { maps }: PipelineConfig): string {
  const files = Object.values(maps).map(({ codes }) => config.codes.get(codes)?.file ?? codes);
  return [...new Set(files)].join(" or ") || "the code map";
}
