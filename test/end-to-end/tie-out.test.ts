import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { credentials } from "../../connectors/revio-billing/sandbox/gateway.ts";
import type { Company } from "../../engine/connector/sandbox/world.ts";
import { makeWorld } from "../../mappings/demo/world.ts";
import type { BookedCustomer } from "../support/books.ts";
import { openTriangle, type Triangle } from "../support/triangle.ts";

/** The demo's client run by the built CLI against its three sandboxes, judged by the sandboxes' own ledgers. */

const world = makeWorld();
const expected = world.expected;
let triangle: Triangle;

before(async () => {
  triangle = await openTriangle({ world });
  await triangle.run();
});
after(() => triangle.close());

test("tie-out: sums per GL code in accounting's ledger are the generator's, to the cent", () => {
  assert.deepEqual(triangle.books("accounting").gl_totals, expected.gl_totals);
});

test("tie-out: accounting has every invoice once, with its dates, its total and its customer", () => {
  const { invoices, customers } = triangle.books("accounting");
  const names = new Map(customers.map(({ id, name }) => [id, name]));
  const wanted = world.invoices.map(({ number, invoice_date: date, due_date, total, company }) => {
    return { number, date, due_date, total, customer: companyOf(company).name };
  });
  const booked = invoices.map(({ id: _, customer, ...rest }) => ({ ...rest, customer: names.get(customer) }));
  assert.deepEqual(sortedBy(booked, "number"), sortedBy(wanted, "number"));
  assert.equal(invoices.length, expected.invoice_count);
  assert.equal(
    invoices.reduce((sum, { total }) => sum + total, 0),
    expected.invoice_total,
  );
});

test("tie-out: billing has every payment once, with its date, its amount and the invoices that it pays", () => {
  const booked = triangle
    .books("billing")
    .payments.map(({ date, amount, reference, allocations }) => ({ date, amount, reference, allocations }));
  const wanted = expected.payments.map((payment) => ({
    ...payment,
    allocations: sortedBy(payment.allocations, "invoice"),
  }));
  assert.deepEqual(sortedBy(booked, "reference"), sortedBy(wanted, "reference"));
});

test("tie-out: a payment of several invoices, a part payment and a whole one are among them", () => {
  const totals = new Map(world.invoices.map(({ number, total }) => [number, total]));
  const kinds = new Set(
    expected.payments.map(({ allocations: [first, second] }) =>
      second !== undefined
        ? "several"
        : first?.amount === totals.get(first?.invoice ?? "")
          ? "whole"
          : "part",
    ),
  );
  assert.deepEqual([...kinds].sort(), ["part", "several", "whole"]);
});

test("tie-out: companies with a signed telecom contract have one account in billing; no other company has any", () => {
  const { customers } = triangle.books("billing");
  const found = world.companies.flatMap((company) => shellsOf(company, customers).map(() => company.number));
  assert.deepEqual(found.sort(), [...expected.billing_customers].sort());
  assert.equal(customers.length, expected.billing_customers.length);
  assert.ok(world.companies.some(({ contracts }) => contracts.some(({ status }) => status === "draft")));
});

test("tie-out: clients of the PSA stand in accounting once, beside those that only accounting knows", () => {
  const names = triangle.books("accounting").customers.map(({ name }) => name);
  const clients = expected.accounting_customers.map((number) => companyOf(number).name);
  const known = world.companies.filter(({ ids }) => ids.accounting !== undefined).map(({ name }) => name);
  const wanted = new Set([...clients, ...known, ...world.strangers.map(({ name }) => name)]);
  assert.deepEqual(names.sort(), [...wanted].sort());
});

test("tie-out: every account in billing carries its signed telecom contracts and its PSA id", () => {
  const { customers } = triangle.books("billing");
  for (const number of expected.billing_customers) {
    const company = companyOf(number);
    const signed = company.contracts.filter(({ type, status }) => type === "telecom" && status === "signed");
    const [shell] = shellsOf(company, customers);
    assert.equal(
      shell?.fields["Contract IDs"],
      signed
        .map(({ id }) => id)
        .sort()
        .join(" "),
      number,
    );
    assert.equal(shell?.fields["PSA Company ID"], company.ids.psa, number);
  }
});

test("tie-out: a second run writes nothing, by the sandboxes' own request logs", async () => {
  triangle.forget();
  await triangle.run();
  assert.deepEqual(triangle.writes(), []);
  assert.ok(triangle.requests("billing").length > 0, "it did ask");
});

test("tie-out: the payment of an unknown customer posts once, as soon as the customer is linked", async () => {
  const [stranger] = world.strangers;
  assert.ok(stranger);
  const { reference, amount, date } = stranger.receipt;
  const booked = () =>
    triangle.books("billing").payments.filter((payment) => payment.reference === reference);
  assert.deepEqual(booked(), []);

  const customer = await openAccount("CB-9001", stranger.name);
  const link = ["idmap", "link", "customer", `accounting:${stranger.id}`, `billing:${customer}`];
  const linked = await triangle.tripoint(link);
  assert.equal(linked.code, 0, linked.stderr);
  triangle.forget();
  await triangle.run();
  await triangle.run();
  assert.deepEqual(
    booked().map((payment) => ({ ...payment, id: "" })),
    [{ id: "", customer, date, amount, reference, allocations: [] }],
  );
  assert.deepEqual(triangle.writes(), ["POST /v1/Payments"]);
});

function companyOf(number: string): Company {
  const company = world.companies.find((one) => one.number === number);
  assert.ok(company, number);
  return company;
}

/** What billing has of a company, by any number that it could be known by. */
function shellsOf(company: Company, customers: readonly BookedCustomer[]): readonly BookedCustomer[] {
  return customers.filter(
    ({ id, number, fields }) =>
      id === company.ids.billing ||
      number === company.number ||
      number === company.billing_number ||
      fields["PSA Company ID"] === company.ids.psa,
  );
}

/** A customer that a person opens in billing by hand; answers with its id. */
async function openAccount(account_number: string, company_name: string): Promise<string> {
  const { user, password, key } = credentials;
  const answer = await fetch(`${triangle.environment["REVIO_URL"]}/Customers`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
      "ocp-apim-subscription-key": key,
      "content-type": "application/json",
    },
    body: JSON.stringify({ account_number, bill_profile_id: 4, billing_address: { company_name } }),
  });
  assert.ok(answer.ok, await answer.clone().text());
  const made = triangle.books("billing").customers.find(({ number }) => number === account_number);
  assert.ok(made);
  return made.id;
}

function sortedBy<T>(rows: readonly T[], key: keyof T): readonly T[] {
  return [...rows].sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
}
