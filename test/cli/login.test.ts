import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openTokenStore } from "../../engine/state/tokens.ts";
import { type Books, startBooks } from "../commands/books.ts";
import { runCli } from "./cli.ts";

const CLI = fileURLToPath(new URL("../../engine/cli.js", import.meta.url));

/** `tripoint connect` as a process: the address that it shows, and how it ends. */
async function startConnect(t: TestContext, { place }: Books, args: readonly string[]) {
  const child = spawn(process.execPath, [CLI, "connect", "accounting", "--state", place.state, ...args], {
    cwd: place.root,
    env: { PATH: process.env["PATH"], ...place.env },
  });
  t.after(() => child.kill("SIGKILL"));
  let stderr = "";
  const url = new Promise<string>((resolve) => {
    child.stderr.on("data", (chunk) => {
      stderr += String(chunk);
      const [found] = /^http\S+\n/m.exec(stderr) ?? [];
      if (found !== undefined) resolve(found.trim());
    });
  });
  const stdout = text(child.stdout);
  const ended = once(child, "close").then(async ([code]) => ({ code, stdout: await stdout, stderr }));
  return { child, url: await url, ended };
}

async function consent(url: string): Promise<string> {
  const reply = await fetch(url, { redirect: "manual" });
  return reply.headers.get("location") ?? "";
}

function canaries({ place }: Books): readonly string[] {
  const stored = JSON.stringify(openTokenStore(place.state).get("accounting:quickbooks") ?? {});
  const { access_token = "", refresh_token = "" } = JSON.parse(stored);
  return ["sandbox-client-secret", access_token, refresh_token].filter((one) => one !== "");
}

test("tripoint connect: from the address on stderr to a run and a doctor that are logged in", async (t) => {
  const books = await startBooks(t);
  const at = { cwd: books.place.root, env: books.place.env };
  const state = ["--state", books.place.state];
  const before = await runCli(["run", ...state], at);
  assert.equal(before.code, 4);
  assert.match(before.stdout, /Type: tripoint connect accounting/);
  // As a person without an address of the connector's own registered: a free port.
  const { url, ended } = await startConnect(t, books, ["--redirect-uri", "http://127.0.0.1/callback"]);
  const back = await consent(url);
  assert.equal((await fetch(back)).status, 200);
  const done = await ended;
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /^Logged in to QuickBooks Online \(accounting\)/);
  assert.match(done.stdout, /good for the realm_id that client\.yaml has/);
  const run = await runCli(["run", ...state], at);
  assert.equal(run.code, 0, run.stdout + run.stderr);
  const doctor = await runCli(["doctor", "--format", "json", ...state], at);
  assert.equal(doctor.code, 0, doctor.stdout);
  assert.equal(JSON.parse(doctor.stdout).systems[1].login_days_left, 99);
  const shown = [done, run, doctor].map(({ stdout, stderr }) => stdout + stderr).join();
  const code = new URL(back).searchParams.get("code") ?? "";
  for (const canary of [...canaries(books), code]) assert.ok(!shown.includes(canary), canary);
  assert.equal(canaries(books).length, 3);
});

test("tripoint connect --manual: what is pasted on stdin is the login", async (t) => {
  const books = await startBooks(t);
  const { child, url, ended } = await startConnect(t, books, ["--manual", "--format", "json"]);
  child.stdin.write(`${await consent(url)}\n`);
  const done = await ended;
  assert.equal(done.code, 0, done.stderr);
  assert.equal(JSON.parse(done.stdout).system, "accounting");
  for (const canary of canaries(books)) assert.ok(!(done.stdout + done.stderr).includes(canary), canary);
});

for (const { name, line, code } of [
  { name: "the end of the input", line: "", code: 4 },
  { name: "the address of another login", line: "http://127.0.0.1/callback?code=x&state=y\n", code: 4 },
]) {
  test(`tripoint connect --manual: ${name} is exit code ${code}`, async (t) => {
    const books = await startBooks(t);
    const { child, ended } = await startConnect(t, books, ["--manual"]);
    child.stdin.end(line);
    const done = await ended;
    assert.equal(done.code, code, done.stderr);
    assert.match(done.stderr, /^error: The login to QuickBooks Online \(accounting\) came to nothing/m);
  });
}

test("tripoint connect: a signal ends it at once", async (t) => {
  const books = await startBooks(t);
  for (const args of [["--manual"], ["--redirect-uri", "http://127.0.0.1/callback"]]) {
    const { child, ended } = await startConnect(t, books, args);
    child.kill("SIGTERM");
    assert.equal((await ended).code, 130);
  }
});

test("tripoint connect: without a state there is nowhere to keep the login", async (t) => {
  const { place } = await startBooks(t);
  const ended = await runCli(["connect", "accounting", "--state", `${place.state}-gone`], {
    cwd: place.root,
    env: place.env,
  });
  assert.equal(ended.code, 7);
  assert.match(ended.stderr, /tripoint state init/);
});
