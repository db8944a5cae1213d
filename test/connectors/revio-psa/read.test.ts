import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sandbox } from "../../../connectors/revio-psa/sandbox.ts";
import { entities } from "../../../engine/config/entities.ts";
import { SystemError } from "../../../engine/connector/types.ts";
import type { CanonicalRecord, Json } from "../../../engine/core/json.ts";
import { PRODUCT_TYPES, SYSTEMS } from "../../matrix/systems.ts";
import { type DemoSystem, openDemoSystem, readAll, sendAll } from "../../support/demo-system.ts";

function open(t: TestContext, settings: { readonly [name: string]: Json } = {}): Promise<DemoSystem> {
  const own = SYSTEMS.psa["revio-psa"];
  const entry = { ...own, settings: { ...own.settings, ...settings } };
  return openDemoSystem(t, "psa", Date.now, { sandbox, system: entry });
}

function complete(entity: string, partial: CanonicalRecord): CanonicalRecord {
  const found = entities().get(entity);
  assert.ok(found);
  return found.complete(partial);
}

for (const envelope of ["items under data", "rows under data"])
  test(`revio-psa: customers read as the world has them, with ${envelope}`, async (t) => {
    const { connection, world, sandbox: server } = await open(t);
    server.setRule("items_envelope", envelope === "items under data");
    const read = await readAll(connection, "customer");
    const expected = world.companies.map((company) =>
      complete("customer", {
        id: company.ids.psa,
        customer_number: company.number,
        name: company.name,
        customer_type: "business",
        categories: company.types,
        status: !company.active ? "inactive" : company.types.includes("Prospect") ? "prospect" : "active",
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
      read.map(({ record }) => record),
      expected,
    );
  });

test("revio-psa: without names for them, what the vendor does not document is unknown, not guessed", async (t) => {
  const { connection } = await open(t, { customer_fields: {} });
  const [acme] = await readAll(connection, "customer");
  const { customer_number, categories, payment_terms_id, tax_exempt, name, status } = acme?.record ?? {};
  assert.deepEqual([customer_number, categories, payment_terms_id, tax_exempt], [null, [], null, null]);
  assert.deepEqual([name, status], ["Acme Widgets LLC", "active"]);
});

test("revio-psa: a customer whose status nobody has named is set aside, and the others are read", async (t) => {
  const { connection } = await open(t, { customer_statuses: { Open: "active", Prospect: "prospect" } });
  const unreadable: (string | undefined)[] = [];
  for await (const { records } of connection.list("customer", { since: undefined, parents: undefined })) {
    unreadable.push(...records.map((record) => record.unreadable));
  }
  assert.equal(unreadable.length, 64);
  const reasons = [...new Set(unreadable.filter((reason) => reason !== undefined))];
  assert.equal(reasons.length, 1);
  assert.match(reasons[0] ?? "", /customer_statuses does not name the status Closed/);
});

test("revio-psa: contacts read as the world has them", async (t) => {
  const { connection, world } = await open(t);
  const read = await readAll(connection, "contact");
  const expected = world.companies.flatMap(({ ids, contacts }) =>
    contacts.map((person) =>
      complete("contact", {
        id: person.id,
        customer_id: ids.psa,
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

test("revio-psa: pages that are smaller than asked are read to the end, and a repeated one is no end", async (t) => {
  const { connection, sandbox: server } = await open(t);
  const contact = (id: number): Json => ({ id, customerId: 1001, name: `Person ${id}` });
  const page = (number: number, items: readonly Json[]): void =>
    server.fault({
      path: `page=${number}&`,
      kind: "reply",
      reply: { status: 200, body: { data: { items: [...items] } } },
    });
  page(1, [contact(1), contact(2)]);
  page(2, [contact(3)]);
  assert.deepEqual(
    (await readAll(connection, "contact")).map(({ id }) => id),
    ["1", "2", "3"],
  );
  page(1, [contact(1), contact(2)]);
  page(2, [contact(1), contact(2)]);
  await assert.rejects(readAll(connection, "contact"), /a second time/);
});

test("revio-psa: a customer's one address is its one location", async (t) => {
  const { connection, world } = await open(t);
  const read = await readAll(connection, "location");
  assert.deepEqual(
    read.map(({ record: { id, customer_id, address } }) => ({ id, customer_id, address })),
    world.companies.map(({ ids, address }) => ({
      id: ids.psa,
      customer_id: ids.psa,
      address: { ...address },
    })),
  );
});

test("revio-psa: contracts are read from where the client says that its agreements are", async (t) => {
  const { connection, world } = await open(t);
  const read = await readAll(connection, "contract");
  const expected = world.companies.flatMap(({ ids, contracts }) =>
    contracts.map(({ id, name, type, status, start_date, end_date, lines }) =>
      complete("contract", {
        id,
        contract_number: `AGR-${id}`,
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
          quantity: String(Number(line.quantity)),
          unit_amount_decimal: String(Number(line.unit_amount_decimal)),
        })),
      }),
    ),
  );
  assert.deepEqual(
    read.map(({ record }) => record),
    expected,
  );
});

test("revio-psa: without that, contracts fail by name and nothing is asked", async (t) => {
  const { connection, sandbox: server } = await open(t, { agreements: {} });
  const cause = await readAll(connection, "contract").catch((error: unknown) => error);
  assert.ok(cause instanceof SystemError);
  assert.match(cause.message, /documents no agreements: .* settings\.agreements/);
  assert.equal(server.log.length, 0);
});

test("revio-psa: an id is written into a custom field only where the client allows it", async (t) => {
  const { connection } = await open(t);
  const [customer] = await connection.get("customer", ["1004"]);
  assert.ok(customer);
  const { id, record, vendor, token } = customer;
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
  const [again] = await connection.get("customer", ["1004"]);
  assert.ok(again);
  assert.deepEqual((again.raw as { readonly customFields: unknown }).customFields, {
    AccountingId: "4711",
    BillingId: "",
  });
  assert.deepEqual(again.record, record);
  const refusal = async (on: DemoSystem, name: string): Promise<string> => {
    const [prepared] = await on.connection.prepare([{ ...write, field: { name, value: "1" } }]);
    assert.ok(prepared?.ok === false);
    return prepared.message;
  };
  assert.match(await refusal({ connection } as DemoSystem, "customFields.Nobody"), /no custom field Nobody/);
  const careful = await open(t, { write_custom_fields: false });
  assert.match(await refusal(careful, "customFields.AccountingId"), /settings\.write_custom_fields/);
});

test("revio-psa: a token that has ended is exchanged again in the middle of the work", async (t) => {
  const { connection, sandbox: server } = await open(t);
  await readAll(connection, "contact");
  const body = { statusCode: 401, message: "Unauthorized. Access token is missing or invalid." };
  server.fault({ path: "/customers", times: 1, kind: "reply", reply: { status: 401, body } });
  assert.equal((await readAll(connection, "customer")).length, 64);
  assert.equal(server.log.filter(({ url }) => url.endsWith("/exchange")).length, 2);
});
