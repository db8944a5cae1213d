import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection, Outcome, Write } from "../../../engine/connector/types.ts";
import { type Answered, type Asked, BASIC, connect, createTerm, LINKS, startVendor } from "./vendor.ts";

/** Addresses that take a list of records and answer in its order. */

function entity(array: string, create = ""): string {
  return `
entities:
  payment_terms:
    read: '{ "id": $id(id), "name": name, "due_rule": "days_after_invoice", "due_days": days, "status": "active" }'
    write: { name: '{ "name": name }' }
    create: { method: PUT, path: /terms, headers: { Idempotency-Key: "{$key}" }, id: id, array: ${array} ${create} }
    void: { method: DELETE, path: "/terms/{$id}", body: null }`;
}

const TERMS = entity(`{ size: 2, body: '{ "Terms": $items }', results: Terms }`);

async function sendAll(connection: Connection, writes: readonly Write[]): Promise<readonly Outcome[]> {
  const prepared = await connection.prepare(writes);
  const ready = prepared.flatMap((one) => (one.ok ? [one] : assert.fail(one.message)));
  const outcomes: Outcome[] = [];
  for (const call of connection.group(ready)) outcomes.push(...(await connection.send(call)));
  return outcomes;
}

/** Stores each item under its number and refuses the ones named "bad". */
function itemVendor({ body }: Asked): Answered {
  const items: readonly { readonly name: string }[] = JSON.parse(body).Terms;
  return {
    body: {
      Terms: items.map(({ name }) =>
        name === "bad" ? { code: "E-RULE", message: "no such name" } : { id: `id of ${name}` },
      ),
    },
  };
}

test("an array: results in the order of the items, one bad item stops no other, one call for several", async (t) => {
  const vendor = await startVendor(t, itemVendor);
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, TERMS]);
  const outcomes = await sendAll(connection, [createTerm(1, { name: "bad" }), createTerm(2), createTerm(3)]);
  assert.deepEqual(outcomes, [
    { kind: "refused", class: "invalid", message: "Tiny Books answered 200: no such name", owner: null },
    { kind: "done", id: "id of Net 2" },
    { kind: "done", id: "id of Net 3" },
  ]);
  assert.deepEqual(
    vendor.asked.map(({ body }) => body),
    ['{"Terms":[{"name":"bad"},{"name":"Net 2"}]}', '{"Terms":[{"name":"Net 3"}]}'],
  );
  assert.deepEqual({ ...connection.counts }, { calls: 2, calls_min: 2, writes: 2 });
});

test("an array: each call has one key, the write's own when it goes alone", async (t) => {
  const vendor = await startVendor(t, itemVendor);
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, TERMS]);
  const writes = [createTerm(1), createTerm(2), createTerm(3)];
  await sendAll(connection, writes);
  const [several, alone] = vendor.asked.map(({ headers }) => headers["idempotency-key"]);
  assert.equal(String(several).length, 26);
  assert.ok(!writes.some(({ key }) => key === several));
  assert.equal(alone, writes[2]?.key);
});

test("an array refused as a whole is sent again item by item, for it stored nothing", async (t) => {
  const vendor = await startVendor(t, (asked) =>
    asked.body.includes("bad") ? { status: 400, body: { message: "rubbish" } } : itemVendor(asked),
  );
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, TERMS]);
  const outcomes = await sendAll(connection, [createTerm(1, { name: "bad" }), createTerm(2)]);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ["refused", "done"],
  );
  assert.equal(vendor.asked.length, 3);
});

test("an array sent again item by item keeps what it has stored when the system turns away a later one", async (t) => {
  const vendor = await startVendor(t, (asked, index) => {
    if (index === 0) return { status: 400, body: { message: "rubbish" } };
    return index === 1 ? itemVendor(asked) : { status: 403, body: { message: "no more today" } };
  });
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, TERMS]);
  const outcomes = await sendAll(connection, [createTerm(1), createTerm(2)]);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ["done", "unknown"],
  );
  assert.equal(vendor.asked.length, 3);
});

for (const { name, answer } of [
  { name: "too few results", answer: { body: { Terms: [{ id: 1 }] } } },
  { name: "too many results", answer: { body: { Terms: [{ id: 1 }, { id: 2 }, { id: 3 }] } } },
  { name: "no results", answer: { body: { other: [] } } },
  { name: "no JSON", answer: { body: "<html>" } },
  { name: "an answer that proves nothing", answer: { status: 503, body: {} } },
  { name: "an answer that is cut", answer: { body: { Terms: [{ id: 1 }, { id: 2 }] }, cut: "half" } },
] satisfies { name: string; answer: Answered }[]) {
  test(`an array with ${name} is of unknown outcome, all of it, and is not sent again`, async (t) => {
    const vendor = await startVendor(t, () => answer);
    const { connection } = connect(t, vendor.origin, [BASIC, LINKS, TERMS]);
    const outcomes = await sendAll(connection, [createTerm(1), createTerm(2)]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["unknown", "unknown"],
    );
    assert.equal(vendor.asked.length, 1);
  });
}

test("an array of one: a bare list of one item, also when its reply is the record itself", async (t) => {
  const vendor = await startVendor(t, () => ({ status: 201, body: { id: 9 } }));
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, entity("{ size: 1 }")]);
  const outcomes = await sendAll(connection, [createTerm(1), createTerm(2)]);
  assert.deepEqual(outcomes, [
    { kind: "done", id: "9" },
    { kind: "done", id: "9" },
  ]);
  assert.deepEqual(
    vendor.asked.map(({ body }) => body),
    ['[{"name":"Net 1"}]', '[{"name":"Net 2"}]'],
  );
  assert.equal(connection.counts.calls_min, 2);
});

test("a batch without item ids reads its results in the order of the items", async (t) => {
  const vendor = await startVendor(t, () => ({ body: [{ id: 11 }, { code: "E-RULE" }] }));
  const batch = `batch: { size: 5, path: /batch, headers: { Key: "{$key}" }, body: $items, results: $ }`;
  const terms = entity("null", ", batch_item: $body");
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, batch, terms]);
  const outcomes = await sendAll(connection, [createTerm(1), createTerm(2)]);
  assert.deepEqual(
    outcomes.map((one) => (one.kind === "done" ? one.id : one.kind)),
    ["11", "refused"],
  );
  assert.equal(String(vendor.asked[0]?.headers["key"]).length, 26);
});

test("a write without a body sends none, and 204 answers it", async (t) => {
  const vendor = await startVendor(t, () => ({ status: 204, body: "" }));
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, TERMS]);
  const outcomes = await sendAll(connection, [{ ...createTerm(1), operation: "void", id: "5" }]);
  assert.deepEqual(outcomes, [{ kind: "done", id: "5" }]);
  const [{ method, path, body, headers } = assert.fail()] = vendor.asked;
  assert.deepEqual([method, path, body, headers["content-type"]], ["DELETE", "/terms/5", "", undefined]);
});

test("a bare array with an error among too few results is not sent again: the other may be stored", async (t) => {
  const vendor = await startVendor(t, () => ({ body: [{ code: "E-RULE" }] }));
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, entity("{ size: 2 }")]);
  const outcomes = await sendAll(connection, [createTerm(1), createTerm(2)]);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ["unknown", "unknown"],
  );
  assert.equal(vendor.asked.length, 1);
});
