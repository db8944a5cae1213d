import assert from "node:assert/strict";
import test from "node:test";
import { verifyJournal } from "../../engine/state/audit.ts";
import { errorCode } from "../../engine/state/disk.ts";
import { initState, openState } from "../../engine/state/store.ts";
import { type State, StateError } from "../../engine/state/types.ts";
import { LOSSES, type Loss, type Random, type SimDisk, seeded, simDisk } from "../support/sim-disk.ts";
import {
  COMMITS,
  commitsIn,
  FOLDER,
  fixedClock,
  newProgress,
  openOn,
  type Progress,
  runScenario,
} from "./scenario.ts";

const calls = await countCalls();
const SEEDS = 2;

test("crash: the scenario covers an init, commits, flushes, a checkpoint and a close", async () => {
  const disk = simDisk();
  await runScenario(disk, newProgress());
  assert.ok(calls >= 70, `only ${calls} calls`);
  assert.ok(disk.list(FOLDER)?.includes("state-2.db"), "not two checkpoints");
});

for (const loss of LOSSES) {
  test(`crash: at every call, losing ${loss}, the state is a prefix with all that was flushed`, async () => {
    for (let call = 1; call <= calls; call++) {
      for (let seed = 1; seed <= (loss === "all" || loss === "none" ? 1 : SEEDS); seed++) {
        await crashAndRecover(call, loss, seeded(call * 1000 + seed), false);
      }
    }
  });
}

test("crash: a second crash during the recovery changes nothing of that", async () => {
  for (let call = 1; call <= calls; call++) {
    for (const loss of ["subset", "garbage", "torn"] as const) {
      await crashAndRecover(call, loss, seeded(call), true);
    }
  }
});

for (const code of ["EIO", "ENOSPC"]) {
  test(`fault: ${code} at every call ends the run or is survived, and never costs a flushed commit`, async () => {
    for (let call = 1; call <= calls; call++) await failAndRecover(call, code, seeded(call));
  });
}

async function countCalls(): Promise<number> {
  const disk = simDisk();
  await runScenario(disk, newProgress());
  return disk.calls;
}

async function crashAndRecover(call: number, loss: Loss, random: Random, twice: boolean): Promise<void> {
  const disk = simDisk();
  const progress = newProgress();
  disk.crashAt(call);
  await runScenario(disk, progress).catch(expectCode("ECRASH"));
  disk.crash(loss, random);
  if (twice) {
    disk.crashAt(disk.calls + 1 + Math.floor(random() * 8));
    await openAgain(disk, progress).then(
      () => {},
      (error: unknown) => expectCode("ECRASH")(error),
    );
    disk.crash(loss, random);
  }
  await checkRecovered(disk, progress, `call ${call}, loss ${loss}`);
}

async function failAndRecover(call: number, code: string, random: Random): Promise<void> {
  const disk = simDisk();
  const progress = newProgress();
  disk.failAt(call, code);
  await runScenario(disk, progress).catch((error: unknown) => {
    assert.ok(error instanceof StateError && error.kind === "disk", `call ${call}: ${String(error)}`);
  });
  disk.crash(random() < 0.5 ? "subset" : "torn", random);
  await checkRecovered(disk, progress, `${code} at call ${call}`);
}

/** The state opens, holds what it must, takes new commits and passes the audit. */
async function checkRecovered(disk: SimDisk, progress: Progress, where: string): Promise<void> {
  const state = await openAgain(disk, progress);
  const held = commitsIn(state);
  assert.ok(held >= progress.flushed, `${where}: ${held} commits left, ${progress.flushed} were flushed`);
  assert.ok(held <= progress.begun, `${where}: ${held} commits, ${progress.begun} were begun`);
  state.commit([{ put: "due", row: { pipeline: "after", last_due: "2026-08-02T00:00:00Z" } }]);
  state.close();
  const again = await openState({ folder: FOLDER, disk, lock: false, clock: fixedClock });
  assert.equal(commitsIn(again), held, where);
  assert.equal(again.count("due"), 1, where);
  again.close();
  assert.deepEqual(verifyJournal(FOLDER, disk).ok, true, where);
  assert.ok(!disk.list(FOLDER)?.some((name) => name.endsWith(".tmp")), `${where}: temporary files are left`);
}

/** Opens after a crash; only an init that had not ended may have to be made again. */
async function openAgain(disk: SimDisk, progress: Progress): Promise<State> {
  try {
    return await openOn(disk);
  } catch (error) {
    if (progress.inited || !(error instanceof StateError) || error.kind !== "missing") throw error;
    await initState({ folder: FOLDER, disk });
    return openOn(disk);
  }
}

function expectCode(code: string): (error: unknown) => void {
  return (error) => {
    const cause = error instanceof StateError ? error.cause : error;
    if (errorCode(cause) !== code) throw error;
  };
}

test("crash: a run that was never closed leaves every commit to a kill, flushed or not", async () => {
  const disk = simDisk();
  await runScenario(disk, newProgress(), { close: false });
  disk.crash("none", seeded(1));
  const state = await openOn(disk);
  assert.equal(commitsIn(state), COMMITS);
});
