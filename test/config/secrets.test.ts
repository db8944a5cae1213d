// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of client.yaml are written like that.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { validate } from "../../engine/commands/validate.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import { missingSecrets, resolveSecret } from "../../engine/config/secrets.ts";
import { renderProblems } from "../../engine/report/problems.ts";
import { ENV, freshRoot } from "./client-folder.ts";

const CLIENT = join("mappings", "acme", "client.yaml");

test("resolveSecret: a variable and a file give the secret, without the file's last line end", (t) => {
  const root = freshRoot(t);
  const path = join(root, "secret");
  writeFileSync(path, "s3cret\n");
  assert.deepEqual(resolveSecret("env:A", { A: "x" }), { ok: true, value: "x" });
  assert.deepEqual(resolveSecret(`file:${path}`, {}), { ok: true, value: "s3cret" });
});

for (const { name, reference, reason } of [
  { name: "an unset variable", reference: "env:NOBODY", reason: /variable NOBODY is not set/ },
  { name: "an empty variable", reference: "env:EMPTY", reason: /variable EMPTY is not set/ },
  { name: "a missing file", reference: "file:/nowhere/x", reason: /\/nowhere\/x cannot be read \(ENOENT\)/ },
  { name: "a literal", reference: "hunter2", reason: /neither env:NAME nor file:PATH/ },
]) {
  test(`resolveSecret: ${name} gives a reason`, () => {
    const found = resolveSecret(reference, { EMPTY: "" });
    assert.equal(found.ok, false);
    assert.match(found.ok ? "" : found.reason, reason);
    assert.doesNotMatch(found.ok ? "" : found.reason, /hunter2/);
  });
}

test("a secret that is not set is a warning for validate and an error for what connects", (t) => {
  const root = freshRoot(t);
  const { PSA_USER: _, ...env } = ENV;
  const { config, problems } = loadClient(root, "acme", env, root);
  assert.deepEqual(
    problems.map(({ code, severity }) => `${code} ${severity}`),
    ["TP2604 warning"],
  );
  assert.ok(config);
  assert.deepEqual(missingSecrets(config, ENV), []);
  assert.deepEqual(
    missingSecrets(config, env).map(
      ({ code, severity, line, column }) => `${line}:${column} ${code} ${severity}`,
    ),
    ["10:19 TP2604 error"],
  );
});

for (const { name, from, to } of [
  { name: "a plain literal", from: "user: env:PSA_USER", to: "user: hunter2" },
  { name: "a quoted literal", from: "user: env:PSA_USER", to: 'user: "hunter2"' },
  { name: "a list", from: "user: env:PSA_USER", to: "user: [hunter2]" },
  { name: "a number", from: "user: env:PSA_USER", to: "user: 0777123" },
  { name: "an unknown key", from: "user: env:PSA_USER", to: "user: env:PSA_USER, pasword: hunter2" },
  { name: "the address", from: "${PSA_URL:-https://", to: "${PSA_URL:-https://me:hunter2@" },
  {
    name: "a plain address",
    from: "${PSA_URL:-https://psa.example.com}",
    to: "https://me:hunter2@psa.example.com",
  },
  { name: "a file that is no YAML", from: "password: env:PSA_PASSWORD }", to: "password: hunter2" },
]) {
  test(`a secret written in clear is not repeated in any report: ${name}`, (t) => {
    const root = freshRoot(t);
    const text = readFileSync(join(root, CLIENT), "utf8");
    assert.ok(text.includes(from));
    writeFileSync(join(root, CLIENT), text.replace(from, to));
    const { problems, sources } = validate({ root, env: ENV, cwd: root });
    assert.ok(problems.some(({ severity }) => severity === "error"));
    for (const format of ["text", "json", "github"] as const) {
      assert.doesNotMatch(renderProblems(problems, format, sources), /hunter2|777123/);
    }
  });
}
