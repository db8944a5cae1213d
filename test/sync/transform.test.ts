import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldMap } from "../../engine/config/types.ts";
import type { CanonicalRecord } from "../../engine/core/json.ts";
import type { Candidate } from "../../engine/sync/stages.ts";
import { createTransformer } from "../../engine/sync/transform.ts";
import { candidateOf, clientOf, entity, pipelineOf } from "../support/stages.ts";

/** Source records into the target's shape: what passes, what is computed, what is looked up, what is refused. */

const GL = {
  name: "gl",
  file: "gl.yaml",
  lines: [],
  rows: [
    { code: "LD", gl_code: "4010", item: "Long distance" },
    { code: "MRC", gl_code: "4000", item: "Voice" },
  ],
};
const NOW = Date.UTC(2026, 7, 1, 12);

const map = (own: Partial<FieldMap> = {}): FieldMap => ({
  codes: "gl",
  key: "lines.charge_type",
  value: "gl_code",
  on_unmapped: "hold",
  optional: false,
  default: null,
  ...own,
});

const CUSTOMER = entity("customer").complete({ id: "1", name: "Acme", status: "active", currency: "USD" });
const line = (line_number: number, charge_type: string | null) => ({
  line_number,
  charge_type,
  description: "x",
  quantity: "1",
  amount: 100,
});
const invoice = (lines: readonly CanonicalRecord[], own: CanonicalRecord = {}): CanonicalRecord =>
  entity("invoice").complete({
    id: "9",
    number: "INV-9",
    status: "issued",
    payment_status: "unpaid",
    customer_id: "1",
    invoice_date: "2026-08-01",
    due_date: "2026-08-31",
    currency: "USD",
    lines,
    subtotal: 100 * lines.length,
    tax_total: 0,
    total: 100 * lines.length,
    balance: 0,
    ...own,
  });

async function transform(
  own: Parameters<typeof pipelineOf>[0],
  record: CanonicalRecord,
  more: { readonly carried?: readonly string[]; readonly related?: Candidate["related"] } = {},
) {
  const source = own?.source?.entity ?? "customer";
  const pipeline = pipelineOf({ target: { entity: source }, ...own });
  const transformer = createTransformer(clientOf({ codes: [GL] }), pipeline, more.carried ?? ["name"], NOW);
  const candidate = candidateOf(
    String(record["id"]),
    record,
    more.related === undefined ? {} : { related: more.related },
  );
  const [one] = await transformer.map([candidate]);
  assert.ok(one);
  return one;
}

const recordOf = (one: Awaited<ReturnType<typeof transform>>): CanonicalRecord => {
  assert.ok("record" in one, "reason" in one ? `${one.reason}: ${one.message}` : "");
  return one.record;
};

const asideOf = (one: Awaited<ReturnType<typeof transform>>): string => {
  assert.ok("action" in one);
  return `${one.action} ${one.reason}: ${one.message}`;
};

test("transform: within one entity every field passes, also what the target does not carry", async () => {
  const record = recordOf(await transform({}, { ...CUSTOMER, phone: "+18135550100" }));
  assert.equal(record["name"], "Acme");
  assert.equal(record["phone"], "+18135550100");
  assert.equal(record["id"], null);
});

test("transform: across entities only what the target carries passes, since a name may mean two things", async () => {
  const own = {
    source: { entity: "customer" },
    target: { entity: "billing_account" },
    transform: { customer_id: "id", contract_ids: '["4001"]' },
  };
  const record = recordOf(await transform(own, CUSTOMER, { carried: ["customer_id", "contract_ids"] }));
  assert.equal(record["customer_id"], "1");
  // A customer's status is no account's.
  assert.notEqual(record["status"], "active");
});

test("transform: a named field is computed instead, and one that comes to nothing is null", async () => {
  const own = { transform: { name: '"The " & name', phone: "nothing_there" } };
  const record = recordOf(await transform(own, { ...CUSTOMER, phone: "+18135550100" }));
  assert.equal(record["name"], "The Acme");
  assert.equal(record["phone"], null);
});

test("transform: the time is the run's, and related records are at hand", async () => {
  const own = { transform: { name: '$now() & " " & $related.contract.id' } };
  const related = { contract: [{ id: "4001" }] };
  const record = recordOf(await transform(own, CUSTOMER, { related }));
  assert.equal(record["name"], "2026-08-01T12:00:00.000Z 4001");
});

test("transform: an expression that fails is a dead letter of that record", async () => {
  assert.match(
    asideOf(await transform({ transform: { name: "$uppercase(1)" } }, CUSTOMER)),
    /^dead_letter transform_failed: /,
  );
});

test("transform: a result that breaks the target's schema is a dead letter that names the field", async () => {
  assert.match(
    asideOf(await transform({ transform: { status: '"sleeping"' } }, CUSTOMER)),
    /^dead_letter record_invalid: .*status/,
  );
});

