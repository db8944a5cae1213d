import type { SystemRecord } from "../connector/types.ts";
import { isObject } from "../core/json.ts";
import type { Customers, LedgerDocument, NotCompared, Side, Unreadable } from "../report/ledger.ts";
import { survey } from "../sync/survey.ts";
import { canList, type ReadOptions } from "./read-records.ts";

/** Money given back, where a ledger does not say what it came out of, or lists none of it. */

const REFUND = "refund";

/** Refunds of which nobody can say what they lower. */
export interface LooseRefunds {
  /** Keys of their customers. */
  readonly customers: ReadonlySet<string>;
  readonly not_compared: readonly NotCompared[];
}

/** Reads the refunds of the ledgers that list them. Throws SystemError. */
export async function readLooseRefunds(
  options: ReadOptions,
  sides: readonly Side[],
  customers: Customers,
  unreadable: Unreadable[],
): Promise<LooseRefunds> {
  const found = new Set<string>();
  const not_compared: NotCompared[] = [];
  const silent = sides.filter((side) => !canList(options.config, side, REFUND));
  for (const system of sides.filter((side) => !silent.includes(side))) {
    const loose: string[] = [];
    for await (const source of survey(options, system, REFUND)) {
      const { id, record, deleted, unreadable: reason } = source;
      if (deleted) continue;
      if (reason !== undefined) unreadable.push({ system, entity: REFUND, id, reason });
      if (reason !== undefined || record["status"] !== "posted") continue;
      if (!isAllocated(source)) loose.push(id);
      else if (silent.length === 0) continue;
      found.add(customers.of(system, String(record["customer_id"])).key);
    }
    if (loose.length > 0) not_compared.push(looseText(system, loose));
  }
  if (found.size > 0) not_compared.push(...silent.map(silentText));
  return { customers: found, not_compared };
}

/** What was given back is left out of both ledgers for the customers concerned, so that they stay comparable. */
export function withoutLoose(
  documents: readonly LedgerDocument[],
  { customers: loose }: LooseRefunds,
  customers: Customers,
): readonly LedgerDocument[] {
  if (loose.size === 0) return documents;
  return documents.map((one) =>
    one.refunded !== 0 && loose.has(customers.of(one.side, one.customer_id).key)
      ? { ...one, refunded: 0 }
      : one,
  );
}

function isAllocated({ record: { allocations, amount } }: SystemRecord): boolean {
  const list = Array.isArray(allocations) ? allocations.filter(isObject) : [];
  return list.reduce((sum, one) => sum + Number(one["amount"]), 0) === amount;
}

const NAMED = 5;

function silentText(system: Side): NotCompared {
  const reason = "its connector lists none, so what was given back to customers is left out of both ledgers";
  return { system, entity: REFUND, reason };
}

function looseText(system: Side, ids: readonly string[]): NotCompared {
  const more = ids.length > NAMED ? `, and ${ids.length - NAMED} more` : "";
  const reason =
    `${ids.slice(0, NAMED).join(", ")}${more}: it does not say which payment or credit note they came out of, so what ` +
    "was given back to these customers is left out of both ledgers";
  return { system, entity: REFUND, reason };
}
