import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  type Call,
  type Outcome,
  type PreparedWrite,
  SystemError,
  type Write,
} from "../../../engine/connector/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import {
  type Answered,
  BASIC,
  type Connected,
  connect,
  createTerm,
  LINKS,
  startVendor,
  TERMS,
} from "./vendor.ts";

const BATCH = `batch: { size: 3, path: /batch, query: { id: "{$key}" }, body: '{ "items": $items }', results: items, item_id: item }`;
const SINGLE = [BASIC, LINKS, TERMS];
const BATCHED = [BASIC, LINKS, BATCH, TERMS];

async function answering(t: TestContext, answers: readonly Answered[], pieces: readonly string[] = SINGLE) {
  const vendor = await startVendor(t, (_, index) => answers[Math.min(index, answers.length - 1)] ?? {});
  return { vendor, ...connect(t, vendor.origin, pieces) };
}

async function prepared(
  connection: Connected["connection"],
  writes: readonly Write[],
): Promise<readonly PreparedWrite[]> {
  const all = await connection.prepare(writes);
  return all.map((one) => (one.ok ? one : assert.fail(one.message)));
}

/** Sends one create and says what became of it. */
async function sendOne(
  { connection }: Pick<Connected, "connection">,
  write = createTerm(30),
): Promise<Outcome> {
  const [call] = connection.group(await prepared(connection, [write]));
  assert.ok(call !== undefined);
  const [outcome] = await connection.send(call);
  return outcome ?? assert.fail("no outcome");
}

test("prepare: the bytes of a create are its parts merged, and hold no credentials", async (t) => {
  const { connection } = await answering(t, []);
  const [write] = await prepared(connection, [createTerm(30, { name: "A name of many letters" })]);
  assert.deepEqual(write?.request, {
    method: "POST",
    path: "/terms?key=0030keykeykeykeykeykeykeyk",
    headers: { "content-type": "application/json" },
    body: '{"name":"A name of ","days":30}',
  });
  assert.equal(write?.item, undefined);
});

test("prepare: an update carries the changed fields only, with id and token", async (t) => {
  const { connection } = await answering(t, []);
  const update: Write = {
    ...createTerm(30),
    operation: "update",
    fields: ["due_days"],
    id: "a/b",
    token: "v7",
  };
  const [write] = await prepared(connection, [update]);
  assert.equal(write?.request.path, "/terms/a%2Fb");
  assert.equal(write?.request.body, '{"version":"v7","days":30}');
});

test("prepare: what an expression refuses is told in its words, and stops no other write", async (t) => {
  const { connection } = await answering(t, []);
  const [bad, good] = await connection.prepare([createTerm(1, { due_days: -1 }), createTerm(2)]);
  assert.deepEqual([bad?.ok, bad?.ok === false && bad.message], [false, "days before the invoice."]);
  assert.equal(good?.ok, true);
});

test("prepare: a path without the id is refused, not sent to all records", async (t) => {
  const { connection } = await answering(t, []);
  const [write] = await connection.prepare([{ ...createTerm(1), operation: "update", id: null }]);
  assert.equal(write?.ok, false);
  assert.match(write?.ok === false ? write.message : "", /a part of the path is empty/);
});

test("carried: a field is what can be read back of what is written", async (t) => {
  const { connection } = await answering(t, []);
  const records = [
    { id: "1", name: "A name of many letters", due_days: 30, status: "kept" },
    { id: "2", name: "Refused", due_days: -1, status: "kept" },
  ];
  assert.deepEqual(await connection.carried("payment_terms", records), [
    { ...records[0], name: "A name of " },
    records[1],
  ]);
});

