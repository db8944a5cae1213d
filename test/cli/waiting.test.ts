import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { connectorsOf } from "../../engine/commands/demo.ts";
import { startSandboxes } from "../../engine/commands/sandbox.ts";
import { packageRoot } from "../../engine/config/root.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import { emptyFolder, runCli } from "./cli.ts";

test("tripoint run: over its limits it writes nothing, exits 6 and leaves a plan that apply carries out", async (t) => {
  const cwd = emptyFolder(t);
  for (const part of ["base", "demo"]) {
    cpSync(join(packageRoot(), "mappings", part), join(cwd, "mappings", part), { recursive: true });
  }
  const path = join(cwd, "mappings", "demo", "client.yaml");
  const yaml = readFileSync(path, "utf8");
  const limited = yaml.replace(/first_run: \{ create: \d+/, "first_run: { create: 5");
  assert.notEqual(limited, yaml);
  writeFileSync(path, limited);
  const folder = join(cwd, "books");
  const sandboxes = await startSandboxes({ names: connectorsOf(cwd, "demo"), world: "demo", folder });
  t.after(() => sandboxes.stop());
  const at = { cwd, env: sandboxes.environment };
  assert.equal((await runCli(["state", "init"], at)).code, 0);

  const over = await runCli(["run", "--pipeline", "customers", "--format", "json"], at);
  assert.equal(over.code, 6, over.stderr);
  const [customers] = (JSON.parse(over.stdout) as RunReport).pipelines;
  assert.deepEqual([customers?.status, customers?.created], ["waiting", 0]);
  const status = await runCli(["status"], at);
  assert.match(status.stdout, new RegExp(`^customers waits: .*; tripoint apply ${customers?.plan}$`, "m"));

  const unknown = await runCli(["apply", "customers-0"], at);
  assert.match(unknown.stderr, new RegExp(`Waiting: ${customers?.plan} \\(customers\\)\\.`));
  const applied = await runCli(["apply", "--format", "json"], at);
  assert.equal(applied.code, 0, applied.stderr);
  const [done] = (JSON.parse(applied.stdout) as RunReport).pipelines;
  assert.equal(done?.status, "done");
  assert.ok((done?.created ?? 0) > 5);

  const nothing = await runCli(["apply"], at);
  assert.match(nothing.stderr, /no plan is waiting/);
  assert.equal(nothing.code, 2);
});
