import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sandbox } from "../../../connectors/autotask/sandbox.ts";
import { entities } from "../../../engine/config/entities.ts";
import type { Company } from "../../../engine/connector/sandbox/world.ts";
import type { SystemRecord } from "../../../engine/connector/types.ts";
import { instant } from "../../../engine/core/clock.ts";
import type { CanonicalRecord } from "../../../engine/core/json.ts";
import { PRODUCT_TYPES, SYSTEMS } from "../../matrix/systems.ts";
import { type DemoSystem, openDemoSystem, readAll, sendAll } from "../../support/demo-system.ts";

const NOW = Date.parse("2026-11-15T15:00:00Z");

function open(t: TestContext): Promise<DemoSystem> {
  return openDemoSystem(t, "psa", () => NOW, { sandbox, system: SYSTEMS.psa.autotask });
}

function complete(entity: string, partial: CanonicalRecord): CanonicalRecord {
  const found = entities().get(entity);
  assert.ok(found);
  return found.complete(partial);
}

/** By id and without the time of change, which the world does not have. */
function shown(read: readonly SystemRecord[]): readonly CanonicalRecord[] {
  return byId(read.map(({ record }) => ({ ...record, updated_at: null })));
}

function byId<T extends { readonly [field: string]: unknown }>(records: readonly T[]): readonly T[] {
  return [...records].sort((a, b) => Number(a["id"]) - Number(b["id"]));
}

function statusOf({ active, types }: Company): string {
  if (!active) return "inactive";
  return types.includes("Prospect") ? "prospect" : "active";
}

test("autotask: companies read as the world has them, but for terms and e-mail, which the vendor lacks", async (t) => {
  const { connection, world } = await open(t);
  const expected = world.companies.map((company) =>
    complete("customer", {
      id: company.ids.psa,
      customer_number: company.number,
      name: company.name,
      categories: company.types,
      status: statusOf(company),
      billing_address: { ...company.address },
      phone: company.phone,
      tax_exempt: company.tax_exempt,
      currency: "USD",
    }),
  );
  assert.deepEqual(shown(await readAll(connection, "customer")), byId(expected));
});

test("autotask: people read as the world has them", async (t) => {
  const { connection, world } = await open(t);
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
        roles: person.billing ? ["primary"] : [],
        status: "active",
      }),
    ),
  );
  assert.deepEqual(shown(await readAll(connection, "contact")), byId(expected));
});

test("autotask: sites read as the world has them, in one list", async (t) => {
  const { connection, world, sandbox: server } = await open(t);
  const expected = world.companies.flatMap(({ ids, sites }) =>
    sites.map(({ id, name, address, primary, phone }) =>
      complete("location", {
        id,
        customer_id: ids.psa,
        name,
        roles: [...(primary ? ["primary"] : []), "service"],
        address: { ...address },
        phone,
        status: "active",
      }),
    ),
  );
  assert.deepEqual(shown(await readAll(connection, "location")), byId(expected));
  assert.equal(server.log.filter(({ url }) => url.endsWith("/CompanyLocations/query")).length, 1);
});

test("autotask: contracts read as the world has them, with the units of their services, a draft by its custom field", async (t) => {
  const { connection, world } = await open(t);
  const expected = world.companies.flatMap(({ ids, contracts }) =>
    contracts.map(({ id, name, type, status, start_date, end_date, lines }) =>
      complete("contract", {
        id,
        contract_number: id,
        name,
        customer_id: ids.psa,
        contract_type: type,
        status,
        start_date,
        end_date,
        billing_frequency: "monthly",
        currency: "USD",
        lines: lines.map((line) => ({
          id: line.id,
          product_code: line.product_code,
          description: line.description,
          service_type: PRODUCT_TYPES[line.product_code] ?? "none",
          // Units are whole, and those of a contract that is over are not read.
          quantity:
            end_date !== null && end_date < "2026-11-15" ? "0" : String(Math.round(Number(line.quantity))),
          unit_amount_decimal: String(Number(line.unit_amount_decimal)),
        })),
      }),
    ),
  );
  const read = shown(await readAll(connection, "contract"));
  assert.deepEqual(read, byId(expected));
  assert.deepEqual([...new Set(read.map(({ status }) => status))].sort(), [
    "cancelled",
    "draft",
    "expired",
    "signed",
  ]);
});

test("autotask: a contract that is active past its end has expired", async (t) => {
  const { connection, world, sandbox: server } = await open(t);
  const signed = world.companies
    .flatMap(({ contracts }) => contracts)
    .find(({ status }) => status === "signed");
  const row = server.ledger.get("Contracts", signed?.id ?? "");
  assert.ok(signed && row);
  server.ledger.put("Contracts", signed.id, { ...row, endDate: "2026-11-14T00:00:00" });
  const [read] = await connection.get("contract", [signed.id]);
  assert.equal(read?.record["status"], "expired");
});

test("autotask: terms are days after the invoice", async (t) => {
  const { connection, world } = await open(t);
  const read = await readAll(connection, "payment_terms");
  assert.deepEqual(
    read.map(({ record: { name, due_days, due_rule } }) => ({ name, due_days, due_rule })),
    world.terms.map(({ name, due_days }) => ({ name, due_days, due_rule: "days_after_invoice" })),
  );
});

