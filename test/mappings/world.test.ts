import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { parsePhoneNumberFromString } from "libphonenumber-js";
import type { Company, World } from "../../engine/connector/sandbox/world.ts";
import { makeWorld } from "../../mappings/demo/world.ts";

/** Changes with every change of the generator: look at what changed in the world, then write the new one here. */
const GOLDEN_SHA256 = "4f62aa55c0754a49cbce80b2dffd4e4c94cda26f13b15f6f6022e6d803734fe7";

const WORLDS = Array.from({ length: 50 }, (_, index) => makeWorld(index + 1));
const WORLD = makeWorld();

test("world: the same seed gives an equal world, another seed another one, none is seed 1", () => {
  assert.deepEqual(makeWorld(7), makeWorld(7));
  assert.deepEqual(WORLD, makeWorld(1));
  assert.notDeepEqual(makeWorld(1).invoices, makeWorld(2).invoices);
  assert.equal(new Set(WORLDS.map((world) => JSON.stringify(world.companies))).size, WORLDS.length);
});

test("world: seed 1 is the world that the golden hash remembers", () => {
  assert.equal(createHash("sha256").update(JSON.stringify(WORLD)).digest("hex"), GOLDEN_SHA256);
});

test("world: everything in it survives JSON unchanged", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(WORLD)), WORLD);
});

const COUNTS: readonly {
  readonly what: string;
  readonly of: (world: World) => number;
  readonly want: number;
}[] = [
  { what: "companies", of: (world) => world.companies.length, want: 64 },
  { what: "companies with a signed telecom contract", of: (world) => signed(world).length, want: 26 },
  {
    what: "companies with two signed telecom contracts",
    of: (world) => signed(world).filter((company) => telecom(company, "signed").length === 2).length,
    want: 5,
  },
  { what: "companies with only a draft telecom contract", of: (world) => only(world, ["draft"]), want: 3 },
  {
    what: "companies with only ended telecom contracts",
    of: (world) => only(world, ["expired", "cancelled"]),
    want: 2,
  },
  { what: "companies in billing", of: (world) => world.companies.filter(inBilling).length, want: 12 },
  {
    what: "companies whose PSA id billing knows",
    of: (world) => world.companies.filter((company) => company.psa_id_known_in_billing).length,
    want: 8,
  },
  {
    what: "companies in accounting",
    of: (world) => world.companies.filter(({ ids }) => ids.accounting !== undefined).length,
    want: 10,
  },
  { what: "prospects", of: (world) => ofType(world, "Prospect"), want: 7 },
  { what: "inactive companies", of: (world) => world.companies.filter((c) => !c.active).length, want: 5 },
  { what: "invoices", of: (world) => world.invoices.length, want: 312 },
  { what: "strangers", of: (world) => world.strangers.length, want: 1 },
];
for (const { what, of, want } of COUNTS) {
  test(`world: every seed has this many ${what}: ${want}`, () => {
    for (const world of WORLDS) assert.equal(of(world), want, `seed ${world.seed}`);
  });
}

test("world: names that trouble other systems are in it, at their numbers", () => {
  const names = WORLD.companies.map(({ name }) => name);
  assert.deepEqual(names.slice(0, 8), [
    "Acme Widgets LLC",
    "O'Brien & Sons",
    "Café Señorial",
    "Harbor: Marine Supply, Inc.",
    "Saint Petersburg and Greater Pinellas County Veterans Housing and Family Assistance Foundation",
    "Lakeside Dental Group",
    "Lakeside Dental Group LLC",
    "Purveyor",
  ]);
  assert.equal(new Set(names).size, names.length);
  assert.ok((names[4]?.length ?? 0) >= 90, "one name has 90 characters or more");
  for (const name of names) {
    assert.ok(name.length <= 100, name);
    assert.doesNotMatch(name, /\p{Extended_Pictographic}|^\s|\s$|\s\s/u);
  }
});