for (const { name, answer, want } of [
  { name: "2xx with an id", answer: { status: 201, body: { id: 7 } }, want: ["done", "7"] },
  { name: "2xx without an id", answer: { status: 200, body: { ok: true } }, want: ["unknown"] },
  { name: "2xx with HTML", answer: { status: 200, body: "<html>busy</html>" }, want: ["unknown"] },
  { name: "2xx with nothing", answer: { status: 200, body: "" }, want: ["unknown"] },
  { name: "a cut body", answer: { body: { id: 7 }, cut: "half" }, want: ["unknown"] },
  { name: "a reset", answer: { cut: "reset" }, want: ["unknown"] },
  { name: "500", answer: { status: 500, body: { message: "oops" } }, want: ["unknown"] },
  { name: "502 with HTML", answer: { status: 502, body: "<html>" }, want: ["unknown"] },
  { name: "408", answer: { status: 408, body: { message: "slow" } }, want: ["unknown"] },
  { name: "a redirect", answer: { status: 307, headers: { location: "/elsewhere" } }, want: ["unknown"] },
  {
    name: "500 that the table proves",
    answer: { status: 500, body: { code: "E-RULE", message: "no" } },
    want: ["refused", "invalid", null],
  },
  { name: "400", answer: { status: 400, body: { message: "no" } }, want: ["refused", "invalid", null] },
  { name: "404", answer: { status: 404 }, want: ["refused", "not_found", null] },
  { name: "409", answer: { status: 409, body: { owner: 12 } }, want: ["refused", "duplicate", "12"] },
] as const) {
  test(`a create answered by ${name} is ${want[0]}, and sent once`, async (t) => {
    const { connection, vendor } = await answering(t, [answer as Answered]);
    const outcome = await sendOne({ connection });
    const told = {
      done: (one: Outcome) => (one.kind === "done" ? [one.kind, one.id] : []),
      refused: (one: Outcome) => (one.kind === "refused" ? [one.kind, one.class, one.owner] : []),
      unknown: (one: Outcome) => [one.kind],
    }[outcome.kind](outcome);
    assert.deepEqual(told, want);
    assert.equal(vendor.asked.length, 1);
    const writes = outcome.kind === "done" ? 1 : 0;
    assert.deepEqual({ ...connection.counts }, { calls: 1, calls_min: 1, writes });
  });
}

test("a rule on the status alone does not prove that a server which failed stored nothing", async (t) => {
  const vendor = await startVendor(t, () => ({ status: 500, body: { message: "oops" } }));
  const rules = "errors: [{ when: status >= 400, class: invalid }]";
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, TERMS], { errors: rules });
  assert.equal((await sendOne({ connection })).kind, "unknown");
});

for (const { name, id, want } of [
  { name: "its record", id: "id", want: "done" },
  { name: "its id", id: "$lookup($lookups.days, name)", want: "unknown" },
] as const) {
  test(`a create that was answered stays sent when what ${name} is read by cannot be had`, async (t) => {
    const pieces = `
lookups:
  days: { path: /days, key: name, value: count }
entities:
  payment_terms:
    read: '{ "id": $id(id), "name": name, "due_rule": "days_after_invoice", "due_days": $lookup($lookups.days, name) }'
    write: { name: '{ "name": name }' }
    create: { method: POST, path: /terms, id: '${id}', posted: $ }`;
    const vendor = await startVendor(t, ({ path }) =>
      path === "/days" ? { status: 403, body: { message: "no" } } : { body: { id: 7, name: "Net 30" } },
    );
    const { kind } = await sendOne(connect(t, vendor.origin, [BASIC, LINKS, pieces]));
    assert.equal(kind, want);
  });
}

test("an update is done when its good answer is empty: its id is known", async (t) => {
  const { connection } = await answering(t, [{ status: 204, body: "" }]);
  const update: Write = { ...createTerm(30), operation: "update", id: "9" };
  assert.deepEqual(await sendOne({ connection }, update), { kind: "done", id: "9" });
});

for (const { name, after, waited } of [
  { name: "seconds", after: "5", waited: 5000 },
  { name: "a date", after: "Tue, 01 Sep 2026 12:00:09 GMT", waited: 9000 },
]) {
  test(`a create refused by 429 with ${name} goes out again with the same bytes`, async (t) => {
    const limited = { status: 429, headers: { "retry-after": after } };
    const { connection, vendor, clock } = await answering(t, [limited, { status: 201, body: { id: 7 } }]);
    assert.deepEqual(await sendOne({ connection }), { kind: "done", id: "7" });
    assert.deepEqual(clock.slept, [waited]);
    const [first, second] = vendor.asked;
    assert.deepEqual([first?.path, first?.body, first?.query], [second?.path, second?.body, second?.query]);
    assert.deepEqual({ ...connection.counts }, { calls: 2, calls_min: 1, writes: 1 });
  });
}

