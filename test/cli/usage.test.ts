import assert from "node:assert/strict";
import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { createProgram } from "../../engine/cli/program.ts";
import { initState, openState } from "../../engine/state/store.ts";
import { putIssue, putLink } from "../commands/place.ts";
import { ENV, FIXTURES, freshRoot } from "../config/client-folder.ts";
import { emptyFolder, runCli } from "./cli.ts";

/** What `--help` prints for a command. */
function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 }).outputHelp();
  return text;
}

/** Every command that does something, as its words. */
function verbs(command: Command, above: string): readonly (readonly [verb: string, command: Command])[] {
  if (command.commands.length === 0) return [[above, command]];
  return command.commands.flatMap((one) => verbs(one, `${above} ${one.name()}`));
}

test("tripoint: every verb has help with an example and a choice of formats", () => {
  const found = verbs(createProgram("0", { act: () => {} }), "tripoint");
  assert.ok(found.length > 25, `${found.length} verbs`);
  for (const [verb, command] of found) {
    const help = helpOf(command);
    assert.ok(help.includes(`  $ ${verb}`), `${verb} has no example`);
    assert.match(help, /--format <format>[^-]*"text",[^-]*"json"/, verb);
  }
});

test("tripoint --help: a short line for each verb", async (t) => {
  const { code, stdout } = await runCli(["--help"], { cwd: emptyFolder(t) });
  assert.equal(code, 0);
  for (const line of stdout.split("\n")) assert.ok(line.length < 130, line);
});

for (const { name, args, says } of [
  { name: "no verb", args: [], says: /Usage: tripoint/ },
  { name: "a misspelt verb", args: ["idmpa"], says: /Did you mean idmap\?/ },
  { name: "a misspelt option", args: ["run", "--cleint", "x"], says: /Did you mean --client\?/ },
  {
    name: "a format that does not exist",
    args: ["run", "--format", "xml"],
    says: /Allowed choices are text, json/,
  },
  { name: "a port that is none", args: ["sandbox", "--port", "99999"], says: /from 1 to 65535/ },
  { name: "an id without its system", args: ["idmap", "link", "customer", "1", "psa:1"], says: /psa:1001/ },
  {
    name: "a side that is none",
    args: ["conflicts", "resolve", "a", "1", "--take", "mine"],
    says: /source, target/,
  },
  {
    name: "a client that does not exist",
    args: ["status", "--client", "acmee"],
    says: /Did you mean "acme"\?/,
  },
  { name: "a root without mappings", args: ["status", "--root", "nowhere"], says: /no folder mappings in/ },
  {
    name: "a pipeline that does not exist",
    args: ["run", "--pipeline", "invoice"],
    says: /Did you mean "invoices"\?/,
  },
  { name: "a sandbox that does not exist", args: ["sandbox", "sage"], says: /there is no sandbox "sage"/ },
  {
    name: "a plan that does not exist",
    args: ["apply", "p1"],
    says: /there is no file and no waiting plan "p1"/,
  },
  {
    name: "a plan that is a folder",
    args: ["apply", "mappings"],
    says: /mappings cannot be read \(EISDIR\)/,
  },
  {
    name: "a plan that cannot be saved, before anything is read,",
    args: ["plan", "-o", "nowhere/today.plan"],
    says: /nowhere\/today\.plan cannot be written \(ENOENT\)/,
  },
  {
    name: "an entity that does not exist",
    args: ["idmap", "list", "custmer"],
    says: /Did you mean "customer"\?/,
  },
]) {
  test(`tripoint: ${name} is told in a sentence, exit 2`, async (t) => {
    const root = freshRoot(t);
    await initState({ folder: join(root, ".tripoint", "acme") });
    const { code, stdout, stderr } = await runCli(args, { cwd: root, env: { ...ENV } });
    assert.match(stderr, says);
    assert.equal(stdout, "");
    assert.equal(code, 2);
  });
}

test("tripoint: with several clients one has to be named", async (t) => {
  const root = freshRoot(t);
  cpSync(join(root, "mappings", "acme"), join(root, "mappings", "beta"), { recursive: true });
  const { code, stderr } = await runCli(["status"], { cwd: root });
  assert.match(stderr, /there are several clients\n {2}Say which with --client: acme, beta\./);
  assert.equal(code, 2);
});

