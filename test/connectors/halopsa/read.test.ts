import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sandbox } from "../../../connectors/halopsa/sandbox.ts";
import { entities } from "../../../engine/config/entities.ts";
import type { Company } from "../../../engine/connector/sandbox/world.ts";
import type { CanonicalRecord, Json } from "../../../engine/core/json.ts";
import { PRODUCT_TYPES, SYSTEMS } from "../../matrix/systems.ts";
import { type DemoSystem, openDemoSystem, readAll, sendAll } from "../../support/demo-system.ts";

function open(t: TestContext, settings: { readonly [name: string]: Json } = {}): Promise<DemoSystem> {
  const own = SYSTEMS.psa.halopsa;
  const entry = { ...own, settings: { ...own.settings, ...settings } };
  return openDemoSystem(t, "psa", Date.now, { sandbox, system: entry });
}

function complete(entity: string, partial: CanonicalRecord): CanonicalRecord {
  const found = entities().get(entity);
  assert.ok(found);
  return found.complete(partial);
}

function statusOf({ active, types }: Company): string {
  if (!active) return "inactive";
  return types.includes("Prospect") ? "prospect" : "active";
}

test("halopsa: clients read as the world has them, inactive ones too, from their records and not the list's rows", async (t) => {
  const { connection, world } = await open(t);
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
      payment_terms_id: `net:${world.terms.find(({ key }) => key === company.terms)?.due_days}`,
      tax_exempt: company.tax_exempt,
      currency: "USD",
    }),
  );
  assert.deepEqual(
    read.map(({ record }) => ({ ...record, updated_at: null })),
    expected,
  );
  // The token, a page and each client once.
  assert.equal(connection.counts.calls, 2 + world.companies.length);
});

test("halopsa: contacts read as the world has them", async (t) => {
  const { connection, world } = await open(t);
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
        roles: person.billing ? ["primary"] : [],
        status: "active",
      }),
    ),
  );
  assert.deepEqual(
    read.map(({ record }) => record),
    expected,
  );
});

test("halopsa: sites read as the world has them, their client's id without the fraction it comes with", async (t) => {
  const { connection, world } = await open(t);
  const read = await readAll(connection, "location");
  const expected = world.companies.flatMap(({ ids, sites }) =>
    sites.map(({ id, name, address, phone }) =>
      complete("location", {
        id,
        customer_id: ids.psa,
        name,
        roles: ["service"],
        address: { ...address },
        phone,
        status: "active",
      }),
    ),
  );
  assert.deepEqual(
    read.map(({ record }) => record),
    expected,
  );
});

test("halopsa: contracts have the status that the client gave its number, and no end where none is set", async (t) => {
  const { connection, world } = await open(t);
  const read = await readAll(connection, "contract");
  const expected = world.companies.flatMap(({ ids, contracts }) =>
    contracts.map(({ id, name, type, status, start_date, end_date, lines }) =>
      complete("contract", {
        id,
        updated_at: null,
        contract_number: `${name} ${id}`,
        name: `${name} ${id}`,
        customer_id: ids.psa,
        contract_type: type,
        status,
        start_date,
        end_date,
        billing_frequency: "monthly",
        currency: "USD",
        lines: lines.map((line) => ({
          ...{
            ...line,
            service_type: PRODUCT_TYPES[line.product_code] ?? "none",
            start_date,
            end_date: null,
            location_id: null,
            tax_class: null,
          },
          unit_amount_decimal: String(Number(line.unit_amount_decimal)),
        })),
      }),
    ),
  );
  assert.deepEqual(
    read.map(({ record }) => ({ ...record, updated_at: null })),
    expected,
  );
});

test("halopsa: by id a record reads as in the list", async (t) => {
  const { connection } = await open(t);
  for (const [entity, id] of [
    ["contact", "810011"],
    ["location", "310011"],
    ["contract", "710011"],
  ] as const) {
    const listed = (await readAll(connection, entity)).find((one) => one.id === id);
    const [got] = await connection.get(entity, [id, "99999"]);
    assert.ok(listed);
    assert.deepEqual(got?.record, listed.record);
  }
});

