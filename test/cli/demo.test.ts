import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import type { LoggedRequest } from "../../engine/connector/sandbox/types.ts";
import { openState } from "../../engine/state/store.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import { emptyFolder, runCli, spawnCli } from "./cli.ts";

/** Writes that the sandboxes of a folder have seen, by their own request logs. */
function writes(cwd: string): number {
  const folder = join(cwd, ".tripoint", "sandboxes");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("requests.ndjson"))
    .map((path) => readFileSync(join(folder, path), "utf8"))
    .flatMap((log) => log.split("\n").filter((line) => line !== ""))
    .map((line): LoggedRequest => JSON.parse(line))
    .filter(({ write }) => write).length;
}

test("tripoint demo: from nothing to three systems in step, and what it says to type next works", async (t) => {
  const cwd = emptyFolder(t);

  await t.test("the first run creates, and prints nothing but its report on stdout", async () => {
    const { code, stdout, stderr } = await runCli(["demo", "--format", "json"], { cwd });
    assert.equal(code, 0, stderr);
    const report: RunReport = JSON.parse(stdout);
    assert.deepEqual([report.schemaVersion, report.client, report.status], [1, "demo", "done"]);
    const invoices = report.pipelines.find(({ pipeline }) => pipeline === "invoices");
    assert.ok((invoices?.created ?? 0) >= 300);
    assert.ok(writes(cwd) > 0);
  });

  await t.test("the second run writes nothing and says so", async () => {
    const before = writes(cwd);
    const { code, stdout } = await runCli(["demo"], { cwd });
    assert.equal(code, 0);
    assert.match(stdout, /^demo: nothing changed, nothing was written\. 1 record held/m);
    assert.match(stdout, /^customer +CUST-1001 \(\S+\) +CB-5555 \(\S+\) +789$/m);
    assert.match(stdout, /^payments +\S+ +held .*reference_missing/m);
    assert.equal(writes(cwd), before);
  });

  await t.test(
    "what is held and linked is told without the systems and without their variables",
    async () => {
      const held = await runCli(["held", "list", "--client", "demo"], { cwd });
      assert.deepEqual([held.code, held.stderr], [0, ""]);
      assert.match(held.stdout, /^payments .*reference_missing/m);
      const shown = await runCli(["idmap", "show", "CUST-1001", "--client", "demo"], { cwd });
      assert.match(shown.stdout, /CB-5555 \(\S+\) +789/);
      const status = await runCli(["status", "--client", "demo"], { cwd });
      assert.match(status.stdout, /^invoices +\S+Z +done /m);
    },
  );

  const sandbox = spawnCli(["sandbox", "--format", "json"], { cwd });
  t.after(() => sandbox.kill("SIGKILL"));
  assert.ok(sandbox.stdout);
  const [line] = await once(createInterface(sandbox.stdout), "line");
  const { environment: env } = JSON.parse(String(line));

  await t.test("the sandboxes go on with the same books: run and plan find nothing to do", async () => {
    const before = writes(cwd);
    const run = await runCli(["run", "--client", "demo"], { cwd, env });
    assert.match(run.stdout, /nothing was written/);
    assert.equal(run.code, 0);
    const args = ["run", "--client", "demo", "--pipeline", "payments", "--fail-on-held"];
    assert.equal((await runCli(args, { cwd, env })).code, 1);
    const plan = await runCli(["plan", "--client", "demo", "--detailed-exitcode"], { cwd, env });
    assert.equal(plan.code, 0);
    assert.match(plan.stderr, /^invoices: starting\ninvoices: done, 312 read\n/m);
    assert.match(plan.stdout, /^ {2}! CHK 20417 .*reference_missing/m);
    assert.equal(writes(cwd), before);
  });

  await t.test("a held payment is planned once its customer is linked, and apply posts it once", async () => {
    const link = ["idmap", "link", "customer", "accounting:9001", "billing:5555", "--client", "demo"];
    assert.equal((await runCli(link, { cwd, env })).code, 2);
    assert.equal((await runCli([...link, "--force"], { cwd, env })).code, 0);
    const plan = await runCli(["plan", "--client", "demo", "--detailed-exitcode", "-o", "today.plan"], {
      cwd,
      env,
    });
    assert.match(plan.stdout, /^payments → billing payment: 1 create, .*250\.00 USD$/m);
    assert.equal(plan.code, 3);
    const saved = readFileSync(join(cwd, "today.plan"), "utf8");
    assert.equal(statSync(join(cwd, "today.plan")).mode & 0o777, 0o600);
    assert.doesNotMatch(saved, /CHK 20417/);
    const before = writes(cwd);
    const applied = await runCli(["apply", "today.plan", "--client", "demo", "--format", "json"], {
      cwd,
      env,
    });
    assert.equal(applied.code, 0, applied.stderr);
    const report: RunReport = JSON.parse(applied.stdout);
    const created = report.pipelines.map((one) => [one.pipeline, one.created] as const);
    assert.deepEqual(
      created.filter(([, number]) => number > 0),
      [["payments", 1]],
    );
    assert.equal(writes(cwd), before + 1);
    const again = await runCli(["apply", "today.plan", "--client", "demo"], { cwd, env });
    assert.match(again.stdout, /nothing was written/);
    assert.equal(writes(cwd), before + 1);
  });

  await t.test("tripoint start runs what was missed, once, then waits; SIGTERM ends it with 0", async () => {
    const state = await openState({ folder: join(cwd, ".tripoint", "demo") });
    state.commit([{ put: "due", row: { pipeline: "payments", last_due: "2026-01-01T00:00:00Z" } }]);
    state.close();
    const child = spawnCli(["start", "--log", "json", "--client", "demo"], { cwd, env });
    assert.ok(child.stdout && child.stderr);
    const out = text(child.stdout);
    const exited = once(child, "exit");
    const messages: string[] = [];
    for await (const line of createInterface(child.stderr)) {
      messages.push(JSON.parse(line).message);
      if (messages.at(-1)?.startsWith("Waiting until")) child.kill("SIGTERM");
    }
    assert.deepEqual(await exited, [0, null]);
    assert.deepEqual(
      messages.filter((message) => message.endsWith("starting")),
      ["payments: starting"],
    );
    assert.match(await out, /nothing was written/);
    const due = await runCli(["status", "--format", "json", "--client", "demo"], { cwd, env });
    for (const { next_due } of JSON.parse(due.stdout).pipelines) {
      if (next_due !== null) assert.ok(Date.parse(next_due) > Date.now());
    }
  });

  const ended = once(sandbox, "exit");
  sandbox.kill("SIGINT");
  await ended;

  await t.test("state or books alone are refused, since the rest would be made twice", async () => {
    renameSync(join(cwd, ".tripoint", "demo"), join(cwd, "kept"));
    const without = await runCli(["demo"], { cwd });
    assert.match(without.stderr, /is in use, but .* is gone\. Begin anew: npm start -- --reset/);
    assert.equal(without.code, 7);
    assert.equal(existsSync(join(cwd, ".tripoint", "demo")), false);
    renameSync(join(cwd, "kept"), join(cwd, ".tripoint", "demo"));
    rmSync(join(cwd, ".tripoint", "sandboxes"), { recursive: true });
    assert.equal((await runCli(["demo"], { cwd })).code, 7);
  });

  await t.test("--reset begins anew; SIGINT ends it in order, and the sandboxes with it", async () => {
    const child = spawnCli(["demo", "--reset"], { cwd });
    assert.ok(child.stderr);
    const lines = createInterface(child.stderr);
    const exited = once(child, "exit");
    for await (const line of lines) {
      if (line.startsWith("customers: starting")) child.kill("SIGINT");
    }
    assert.deepEqual(await exited, [130, null]);
    const status = await runCli(["status", "--client", "demo"], { cwd });
    assert.match(status.stdout, /^customers +\S+Z +stopped/m);
    assert.match(status.stdout, /^invoices +never/m);
  });
});
