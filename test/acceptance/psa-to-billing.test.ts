import assert from "node:assert/strict";
import { test } from "node:test";
import { readiness } from "../../engine/commands/readiness.ts";
import type { Company, World } from "../../engine/connector/sandbox/world.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import { renderReadiness } from "../../engine/report/readiness.ts";
import { psaDesk } from "../months/desks/psa.ts";
import { rowsOf, textOf } from "../support/books.ts";
import type { Demo } from "../support/demo.ts";
import { asides, patch } from "../support/edits.ts";
import { tinyWorld } from "../support/tiny-world.ts";
import { cardOf, customerIn, LEDGERS, openWith } from "./ledgers.ts";

/** B: what billing learns of a company from the PSA, and G: that no human is needed for it. */

const ORCHARD = "Orchard & Sons, Inc.";

/** Everything in Rev.io that a name, an address or a mail address stands in. */
function account(demo: Demo, name: string) {
  const { id } = customerIn(demo, "billing", name);
  const { ledger } = demo.sandboxes.billing;
  const row = ledger.get("customers", id);
  const address = isObject(row?.["billing_address"]) ? row["billing_address"] : {};
  const own = (collection: string): readonly { readonly [key: string]: Json }[] =>
    rowsOf(ledger.all(collection)).filter(({ customer_id }) => customer_id === Number(id));
  return {
    name: textOf(address["company_name"]),
    street: textOf(address["line_1"]),
    city: textOf(address["city"]),
    postal_code: textOf(address["postal_code"]),
    email: textOf(row?.["email"]),
    due_days: customerIn(demo, "billing", name).due_days,
    contacts: own("contacts").map((one) => `${textOf(one["name"])} ${textOf(one["email"])}`),
    sites: own("addresses").map((one) => textOf(one["line_1"])),
  };
}

/** Paths that the PATCHes of the last run named. */
function patched({ sandboxes }: Demo): readonly string[] {
  return sandboxes.billing.log
    .filter(({ method }) => method === "PATCH")
    .flatMap(({ body }) => (JSON.parse(body) as { readonly path: string }[]).map(({ path }) => path));
}

test("R9, R10, R11: a company's name, address and people are equal in billing; an edit changes that field only", async (t) => {
  const demo = await openWith(t, "quickbooks");
  await demo.run();
  const { name, street, city, postal_code, contacts } = account(demo, ORCHARD);
  assert.deepEqual(
    [name, street, city, postal_code, contacts],
    [ORCHARD, "88 Grove Ave", "Macon", "31201", ["Ana O'Neil billing@orchard.example"]],
  );
  const edits = [
    {
      path: "/company/companies/1002",
      fields: { name: "Orchard Group" },
      // Rev.io keeps the name of a company in its address.
      touches: "/billing_address",
      becomes: { name: "Orchard Group" },
    },
    {
      path: "/company/companies/1002",
      fields: { addressLine1: "9 Hill St" },
      touches: "/billing_address",
      becomes: { street: "9 Hill St" },
    },
    {
      path: "/company/contacts/2003",
      fields: { lastName: "Neilson" },
      touches: "/name",
      becomes: { contacts: ["Ana Neilson billing@orchard.example"] },
    },
  ];
  let now = account(demo, ORCHARD);
  for (const [index, { path, fields, touches, becomes }] of edits.entries()) {
    const already = patched(demo).length;
    await patch(demo, path, fields);
    demo.writes("billing");
    await demo.run();
    assert.deepEqual(patched(demo).slice(already), [touches], `edit ${index + 1}`);
    assert.equal(demo.writes("billing"), 1, `edit ${index + 1}`);
    now = { ...now, ...becomes };
    assert.deepEqual(account(demo, now.name), now, `edit ${index + 1}`);
  }
});

