import { calendarOf } from "../core/clock.ts";
import { isObject } from "../core/json.ts";
import { type BillingProof, type ItemFacts, proveBilling } from "../report/prove-billing.ts";
import { ITEM } from "../sync/claims.ts";
import { type SurveyOptions, survey } from "../sync/survey.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { createItemBook } from "./item-book.ts";
import { withClientReadOnly } from "./open-client.ts";
import { canList } from "./read-records.ts";
import { UsageError } from "./refusal.ts";

/**
 * Proves from the PSA's items, the claims of the state and the invoices of both systems that everything whose service
 * began in a month (YYYY-MM) is billed once. Nothing is written.
 */
export async function billingProof(place: ClientPlace, period: string): Promise<BillingProof> {
  const config = loadConfig(place);
  const psa = config.systems.get("psa");
  if (psa === undefined) throw new UsageError("the client has no PSA, so there is nothing to prove");
  if (!canList(config, "psa", ITEM)) {
    throw new UsageError(
      `the connector ${psa.connector.connector} cannot read what is to be billed`,
      "A proof needs a PSA whose connector lists billable_item.",
    );
  }
  return withClientReadOnly(place, config, async ({ state, connections }) => {
    const options: SurveyOptions = { config, connections };
    const book = createItemBook(config, state);
    for (const system of ["psa", "billing"] as const) {
      if (!canList(config, system, "invoice")) continue;
      for await (const invoice of survey(options, system, "invoice")) book.see(system, invoice);
    }
    const there = new Set<string>();
    const facts: ItemFacts[] = [];
    for await (const item of survey(options, "psa", ITEM)) {
      there.add(item.id);
      const { item_date: day } = item.record;
      // What cannot be read may be of any month: it is left out of none.
      if (typeof day === "string" ? day.startsWith(period) : item.unreadable !== undefined)
        facts.push(book.factsOf(item));
    }
    const gone = book.gone(there).filter(({ record: { period: days, item_date } }) => {
      return String(isObject(days) ? days["from"] : item_date).startsWith(period);
    });
    const all = [...facts, ...gone.map(book.factsOf)];
    return proveBilling(
      config.client,
      { period, month: calendarOf(config.time_zone)(place.clock.now()).slice(0, "2026-10".length) },
      all,
      psa.connector.entities[ITEM]?.mark_blocks ?? "unverified",
    );
  });
}
