import { groupBy } from "../core/group.ts";
import type { Pairing } from "./adopt-choose.ts";

/** Invoices or payments of two systems that may be one: number, amount and date, of customers that are linked. */

export interface DocumentTraits {
  readonly id: string;
  /** As people see it: "INV-1042 2026-08-01 552.86 USD". */
  readonly name: string;
  /** Number of an invoice, reference of a payment; null where it has none. */
  readonly number: string | null;
  readonly date: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** The customer in the right side's ids; null while that one is not linked. */
  readonly customer: string | null;
  /** Why a person should look twice: it was voided. */
  readonly doubt: string | null;
}

const WEIGHTS = { number: 40, amount: 30, date: 20, customer: 10 } as const;

/** All pairs with the same number, or with the same customer, amount and date. */
export function pairDocuments(
  lefts: readonly DocumentTraits[],
  rights: readonly DocumentTraits[],
): readonly Pairing<DocumentTraits>[] {
  const index = groupBy(
    rights.flatMap((right) => keysOf(right).map((key) => ({ key, right }))),
    ({ key }) => key,
  );
  return lefts.flatMap((left) => {
    const candidates = new Set(keysOf(left).flatMap((key) => (index.get(key) ?? []).map((one) => one.right)));
    return [...candidates].map((right) => pair(left, right));
  });
}

function pair(left: DocumentTraits, right: DocumentTraits): Pairing<DocumentTraits> {
  const same = {
    number: left.number !== null && left.number === right.number,
    amount: left.amount === right.amount && left.currency === right.currency,
    date: left.date === right.date,
    customer: left.customer !== null && left.customer === right.customer,
  };
  const numbersDiffer = left.number !== null && right.number !== null && left.number !== right.number;
  const names = ["number", "amount", "date", "customer"] as const;
  const doubts = [left.doubt, right.doubt].filter((doubt) => doubt !== null);
  return {
    left,
    right,
    score: names.reduce((sum, name) => sum + (same[name] ? WEIGHTS[name] : 0), 0),
    reasons: [
      ...names.map((name) =>
        same[name] ? `same ${name} (+${WEIGHTS[name]})` : otherText(name, left, right),
      ),
      ...doubts,
    ],
    sound: same.amount && same.date && same.customer && !numbersDiffer && doubts.length === 0,
  };
}

function otherText(name: keyof typeof WEIGHTS, left: DocumentTraits, right: DocumentTraits): string {
  const missing = left[name] === null || right[name] === null;
  if (name === "customer" && left.customer === null) return "its customer is not linked";
  return missing ? `no ${name} on one side` : `other ${name}`;
}

function keysOf({ number, customer, amount, currency, date }: DocumentTraits): readonly string[] {
  return [
    ...(number === null ? [] : [`number=${number}`]),
    ...(customer === null ? [] : [`sum=${JSON.stringify([customer, amount, currency, date])}`]),
  ];
}
