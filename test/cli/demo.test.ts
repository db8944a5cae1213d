import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import type { LoggedRequest } from "../../engine/connector/sandbox/types.ts";
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

  await t.test(
    "tripoint sandbox goes on with the same books, and run and plan find nothing to do",
    async (t) => {
      const child = spawnCli(["sandbox", "--format", "json"], { cwd });
      t.after(() => child.kill("SIGKILL"));
      assert.ok(child.stdout);
      const [line] = await once(createInterface(child.stdout), "line");
      const { environment: env } = JSON.parse(String(line));
      const before = writes(cwd);
      const run = await runCli(["run", "--client", "demo"], { cwd, env });
      assert.match(run.stdout, /nothing was written/);
      assert.equal(run.code, 0);
      const failing = await runCli(["run", "--client", "demo", "--pipeline", "payments", "--fail-on-held"], {
        cwd,
        env,
      });
      assert.equal(failing.code, 1);
      const plan = await runCli(["plan", "--detailed-exitcode", "-o", "today.plan"], { cwd, env });
      assert.equal(plan.code, 0, plan.stdout);
      const saved = JSON.parse(readFileSync(join(cwd, "today.plan"), "utf8"));
      assert.deepEqual(
        saved.pipelines.flatMap((one: { readonly decisions: readonly { readonly label: string }[] }) =>
          one.decisions.map(({ label }) => label),
        ),
        [""],
      );
      assert.equal(writes(cwd), before);
      const exited = once(child, "exit");
      child.kill("SIGINT");
      await exited;
    },
  );

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
    assert.doesNotMatch(status.stdout, /^invoices/m);
  });
});
