import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { ClientPlace } from "../../engine/commands/client.ts";
import { listIdMap, showIdMap } from "../../engine/commands/idmap.ts";
import { linkIds, type SystemId, unlinkId } from "../../engine/commands/idmap-edit.ts";
import { UsageError } from "../../engine/commands/refusal.ts";
import { linkGroup } from "../../engine/core/ids.ts";
import { openStateReadOnly } from "../../engine/state/store.ts";
import type { Change } from "../../engine/state/types.ts";
import { freshPlace, putLink } from "./place.ts";

const HARBOR = [
  putLink("psa", "1001", "u1", "CUST-1001"),
  putLink("billing", "5001", "u1", "CB-5555"),
  putLink("accounting", "789", "u1"),
];
const ORCHARD = [putLink("psa", "1002", "u2", "CUST-1002"), putLink("billing", "5002", "u2")];

/** The things of the id map as sorted lists of "system:id". */
async function groups(place: ClientPlace): Promise<readonly string[]> {
  const rows = await listIdMap(place);
  return rows
    .map(({ ids }) =>
      Object.entries(ids)
        .flatMap(([system, list]) => list.map(({ id }) => `${system}:${id}`))
        .sort()
        .join(" "),
    )
    .sort();
}

function ids(a: string, b: string): readonly [SystemId, SystemId] {
  const [first = "", firstId = ""] = a.split(":");
  const [second = "", secondId = ""] = b.split(":");
  return [
    { system: first, id: firstId },
    { system: second, id: secondId },
  ];
}

async function linked(
  t: TestContext,
  changes: readonly Change[],
  a: string,
  b: string,
  force = false,
): Promise<readonly string[]> {
  const place = await freshPlace(t, changes);
  await linkIds(place, { entity: "customer", ids: ids(a, b), force });
  return groups(place);
}

test("idmap show: a thing is found by any id or number of any system", async (t) => {
  const place = await freshPlace(t, [...HARBOR, ...ORCHARD]);
  for (const known of ["CUST-1001", "CB-5555", "789", "5001"]) {
    const rows = await showIdMap(place, known);
    assert.deepEqual(rows, [
      {
        entity: "customer",
        uid: "u1",
        ids: {
          psa: [{ id: "1001", label: "CUST-1001" }],
          billing: [{ id: "5001", label: "CB-5555" }],
          accounting: [{ id: "789", label: "" }],
        },
      },
    ]);
  }
  assert.deepEqual(await showIdMap(place, "CUST"), []);
});

test("idmap link: two ids that nobody knew become one thing", async (t) => {
  assert.deepEqual(await linked(t, [], "psa:1", "accounting:2"), ["accounting:2 psa:1"]);
});

test("idmap link: an unknown id joins a known thing, and keeps its labels", async (t) => {
  const place = await freshPlace(t, ORCHARD);
  await linkIds(place, { entity: "customer", ids: ids("accounting:790", "psa:1002"), force: false });
  const [row] = await showIdMap(place, "CUST-1002");
  assert.deepEqual(Object.keys(row?.ids ?? {}).sort(), ["accounting", "billing", "psa"]);
});

test("idmap link: two things become one", async (t) => {
  const apart = [putLink("psa", "1", "a"), putLink("billing", "2", "b"), putLink("accounting", "3", "b")];
  assert.deepEqual(await linked(t, apart, "psa:1", "billing:2"), ["accounting:3 billing:2 psa:1"]);
});

test("idmap link: a thing with two ids in one system needs --force", async (t) => {
  await assert.rejects(linked(t, [...HARBOR, ...ORCHARD], "psa:1001", "billing:5002"), UsageError);
  await assert.rejects(linked(t, HARBOR, "psa:1001", "accounting:790"), UsageError);
  assert.deepEqual(await linked(t, HARBOR, "psa:1001", "accounting:790", true), [
    "accounting:789 accounting:790 billing:5001 psa:1001",
  ]);
});

test("idmap link: what is linked already is no change of the state", async (t) => {
  const place = await freshPlace(t, HARBOR);
  const before = await sequence(place);
  const choice = { entity: "customer", ids: ids("psa:1001", "accounting:789"), force: false };
  assert.deepEqual(await linkIds(place, choice), { linked: false });
  // Opening and closing write a line each.
  assert.equal((await sequence(place)) - before, 2);
});

for (const { name, entity, a } of [
  { name: "a system that the client lacks", entity: "customer", a: "crm:1" },
  { name: "an entity that no pipeline moves", entity: "ticket", a: "psa:1" },
]) {
  test(`idmap link: ${name} is refused`, async (t) => {
    const place = await freshPlace(t);
    const choice = { entity, ids: ids(a, "accounting:2"), force: false };
    await assert.rejects(linkIds(place, choice), UsageError);
    assert.deepEqual(await groups(place), []);
  });
}

test("idmap unlink: the id leaves, the others stay together, and what was synced for it is forgotten", async (t) => {
  const sync = { fingerprint: "f", source_hash: "s", fields: null, synced_at: "2026-08-01T00:00:00Z" };
  const place = await freshPlace(t, [
    ...HARBOR,
    { put: "sync", row: { ...sync, pipeline: "customers", source_id: "1001", target_id: "5001" } },
    { put: "sync", row: { ...sync, pipeline: "customers", source_id: "1002", target_id: "5002" } },
    { put: "sync", row: { ...sync, pipeline: "invoices", source_id: "5001", target_id: "5001" } },
  ]);
  await unlinkId(place, "customer", { system: "billing", id: "5001" });
  assert.deepEqual(await groups(place), ["accounting:789 psa:1001"]);
  const state = await openStateReadOnly({ folder: place.state });
  t.after(() => state.close());
  assert.deepEqual(
    [...state.rows("sync")].map(({ pipeline, source_id }) => `${pipeline} ${source_id}`),
    ["customers 1002", "invoices 5001"],
  );
});

test("idmap unlink: the first of a thing, linked elsewhere, does not drag its old thing along", async (t) => {
  const uid = linkGroup("customer", "psa", "1001");
  const place = await freshPlace(t, [putLink("psa", "1001", uid), putLink("billing", "5001", uid)]);
  await unlinkId(place, "customer", { system: "psa", id: "1001" });
  await linkIds(place, { entity: "customer", ids: ids("psa:1001", "billing:5009"), force: false });
  assert.deepEqual(await groups(place), ["billing:5001", "billing:5009 psa:1001"]);
});

test("idmap unlink: an id that is not linked is refused", async (t) => {
  const place = await freshPlace(t, HARBOR);
  await assert.rejects(unlinkId(place, "customer", { system: "psa", id: "9" }), UsageError);
});

async function sequence(place: ClientPlace): Promise<number> {
  const state = await openStateReadOnly({ folder: place.state });
  state.close();
  return state.sequence;
}
