import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { exitOfRun } from "../../engine/cli/exit-codes.ts";
import { run } from "../../engine/commands/run.ts";
import { openTokenStore } from "../../engine/state/tokens.ts";
import { type Books, startBooks } from "./books.ts";

const PROGRAM = fileURLToPath(new URL("./refresh-child.js", import.meta.url));
const HOUR_MS = 3_600_000;

/** A process that reads the books whenever it is told to. */
function startReader(t: TestContext, { place }: Books) {
  const child = spawn(process.execPath, [PROGRAM, place.root, place.state], { env: { ...place.env } });
  child.stderr.pipe(process.stderr);
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    read: async (): Promise<string> => {
      child.stdin.write("read\n");
      const { value, done } = await lines.next();
      return done === true ? "ended" : value;
    },
    kill: () => child.kill("SIGKILL"),
  };
}

function refreshes({ server }: Books): readonly number[] {
  return server.log.filter(({ url }) => url.startsWith("/oauth2/")).map(({ status }) => status);
}

test("refresh: two processes whose token ends at once refresh it once, and nobody ends in a login", async (t) => {
  const books = await startBooks(t, { refreshToken: true, off: ["rotation_once_a_day"] });
  const readers = [startReader(t, books), startReader(t, books)];
  for (let round = 1; round <= 5; round++) {
    const said = await Promise.all(readers.map(({ read }) => read()));
    assert.deepEqual(said, ["read true", "read true"], `round ${round}`);
    assert.deepEqual(refreshes(books), Array(round).fill(200), `round ${round}`);
    // To the processes the token looks good for an hour yet: both are refused, and both want another one.
    books.advance(HOUR_MS + 1000);
  }
});

test("refresh: a process that is killed in the middle of its refresh blocks nobody", async (t) => {
  const books = await startBooks(t, { refreshToken: true, off: ["rotation_once_a_day"] });
  books.server.fault({ path: "^/oauth2/", kind: "commit_then_hang" });
  const doomed = startReader(t, books);
  void doomed.read();
  while (books.server.log.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const next = startReader(t, books).read();
  doomed.kill();
  // The pair that was lost with it cannot come back, so a login is the truth here; it is said, not waited for.
  assert.match(await next, /^login .*refused the refresh token.*Type: tripoint connect accounting/);
});

test("run: without a login it says what to type, and exits 4", async (t) => {
  const books = await startBooks(t);
  const report = await run(books.place);
  assert.equal(exitOfRun(report, false), 4);
  assert.match(
    report.pipelines[0]?.message ?? "",
    /^tripoint is not logged in to QuickBooks Online \(accounting\)\. Type: tripoint connect accounting$/,
  );
  assert.equal(books.server.log.length, 0);
});

test("exclusively: work of one connection at a time, also inside a process, and the lock goes with its holder", async (t) => {
  const books = await startBooks(t);
  const stores = [openTokenStore(books.place.state), openTokenStore(books.place.state)];
  let inside = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    assert.equal(inside, 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside -= 1;
  };
  await Promise.all([...stores, ...stores].map((store) => store.exclusively(work)));
  await assert.rejects(
    stores[0]?.exclusively(async () => {
      throw new Error("refused");
    }) ?? assert.fail(),
    /refused/,
  );
  await stores[1]?.exclusively(work);
  assert.deepEqual(
    [...books.stateFiles().keys()].filter((name) => name.includes("lock")),
    [],
  );
});