test("R37, R38, R39, R40: name, address, billing contact, sites and terms of a new company flow without a human", async (t) => {
  const demo = await openWith(t, "quickbooks");
  await demo.run();
  const model = tinyWorld.companies.find(({ name }) => name === ORCHARD);
  assert.ok(model);
  const wharf = { ...model, number: "CUST-1009", name: "Wharf Foods", billing_email: "ap@wharf.example" };
  await psaDesk(demo).enter(wharf);
  await demo.run();
  assert.deepEqual(account(demo, "Wharf Foods"), {
    name: "Wharf Foods",
    street: "88 Grove Ave",
    city: "Macon",
    postal_code: "31201",
    email: "ap@wharf.example",
    due_days: 15,
    contacts: ["Ana O'Neil billing@orchard.example"],
    sites: ["88 Grove Ave"],
  });
  for (const pipeline of ["customers", "contacts", "locations", "accounts", "customers-accounting"])
    assert.deepEqual(await asides(demo, pipeline), {}, pipeline);
});

for (const ledger of LEDGERS) {
  test(`R13: terms go by their id and not their name, and unmapped ones hold the customer, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger);
    const terms = demo.sandboxes.psa.ledger;
    const [net15] = terms.all("billingTerms");
    assert.equal(net15?.["dueDays"], 15);
    terms.put("billingTerms", "1", { ...net15, name: "Net 45" });
    await demo.run();
    assert.equal(customerIn(demo, "billing", ORCHARD).due_days, 15);
    assert.equal(cardOf(demo, ledger, ORCHARD).due_days, 15);

    terms.put("billingTerms", "77", { ...net15, id: 77, name: "Net 90", dueDays: 90 });
    await patch(demo, "/company/companies/1002", { billingTerms: { id: 77 } });
    await demo.run();
    for (const pipeline of ["customers", "customers-accounting"])
      assert.deepEqual(await asides(demo, pipeline), { 1002: "held code_unmapped" }, pipeline);
    assert.equal(customerIn(demo, "billing", ORCHARD).due_days, 15);
    assert.equal(cardOf(demo, ledger, ORCHARD).due_days, 15);
  });
}

test("R14: the contract's id stands on the account in billing, and the account is found by it", async (t) => {
  const demo = await openWith(t, "quickbooks");
  await demo.run();
  const { id, fields } = customerIn(demo, "billing", ORCHARD);
  assert.equal(fields["Contract IDs"], "4002");
  const asked = readiness(demo.place, { account: "4002" });
  await assert.doesNotReject(asked);
  const view = await asked;
  assert.deepEqual(
    view.accounts.map(({ account_id, contract_ids }) => [account_id, contract_ids]),
    [[id, ["4002"]]],
  );
  assert.match(renderReadiness(view), /Orchard & Sons, Inc\.: live since [-0-9]+, contracts 4002\n/);
  // Managed services: no contract that billing knows of.
  await assert.rejects(readiness(demo.place, { account: "4003" }), /nor one with that contract on it/);
});

const shop = (number: string, contracts: Company["contracts"]): Company => {
  const [, model] = tinyWorld.companies;
  assert.ok(model);
  const ids = { psa: number.slice(-4) };
  return { ...model, number, name: `Shop ${number}`, ids, contacts: [], sites: [], contracts };
};

for (const { name, filtered } of [
  { name: "of five companies the two with a signed telecom contract flow", filtered: true },
  { name: "without the condition all clients would", filtered: false },
]) {
  test(`R15: ${name}`, async (t) => {
    const [, , draft] = tinyWorld.companies;
    const managed = tinyWorld.companies[1]?.contracts.filter(({ type }) => type !== "telecom") ?? [];
    const expired = (draft?.contracts ?? []).map((one) => ({
      ...one,
      id: "4901",
      status: "expired" as const,
    }));
    const world: World = {
      ...tinyWorld,
      companies: [
        ...tinyWorld.companies,
        shop(
          "CUST-1004",
          managed.map((one) => ({ ...one, id: "4902", lines: [] })),
        ),
        shop("CUST-1005", expired),
      ],
    };
    const demo = await openWith(t, "quickbooks", { world });
    if (!filtered) demo.edit("customers.yaml", (text) => `${text}source: { require: null }\n`);
    await demo.run();
    const names = demo.books("billing").customers.map((one) => one.name);
    const signed = ["Harbor Dental LLC", ORCHARD];
    const others = ["Shop CUST-1004", "Shop CUST-1005"];
    // A prospect is none of either.
    assert.deepEqual(names.sort(), filtered ? signed : [...signed, ...others]);
  });
}
