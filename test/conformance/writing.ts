import assert from "node:assert/strict";
import type { Fault, SandboxReply } from "../../engine/connector/sandbox/types.ts";
import type { Call, Operation, Outcome, SystemRecord, Write } from "../../engine/connector/types.ts";
import { idempotencyKey } from "../../engine/core/ids.ts";
import type { CanonicalRecord } from "../../engine/core/json.ts";
import type { Bench } from "./bench.ts";
import type { Created } from "./facts.ts";
import { readAll } from "./reading.ts";

/** What becomes of writes when they come twice, too late, too long, or without an answer. */

export async function sameKey(bench: Bench): Promise<void> {
  for (const made of allCreated(bench)) {
    const before = rows(bench, made);
    const [call] = await callsOf(bench, [create(bench, made, made.record(1))]);
    assert.ok(call);
    const [first] = await bench.connection.send(call);
    const [second] = await bench.connection.send(call);
    assert.equal(first?.kind, "done");
    assert.deepEqual(second, first);
    assert.equal(rows(bench, made), before + 1);
  }
}

export async function sameNaturalKey(bench: Bench): Promise<void> {
  for (const made of allCreated(bench)) {
    if (made.twin === undefined) continue;
    const [first] = await send(bench, [create(bench, made, made.record(1))]);
    assert.equal(first?.kind, "done");
    const before = rows(bench, made);
    const [second] = await send(bench, [create(bench, made, { ...made.record(1), ...made.twin })]);
    assert.equal(classOf(second), "duplicate");
    assert.equal(rows(bench, made), before);
  }
}

export async function staleVersion(bench: Bench): Promise<void> {
  for (const made of allCreated(bench)) {
    const read = await createAndRead(bench, made);
    const [first] = await send(bench, [updateOf(bench, made, read)]);
    assert.equal(first?.kind, "done");
    const [late] = await send(bench, [updateOf(bench, made, read)]);
    assert.equal(classOf(late), "stale");
  }
}

export async function externalId(bench: Bench): Promise<void> {
  const { external_id } = bench.facts;
  assert.ok(external_id, "facts.external_id names the field");
  const { entity, field } = external_id;
  const [record] = await readAll(bench.connection, entity);
  assert.ok(record);
  const name = field.replace(/^raw\./, "");
  const write = writeOf(bench, entity, "external_id", record.record, {
    id: record.id,
    token: record.token,
    vendor: record.vendor,
    fields: [],
    field: { name, value: "tp-4711" },
  });
  assert.deepEqual(await send(bench, [write]), [{ kind: "done", id: record.id }]);
  const again = (await readAll(bench.connection, entity)).find(({ id }) => id === record.id);
  assert.match(JSON.stringify(again?.raw), /"tp-4711"/);
  // Sent twice it is the same.
  assert.deepEqual(await send(bench, [write]), [{ kind: "done", id: record.id }]);
}

/** The ways in which an answer is lost; `stored`: the vendor has kept the record all the same. */
const LOSSES: readonly { readonly fault: Fault; readonly stored: boolean }[] = [
  { fault: { kind: "commit_then_cut" }, stored: true },
  { fault: { kind: "cut_body" }, stored: true },
  {
    fault: { kind: "reply", reply: { status: 500, body: { message: "sorry" } } },
    stored: false,
  },
  {
    fault: {
      kind: "reply",
      reply: { status: 200, body: "<html>", headers: { "content-type": "text/html" } },
    },
    stored: false,
  },
];

export async function lostCreate(bench: Bench): Promise<void> {
  for (const made of allCreated(bench)) {
    for (const [index, { fault, stored }] of LOSSES.entries()) {
      const what = `${made.entity}, ${fault.kind} ${fault.reply?.status ?? ""}`;
      const before = rows(bench, made);
      const record = made.record(10 + index);
      const write = create(bench, made, record);
      const [call] = await callsOf(bench, [write]);
      assert.ok(call);
      // A read comes first, so that no login stands between the fault and the write.
      await readAll(bench.connection, bench.facts.listed.entity);
      const asked = bench.events.length;
      bench.sandbox.fault({ method: made.method ?? "POST", ...fault });
      const [outcome] = await bench.connection.send(call);
      assert.equal(outcome?.kind, "unknown", what);
      assert.equal(bench.events.length - asked, 1, `${what}: it is not sent again`);
      assert.equal(rows(bench, made), before + (stored ? 1 : 0), what);
      const found = await bench.connection.find(made.entity, record, write.key);
      assert.equal(found.length, stored ? 1 : 0, `${what}: what was stored is found`);
    }
  }
}

/** A create whose first try was refused for a while goes through, once. */
export async function createThough(bench: Bench, refusal: () => SandboxReply): Promise<void> {
  for (const made of bench.facts.created) {
    const before = rows(bench, made);
    const [call] = await callsOf(bench, [create(bench, made, made.record(50))]);
    assert.ok(call);
    bench.sandbox.fault({ method: made.method ?? "POST", kind: "reply", reply: refusal() });
    const [outcome] = await bench.connection.send(call);
    assert.equal(outcome?.kind, "done", JSON.stringify(outcome));
    assert.equal(rows(bench, made), before + 1);
  }
}

