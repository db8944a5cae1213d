import assert from "node:assert/strict";
import { test } from "node:test";
import { entities } from "../../engine/config/entities.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import { entity, sample, samples } from "./canonical-samples.ts";

for (const { entity: name, record } of samples) {
  test(`entities: the example ${name} ${String(record["id"])} is valid`, () => {
    assert.deepEqual(entity(name).validate(record), []);
  });
}

test("entities: the example has a record of every entity", () => {
  assert.deepEqual([...new Set(samples.map((item) => item.entity))].sort(), [...entities().keys()].sort());
});

// What CANONICAL marks with `!` and is no list; the rest may be null.
const REQUIRED: { readonly [entity: string]: string } = {
  customer: "name status currency",
  billing_account: "customer_id status",
  contact: "customer_id name status",
  location: "customer_id name status",
  payment_terms: "name due_rule due_days status",
  gl_account: "code name account_type status",
  tax_code: "code name status",
  contract: "name customer_id contract_type status start_date currency",
  billable_item: "kind status customer_id item_date description quantity amount currency",
  service: "kind customer_id billing_account_id status provenance",
  invoice:
    "status payment_status customer_id invoice_date due_date currency subtotal tax_total total balance",
  credit_note:
    "status customer_id credit_note_date currency subtotal tax_total total refunded_amount unapplied_amount",
  credit_application: "status customer_id credit_note_id invoice_id amount currency application_date",
  payment: "status customer_id payment_date amount currency refunded_amount unapplied_amount",
  refund: "status customer_id refund_date amount currency",
};
for (const [name, fields] of Object.entries(REQUIRED)) {
  test(`complete: an empty ${name} lacks only what can never be null`, () => {
    const record = entity(name).complete({});
    assert.deepEqual(Object.keys(record), entity(name).fields);
    const refused = entity(name).validate(record);
    assert.deepEqual(
      refused.map((text) => text.split(" ")[0]),
      fields.split(" "),
    );
    for (const text of refused) assert.match(text, /, not null$/);
  });
}

test("complete: the members of lists and objects that are there are completed too", () => {
  const record = entity("invoice").complete({
    lines: [{ amount: 5 }],
    period: { from: "2026-05-01" },
    odd: 1,
  });
  assert.deepEqual(record["period"], { from: "2026-05-01", to: null });
  const [line] = record["lines"] as readonly Json[];
  assert.ok(isObject(line));
  assert.equal(line["amount"], 5);
  assert.equal(line["gl_code"], null);
  assert.deepEqual(record["taxes"], []);
  assert.equal(record["odd"], 1, "an unknown field stays, so that validate can name it");
});

test("complete: a complete record stays as it is", () => {
  for (const { entity: name, record } of samples) assert.deepEqual(entity(name).complete(record), record);
});

test("writable: ids, times and computed fields are left out, at every depth", () => {
  const payment = entity("payment").writable(sample("payment", "190"));
  for (const field of ["id", "external_ids", "updated_at", "refunded_amount", "unapplied_amount"]) {
    assert.ok(!Object.hasOwn(payment, field), field);
  }
  assert.deepEqual(payment["allocations"], [
    { invoice_id: "144", amount: 13403, allocation_date: "2026-06-10" },
    { invoice_id: "145", amount: 46597, allocation_date: "2026-06-10" },
  ]);
  const contract = entity("contract").writable(sample("contract"));
  const [line] = contract["lines"] as readonly Json[];
  assert.ok(isObject(line));
  assert.equal(line["id"], "5501", "a contract line's id is its key, not a computed field");
});

test("writable: everything that is not read only stays", () => {
  for (const { entity: name, record } of samples) {
    const { fields, readOnly, writable } = entity(name);
    assert.deepEqual(
      Object.keys(writable(record)),
      fields.filter((field) => !readOnly.has(field)),
    );
  }
});

for (const [name, path, want] of [
  ["invoice", "lines.amount", "money not null"],
  ["invoice", "lines.quantity", "decimal not null"],
  ["invoice", "lines", "array not null"],
  ["invoice", "lines.period.from", "date not null"],
  ["invoice", "period", "object or null"],
  ["invoice", "balance", "money not null, read only"],
  ["invoice", "updated_at", "instant or null, read only"],
  ["invoice", "external_ids.system", "string not null"],
  ["invoice", "exchange_rate_decimal", "decimal or null"],
  ["payment", "allocations.id", "string or null, read only"],
  ["billing_account", "expected.quantity", "decimal or null, read only"],
  ["customer", "tax_exempt", "boolean or null"],
  ["customer", "billing_address.postal_code", "string or null"],
  ["customer", "billing_emails", "array not null"],
  ["payment_terms", "due_days", "integer not null"],
  ["invoice", "lines.colour", "unknown"],
  ["invoice", "customer_id.name", "unknown"],
  ["invoice", "", "unknown"],
] as const) {
  test(`typeAt: ${name}.${path} is ${want}`, () => {
    const type = entity(name).typeAt(path);
    const text = type && `${type.kinds.join("|")} ${type.nullable ? "or null" : "not null"}`;
    assert.equal(type === undefined ? "unknown" : `${text}${type.readOnly ? ", read only" : ""}`, want);
  });
}

