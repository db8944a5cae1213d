import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test, { after } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { initState, openState } from "../../engine/state/store.ts";
import { StateError } from "../../engine/state/types.ts";

const root = mkdtempSync(join(tmpdir(), "tripoint-process-"));
const program = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "child.ts" : "child.js", import.meta.url),
);
const started = new Set<Child>();
const onLinux = { skip: process.platform !== "linux" };
let folders = 0;

interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** The next line it says. */
  next(): Promise<string>;
  kill(): Promise<void>;
}

after(async () => {
  for (const child of started) await child.kill();
  rmSync(root, { recursive: true });
});

test("lock: a second process is refused at once and told who holds the state", async () => {
  const folder = await newState();
  const holder = run(folder, "obey");
  assert.equal(await holder.next(), "open");
  await assert.rejects(openState({ folder }), lockedBy(holder.process.pid));
  const second = run(folder, "obey");
  assert.match(await second.next(), new RegExp(`^locked .*process ${holder.process.pid}\\b`));
  holder.process.stdin.end();
  await once(holder.process, "exit");
  assert.ok(!existsSync(join(folder, "lock")), "a clean end leaves no lock file");
  (await openState({ folder })).close();
});

test("lock: the same process cannot open a state twice", async () => {
  const folder = await newState();
  const state = await openState({ folder });
  await assert.rejects(openState({ folder }), lockedBy(process.pid));
  state.close();
  (await openState({ folder })).close();
});

test("lock: the file alone stops a second run where the socket does not reach", onLinux, async () => {
  const folder = await newState();
  const holder = run(folder, "obey");
  await holder.next();
  const elsewhere = await newState();
  writeFileSync(join(elsewhere, "lock"), readFileSync(join(folder, "lock")));
  await assert.rejects(openState({ folder: elsewhere }), lockedBy(holder.process.pid));
  await holder.kill();
  (await openState({ folder: elsewhere })).close();
});

for (const { name, text } of [
  { name: "of a process that is gone", text: '{"pid":4194303,"started":"1","boot":""}' },
  { name: "of another boot", text: `{"pid":${process.pid},"started":"1","boot":"another"}` },
  { name: "of a process that had our pid before us", text: `{"pid":${process.pid},"started":"1","boot":""}` },
  { name: "that a power cut emptied", text: "" },
]) {
  test(`lock: a lock file ${name} is claimed`, onLinux, async () => {
    const folder = await newState();
    writeFileSync(join(folder, "lock"), text);
    (await openState({ folder })).close();
    assert.deepEqual(
      readdirSync(folder).filter((file) => file.startsWith("lock")),
      [],
    );
  });
}

test("lock: of five processes that start at once, exactly one gets a stale lock", async () => {
  const folder = await newState();
  writeFileSync(join(folder, "lock"), '{"pid":4194303,"started":"1","boot":"another"}');
  const children = Array.from({ length: 5 }, () => run(folder, "obey"));
  const said = await Promise.all(children.map((child) => child.next()));
  assert.equal(said.filter((line) => line === "open").length, 1, said.join("\n"));
  assert.equal(said.filter((line) => line.startsWith("locked")).length, 4, said.join("\n"));
  for (const child of children) await child.kill();
});

test("lock: an open state does not keep its process alive", async () => {
  const child = run(await newState(), "leave");
  assert.equal(await child.next(), "open");
  assert.deepEqual(await once(child.process, "exit"), [0, null]);
});

test("kill -9: every commit that returned is there, and the lock is free at once", async () => {
  const folder = await newState();
  for (const stopAt of [3, 40, 333]) {
    const child = run(folder, "commit");
    assert.equal(await child.next(), "open");
    let last = 0;
    while (last < stopAt) last = Number(await child.next());
    await child.kill();
    const state = await openState({ folder });
    const slots = Array.from({ length: last }, (_, i) => `child-${i + 1}`);
    assert.equal(state.generations(slots).size, last);
    state.close();
  }
});

test(
  "kill -9: a lock whose process is dead but not yet reaped, as in a container without an init, is free",
  onLinux,
  async () => {
    const folder = await newState();
    // The shell becomes a sleep, which never asks what became of its child.
    const script = '"$0" "$1" "$2" commit & exec sleep 600';
    const parent = spawn("sh", ["-c", script, process.execPath, program, folder]);
    try {
      const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
      assert.equal((await lines.next()).value, "open");
      const { pid } = JSON.parse(readFileSync(join(folder, "lock"), "utf8")) as { readonly pid: number };
      process.kill(pid, "SIGKILL");
      parent.stdout.resume();
      while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) await setTimeout(10);
      (await openState({ folder })).close();
    } finally {
      parent.kill("SIGKILL");
    }
  },
);

test("fence: a frozen run that wakes after another one opened the state cannot write", onLinux, async () => {
  const folder = await newState();
  const frozen = run(folder, "obey");
  assert.equal(await frozen.next(), "open");
  frozen.process.stdin.write("one\n");
  assert.equal(await frozen.next(), "did one");
  frozen.process.kill("SIGSTOP");
  await assert.rejects(
    openState({ folder }),
    lockedBy(frozen.process.pid),
    "the lock holds while it is frozen",
  );

  // Another container would not see the lock: only the fence is left.
  const other = await openState({ folder, lock: false });
  frozen.process.kill("SIGCONT");
  frozen.process.stdin.write("two\nthree\n");
  assert.equal(await frozen.next(), "fenced");
  assert.equal(await frozen.next(), "fenced");
  other.commit([{ put: "generation", row: { slot: "other", n: 1 } }]);
  other.close();
  await frozen.kill();

  const state = await openState({ folder });
  assert.deepEqual(
    [...state.rows("generation")].map(({ slot }) => slot),
    ["child-1", "other"],
  );
  state.close();
});

test("fence: a run is stopped when its journal is replaced or removed", async () => {
  for (const tamper of [
    (path: string) => rmSync(path),
    (path: string) => {
      const bytes = readFileSync(path);
      rmSync(path);
      writeFileSync(path, bytes);
    },
    (path: string) => writeFileSync(path, "more", { flag: "a" }),
  ]) {
    const folder = await newState();
    const state = await openState({ folder });
    tamper(join(folder, "journal-0.log"));
    assert.throws(() => state.commit([], { reason: "test" }), { kind: "fenced" });
    assert.throws(() => state.flush(), { kind: "fenced" });
    state.close();
  }
});

test("state: a folder that the system does not let be made is refused, not waited for", onLinux, () => {
  const disk = new URL(
    import.meta.url.endsWith(".ts") ? "../../engine/state/disk.ts" : "../../engine/state/disk.js",
    import.meta.url,
  );
  const code = `import { nodeDisk } from ${JSON.stringify(disk.href)}; nodeDisk.makeFolder("/proc/tripoint/state");`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    timeout: 60_000,
    encoding: "utf8",
  });
  assert.equal(child.status, 1, "it ends by itself");
  assert.match(child.stderr, /ENOENT.* mkdir '\/proc\/tripoint'/);
});

async function newState(): Promise<string> {
  folders += 1;
  const folder = join(root, `client-${folders}`);
  await initState({ folder });
  return folder;
}

function run(folder: string, mode: string): Child {
  const child = spawn(process.execPath, [program, folder, mode]);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const running: Child = {
    process: child,
    next: async () => {
      const { value, done } = await lines.next();
      return done ? "" : value;
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
  started.add(running);
  return running;
}

function lockedBy(pid: number | undefined): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StateError && error.kind === "locked", String(error));
    assert.ok(error.message.includes(`process ${pid}:`), error.message);
    return true;
  };
}
