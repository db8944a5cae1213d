import type { LedgerDocument, Ledgers } from "./ledger.ts";
import { documentsIn, isNear, type Pair } from "./pairs.ts";

/** Documents of the same side that a lonely one could be meant for: the same number, or a payment like it. */
export function createAlike(
  ledgers: Ledgers,
  pairs: readonly Pair[],
): (document: LedgerDocument) => readonly LedgerDocument[] {
  const keyOf = ({ kind, side, customer_id, currency, number, total }: LedgerDocument): string => {
    const customer = ledgers.customers.of(side, customer_id).key;
    return JSON.stringify([kind, side, customer, currency, kind === "payment" ? total : number]);
  };
  const joinedByKey = (): ReadonlyMap<string, readonly LedgerDocument[]> => {
    const joined = new Map<string, LedgerDocument[]>();
    for (const pair of pairs) {
      if (pair.psa.length + pair.billing.length === 0 || pair.accounting.length === 0) continue;
      for (const one of documentsIn(pair)) {
        const same = joined.get(keyOf(one));
        if (same === undefined) joined.set(keyOf(one), [one]);
        else same.push(one);
      }
    }
    return joined;
  };
  // Where everything agrees nobody asks.
  let joined: ReturnType<typeof joinedByKey> | undefined;
  return (document) => {
    joined ??= joinedByKey();
    const same = joined.get(keyOf(document)) ?? [];
    return same.filter((one) => one.kind !== "payment" || isNear(one, document));
  };
}
