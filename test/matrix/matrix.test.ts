import assert from "node:assert/strict";
import { test } from "node:test";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { expectedBooks } from "../../mappings/demo/world/expected.ts";
import { makeWorld } from "../../mappings/demo/world.ts";
import { differences } from "../support/differences.ts";
import { type Cast, openCombination, writesIn } from "./combination.ts";
import { PLAYERS } from "./systems.ts";

/**
 * Every PSA with every billing system and every ledger: one client, of whose files nothing changes but `systems`. The end
 * state is read from the sandboxes' own books and held against what the generator computed.
 */

// One of each kind: known and unknown in billing and in the books, two contracts, near twins, a colon in the name, exempt,
// a prospect, one that left, a draft and an expired contract.
const COMPANIES = [
  "CUST-1001",
  "CUST-1002",
  "CUST-1003",
  "CUST-1004",
  "CUST-1006",
  "CUST-1007",
  "CUST-1009",
  "CUST-1012",
  "CUST-1013",
  "CUST-1015",
  "CUST-1020",
  "CUST-1023",
  "CUST-1030",
];
const INVOICES = 30;

/** As much of the demo's world as 48 runs can afford, with the books that it must end in. */
function matrixWorld(): World {
  const world = makeWorld();
  const companies = world.companies.filter(({ number }) => COMPANIES.includes(number));
  const own = world.invoices.filter(({ company }) => COMPANIES.includes(company));
  const ownNumbers = new Set(own.map(({ number }) => number));
  const payable = world.receipts.filter(
    ({ allocations }) =>
      allocations.length > 0 && allocations.every(({ invoice }) => ownNumbers.has(invoice)),
  );
  const paid = new Set(payable.flatMap(({ allocations }) => allocations.map(({ invoice }) => invoice)));
  const invoices = [
    ...own.filter(({ number }) => paid.has(number)),
    ...own.filter(({ number }) => !paid.has(number)),
  ].slice(0, Math.max(INVOICES, paid.size));
  return {
    ...world,
    companies,
    invoices,
    receipts: payable,
    expected: expectedBooks(companies, invoices, payable),
  };
}

const WORLD = matrixWorld();

test("matrix: its world has every kind of payment and of company", () => {
  const { receipts, companies, invoices } = WORLD;
  const parts = receipts.map(({ allocations }) => allocations.length);
  assert.ok(parts.includes(1) && parts.some((count) => count > 1), "one and several invoices at once");
  const left = (receipt: World["receipts"][number]): number =>
    receipt.amount - receipt.allocations.reduce((sum, { amount }) => sum + amount, 0);
  assert.ok(receipts.some((receipt) => left(receipt) === 0));
  assert.ok(companies.some(({ contracts }) => contracts.some(({ status }) => status === "draft")));
  assert.ok(invoices.some(({ taxes }) => taxes.length > 0));
});

for (const psa of Object.keys(PLAYERS.psa)) {
  for (const billing of Object.keys(PLAYERS.billing)) {
    for (const accounting of Object.keys(PLAYERS.accounting)) {
      test(`matrix: ${psa} × ${billing} × ${accounting}`, (t) => check(t, { psa, billing, accounting }));
    }
  }
}

async function check(t: Parameters<typeof openCombination>[0], cast: Cast): Promise<void> {
  const combination = await openCombination(t, cast, WORLD);
  const reports = await combination.settle();
  const last = reports.at(-1);
  assert.ok(last);
  assert.deepEqual(
    last.pipelines.flatMap(({ pipeline, status, message, dead_lettered }) =>
      status === "done" && dead_lettered === 0 ? [] : [{ pipeline, status, message, dead_lettered }],
    ),
    [],
  );
  assert.equal(writesIn(last), 0, "a run with nothing new writes nothing");
  const { world } = combination;
  const [billing, accounting] = [combination.books("billing"), combination.books("accounting")];
  assert.deepEqual(differences(world, { billing, accounting }), []);
  assert.deepEqual(billing.customers.map(inBilling).sort(), wantedInBilling(world));
  assert.deepEqual(accounting.customers.map(({ name }) => name.slice(0, 50)).sort(), wantedNames(world));
}

function inBilling({
  name,
  fields,
}: ReturnType<Awaited<ReturnType<typeof openCombination>>["books"]>["customers"][number]): string {
  return JSON.stringify([name, fields["PSA Company ID"], fields["Contract IDs"]]);
}

/** Name, the PSA's id and the signed contracts of every customer that billing is to have. */
function wantedInBilling({ companies, expected }: World): readonly string[] {
  return companies
    .filter(({ number }) => expected.billing_customers.includes(number))
    .map(({ name, ids, contracts }) => {
      const signed = contracts.filter(({ type, status }) => type === "telecom" && status === "signed");
      return JSON.stringify([
        name,
        ids.psa,
        signed
          .map(({ id }) => id)
          .sort()
          .join(" "),
      ]);
    })
    .sort();
}

/** Customers that the ledger had, those that it was to get, and its strangers: none twice. */
function wantedNames({ companies, expected, strangers }: World): readonly string[] {
  const there = companies.filter(
    ({ number, ids }) => ids.accounting !== undefined || expected.accounting_customers.includes(number),
  );
  return [...there, ...strangers].map(({ name }) => name.slice(0, 50)).sort();
}