test("world: the two dental groups share a ZIP code and have addresses of their own", () => {
  for (const { companies } of WORLDS) {
    const [one, two] = companies.filter(({ name }) => name.startsWith("Lakeside Dental"));
    assert.equal(one?.address.postal_code, two?.address.postal_code);
    assert.notDeepEqual(one?.address.lines, two?.address.lines);
  }
});

test("world: CUST-1001 is the example customer with its two invoices and payments in every seed", () => {
  for (const { companies, invoices, receipts } of WORLDS) {
    const acme = companies[0];
    assert.deepEqual(acme?.ids, { psa: "1001", billing: "5555", accounting: "789" });
    assert.deepEqual(
      [acme.number, acme.name, acme.billing_number],
      ["CUST-1001", "Acme Widgets LLC", "CB-5555"],
    );
    assert.equal(acme.psa_id_known_in_billing, true);
    assert.deepEqual(acme.address, {
      lines: ["12 Main St", "Suite 200"],
      city: "Tampa",
      region: "FL",
      postal_code: "33602",
      country: "US",
    });
    const [first, second] = invoices;
    assert.deepEqual(
      [first?.id, first?.number, first?.company, first?.total],
      ["70009", "INV-1041", "CUST-1001", 13403],
    );
    assert.deepEqual(
      [second?.id, second?.number, second?.company, second?.total],
      ["70010", "INV-1042", "CUST-1001", 82605],
    );
    const check = receipts.find(({ reference }) => reference === "CHK 4471");
    assert.deepEqual(check?.allocations, [
      { invoice: "INV-1041", amount: 13403 },
      { invoice: "INV-1042", amount: 46597 },
    ]);
  }
});

test("world: ids and numbers are unique, and numbers fit into 21 characters", () => {
  for (const { companies, invoices, receipts, seed } of WORLDS) {
    const lists = {
      psa: companies.map(({ ids }) => ids.psa),
      billing: companies.flatMap(({ ids }) => ids.billing ?? []),
      accounting: companies.flatMap(({ ids }) => ids.accounting ?? []),
      sites: companies.flatMap(({ sites }) => sites.map(({ id }) => id)),
      contacts: companies.flatMap(({ contacts }) => contacts.map(({ id }) => id)),
      contracts: companies.flatMap(({ contracts }) => contracts.map(({ id }) => id)),
      contract_lines: companies.flatMap(({ contracts }) =>
        contracts.flatMap((c) => c.lines.map(({ id }) => id)),
      ),
      invoice_ids: invoices.map(({ id }) => id),
      invoice_numbers: invoices.map(({ number }) => number),
      references: receipts.map(({ reference }) => reference),
    };
    for (const [name, ids] of Object.entries(lists)) {
      assert.equal(new Set(ids).size, ids.length, `${name}, seed ${seed}`);
      for (const id of ids) assert.match(id, name === "invoice_numbers" ? /^INV-\d{4}$/ : /^([A-Z]+ )?\d+$/);
      for (const id of ids) assert.ok(id.length <= 21);
    }
  }
});

test("world: a company's billing number and PSA id follow from its ids and its number", () => {
  for (const company of WORLDS.flatMap(({ companies }) => companies)) {
    assert.equal(company.number, `CUST-${company.ids.psa}`);
    assert.equal(company.billing_number, inBilling(company) ? `CB-${company.ids.billing}` : undefined);
    assert.ok(!company.psa_id_known_in_billing || inBilling(company));
  }
});

test("world: contacts, sites and terms are complete", () => {
  for (const world of WORLDS) {
    for (const { contacts, sites, address, terms, contracts, number } of world.companies) {
      assert.ok(contacts.length >= 1 && contacts.length <= 3, number);
      assert.equal(contacts.filter(({ billing }) => billing).length, 1);
      assert.deepEqual(
        sites.filter(({ primary }) => primary).map((site) => site.address),
        [address],
      );
      assert.equal(new Set(sites.map(({ name }) => name)).size, sites.length);
      if (contracts.some(({ type }) => type === "telecom")) assert.ok(sites.length >= 2 && sites.length <= 5);
      assert.ok(world.terms.some(({ key }) => key === terms));
    }
  }
});