test("autotask: a list longer than a page follows the vendor's link to its end", async (t) => {
  const { connection, sandbox: server, world } = await open(t);
  for (let id = 5001; id <= 5600; id++) {
    server.ledger.put("Contacts", String(id), { id, companyID: 1001, lastName: `Person ${id}`, isActive: 1 });
  }
  const people = world.companies.flatMap(({ contacts }) => contacts).length;
  const read = await readAll(connection, "contact");
  assert.equal(new Set(read.map(({ id }) => id)).size, people + 600);
  assert.equal(server.log.filter(({ url }) => url.includes("/Contacts/query")).length, 2);
});

test("autotask: an id is written into a custom field, and only that company is newer then", async (t) => {
  const { connection, sandbox: server } = await open(t);
  const [company] = await connection.get("customer", ["1004"]);
  assert.ok(company);
  const { id, record, vendor, token } = company;
  const field = { name: "customFields.AccountingId", value: "4711" };
  const outcome = await sendAll(connection, [
    { operation: "external_id", entity: "customer", key: "k", record, fields: [], id, token, vendor, field },
  ]);
  assert.deepEqual(outcome, [{ kind: "done", id: "1004" }]);
  assert.deepEqual(
    server.log.filter(({ write }) => write).map(({ method, url, body }) => [method, url, JSON.parse(body)]),
    [
      [
        "PATCH",
        "/ATServicesRest/V1.0/Companies",
        { id: 1004, userDefinedFields: [{ name: "AccountingId", value: "4711" }] },
      ],
    ],
  );
  const newer = await readAll(connection, "customer", { since: instant(NOW - 60_000) });
  assert.deepEqual(
    newer.map(({ raw }) => (raw as { readonly customFields: unknown }).customFields),
    [{ AccountingId: "4711", BillingId: null }],
  );
});

test("autotask: the zone is asked for once, by the name of the user", async (t) => {
  const { connection, sandbox: server } = await open(t);
  await readAll(connection, "payment_terms");
  await readAll(connection, "location");
  const zone = server.log.filter(({ url }) => url.includes("zoneInformation"));
  assert.deepEqual(
    zone.map(({ method, url }) => [method, url]),
    [["GET", "/ATServicesRest/V1.0/zoneInformation?user=api-lakeside%40lakeside.example"]],
  );
});

test("autotask: the tenant's own company is nobody's customer", async (t) => {
  const { connection, sandbox: server, world } = await open(t);
  server.ledger.put("Companies", "0", { id: 0, companyName: "Lakeside", companyType: 1, isActive: true });
  assert.equal((await readAll(connection, "customer")).length, world.companies.length);
});

for (const { name, reply, kind } of [
  {
    name: "a refused field",
    reply: { status: 500, body: { errors: ["Missing Required Field: phone"] } },
    kind: "refused",
  },
  {
    name: "a server in trouble",
    reply: { status: 500, body: { errors: ["SQL timeout expired"] } },
    kind: "unknown",
  },
  { name: "a 500 without words", reply: { status: 500, body: "<html></html>" }, kind: "unknown" },
]) {
  test(`autotask: a write answered by ${name} is ${kind}`, async (t) => {
    const { connection, sandbox: server } = await open(t);
    const [company] = await connection.get("customer", ["1004"]);
    assert.ok(company);
    server.fault({ method: "PATCH", kind: "reply", reply });
    const { id, record, vendor, token } = company;
    const field = { name: "customFields.AccountingId", value: "4711" };
    const [outcome] = await sendAll(connection, [
      {
        operation: "external_id",
        entity: "customer",
        key: "k",
        record,
        fields: [],
        id,
        token,
        vendor,
        field,
      },
    ]);
    assert.equal(outcome?.kind, kind);
  });
}

for (const off of [[], ["retry_after"], ["threshold_status"]]) {
  test(`autotask: a read over the hourly threshold waits and goes on, with [${off}] off`, async (t) => {
    const { connection, sandbox: server, world } = await open(t);
    for (const rule of off) server.setRule(rule, false);
    const errors = ["The external request threshold of 10000 requests has been exceeded."];
    const status = off.includes("threshold_status") ? 500 : 429;
    const headers = off.length === 0 ? { "retry-after": "60" } : {};
    server.fault({ path: "/PaymentTerms/", kind: "reply", reply: { status, body: { errors }, headers } });
    assert.equal((await readAll(connection, "payment_terms")).length, world.terms.length);
  });
}

test("autotask: a billing item is of the kind of its source, and what it lacks is null", async (t) => {
  const { connection, sandbox: server } = await open(t);
  const sources = {
    milestoneID: "other",
    expenseItemID: "expense",
    contractChargeID: "product",
    serviceBundleID: "recurring",
    timeEntryID: "time",
  };
  for (const [index, source] of Object.keys(sources).entries()) {
    const id = 9001 + index;
    const item = {
      id,
      companyID: 1001,
      itemDate: "2026-11-02T00:00:00",
      itemName: "Go-live",
      extendedPrice: 12.5,
    };
    server.ledger.put("BillingItems", String(id), { ...item, [source]: 7 });
  }
  const read = shown(await readAll(connection, "billable_item"));
  assert.deepEqual(
    read.map(({ kind }) => kind),
    Object.values(sources),
  );
  const expected = complete("billable_item", {
    id: "9001",
    marked_billed: false,
    kind: "other",
    status: "ready",
    customer_id: "1001",
    item_date: "2026-11-02",
    description: "Go-live",
    quantity: "1",
    unit: "each",
    amount: 1250,
    currency: "USD",
  });
  assert.deepEqual(read[0], expected);
  assert.deepEqual(shown(await connection.get("billable_item", ["9001"])), [expected]);
});
