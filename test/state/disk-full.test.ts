import assert from "node:assert/strict";
import test from "node:test";
import { initState, openState } from "../../engine/state/store.ts";
import type { Change, IntentRow, State, StateError } from "../../engine/state/types.ts";
import { type SimDisk, seeded, simDisk } from "../support/sim-disk.ts";
import { FOLDER, fixedClock } from "./scenario.ts";

const MEGABYTE = 1024 * 1024;
const COMMITS = 100;

test("full disk: an intent is refused, while outcomes of what was sent still find room", async () => {
  const { disk, state, faults } = await openFull();
  state.commit([intent("a")]);
  state.flush();
  disk.setCapacity(0);
  assert.throws(() => state.commit([intent("b")]), { kind: "disk", message: /disk is full/ });
  disk.setCapacity(9 * MEGABYTE);
  assert.throws(() => state.commit([intent("c")]), { kind: "disk" }, "nothing more is sent in this run");
  disk.setCapacity(8 * MEGABYTE);
  state.commit([{ del: "intent", row: { key: "a" } }, outcome("a")]);
  state.flush();
  assert.equal(faults.length, 1);
  state.close();

  disk.setCapacity(100 * MEGABYTE);
  disk.crash("all", seeded(1));
  const again = await openState({ folder: FOLDER, disk, lock: false, clock: fixedClock });
  assert.deepEqual([again.count("intent"), again.count("sync")], [0, 1]);
  assert.equal(disk.stat(`${FOLDER}/reserve`)?.length, 8 * MEGABYTE, "the reserve is made again");
});

test("full disk: a state without room for its reserve does not open", async () => {
  const disk = simDisk();
  await initState({ folder: FOLDER, disk });
  disk.setCapacity(MEGABYTE);
  await assert.rejects(openState({ folder: FOLDER, disk, lock: false }), { kind: "disk", message: /full/ });
});

test("full disk: a snapshot that does not fit is put off and the run goes on", async () => {
  const { disk, state, faults } = await openFull(100);
  // Room for the journal, and none for a second snapshot beside the first.
  disk.setCapacity(sizeOf(disk) + 60_000);
  for (let i = 0; i < COMMITS; i++) state.commit([outcome(`o${i}`)]);
  assert.ok(faults.length > 0 && faults.every((fault) => fault.kind === "disk"));
  assert.equal(state.count("sync"), COMMITS);
  assert.ok(disk.stat(`${FOLDER}/journal-1.log`) === undefined);
});

test("failed fsync: the run stops for good, also when the next fsync would report success", async () => {
  const { disk, state, faults } = await openFull();
  state.commit([intent("a")]);
  disk.failAt(disk.calls + 1, "EIO");
  assert.throws(() => state.flush(), { kind: "disk" });
  assert.throws(() => state.flush(), { kind: "disk" });
  assert.throws(() => state.commit([outcome("a")]), { kind: "disk" });
  assert.equal(faults.length, 1);
  state.close();
});

async function openFull(checkpoint_min_bytes?: number) {
  const disk = simDisk();
  const faults: StateError[] = [];
  await initState({ folder: FOLDER, disk });
  const state: State = await openState({
    folder: FOLDER,
    disk,
    lock: false,
    clock: fixedClock,
    onFault: (fault) => faults.push(fault),
    ...(checkpoint_min_bytes === undefined ? {} : { checkpoint_min_bytes }),
  });
  return { disk, state, faults };
}

function sizeOf(disk: SimDisk): number {
  return (disk.list(FOLDER) ?? []).reduce(
    (sum, name) => sum + (disk.stat(`${FOLDER}/${name}`)?.length ?? 0),
    0,
  );
}

function intent(key: string): Change {
  const row: IntentRow = {
    key,
    pipeline: "invoices",
    system: "accounting",
    entity: "invoice",
    operation: "create",
    source_id: key,
    target_id: "",
    batch: "",
    request: "{}",
    opened_at: "2026-08-01T00:00:00Z",
  };
  return { put: "intent", row };
}

function outcome(id: string): Change {
  return {
    put: "sync",
    row: {
      pipeline: "invoices",
      source_id: id,
      target_id: `t-${id}`,
      fingerprint: "f".repeat(32),
      source_hash: "0".repeat(32),
      fields: null,
      synced_at: "2026-08-01T00:00:00Z",
    },
  };
}
