import { calendarOf, instant } from "../core/clock.ts";
import { type AgeingReport, ageing as age } from "../report/ageing.ts";
import { SIDES } from "../report/ledger.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { withClientReadOnly } from "./open-client.ts";
import { readLedgers } from "./read-ledgers.ts";
import { changedSince, wantedCustomer } from "./reconcile.ts";

export interface AgeingCommand {
  /** End of this day, YYYY-MM-DD; today in the client's time zone when left out. */
  readonly date?: string | undefined;
  /** Billing beside accounting; else accounting alone. */
  readonly compare: boolean;
  readonly customer?: string | undefined;
}

/** Receivables by days overdue, from the documents of the ledgers; nothing is written. */
export async function ageing(
  place: ClientPlace,
  { date, compare, customer }: AgeingCommand,
): Promise<AgeingReport> {
  const config = loadConfig(place);
  return withClientReadOnly(place, config, async (open) => {
    const read_at = instant(place.clock.now());
    const sides = compare ? SIDES : (["accounting"] as const);
    const ledgers = await readLedgers({ ...open, config, clock: place.clock }, sides);
    const wanted = wantedCustomer(customer, ledgers.customers.all());
    const run_meanwhile = await changedSince(place, open.state);
    const day = date ?? calendarOf(config.time_zone)(place.clock.now());
    return age({ client: config.client, date: day, read_at, run_meanwhile, ledgers, sides, wanted });
  });
}
