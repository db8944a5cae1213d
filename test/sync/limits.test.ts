import assert from "node:assert/strict";
import { test } from "node:test";
import type { Limits } from "../../engine/config/types.ts";
import { createGate, limitsFor, toPlanned } from "../../engine/sync/limits.ts";
import type { WriteDecision } from "../../engine/sync/stages.ts";
import type { PipelinePlan } from "../../engine/sync/types.ts";
import { part } from "../support/demo.ts";
import { candidateOf, clientOf } from "../support/stages.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

/** What may go out before a person has looked. */

const NONE: Limits = { create: null, update: null, void: null, amount: {} };

function writes(
  action: WriteDecision["action"],
  count: number,
  total = 0,
  from = 1,
): readonly WriteDecision[] {
  return Array.from({ length: count }, (_, index): WriteDecision => {
    const id = String(from + index);
    return {
      action,
      candidate: candidateOf(id),
      label: id,
      reason: "",
      record: { id, total, currency: "USD" },
      fields: [],
      targetId: null,
      target: null,
      changes: [],
      base: { fingerprint: "", source_hash: "", fields: null },
      hash: `hash ${id}`,
    };
  });
}

for (const { name, limits, pages, sent, over } of [
  { name: "no limit lets all flow", limits: NONE, pages: [writes("create", 9)], sent: 9, over: null },
  {
    name: "as many as the limit go",
    limits: { ...NONE, create: 3 },
    pages: [writes("create", 3)],
    sent: 3,
    over: null,
  },
  {
    name: "one more sends none of any page",
    limits: { ...NONE, create: 3 },
    pages: [writes("create", 3), writes("create", 1)],
    sent: 0,
    over: /create more than 3 records/,
  },
  {
    name: "updates",
    limits: { ...NONE, update: 0 },
    pages: [writes("update", 1)],
    sent: 0,
    over: /update more than 0/,
  },
  {
    name: "voids",
    limits: { ...NONE, void: 1 },
    pages: [writes("void", 2)],
    sent: 0,
    over: /void more than 1/,
  },
  {
    name: "the sum may be reached",
    limits: { ...NONE, amount: { USD: 300 } },
    pages: [writes("create", 3, 100)],
    sent: 3,
    over: null,
  },
  {
    name: "and not passed by one cent",
    limits: { ...NONE, amount: { USD: 299 } },
    pages: [writes("create", 3, 100)],
    sent: 0,
    over: /create more than 2\.99 USD/,
  },
  {
    name: "another currency has a sum of its own",
    limits: { ...NONE, amount: { EUR: 1 } },
    pages: [writes("create", 3, 100)],
    sent: 3,
    over: null,
  },
  {
    name: "an update's total is no new money",
    limits: { ...NONE, amount: { USD: 1 } },
    pages: [writes("update", 3, 100)],
    sent: 3,
    over: null,
  },
] as const) {
  test(`limits: ${name}`, () => {
    const gate = createGate(limits, undefined);
    const out = pages.flatMap((page) => gate.take(page));
    const all = [...out, ...gate.release()];
    assert.equal(all.length, sent);
    if (over === null) assert.equal(gate.over, null);
    else assert.match(gate.over ?? "", over);
    assert.equal(gate.waiting.length, over === null ? 0 : pages.flat().length);
  });
}

test("limits: what has no limit flows on while what has one waits for the whole plan", () => {
  const gate = createGate({ ...NONE, create: 5 }, undefined);
  assert.equal(gate.take([...writes("create", 2), ...writes("update", 2, 0, 10)]).length, 2);
  assert.deepEqual(
    gate.release().map(({ action }) => action),
    ["create", "create"],
  );
  assert.deepEqual(gate.release(), []);
});

test("limits: a first run that held all it read leaves the first run's limits to the next", async (t) => {
  const demo = await openTinyDemo(t);
  demo.edit("client.yaml", (text) =>
    text.replace(/limits:[\s\S]*$/, "limits: { create: 1, first_run: { create: 1000 } }\n"),
  );
  const guard = "guards: [{ name: not yet, assert: total < 0 }]\n";
  demo.edit("invoices.yaml", (text) => text + guard);
  const held = part(await demo.run(), "invoices");
  assert.deepEqual([held.status, held.created, held.held], ["done", 0, 2]);
  demo.edit("invoices.yaml", (text) => text.replace(guard, ""));
  const first = part(await demo.run(), "invoices");
  assert.deepEqual([first.status, first.created], ["done", 2]);
});

test("limits: a first run has its own limits, where it has any", () => {
  const config = { ...clientOf({}), limits: { ...NONE, create: 5, void: 1, first_run: { create: 1000 } } };
  assert.deepEqual(limitsFor(config, true).create, 1000);
  assert.deepEqual(limitsFor(config, true).void, 1);
  assert.deepEqual(limitsFor(config, false).create, 5);
});

test("limits: an approved plan lets through exactly its own decisions, whatever the limits", () => {
  const [one, two] = writes("create", 2);
  assert.ok(one && two);
  const gate = createGate({ ...NONE, create: 0 }, approvedOf(one));
  const changed = { ...one, hash: "another" };
  assert.deepEqual(gate.take([one, two, changed]), [one]);
  assert.equal(gate.refused, 2);
  assert.equal(gate.over, null);
});

test("limits: what is decided anew while it is written is not counted twice, and stays within an approved plan", () => {
  const [one] = writes("create", 1);
  assert.ok(one);
  const gate = createGate({ ...NONE, create: 1 }, undefined);
  gate.take([one]);
  assert.deepEqual(gate.takeAnew([one]), [one]);
  assert.equal(gate.over, null);
  const approved = createGate(NONE, approvedOf(one));
  assert.deepEqual(approved.takeAnew([{ ...one, hash: "another" }]), []);
  assert.equal(approved.refused, 1);
});

function approvedOf(decision: WriteDecision): PipelinePlan {
  return {
    pipeline: "test",
    target: { system: "billing", entity: "customer" },
    hash: "",
    counts: { read: 0, created: 0, updated: 0, voided: 0, unchanged: 0, held: 0, dead_lettered: 0 },
    amounts: {},
    over: null,
    full_compare: false,
    failed: null,
    failure: null,
    decisions: toPlanned(decision),
  };
}
