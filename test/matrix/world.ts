import type { World, WorldReceipt } from "../../engine/connector/sandbox/world.ts";
import { expectedBooks } from "../../mappings/demo/world/expected.ts";
import { makeWorld } from "../../mappings/demo/world.ts";

/** The first ones of the roster are one of each kind: known to billing, to accounting, to neither, and near namesakes. */
const FIRST = 12;
/** An inactive one, one that billing knows by its PSA number alone, and contracts in draft, expired and cancelled. */
const LATER = [
  "Zephyr Air Conditioning",
  "Manatee Charter Academy",
  "Old Tampa Coffee Roasters",
  "3 Bridges Brewing Co.",
  "Palmetto Pest Control",
  "Skyway Marina",
];
const INVOICES_MAX = 40;
const RECEIPTS_MAX = 20;
const RARE = 4;

/**
 * The demo's world, small enough for 48 runs: companies of all kinds, some forty invoices and twenty payments of every
 * kind (in full, in part, over several invoices, more than is due, twice the same), and the books they must end in.
 */
export function matrixWorld(): World {
  const world = makeWorld();
  const companies = world.companies.filter(({ name }, place) => place < FIRST || LATER.includes(name));
  const chosen = new Set(companies.map(({ number }) => number));
  const own = world.invoices.filter(({ company }) => chosen.has(company));
  const paid = new Set<string>();
  const receipts: WorldReceipt[] = [];
  const candidates = world.receipts.filter(
    ({ company, allocations }) => allocations.length > 0 && company !== null && chosen.has(company),
  );
  // The rare kinds first, two of each: what leaves money over, what goes over several invoices, what shares an invoice.
  const shared = (one: WorldReceipt): boolean =>
    candidates.some((other) => other !== one && other.allocations.some((a) => pays(one, a.invoice)));
  const kinds = [isOver, isOverSeveral, shared, () => true];
  const rare = kinds.flatMap((isKind) => candidates.filter(isKind).slice(0, RARE));
  for (const one of new Set([...rare, ...candidates])) {
    if (receipts.length === RECEIPTS_MAX) break;
    receipts.push(one);
    for (const { invoice } of one.allocations) paid.add(invoice);
  }
  const first = own.filter(({ number }) => paid.has(number));
  const invoices = [...first, ...own.filter((one) => !first.includes(one))].slice(0, INVOICES_MAX);
  return { ...world, companies, invoices, receipts, expected: expectedBooks(companies, invoices, receipts) };
}

function pays({ allocations }: WorldReceipt, invoice: string): boolean {
  return allocations.some((one) => one.invoice === invoice);
}

/** More money than the invoices that it names take. */
export function isOver({ amount, allocations }: WorldReceipt): boolean {
  return allocations.reduce((left, part) => left - part.amount, amount) > 0;
}

/** One payment over several invoices. */
export function isOverSeveral({ allocations }: WorldReceipt): boolean {
  return allocations.length > 1;
}
