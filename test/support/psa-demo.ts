import assert from "node:assert/strict";
import { join } from "node:path";
import { readLedger } from "../../engine/connector/sandbox/read-ledger.ts";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { Company, World } from "../../engine/connector/sandbox/world.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import type { Triangle } from "./triangle.ts";

/** What the demo must come to whichever PSA it runs with, by the sandboxes' own ledgers. */

/** Every pipeline went through; only the payment of the stranger, whom no PSA knows, waits. */
export function assertDone({ pipelines }: RunReport): void {
  const shown = pipelines.map(({ pipeline, failure, dead_lettered, held }) => ({
    pipeline,
    failure,
    dead_lettered,
    held,
  }));
  const wanted = shown.map(({ pipeline }) => {
    return { pipeline, failure: null, dead_lettered: 0, held: pipeline === "payments" ? 1 : 0 };
  });
  assert.deepEqual(shown, wanted);
}

/** Billing and accounting hold what the world expects. */
export function assertBooks(triangle: Triangle, world: World): void {
  const { expected } = world;
  const accounting = triangle.books("accounting");
  assert.deepEqual(accounting.gl_totals, expected.gl_totals);
  assert.equal(accounting.invoices.length, expected.invoice_count);
  assert.deepEqual(
    accounting.invoices.map(({ number, total }) => `${number} ${total}`).sort(),
    world.invoices.map(({ number, total }) => `${number} ${total}`).sort(),
  );
  const billing = triangle.books("billing");
  assert.deepEqual(
    billing.payments
      .map(({ date, amount, reference, allocations }) =>
        JSON.stringify({ date, amount, reference, allocations }),
      )
      .sort(),
    expected.payments
      .map(({ date, amount, reference, allocations }) => {
        const byInvoice = [...allocations].sort((a, b) => a.invoice.localeCompare(b.invoice));
        return JSON.stringify({ date, amount, reference, allocations: byInvoice });
      })
      .sort(),
  );
  assert.deepEqual(
    billing.customers
      .map(({ name, fields }) => [name, fields["PSA Company ID"], fields["Contract IDs"]])
      .sort(),
    expected.billing_customers
      .map((number) => companyOf(world, number))
      .map((company) => [company.name, company.ids.psa, signedContracts(company)])
      .sort(),
  );
  const known = world.companies.filter(({ ids }) => ids.accounting !== undefined);
  const clients = expected.accounting_customers.map((number) => companyOf(world, number));
  assert.deepEqual(
    accounting.customers.map(({ name }) => name).sort(),
    [...new Set([...known, ...clients, ...world.strangers].map(({ name }) => name))].sort(),
  );
}

/** Name in accounting by its id there: what the PSA's field must hold. */
export function accountingIds(triangle: Triangle): ReadonlyMap<string, string> {
  return new Map(triangle.books("accounting").customers.map(({ id, name }) => [name, id]));
}

/** Rows of a sandbox's ledger. */
export function rowsOf(triangle: Triangle, system: "psa" | "billing", collection: string): readonly Row[] {
  return [
    ...(readLedger(join(triangle.root, "books", system))
      .get(collection)
      ?.values() ?? []),
  ];
}

function companyOf(world: World, number: string): Company {
  const company = world.companies.find((one) => one.number === number);
  assert.ok(company, number);
  return company;
}

function signedContracts({ contracts }: Company): string {
  const signed = contracts.filter(({ type, status }) => type === "telecom" && status === "signed");
  return signed
    .map(({ id }) => id)
    .sort()
    .join(" ");
}