test("typeAt: an enum lists its words without null", () => {
  assert.deepEqual(entity("invoice").typeAt("invoice_type")?.enum, ["telecom", "service", "consolidated"]);
  assert.equal(entity("invoice").typeAt("number")?.enum, undefined);
  assert.match(entity("invoice").typeAt("number")?.description ?? "", /printed on the invoice/);
});

test("namesAt: the names below the record, an object, a list and a plain field", () => {
  assert.deepEqual(entity("invoice").namesAt(""), entity("invoice").fields);
  assert.deepEqual(entity("invoice").namesAt("period"), ["from", "to"]);
  assert.deepEqual(entity("payment").namesAt("allocations"), [
    "id",
    "invoice_id",
    "amount",
    "allocation_date",
  ]);
  assert.deepEqual(entity("invoice").namesAt("number"), []);
  assert.deepEqual(entity("invoice").namesAt("nothing"), []);
});

const LINES = [
  "lines.gl_code → gl_account by code of accounting",
  "lines.tax_code → tax_code by code of accounting",
  "lines.location_id → location by id",
  "lines.service_id → service by id of billing",
  "lines.contract_id → contract by id of psa",
  "lines.billable_item_id → billable_item by id of psa",
  "taxes.tax_code → tax_code by code of accounting",
  "taxes.gl_code → gl_account by code of accounting",
];
for (const [name, want] of Object.entries({
  customer: [
    "parent_id → customer by id",
    "merged_into_id → customer by id, read only",
    "billing_contact_id → contact by id",
    "payment_terms_id → payment_terms by id",
  ],
  billing_account: [
    "customer_id → customer by id",
    "contract_ids → contract by id of psa",
    "expected.contract_id → contract by id of psa, read only",
    "open_tasks.contract_id → contract by id of psa, read only",
  ],
  contact: ["customer_id → customer by id", "location_id → location by id"],
  location: ["customer_id → customer by id", "billing_account_id → billing_account by id"],
  payment_terms: [],
  gl_account: [],
  tax_code: [],
  contract: [
    "customer_id → customer by id",
    "bill_to_customer_id → customer by id",
    "lines.location_id → location by id",
  ],
  billable_item: ["customer_id → customer by id", "contract_id → contract by id of psa"],
  service: [
    "customer_id → customer by id",
    "billing_account_id → billing_account by id",
    "location_id → location by id",
    "location_z_id → location by id",
    "parent_service_id → service by id of billing",
  ],
  invoice: [
    "customer_id → customer by id",
    "billing_account_id → billing_account by id",
    "payment_terms_id → payment_terms by id",
    ...LINES,
  ],
  credit_note: [
    "customer_id → customer by id",
    "billing_account_id → billing_account by id",
    "invoice_id → invoice by id",
    ...LINES,
    "applications.invoice_id → invoice by id",
  ],
  credit_application: [
    "customer_id → customer by id",
    "credit_note_id → credit_note by id",
    "invoice_id → invoice by id",
  ],
  payment: [
    "customer_id → customer by id",
    "billing_account_id → billing_account by id",
    "bank_gl_code → gl_account by code of accounting",
    "allocations.invoice_id → invoice by id",
  ],
  refund: [
    "customer_id → customer by id",
    "bank_gl_code → gl_account by code of accounting",
    "allocations.payment_id → payment by id",
    "allocations.credit_note_id → credit_note by id",
  ],
})) {
  test(`references: ${name} refers to what its schema marks`, () => {
    const found = entity(name).references.map(({ path, entity: to, by, of, readOnly }) => {
      assert.ok(entities().has(to), to);
      return `${path} → ${to} by ${by}${of === undefined ? "" : ` of ${of}`}${readOnly ? ", read only" : ""}`;
    });
    assert.deepEqual(found, want);
  });
}

test("entities: natural keys, dates, money records and the PSA's ban on services are as the model says", () => {
  const marks = [...entities().values()].map(({ name, match, dateField, moneyRecord, neverFrom }) => {
    const keys = match.map((key) => key.join("+")).join("|");
    return [name, keys, dateField ?? "", moneyRecord ? "money" : "", neverFrom ?? ""].join(" / ");
  });
  assert.deepEqual(marks, [
    "billable_item /  /  / money / ",
    "billing_account / account_number /  /  / ",
    "contact / customer_id+email|customer_id+name+phone /  /  / ",
    "contract / contract_number /  /  / ",
    "credit_application /  / application_date / money / ",
    "credit_note / number / credit_note_date / money / ",
    "customer / customer_number /  /  / ",
    "gl_account / code /  /  / ",
    "invoice / number / invoice_date / money / ",
    "location / customer_id+address_key /  /  / ",
    "payment /  / payment_date / money / ",
    "payment_terms /  /  /  / ",
    "refund /  / refund_date / money / ",
    "service / number|circuit_id /  /  / psa",
    "tax_code / code /  /  / ",
  ]);
});

test("entities: the fields of a natural key and the date exist", () => {
  for (const { match, dateField, typeAt } of entities().values()) {
    for (const field of match.flat()) assert.ok(field === "address_key" || typeAt(field), field);
    if (dateField !== undefined) assert.deepEqual(typeAt(dateField)?.kinds, ["date"]);
  }
});