export async function mixedBatch(bench: Bench): Promise<void> {
  for (const made of allCreated(bench)) {
    const { record, invalid } = made;
    const records = [record(1), { ...record(2), ...invalid }, record(3)];
    const calls = await callsOf(
      bench,
      records.map((one) => create(bench, made, one)),
    );
    assert.equal(calls.length, 1, "they go as one call");
    const outcomes = await bench.connection.send(calls[0] ?? assert.fail());
    assert.deepEqual(outcomes.map(classOf), ["done", "invalid", "done"]);
    const ids = outcomes.flatMap((one) => (one.kind === "done" ? [one.id] : []));
    const read = await bench.connection.get(made.entity, ids);
    const names = ids.map((id) => read.find((one) => one.id === id)?.record[made.named]);
    assert.deepEqual(names, [record(1)[made.named], record(3)[made.named]], "each outcome is its own item's");
  }
}

export async function unicode(bench: Bench): Promise<void> {
  const { facts, connection } = bench;
  if (facts.created.length === 0) return readUnicode(bench);
  for (const made of facts.created) {
    for (const [index, name] of ["Zoë & 東京 “Söhne” <b>'x'</b> – 100%", 'Ελλάδα \\ "д" 🙂'].entries()) {
      const record = { ...made.record(30 + index), [made.named]: name };
      const [outcome] = await send(bench, [create(bench, made, record)]);
      assert.equal(outcome?.kind, "done", JSON.stringify(outcome));
      const [back] = await connection.get(made.entity, [outcome.kind === "done" ? outcome.id : ""]);
      assert.equal(back?.record[made.named], name);
    }
  }
}

/** What cannot be written can still be read: the world has names of several alphabets. */
async function readUnicode({ connection, facts }: Bench): Promise<void> {
  const read = await readAll(connection, facts.listed.entity);
  const names = read.map(({ record }) => record["name"]);
  for (const name of ["Café Łódź & Söhne", "東京 Trading (Tampa)", "Ångström “Labs”"]) {
    assert.ok(names.includes(name), name);
  }
}

export async function lengthLimits(bench: Bench): Promise<void> {
  for (const made of allCreated(bench)) {
    const before = rows(bench, made);
    const record = { ...made.record(40), ...made.tooLong };
    const [outcome] = await send(bench, [create(bench, made, record)]);
    assert.equal(classOf(outcome), "invalid", JSON.stringify(outcome));
    assert.equal(rows(bench, made), before, "nothing of it was stored");
  }
}

export function allCreated({ facts }: Bench): readonly Created[] {
  assert.ok(facts.created.length > 0, "facts.created says what can be created");
  return facts.created;
}

export function rows({ sandbox }: Bench, { collection }: Created): number {
  sandbox.tend();
  return sandbox.ledger.all(collection).length;
}

async function createAndRead(bench: Bench, made: Created): Promise<SystemRecord> {
  const [outcome] = await send(bench, [create(bench, made, made.record(1))]);
  const [read] = await bench.connection.get(made.entity, [outcome?.kind === "done" ? outcome.id : ""]);
  assert.ok(read, JSON.stringify(outcome));
  return read;
}

export function create(bench: Bench, { entity }: Pick<Created, "entity">, record: CanonicalRecord): Write {
  return writeOf(bench, entity, "create", record, { fields: bench.connection.writableFields(entity) });
}

function updateOf(bench: Bench, { entity, change }: Created, read: SystemRecord): Write {
  const { id, token, vendor } = read;
  const record = { ...read.record, ...change };
  return writeOf(bench, entity, "update", record, { fields: Object.keys(change), id, token, vendor });
}

export function voidOf(bench: Bench, entity: string, { record, id, token, vendor }: SystemRecord): Write {
  return writeOf(bench, entity, "void", record, { id, token, vendor });
}

let written = 0;

function writeOf(
  { connection: { system } }: Bench,
  entity: string,
  operation: Operation,
  record: CanonicalRecord,
  more: Partial<Write>,
): Write {
  const key = idempotencyKey({
    client: "conformance",
    pipeline: "test",
    system,
    entity,
    source_id: String(++written),
    operation,
    generation: 0,
  });
  return { operation, entity, key, record, fields: [], id: null, token: null, vendor: null, ...more };
}

export async function callsOf({ connection }: Bench, writes: readonly Write[]): Promise<readonly Call[]> {
  const prepared = await connection.prepare(writes);
  return connection.group(prepared.map((one) => (one.ok ? one : assert.fail(one.message))));
}

/** What sending came to, in the order of the calls. */
export async function send(bench: Bench, writes: readonly Write[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const call of await callsOf(bench, writes)) outcomes.push(...(await bench.connection.send(call)));
  bench.sandbox.tend();
  return outcomes;
}

function classOf(outcome: Outcome | undefined): string | undefined {
  return outcome?.kind === "refused" ? outcome.class : outcome?.kind;
}