test("world: phones are possible numbers and e-mail addresses are plain ASCII on a reserved domain", () => {
  for (const { phone, billing_email, contacts, sites } of WORLDS.flatMap(({ companies }) => companies)) {
    for (const number of [phone, ...contacts.map((c) => c.phone), ...sites.map((s) => s.phone)]) {
      assert.match(number, /^\+1\d{3}55501\d\d$/);
      assert.equal(parsePhoneNumberFromString(number)?.isPossible(), true, number);
      assert.equal(parsePhoneNumberFromString(number)?.country, "US", number);
    }
    for (const email of [billing_email, ...contacts.map((contact) => contact.email)]) {
      assert.match(email, /^[a-z]+(\.[a-z]+)?@[a-z0-9]+\.example$/);
    }
  }
});

test("world: a ZIP code belongs to its state, and some have four digits more", () => {
  const zips: { readonly [region: string]: RegExp } = { FL: /^3[234]/, GA: /^3[01]/, AL: /^3[56]/ };
  for (const { companies, seed } of WORLDS) {
    const addresses = companies.flatMap(({ sites }) => sites.map(({ address }) => address));
    for (const { postal_code, region, country, lines } of addresses) {
      assert.match(postal_code, /^\d{5}(-\d{4})?$/);
      assert.match(postal_code, zips[region] ?? /never/, region);
      assert.equal(country, "US");
      for (const line of lines) assert.ok(line.length <= 50);
    }
    assert.ok(
      addresses.some(({ postal_code }) => postal_code.length === 10),
      `seed ${seed}`,
    );
    assert.ok(new Set(addresses.map(({ region }) => region)).size >= 2, `seed ${seed}`);
  }
});

test("world: a contract's dates agree with its status", () => {
  for (const { companies, today } of WORLDS) {
    for (const { status, start_date, end_date, lines } of companies.flatMap(({ contracts }) => contracts)) {
      const ended = end_date !== null && end_date < today;
      assert.equal(ended, status === "expired" || status === "cancelled");
      assert.equal(start_date > today, status === "draft");
      assert.ok(end_date === null || start_date < end_date);
      assert.ok(status !== "signed" || start_date < "2026-08-01");
      assert.ok(lines.length > 0);
    }
  }
});

test("world: the stranger's money on account is in no list of expected payments", () => {
  const stranger = WORLD.strangers[0];
  assert.deepEqual([stranger?.id, stranger?.name], ["9001", "Harbor Taxi Co-op"]);
  assert.deepEqual(
    [stranger?.receipt.company, stranger?.receipt.amount, stranger?.receipt.allocations],
    [null, 25_000, []],
  );
  for (const { expected, companies } of WORLDS) {
    assert.ok(!expected.payments.some(({ reference }) => reference === stranger?.receipt.reference));
    assert.ok(!companies.some(({ name, ids }) => name === stranger?.name || ids.accounting === stranger?.id));
  }
});

function telecom({ contracts }: Company, ...status: readonly string[]): Company["contracts"] {
  return contracts.filter((contract) => contract.type === "telecom" && status.includes(contract.status));
}

function signed({ companies }: World): Company[] {
  return companies.filter((company) => telecom(company, "signed").length > 0);
}

/** Companies whose telecom contracts, of which they have some, all have one of these statuses. */
function only({ companies }: World, statuses: readonly string[]): number {
  return companies.filter((company) => {
    const all = company.contracts.filter(({ type }) => type === "telecom");
    return all.length > 0 && all.length === telecom(company, ...statuses).length;
  }).length;
}

function ofType({ companies }: World, type: string): number {
  return companies.filter(({ types }) => types.includes(type)).length;
}

function inBilling({ ids }: Company): boolean {
  return ids.billing !== undefined;
}
