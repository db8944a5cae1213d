import assert from "node:assert/strict";
import type { Company, World, WorldAddress } from "../../engine/connector/sandbox/world.ts";
import type { Demo } from "./demo.ts";

/** What Rev.io as billing must know of its customers besides money, by its sandbox's own ledger. */

/** Billing has its customers with terms, e-mail and address, their people, and the addresses of these places. */
export function assertMasterData(
  { world, sandboxes: { billing } }: Demo,
  places: (company: Company) => readonly WorldAddress[],
): void {
  const companies = world.expected.billing_customers.map((number) => companyOf(world, number));
  const profiles = world.terms.map(({ key }) => key);
  const customers = billing.ledger.all("customers").map((row) => {
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
    billing.ledger
      .all("contacts")
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
  const addresses = billing.ledger.all("addresses").map((row) => addressOf(row as unknown as Address));
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

function companyOf(world: World, number: string): Company {
  const company = world.companies.find((one) => one.number === number);
  assert.ok(company, number);
  return company;
}
