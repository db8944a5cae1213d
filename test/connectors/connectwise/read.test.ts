import assert from "node:assert/strict";
import { test } from "node:test";
import { entities } from "../../../engine/config/entities.ts";
import type { Company } from "../../../engine/connector/sandbox/world.ts";
import { instant } from "../../../engine/core/clock.ts";
import type { CanonicalRecord } from "../../../engine/core/json.ts";
import { openDemoSystem, readAll, sendAll } from "../../support/demo-system.ts";

function complete(entity: string, partial: CanonicalRecord): CanonicalRecord {
  const found = entities().get(entity);
  assert.ok(found);
  return found.complete(partial);
}

function statusOf({ active, types }: Company): string {
  if (!active) return "inactive";
  return types.includes("Prospect") ? "prospect" : "active";
}

test("connectwise: companies read as the world has them", async (t) => {
  const { connection, world } = await openDemoSystem(t, "psa");
  const read = await readAll(connection, "customer");
  const expected = world.companies.map((company) =>
    complete("customer", {
      id: company.ids.psa,
      updated_at: null,
      customer_number: company.number,
      name: company.name,
      categories: company.types,
      status: statusOf(company),
      billing_address: { ...company.address },
      phone: company.phone,
      billing_emails: [company.billing_email],
      billing_contact_id: company.contacts.find(({ billing }) => billing)?.id ?? null,
      payment_terms_id: String(world.terms.findIndex(({ key }) => key === company.terms) + 1),
      tax_exempt: company.tax_exempt,
      currency: "USD",
    }),
  );
  assert.deepEqual(
    read.map(({ record }) => ({ ...record, updated_at: null })),
    expected,
  );
});

test("connectwise: people read as the world has them", async (t) => {
  const { connection, world } = await openDemoSystem(t, "psa");
  const read = await readAll(connection, "contact");
  const expected = world.companies.flatMap(({ ids, contacts, sites }) =>
    contacts.map((person) =>
      complete("contact", {
        id: person.id,
        customer_id: ids.psa,
        location_id: sites.find(({ primary }) => primary)?.id ?? null,
        name: `${person.first_name} ${person.last_name}`,
        first_name: person.first_name,
        last_name: person.last_name,
        email: person.email,
        phone: person.phone,
        roles: person.billing ? ["billing", "primary"] : [],
        status: "active",
      }),
    ),
  );
  assert.deepEqual(byId(read.map(({ record }) => ({ ...record, updated_at: null }))), byId(expected));
});

test("connectwise: sites of the companies asked for read as the world has them", async (t) => {
  const { connection, world } = await openDemoSystem(t, "psa");
  const asked = world.companies.slice(0, 5);
  const read = await readAll(connection, "location", { parents: asked.map(({ ids }) => ids.psa) });
  const expected = asked.flatMap(({ ids, sites }) =>
    sites.map(({ id, name, address, primary, phone }) =>
      complete("location", {
        id,
        customer_id: ids.psa,
        name,
        roles: [...(primary ? ["primary", "billing", "shipping"] : []), "service"],
        address: { ...address },
        phone,
        status: "active",
      }),
    ),
  );
  assert.deepEqual(byId(read.map(({ record }) => ({ ...record, updated_at: null }))), byId(expected));
});

test("connectwise: contracts are signed by the custom field, and drafts are not", async (t) => {
  const { connection, world } = await openDemoSystem(t, "psa");
  const read = await readAll(connection, "contract");
  const shown = read.map(({ record: { id, customer_id, contract_type, status, start_date, end_date } }) => {
    return { id, customer_id, contract_type, status, start_date, end_date };
  });
  const expected = world.companies.flatMap(({ ids, contracts }) =>
    contracts.map(({ id, type, status, start_date, end_date }) => {
      return { id, customer_id: ids.psa, contract_type: type, status, start_date, end_date };
    }),
  );
  assert.deepEqual(byId(shown), byId(expected));
  assert.ok(shown.some(({ status }) => status === "draft"));
});

test("connectwise: billing terms are days after the invoice", async (t) => {
  const { connection, world } = await openDemoSystem(t, "psa");
  const read = await readAll(connection, "payment_terms");
  assert.deepEqual(
    read.map(({ record: { name, due_days, due_rule } }) => ({ name, due_days, due_rule })),
    world.terms.map(({ name, due_days }) => ({ name, due_days, due_rule: "days_after_invoice" })),
  );
});

test("connectwise: an id is written into a custom field, and only that company is newer then", async (t) => {
  const { connection } = await openDemoSystem(t, "psa");
  const before = instant(Date.now() - 60_000);
  const [company] = await connection.get("customer", ["1004"]);
  assert.ok(company);
  const { id, record, vendor, token } = company;
  const field = { name: "customFields.AccountingId", value: "4711" };
  const outcome = await sendAll(connection, [
    { operation: "external_id", entity: "customer", key: "k", record, fields: [], id, token, vendor, field },
  ]);
  assert.deepEqual(outcome, [{ kind: "done", id: "1004" }]);
  const newer = await readAll(connection, "customer", { since: before });
  assert.deepEqual(
    newer.map(({ raw }) => (raw as { readonly customFields: unknown }).customFields),
    [{ AccountingId: "4711" }],
  );
});

function byId<T extends { readonly [field: string]: unknown }>(records: readonly T[]): readonly T[] {
  return [...records].sort((a, b) => String(a["id"]).localeCompare(String(b["id"])));
}

test("connectwise: what is to be billed asks each agreement for its additions once", async (t) => {
  const { connection, sandbox, world } = await openDemoSystem(t, "psa");
  const read = await readAll(connection, "billable_item");
  assert.ok(read.some(({ record }) => record["kind"] === "recurring"));
  const asked = sandbox.log.filter(({ url }) => url.includes("/additions")).map(({ url }) => url);
  assert.equal(asked.length, world.companies.flatMap(({ contracts }) => contracts).length);
  assert.equal(new Set(asked).size, asked.length);
});

test("connectwise: items are asked for by id where their family is, and an addition nowhere", async (t) => {
  const { connection, sandbox } = await openDemoSystem(t, "psa");
  const company = { id: 1001 };
  const work = { company, billableOption: "Billable", invoiceHours: 1, extendedInvoiceAmount: 150 };
  const product = {
    company,
    catalogItem: { id: 1 },
    billableOption: "Billable",
    quantity: 1,
    price: 5,
    extPrice: 5,
    cancelledFlag: false,
  };
  sandbox.ledger.put("timeEntries", "7", {
    id: 7,
    timeStart: "2026-10-05T14:00:00Z",
    hourlyRate: 150,
    ...work,
  });
  sandbox.ledger.put("timeEntries", "8", {
    id: 8,
    timeStart: "2026-10-06T14:00:00Z",
    hourlyRate: 150,
    ...work,
  });
  sandbox.ledger.put("products", "7", { id: 7, purchaseDate: "2026-10-05T00:00:00Z", ...product });
  const ids = ["time:7", "time:8", "product:7", "expense:7", "addition:4104:2026-10-01"];
  assert.deepEqual(await connection.askable?.("billable_item", ids), ids.slice(0, 4));
  const before = sandbox.log.length;
  const read = await connection.get("billable_item", ids);
  assert.deepEqual(read.map(({ id }) => id).sort(), ["product:7", "time:7", "time:8"]);
  // One for each family, and the currencies of the companies once.
  assert.equal(sandbox.log.length - before, 4);
});