for (const { name, answer, kind, asked } of [
  {
    name: "429 without an end",
    answer: { status: 429, headers: { "retry-after": "1" } },
    kind: "rate_limited",
    asked: 6,
  },
  { name: "403", answer: { status: 403 }, kind: "forbidden", asked: 1 },
  { name: "401 by Basic", answer: { status: 401 }, kind: "login", asked: 1 },
] as const) {
  test(`a create answered by ${name} was not stored, and the system cannot be worked with`, async (t) => {
    const { connection, vendor } = await answering(t, [answer]);
    await assert.rejects(
      sendOne({ connection }),
      (cause) => cause instanceof SystemError && cause.kind === kind,
    );
    assert.equal(vendor.asked.length, asked);
  });
}

test("a create to a host that cannot be reached was not sent", async (t) => {
  const { connection } = connect(t, "http://127.0.0.1:1", SINGLE);
  await assert.rejects(
    sendOne({ connection }),
    (cause) =>
      cause instanceof SystemError && cause.kind === "unreachable" && cause.message.includes("127.0.0.1:1"),
  );
});

/** Eight characters would do for a person; ten of the key is what an item has. */
function itemOf(write: Write): string {
  return write.key.slice(0, 10);
}

test("group: batches by size, the same key for the same writes, and alone what has no item", async (t) => {
  const { connection } = await answering(t, [], BATCHED);
  const writes = await prepared(
    connection,
    [1, 2, 3, 4].map((number) => createTerm(number)),
  );
  const update = await prepared(connection, [{ ...createTerm(5), operation: "update", id: "5" }]);
  const calls = connection.group([...update, ...writes]);
  assert.deepEqual(
    calls.map((call) => call.writes.map(({ write }) => write.key.slice(0, 4))),
    [["0001", "0002", "0003"], ["0004"], ["0005"]],
  );
  assert.deepEqual(
    calls.map(({ batch }) => batch.length),
    [26, 0, 0],
  );
  const [again] = connection.group(writes.slice(0, 3).reverse());
  assert.equal(again?.batch, calls[0]?.batch);
  const [other] = connection.group(writes.slice(1, 4));
  assert.notEqual(other?.batch, calls[0]?.batch);
});

async function sendBatch(t: TestContext, answer: Answered): Promise<readonly Outcome[]> {
  const { connection, vendor } = await answering(t, [answer], BATCHED);
  const writes = await prepared(
    connection,
    [1, 2, 3].map((number) => createTerm(number)),
  );
  const [call] = connection.group(writes);
  const outcomes = await connection.send(call as Call);
  assert.equal(vendor.asked.length, 1);
  assert.equal(vendor.asked[0]?.query.get("id"), call?.batch);
  assert.deepEqual(JSON.parse(vendor.asked[0]?.body ?? ""), { items: writes.map(({ item }) => item) });
  assert.equal(connection.counts.calls_min, 1);
  assert.equal(connection.counts.writes, outcomes.filter(({ kind }) => kind === "done").length);
  return outcomes;
}

test("a batch's results are taken by item, in any order; a missing item is unknown", async (t) => {
  const items: Json = [
    { item: itemOf(createTerm(3)), code: "E-RULE", message: "three is one too many" },
    { item: itemOf(createTerm(1)), id: 71 },
  ];
  const [one, two, three] = await sendBatch(t, { body: { items } });
  assert.deepEqual(one, { kind: "done", id: "71" });
  assert.equal(two?.kind, "unknown");
  assert.deepEqual(three, {
    kind: "refused",
    class: "invalid",
    message: "Tiny Books answered 200: three is one too many",
    owner: null,
  });
});

for (const { name, answer, want } of [
  { name: "500", answer: { status: 500 }, want: "unknown" },
  { name: "a cut body", answer: { body: { items: [] }, cut: "half" }, want: "unknown" },
  { name: "200 without results", answer: { body: {} }, want: "unknown" },
  { name: "400", answer: { status: 400 }, want: "refused" },
] as const) {
  test(`a batch answered by ${name} leaves each of its writes ${want}`, async (t) => {
    const outcomes = await sendBatch(t, answer as Answered);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      [want, want, want],
    );
  });
}
