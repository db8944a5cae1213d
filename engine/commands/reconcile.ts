import { calendarOf, instant } from "../core/clock.ts";
import type { CustomerView } from "../report/ledger.ts";
import { reconcile as compare } from "../report/reconcile.ts";
import type { Reconciliation, Scope } from "../report/reconciliation.ts";
import { openStateReadOnly } from "../state/store.ts";
import type { State } from "../state/types.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { withClientReadOnly } from "./open-client.ts";
import { readLedgers } from "./read-ledgers.ts";
import { UsageError } from "./refusal.ts";

/** Whether billing and accounting agree, from their own records; nothing is written. */
export async function reconcile(
  place: ClientPlace,
  { scope, customer }: { readonly scope: Scope; readonly customer?: string | undefined },
): Promise<Reconciliation> {
  const config = loadConfig(place);
  return withClientReadOnly(place, config, async (open) => {
    const read_at = instant(place.clock.now());
    const ledgers = await readLedgers({ ...open, config, clock: place.clock });
    const wanted = wantedCustomer(customer, ledgers.customers.all());
    const run_meanwhile = await changedSince(place, open.state);
    const month = calendarOf(config.time_zone)(place.clock.now()).slice(0, "2026-08".length);
    return compare({ client: config.client, read_at, month, run_meanwhile, ledgers, scope, wanted });
  });
}

/** Whether a run wrote to the state after it was opened: what it did meanwhile looks like a difference. */
export async function changedSince(
  place: ClientPlace,
  { sequence }: Pick<State, "sequence">,
): Promise<boolean> {
  const now = await openStateReadOnly({ folder: place.state });
  now.close();
  return now.sequence !== sequence;
}

/** The one customer that a person names by an id, number or name; all when nobody is named. Throws UsageError. */
export function wantedCustomer(
  given: string | undefined,
  all: readonly CustomerView[],
): (customer: CustomerView) => boolean {
  if (given === undefined) return () => true;
  const found = new Set(
    all.filter((one) => namesOf(one).includes(given.toLowerCase())).map(({ key }) => key),
  );
  if (found.size === 1) return ({ key }) => found.has(key);
  throw new UsageError(
    found.size === 0 ? `no customer is known as "${given}"` : `several customers are known as "${given}"`,
    "Give its number, its name, or its id in one of the systems as billing:5001.",
  );
}

function namesOf({ name, number, psa_ids, billing_ids, accounting_ids }: CustomerView): readonly string[] {
  const ids = Object.entries({ psa: psa_ids, billing: billing_ids, accounting: accounting_ids }).flatMap(
    ([system, own]) => own.flatMap((id) => [id, `${system}:${id}`]),
  );
  return [name, number, ...ids].filter((one) => one !== "").map((one) => one.toLowerCase());
}
