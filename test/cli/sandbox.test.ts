import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { emptyFolder, runCli, spawnCli } from "./cli.ts";

/** Starts `tripoint sandbox` and reads what it says about itself. */
async function started(t: TestContext, cwd: string) {
  const child = spawnCli(["sandbox", "--format", "json"], { cwd });
  t.after(() => child.kill("SIGKILL"));
  assert.ok(child.stdout);
  const [line] = await once(createInterface(child.stdout), "line");
  const answer: {
    readonly sandboxes: readonly { readonly connector: string; readonly base_url: string }[];
    readonly environment: { readonly [name: string]: string };
  } = JSON.parse(String(line));
  return { child, ...answer };
}

async function isListening(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

test("tripoint sandbox: all of them listen until SIGINT, and their variables are in a file for the shell", async (t) => {
  const cwd = emptyFolder(t);
  const { child, sandboxes, environment } = await started(t, cwd);
  assert.ok(sandboxes.length >= 3);
  for (const { base_url } of sandboxes) assert.equal(await isListening(base_url), true);
  const file = join(cwd, ".tripoint", "sandboxes", "environment");
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'\n`);
  assert.equal(readFileSync(file, "utf8"), lines.join(""));
  const second = await runCli(["sandbox"], { cwd });
  assert.match(second.stderr, /another sandbox has its books in/);
  assert.equal(second.code, 2);
  assert.ok(existsSync(file), "the one that could not start has taken the other's file away");
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
  for (const { base_url } of sandboxes) assert.equal(await isListening(base_url), false);
  assert.equal(existsSync(file), false);
});

test("tripoint sandbox: a kill of the command leaves no sandbox behind", async (t) => {
  const { child, sandboxes } = await started(t, emptyFolder(t));
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  const deadline = Date.now() + 10_000;
  for (const { base_url } of sandboxes) {
    while (await isListening(base_url)) assert.ok(Date.now() < deadline, `${base_url} still answers`);
  }
});

test("tripoint sandbox --list: every sandbox with its rules and its capabilities, each with what it rests on", async (t) => {
  const cwd = emptyFolder(t);
  const { stdout, code } = await runCli(["sandbox", "--list", "--format", "json"], { cwd });
  assert.equal(code, 0);
  const { sandboxes } = JSON.parse(stdout);
  const books = sandboxes.find((one: { connector: string }) => one.connector === "quickbooks");
  assert.match(books.rules.sync_token, /SyncToken/);
  const bases = new Map(
    books.capabilities.map((one: { capability: string; basis: string }) => [one.capability, one.basis]),
  );
  assert.deepEqual(
    ["stale_version", "same_key", "daily_quota"].map((name) => bases.get(name)),
    ["documented", "unverified", "none"],
  );
  const { stdout: text } = await runCli(["sandbox", "--list"], { cwd });
  assert.match(text, /^ {2}daily_quota +none +the vendor has no quota by the day$/m);
});