test("code map: every line of a list gets its own code", async () => {
  const own = { source: { entity: "invoice" }, maps: { "lines.gl_code": map() } };
  const record = recordOf(await transform(own, invoice([line(1, "LD"), line(2, "MRC"), line(3, "LD")])));
  const lines = record["lines"];
  assert.ok(Array.isArray(lines));
  assert.deepEqual(
    lines.map((one) => one["gl_code"]),
    ["4010", "4000", "4010"],
  );
});

test("code map: a scalar is looked up by another field of the source", async () => {
  const own = { maps: { payment_terms_id: map({ key: "payment_terms_id", value: "item" }) } };
  const record = recordOf(await transform(own, { ...CUSTOMER, payment_terms_id: "LD" }));
  assert.equal(record["payment_terms_id"], "Long distance");
});

test("code map: no code is no code, and nothing is missing", async () => {
  const own = { maps: { payment_terms_id: map({ key: "payment_terms_id" }) } };
  assert.equal(recordOf(await transform(own, CUSTOMER))["payment_terms_id"], null);
  const invoices = { source: { entity: "invoice" }, maps: { "lines.gl_code": map() } };
  recordOf(await transform(invoices, invoice([line(1, null)])));
  recordOf(await transform(invoices, invoice([])));
});

test("code map: codes without a row hold the record and are named, each once", async () => {
  const own = { source: { entity: "invoice" }, maps: { "lines.gl_code": map() } };
  const text = asideOf(await transform(own, invoice([line(1, "X"), line(2, "Y"), line(3, "X")])));
  assert.match(text, /^hold code_unmapped: .*no row for "X", "Y"/);
});

test("code map: on_unmapped: default takes the default", async () => {
  const own = {
    source: { entity: "invoice" },
    maps: { "lines.gl_code": map({ on_unmapped: "default", default: "9999" }) },
  };
  const lines = recordOf(await transform(own, invoice([line(1, "X")])))["lines"];
  assert.ok(Array.isArray(lines));
  assert.equal(lines[0]["gl_code"], "9999");
});

test("code map: on_unmapped: fail_pipeline stops the pipeline and names record and code", async () => {
  const own = {
    source: { entity: "invoice" },
    maps: { "lines.gl_code": map({ on_unmapped: "fail_pipeline" }) },
  };
  await assert.rejects(transform(own, invoice([line(1, "X")])), {
    name: "PipelineError",
    message: /^9: .*"X"/,
  });
});

test("code map: a code that is a property of every object is a code like any other", async () => {
  const own = { source: { entity: "invoice" }, maps: { "lines.gl_code": map() } };
  assert.match(asideOf(await transform(own, invoice([line(1, "constructor")]))), /"constructor"/);
});

for (const { name, assert: text, want } of [
  { name: "true passes", assert: "total = 100", want: "record" },
  { name: "false holds", assert: "total = 101", want: "hold guard_failed: not true of it: sum" },
  {
    name: "a value that is only like true holds",
    assert: "total",
    want: "hold guard_failed: not true of it: sum",
  },
  { name: "nothing at all holds", assert: "nothing_there", want: "hold guard_failed: not true of it: sum" },
  { name: "a failure holds", assert: "$uppercase(1)", want: "hold guard_failed: a guard failed" },
]) {
  test(`guard: ${name}`, async () => {
    const guards = [
      { name: "has a number", assert: 'number = "INV-9"' },
      { name: "sum", assert: text },
    ];
    const one = await transform({ source: { entity: "invoice" }, guards }, invoice([line(1, "LD")]));
    if (want === "record") recordOf(one);
    else assert.ok(asideOf(one).startsWith(want), asideOf(one));
  });
}

test("guard: one record's failure is its own", async () => {
  const pipeline = pipelineOf({ guards: [{ name: "named", assert: 'name != "Bad"' }] });
  const transformer = createTransformer(clientOf({}), pipeline, ["name"], NOW);
  const page = ["Good", "Bad", "Fine"].map((name, index) =>
    candidateOf(String(index), { ...CUSTOMER, name }),
  );
  const out = await transformer.map(page);
  assert.deepEqual(
    out.map((one) => ("record" in one ? one.record["name"] : one.reason)),
    ["Good", "guard_failed", "Fine"],
  );
});

test("filter: only what is true is taken", async () => {
  const pipeline = pipelineOf({ source: { filter: 'status = "active" or phone' } });
  const transformer = createTransformer(clientOf({}), pipeline, ["name"], NOW);
  const taken = await transformer.takes([
    CUSTOMER,
    { ...CUSTOMER, status: "inactive" },
    { ...CUSTOMER, status: "x", phone: "+1" },
  ]);
  // JSONata's `or` makes a boolean of the phone.
  assert.deepEqual(taken, [true, false, true]);
});

test("filter: without one all are taken", async () => {
  const transformer = createTransformer(clientOf({}), pipelineOf(), ["name"], NOW);
  assert.deepEqual(await transformer.takes([CUSTOMER, CUSTOMER]), [true, true]);
});
