import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject, type Json } from "../../engine/core/json.ts";
import { entity, sample } from "./canonical-samples.ts";

const LONG = "x".repeat(100);
for (const [name, path, value, want] of [
  ["invoice", "lines.0.amount", 12.5, "lines[0].amount must be an integer of minor units, not 12.5"],
  ["invoice", "lines.2.amount", "27644", 'lines[2].amount must be an integer of minor units, not "27644"'],
  ["invoice", "total", 2 ** 53, "total must be an integer of minor units, not 9007199254740992"],
  ["invoice", "total", Number.NaN, "total must be an integer of minor units, not NaN"],
  ["invoice", "subtotal", null, "subtotal must be an integer of minor units, not null"],
  ["payment", "amount", -1, "amount must be an integer of minor units, 0 or more, not -1"],
  [
    "invoice",
    "lines.0.quantity",
    5,
    'lines[0].quantity must be a decimal in a string such as "0.02152", not 5',
  ],
  [
    "invoice",
    "lines.0.quantity",
    "1e3",
    'lines[0].quantity must be a decimal in a string such as "0.02152", not "1e3"',
  ],
  [
    "invoice",
    "invoice_date",
    "2026-02-30",
    'invoice_date must be a calendar date such as "2026-06-01", not "2026-02-30"',
  ],
  [
    "invoice",
    "due_date",
    "2026-06-01T00:00:00Z",
    'due_date must be a calendar date such as "2026-06-01", not "2026-06-01T00:00:00Z"',
  ],
  [
    "invoice",
    "updated_at",
    "2026-06-01T00:00:00+02:00",
    'updated_at must be an instant in UTC such as "2026-05-04T13:22:10Z", not "2026-06-01T00:00:00+02:00"',
  ],
  ["invoice", "status", "paid", 'status must be one of draft, issued or voided, not "paid"'],
  ["invoice", "status", 7, "status must be one of draft, issued or voided, not 7"],
  [
    "invoice",
    "invoice_type",
    "msp",
    'invoice_type must be one of telecom, service, consolidated or null, not "msp"',
  ],
  ["invoice", "lines", null, "lines must be a list, not null"],
  ["invoice", "lines", { line_number: 1 }, "lines must be a list, not an object"],
  ["invoice", "lines.1", null, "lines[1] must be a line, not null"],
  ["invoice", "lines.1.description", undefined, "lines[1].description is missing"],
  [
    "invoice",
    "lines.1.contract_id",
    undefined,
    "lines[1].contract_id is missing: write null when there is no value",
  ],
  ["invoice", "memo", undefined, "memo is missing: write null when there is no value"],
  ["invoice", "lines.0.ammount", 1, "lines[0].ammount is not in the canonical model: did you mean amount?"],
  ["invoice", "warehouse", "1", "warehouse is not in the canonical model"],
  ["invoice", LONG, 1, `"${"x".repeat(58)}… is not in the canonical model`],
  ["invoice", "period", { from: "2026-05-01" }, "period.to is missing"],
  ["invoice", "currency", "usd", 'currency must be an ISO 4217 currency such as "USD", not "usd"'],
  [
    "invoice",
    "currency",
    LONG,
    `currency must be an ISO 4217 currency such as "USD", not "${"x".repeat(58)}…`,
  ],
  ["invoice", "customer_id", 412, "customer_id must be an id as text, not 412"],
  ["invoice", "customer_id", "", 'customer_id must be an id as text, not ""'],
  ["invoice", "lines.0.gl_code", 4010, "lines[0].gl_code must be a code as text, not 4010"],
  ["invoice", "lines.0.line_number", 0, "lines[0].line_number must be an integer from 1, not 0"],
  [
    "customer",
    "phone",
    "813 555 0100",
    'phone must be a phone number in E.164 such as "+18135550100", not "813 555 0100"',
  ],
  ["customer", "tax_exempt", "no", 'tax_exempt must be true or false, not "no"'],
  ["customer", "name", "", 'name must be text that is not empty, not ""'],
  [
    "customer",
    "billing_emails.0",
    "a@b.example, c@d.example",
    'billing_emails[0] must be one e-mail address such as "ap@acme.example", not "a@b.example, c@d.example"',
  ],
  [
    "customer",
    "billing_address.lines",
    [],
    "billing_address.lines must be a list of one to five lines, not an empty list",
  ],
  [
    "customer",
    "billing_address.country",
    "USA",
    'billing_address.country must be an ISO 3166-1 alpha-2 country such as "US", not "USA"',
  ],
  [
    "customer",
    "external_ids.0.system",
    "crm",
    'external_ids[0].system must be one of psa, billing or accounting, not "crm"',
  ],
  ["location", "address", null, "address must be an address where a service is delivered, not null"],
] as const) {
  const shown = value === undefined ? "removed" : JSON.stringify(value)?.slice(0, 30);
  test(`validate: ${name}.${path.slice(0, 30)} ${shown} is refused with one sentence`, () => {
    const record = edited(sample(name, name === "invoice" ? "BILL-70010" : undefined), path, value);
    assert.deepEqual(entity(name).validate(record), [want]);
  });
}

test("validate: a location where no service is delivered needs no address", () => {
  const record = { ...sample("location"), roles: ["billing"], address: null };
  assert.deepEqual(entity("location").validate(record), []);
});

test("validate: a value that is no record is refused", () => {
  for (const [value, shown] of [
    [null, "null"],
    [[], "an empty list"],
    ["x", '"x"'],
    [undefined, "undefined"],
  ] as const) {
    assert.deepEqual(entity("customer").validate(value), [`the record must be a customer, not ${shown}`]);
  }
});

test("validate: ten sentences at most, the last of which counts the rest", () => {
  const line = { ...entity("invoice").complete({ lines: [{}] }) };
  const found = entity("invoice").validate(line);
  assert.equal(found.length, 10);
  assert.equal(found.at(-1), "and 5 more mistakes");
});

/** A copy of the value with one place changed; keys and list positions joined by dots, undefined removes. */
function edited(value: Json, path: string, change: unknown): Json {
  const [key = "", ...rest] = path.split(".");
  const below = (old: Json | undefined) =>
    rest.length === 0 ? change : edited(old ?? null, rest.join("."), change);
  if (Array.isArray(value)) return value.with(Number(key), below(value[Number(key)]));
  assert.ok(isObject(value), `nothing at ${path}`);
  const entries = Object.entries(value).filter(([name]) => name !== key);
  const changed = below(value[key]);
  return Object.fromEntries(changed === undefined ? entries : [...entries, [key, changed as Json]]);
}