test("tripoint: a missing state is exit 7, and a new one is made only when asked for", async (t) => {
  const root = freshRoot(t);
  const missing = await runCli(["status"], { cwd: root });
  assert.equal(missing.code, 7);
  assert.match(missing.stderr, /tripoint state init/);
  assert.equal((await runCli(["state", "init"], { cwd: root })).code, 0);
  assert.equal((await runCli(["status"], { cwd: root, env: { ...ENV } })).code, 0);
  assert.equal((await runCli(["state", "init"], { cwd: root })).code, 7);
});

test("tripoint: --state and TRIPOINT_STATE say where the state is, the option first", async (t) => {
  const root = freshRoot(t);
  const env = { TRIPOINT_STATE: "from-variable" };
  await runCli(["state", "init"], { cwd: root, env });
  await runCli(["state", "init", "--state", "from-option"], { cwd: root, env });
  const folders = readdirSync(root).filter((name) => name.startsWith("from-"));
  assert.deepEqual(folders, ["from-option", "from-variable"]);
});

test("tripoint: a state in use by another run is exit 75", async (t) => {
  const root = freshRoot(t);
  const folder = join(root, ".tripoint", "acme");
  await initState({ folder });
  const state = await openState({ folder });
  const { code, stderr } = await runCli(["held", "retry"], { cwd: root });
  state.close();
  assert.match(stderr, /is in use by process \d+/);
  assert.equal(code, 75);
});

test("tripoint: a secret that is not set is told by file and line before anything is sent, exit 2", async (t) => {
  const root = freshRoot(t);
  await initState({ folder: join(root, ".tripoint", "acme") });
  const { code, stderr } = await runCli(["run"], { cwd: root, env: { ...ENV, PSA_PASSWORD: undefined } });
  assert.match(stderr, /client\.yaml:\d+:\d+ error TP2604 .*PSA_PASSWORD is not set/);
  assert.equal(code, 2);
});

test("tripoint validate: problems on stdout in three formats, exit 2; nothing there when all is right", async (t) => {
  const root = freshRoot(t);
  const right = await runCli(["validate"], { cwd: root, env: { ...ENV } });
  assert.deepEqual([right.code, right.stdout, right.stderr], [0, "", "6 files, no problems\n"]);
  cpSync(join(FIXTURES, "broken", "client-unknown-key"), root, { recursive: true });
  for (const { format, shows } of [
    { format: "text", shows: /client\.yaml:\d+:\d+ error TP\d{4} / },
    { format: "json", shows: /"schemaVersion": 1/ },
    { format: "github", shows: /^::error file=mappings\/acme\/client\.yaml,line=/ },
  ]) {
    const wrong = await runCli(["validate", "--format", format], { cwd: root, env: { ...ENV } });
    assert.match(wrong.stdout, shows);
    assert.equal(wrong.stderr, "");
    assert.equal(wrong.code, 2);
  }
});

test("tripoint: records are listed, linked and exported without a network", async (t) => {
  const root = freshRoot(t);
  const folder = join(root, ".tripoint", "acme");
  await initState({ folder });
  const state = await openState({ folder });
  state.commit([
    putLink("psa", "1001", "u1", "CUST-1001"),
    putLink("billing", "5001", "u1", "CB-5555"),
    putIssue({ source_id: "77", kind: "held", message: "customer 9001\u001b[31m is not linked" }),
  ]);
  state.close();
  const at = { cwd: root, env: { ...ENV } };
  await runCli(["idmap", "link", "customer", "psa:1001", "accounting:789"], at);
  const shown = await runCli(["idmap", "show", "789"], at);
  assert.match(shown.stdout, /^customer +CUST-1001 \(1001\) +CB-5555 \(5001\) +789$/m);
  const held = await runCli(["held", "list"], at);
  assert.match(held.stdout, /payments +77 +held .*reference_missing: customer 9001�\[31m is not linked/);
  const json = await runCli(["held", "list", "--format", "json"], at);
  assert.equal(JSON.parse(json.stdout).issues[0].source_id, "77");
  const { stdout } = await runCli(["idmap", "export"], at);
  writeFileSync(join(root, "links.csv"), stdout);
  const imported = await runCli(["idmap", "import", "links.csv"], at);
  assert.equal(imported.stdout, "0 links added, 3 there already.\n");
  assert.equal((await runCli(["idmap", "show", "nobody"], at)).code, 1);
});
