import assert from "node:assert/strict";
import test from "node:test";
import { verifyJournal } from "../../engine/state/audit.ts";
import { openStateReadOnly } from "../../engine/state/store.ts";
import { StateError } from "../../engine/state/types.ts";
import { type Random, type SimDisk, seeded, simDisk } from "../support/sim-disk.ts";
import { COMMITS, commitsIn, FOLDER, fixedClock, newProgress, openOn, runScenario } from "./scenario.ts";

// Enough that only one checkpoint happens, so that the newest journal holds commits.
const checkpoint_min_bytes = 24_000;
const closed = simDisk();
await runScenario(closed, newProgress(), { checkpoint_min_bytes });
const killed = simDisk();
await runScenario(killed, newProgress(), { checkpoint_min_bytes, close: false });
killed.crash("none", seeded(1));

const KINDS: { readonly [kind: string]: (bytes: Buffer, random: Random) => Buffer } = {
  "one byte is changed": (bytes, random) => {
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(random() * 255));
    return bytes;
  },
  "the end is cut": (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.length)),
  "a range is zeroed": (bytes, random) => {
    const at = Math.floor(random() * bytes.length);
    return bytes.fill(0, at, Math.min(bytes.length, at + 1 + Math.floor(random() * 600)));
  },
  "bytes are inserted": (bytes, random) => {
    const at = Math.floor(random() * bytes.length);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from("00\n"), bytes.subarray(at)]);
  },
};
const TRIALS = 120;

for (const [kind, change] of Object.entries(KINDS)) {
  for (const [name, disk] of [["closed", closed] as const, ["killed", killed] as const]) {
    test(`corruption: where ${kind} in a ${name} state, it opens as a prefix or not at all`, async () => {
      for (let trial = 1; trial <= TRIALS; trial++) {
        const random = seeded(trial);
        const copy = disk.copy();
        const path = pick(files(copy), random);
        copy.tamper(path, (bytes) => change(bytes, random));
        await opensAsPrefix(copy, `${path}, trial ${trial}`);
      }
    });
  }
}

test("corruption: after a clean close a changed byte costs no commit unless it is in the last two lines", async () => {
  const journal = `${FOLDER}/journal-1.log`;
  const bytes = closed.read(journal);
  const lastTwo = bytes.lastIndexOf(10, bytes.lastIndexOf(10, bytes.length - 2) - 1);
  for (let at = 0; at < lastTwo; at += 13) {
    const copy = closed.copy();
    copy.tamper(journal, (content) => {
      content[at] = (content[at] ?? 0) ^ 1;
      return content;
    });
    await assert.rejects(openCopy(copy), kindOf("damaged"), `byte ${at}`);
  }
});

for (const { name, lost, want } of [
  { name: "the newest snapshot", lost: ["state-1.db"], want: "rebuilt" },
  { name: "an older snapshot", lost: ["state-0.db"], want: "rebuilt" },
  { name: "both snapshots", lost: ["state-0.db", "state-1.db"], want: "damaged" },
  { name: "the newest journal", lost: ["journal-1.log"], want: "damaged" },
  { name: "the newest generation", lost: ["journal-1.log", "state-1.db"], want: "damaged" },
  { name: "every journal", lost: ["journal-0.log", "journal-1.log"], want: "damaged" },
  { name: "the way from the older snapshot", lost: ["state-1.db", "journal-0.log"], want: "damaged" },
]) {
  test(`corruption: without ${name} the state is ${want}, never older`, async () => {
    const copy = closed.copy();
    for (const file of lost) copy.tamper(`${FOLDER}/${file}`, () => undefined);
    if (want === "damaged") await assert.rejects(openCopy(copy), kindOf("damaged"));
    else assert.equal(await openCopy(copy), COMMITS);
  });
}

test("corruption: an emptied snapshot is rebuilt from the one before, and a new one is written", async () => {
  const copy = closed.copy();
  copy.tamper(`${FOLDER}/state-1.db`, () => Buffer.alloc(0));
  const state = await openOn(copy);
  assert.equal(commitsIn(state), COMMITS);
  state.close();
  copy.tamper(`${FOLDER}/state-0.db`, () => undefined);
  assert.equal(await openCopy(copy), COMMITS);
});

test("corruption: the message of a damaged state names the command to type", async () => {
  const copy = closed.copy();
  copy.tamper(`${FOLDER}/journal-1.log`, (bytes) => bytes.fill(0, 1500, 1510));
  await assert.rejects(openCopy(copy), /line \d+ of .*journal-1\.log .* `tripoint state/);
});

test("audit: any changed byte of a snapshot or journal is found", async () => {
  assert.deepEqual(verifyJournal(FOLDER, closed), { ok: true, journals: 2, lines: linesOf(closed) });
  for (let trial = 1; trial <= 600; trial++) {
    const random = seeded(trial);
    const copy = closed.copy();
    const path = pick(files(copy), random);
    copy.tamper(path, (bytes) => KINDS["one byte is changed"]?.(bytes, random));
    assert.equal(verifyJournal(FOLDER, copy).ok, false, `${path}, trial ${trial}`);
  }
});

async function opensAsPrefix(disk: SimDisk, where: string): Promise<void> {
  try {
    const held = await openCopy(disk);
    assert.ok(held >= 0 && held <= COMMITS, where);
  } catch (error) {
    assert.ok(error instanceof StateError, `${where}: ${String(error)}`);
  }
}

async function openCopy(disk: SimDisk): Promise<number> {
  const state = await openStateReadOnly({ folder: FOLDER, disk });
  try {
    return commitsIn(state);
  } finally {
    state.close();
  }
}

function files(disk: SimDisk): string[] {
  return (disk.list(FOLDER) ?? []).filter((name) => name !== "reserve").map((name) => `${FOLDER}/${name}`);
}

function linesOf(disk: SimDisk): number {
  return files(disk)
    .filter((path) => path.endsWith(".log"))
    .reduce((sum, path) => sum + disk.read(path).toString().split("\n").length - 1, 0);
}

function pick<T>(list: readonly T[], random: Random): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

function kindOf(kind: StateError["kind"]): (error: unknown) => boolean {
  return (error) => error instanceof StateError && error.kind === kind;
}

test("corruption: the fixed clock makes two runs write the same bytes, so that these trials repeat", async () => {
  const again = simDisk();
  await runScenario(again, newProgress(), { checkpoint_min_bytes });
  for (const path of files(again)) assert.ok(again.read(path).equals(closed.read(path)), path);
  assert.equal(fixedClock.now(), Date.UTC(2026, 7, 1));
});
