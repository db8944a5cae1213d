import type { World } from "../../engine/connector/sandbox/world.ts";
import { expectedBooks } from "../../mappings/demo/world/expected.ts";
import { makeWorld } from "../../mappings/demo/world.ts";

/** As much of the demo's world as a test that runs it a hundred times can afford, with the books that it must end in. */
export function smallWorld(wanted: { readonly invoices: number; readonly receipts: number }): World {
  const world = makeWorld();
  const chosen = world.receipts.filter(({ allocations }) => allocations.length > 1).slice(0, 1);
  const receipts = [...chosen, ...world.receipts.filter((one) => !chosen.includes(one))].slice(
    0,
    wanted.receipts,
  );
  const paid = new Set(receipts.flatMap(({ allocations }) => allocations.map(({ invoice }) => invoice)));
  const first = world.invoices.filter(({ number }) => paid.has(number));
  const invoices = [...first, ...world.invoices.filter((one) => !first.includes(one))].slice(
    0,
    wanted.invoices,
  );
  const numbers = new Set(invoices.map(({ company }) => company));
  const companies = world.companies.filter(({ number }) => numbers.has(number));
  return { ...world, companies, invoices, receipts, expected: expectedBooks(companies, invoices, receipts) };
}