for (const { name, settings, want } of [
  { name: "only clients changed since then are read", settings: {}, want: ["1004"] },
  {
    name: "all clients are read where the filter takes no time",
    settings: { changed_since: false },
    want: 64,
  },
])
  test(`halopsa: an id is written into a custom field; ${name}`, async (t) => {
    const { connection } = await open(t, settings);
    const before = new Date(Date.now() - 60_000).toISOString();
    const [company] = await connection.get("customer", ["1004"]);
    assert.ok(company);
    const { id, record, vendor, token } = company;
    const write = {
      operation: "external_id",
      entity: "customer",
      key: "k",
      record,
      fields: [],
      id,
      token,
      vendor,
    } as const;
    const field = { name: "customFields.AccountingId", value: "4711" };
    assert.deepEqual(await sendAll(connection, [{ ...write, field }]), [{ kind: "done", id: "1004" }]);
    const newer = await readAll(connection, "customer", { since: before });
    assert.deepEqual(typeof want === "number" ? newer.length : newer.map((one) => one.id), want);
    const [again] = await connection.get("customer", ["1004"]);
    assert.ok(again);
    assert.deepEqual((again.raw as { readonly customFields: unknown }).customFields, {
      AccountingId: "4711",
      BillingId: null,
    });
    assert.deepEqual({ ...again.record, updated_at: null }, { ...record, updated_at: null });
    const [unknown] = await connection.prepare([
      { ...write, field: { name: "customFields.Nobody", value: "1" } },
    ]);
    assert.match(unknown?.ok === false ? unknown.message : "", /has no custom field CFNobody/);
  });

for (const { name, country, want } of [
  { name: "named in the settings has its code", country: "CA", want: "CA" },
  { name: "that is not there is that of the setting", country: "", want: "US" },
  { name: "that nobody has named is none, not a guess", country: "GB", want: null },
])
  test(`halopsa: a site's country ${name}`, async (t) => {
    const { connection, sandbox: server } = await open(t, { countries: { Canada: "CA" } });
    const row = server.ledger.get("Site", "310011");
    assert.ok(row);
    server.ledger.put("Site", "310011", { ...row, country_code: country });
    const site = (await readAll(connection, "location")).find(({ id }) => id === "310011");
    assert.ok(site);
    assert.equal((site.record["address"] as { readonly country: unknown }).country, want);
  });

test("halopsa: an id can go into a field of the client's own, which changes nothing else", async (t) => {
  const { connection, sandbox: server } = await open(t);
  const [company] = await connection.get("customer", ["1005"]);
  assert.ok(company);
  const { id, record, vendor, token } = company;
  const before = server.ledger.get("Client", "1005");
  const field = { name: "accountsid", value: "4712" };
  const key = { operation: "external_id", entity: "customer", key: "k", fields: [] } as const;
  await sendAll(connection, [{ ...key, record, id, token, vendor, field }]);
  const after = server.ledger.get("Client", "1005");
  assert.deepEqual(after, { ...before, accountsid: "4712", alastupdate: after?.["alastupdate"] });
});

for (const missing404 of [true, false])
  test(`halopsa: a record that is gone is missing, whether the answer is ${missing404 ? "404" : "200 and {}"}`, async (t) => {
    const { connection, sandbox: server } = await open(t);
    server.setRule("missing_404", missing404);
    const found = await connection.get("customer", ["99999", "1001"]);
    assert.deepEqual(
      found.map(({ id }) => id),
      ["1001"],
    );
  });

test("halopsa: a list that says nothing of its length, or says too much, is read to its end", async (t) => {
  const { connection, sandbox: server } = await open(t);
  const site = (id: number): Json => ({ id, client_id: 1001, name: `Site ${id}` });
  const page = (number: number, body: Json): void =>
    server.fault({ path: `page_no=${number}&`, kind: "reply", reply: { status: 200, body } });
  page(1, { sites: [site(1), site(2)] });
  page(2, { sites: [site(3)] });
  page(3, { sites: [] });
  const ids = (read: readonly { readonly id: string }[]): string[] => read.map(({ id }) => id);
  assert.deepEqual(ids(await readAll(connection, "location")), ["1", "2", "3"]);
  page(1, { record_count: 3, sites: [site(1), site(2)] });
  page(2, { record_count: 2, sites: [] });
  assert.deepEqual(ids(await readAll(connection, "location")), ["1", "2"]);
});

test("halopsa: a token that has ended is replaced in the middle of a list", async (t) => {
  const { connection, sandbox: server } = await open(t);
  server.fault({ path: "/Client/1010", times: 1, kind: "reply", reply: { status: 401 } });
  assert.equal((await readAll(connection, "customer")).length, 64);
  assert.equal(server.log.filter(({ url }) => url.startsWith("/auth/token")).length, 2);
});

test("halopsa: too many requests are waited out", async (t) => {
  const { connection, sandbox: server } = await open(t);
  const text = "Rate Limit Reached - 300 Requests per rolling 5 minute window";
  server.fault({ path: "/Site", times: 2, kind: "reply", reply: { status: 429, body: text } });
  assert.equal((await readAll(connection, "location")).length > 100, true);
});
