import assert from "node:assert/strict";
import { join } from "node:path";
import { readLedger } from "../../engine/connector/sandbox/read-ledger.ts";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { Company, World, WorldAddress } from "../../engine/connector/sandbox/world.ts";
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

/** Billing has its customers with terms, e-mail and address, their people, and the addresses of these places. */
export function assertMasterData(
  triangle: Triangle,
  world: World,
  places: (company: Company) => readonly WorldAddress[],
): void {
  const companies = world.expected.billing_customers.map((number) => companyOf(world, number));
  const profiles = world.terms.map(({ key }) => key);
  const customers = rowsOf(triangle, "billing", "customers").map((row) => {
    const { account_number, email, bill_profile_id, billing_address, fields } = row as unknown as Customer;
    const psa = fields.find(({ label }) => label === "PSA Company ID")?.value;
    return JSON.stringify([psa, account_number, email, bill_profile_id, addressOf(billing_address)]);
  });
  const wanted = companies.map(({ ids, number, billing_number, billing_email, terms, address }) =>
    // The demo's terms.yaml: billing's profiles begin at 3.
    JSON.stringify([
      ids.psa,
      billing_number ?? number,
      billing_email,
      profiles.indexOf(terms) + 3,
      asBilled(address),
    ]),
  );
  assert.deepEqual(customers.sort(), wanted.sort());
  assert.deepEqual(
    rowsOf(triangle, "billing", "contacts")
      .map(({ name, email, mobile }) => `${name} ${email} ${String(mobile).slice(-10)}`)
      .sort(),
    companies
      .flatMap(({ contacts }) => contacts)
      .map(
        ({ first_name, last_name, email, phone }) =>
          `${first_name} ${last_name} ${email} ${phone.slice(-10)}`,
      )
      .sort(),
  );
  const addresses = rowsOf(triangle, "billing", "addresses").map((row) =>
    addressOf(row as unknown as Address),
  );
  const missing = companies
    .flatMap(places)
    .map(asBilled)
    .filter((address) => !addresses.includes(address));
  assert.deepEqual(missing, []);
}

interface Address {
  readonly line_1: string;
  readonly line_2: string;
  readonly city: string;
  readonly state_or_province: string;
  readonly postal_code: string;
  readonly postal_code_extension: string;
  readonly country_code: string;
}

interface Customer {
  readonly account_number: string;
  readonly email: string;
  readonly bill_profile_id: number;
  readonly billing_address: Address;
  readonly fields: readonly { readonly label: string; readonly value: string }[];
}

function addressOf(row: Address): string {
  const zip = [row.postal_code, row.postal_code_extension].filter((part) => part !== "").join("-");
  return [row.line_1, row.line_2, row.city, row.state_or_province, zip, row.country_code].join("|");
}

function asBilled({ lines, city, region, postal_code, country }: WorldAddress): string {
  const [first = "", second = ""] = lines;
  return [first, second, city, region, postal_code, country === "US" ? "USA" : country].join("|");
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
