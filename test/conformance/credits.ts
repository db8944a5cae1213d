import assert from "node:assert/strict";
import type { SystemRecord } from "../../engine/connector/types.ts";
import type { CanonicalRecord } from "../../engine/core/json.ts";
import type { Bench } from "./bench.ts";
import type { Created } from "./facts.ts";
import { callsOf, create, send, voidOf } from "./writing.ts";

/** The use of a credit note for an invoice, in every ledger that takes it: made once, found again, taken off again. */

const ENTITY = "credit_application";
// A line of 90.00 on either document.
const [USED, LOST, TOO_MUCH] = [4000, 3000, 3000];

export async function appliedCredit(bench: Bench): Promise<void> {
  const { connection, facts } = bench;
  const invoice = await made(bench, "invoice");
  const note = await made(bench, "credit_note");
  const application = (amount: number): CanonicalRecord => ({
    status: "posted",
    customer_id: invoice.record["customer_id"] ?? null,
    credit_note_id: note.id,
    invoice_id: invoice.id,
    amount,
    currency: "USD",
    application_date: "2026-08-20",
  });
  const kind: Pick<Created, "entity"> = { entity: ENTITY };
  const left = async (): Promise<unknown> =>
    (await connection.get("credit_note", [note.id]))[0]?.record["unapplied_amount"];

  const [call] = await callsOf(bench, [create(bench, kind, application(USED))]);
  assert.ok(call);
  const [first] = await connection.send(call);
  assert.equal(first?.kind, "done", JSON.stringify(first));
  assert.deepEqual(await connection.send(call), [first], "the same key again");
  assert.equal(await left(), 9000 - USED);

  const lost = create(bench, kind, application(LOST));
  const [second] = await callsOf(bench, [lost]);
  assert.ok(second);
  bench.sandbox.fault({ method: facts.created[0]?.method ?? "POST", kind: "commit_then_cut" });
  assert.equal((await connection.send(second))[0]?.kind, "unknown");
  const found = await connection.find(ENTITY, lost.record, lost.key);
  assert.equal(found.length, 1, "what was stored is found");
  assert.equal(await left(), 9000 - USED - LOST);

  const [refused] = await send(bench, [create(bench, kind, { ...application(TOO_MUCH), amount: TOO_MUCH })]);
  assert.equal(refused?.kind, "refused", "more than is left");

  const [read] = await connection.get(ENTITY, [first.id]);
  assert.ok(read);
  assert.equal(read.unreadable, undefined);
  for (const [field, value] of Object.entries(application(USED)))
    assert.deepEqual(read.record[field], value, field);
  assert.deepEqual(await send(bench, [voidOf(bench, ENTITY, read)]), [{ kind: "done", id: first.id }]);
  const [gone] = await connection.get(ENTITY, [first.id]);
  assert.equal(gone?.record["status"] ?? "voided", "voided");
  assert.equal(await left(), 9000 - LOST);
}

/** A document as the vendor keeps it. */
async function made(bench: Bench, entity: string): Promise<SystemRecord> {
  const kind = bench.facts.created.find((one) => one.entity === entity);
  assert.ok(kind, `facts.created says how a ${entity} is made`);
  const [outcome] = await send(bench, [create(bench, kind, kind.record(70))]);
  assert.equal(outcome?.kind, "done", JSON.stringify(outcome));
  const [read] = await bench.connection.get(entity, [outcome.id]);
  assert.ok(read);
  return read;
}
