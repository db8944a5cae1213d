import assert from "node:assert/strict";
import { test } from "node:test";
import { listConflicts, listHeld, resolveConflict, retryHeld } from "../../engine/commands/issues.ts";
import { UsageError } from "../../engine/commands/refusal.ts";
import { openStateReadOnly } from "../../engine/state/store.ts";
import { freshPlace, putIssue } from "./place.ts";

const HELD = putIssue({ source_id: "1", kind: "held" });
const DEAD = putIssue({ source_id: "2", kind: "dead_letter", reason: "refused" });
const CONFLICT = putIssue({
  pipeline: "invoices",
  source_id: "9001",
  kind: "conflict",
  detail: JSON.stringify({
    fields: { memo: { source: "a", target: "b" }, due_date: { source: "c", target: "d" } },
  }),
});

test("held list: held records and dead letters, of all pipelines or of some", async (t) => {
  const place = await freshPlace(t, [HELD, DEAD, CONFLICT]);
  const ids = (await listHeld(place)).map(({ source_id }) => source_id);
  assert.deepEqual(ids, ["1", "2"]);
  assert.deepEqual(await listHeld(place, ["invoices"]), []);
});

test("held retry: dead letters are tried again, held ones only when named", async (t) => {
  const place = await freshPlace(t, [HELD, DEAD, CONFLICT]);
  const { issues: retried } = await retryHeld(place, []);
  assert.deepEqual(
    retried.map(({ source_id }) => source_id),
    ["2"],
  );
  const state = await openStateReadOnly({ folder: place.state });
  t.after(() => state.close());
  assert.deepEqual(
    [...state.rows("issue", { pipeline: "payments" })].map(({ kind, attempts, source_hash }) => [
      kind,
      attempts,
      source_hash,
    ]),
    [
      ["held", 3, "abc"],
      ["held", 0, ""],
    ],
  );
});

test("held retry: an id that is not held is refused, and nothing is changed", async (t) => {
  const place = await freshPlace(t, [DEAD]);
  await assert.rejects(retryHeld(place, ["2", "77"]), UsageError);
  assert.equal((await listHeld(place))[0]?.kind, "dead_letter");
});

test("conflicts resolve: fields are decided one by one, and what is open is told", async (t) => {
  const place = await freshPlace(t, [CONFLICT]);
  const choice = { pipeline: "invoices", source_id: "9001" } as const;
  assert.deepEqual(await resolveConflict(place, { ...choice, take: "source", fields: ["memo"] }), {
    resolution: { memo: "source" },
    open: ["due_date"],
  });
  assert.deepEqual(await resolveConflict(place, { ...choice, take: "target", fields: ["due_date"] }), {
    resolution: { memo: "source", due_date: "target" },
    open: [],
  });
  const [stored] = await listConflicts(place);
  assert.deepEqual(stored?.detail, {
    fields: { memo: { source: "a", target: "b" }, due_date: { source: "c", target: "d" } },
    resolution: { memo: "source", due_date: "target" },
  });
});

test("conflicts resolve: without a field all of them are decided", async (t) => {
  const place = await freshPlace(t, [CONFLICT]);
  const choice = { pipeline: "invoices", source_id: "9001", take: "target", fields: [] } as const;
  assert.deepEqual(await resolveConflict(place, choice), {
    resolution: { memo: "target", due_date: "target" },
    open: [],
  });
});

test("conflicts resolve: a record or field that is not in conflict is refused", async (t) => {
  const place = await freshPlace(t, [HELD, CONFLICT]);
  for (const choice of [
    { pipeline: "payments", source_id: "1", fields: [] },
    { pipeline: "invoices", source_id: "9001", fields: ["total"] },
  ]) {
    await assert.rejects(resolveConflict(place, { ...choice, take: "source" }), UsageError);
  }
});
