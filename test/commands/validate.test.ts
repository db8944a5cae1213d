import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { validate } from "../../engine/commands/validate.ts";
import { ENV, FIXTURES, freshRoot } from "../config/client-folder.ts";

test("validate: all clients of a root are checked, and every file read is named", (t) => {
  const root = freshRoot(t);
  assert.deepEqual(validate({ root, env: ENV, cwd: root }), {
    problems: [],
    clients: ["acme"],
    files: ["client", "customers", "gl-codes", "invoices", "payments"]
      .map((name) => join("mappings", "acme", `${name}.yaml`))
      .concat(join("mappings", "base", "invoices.yaml")),
    sources: validate({ root, env: ENV, cwd: root }).sources,
  });
});

test("validate: a mistake in a base that two clients share is told once", (t) => {
  const root = freshRoot(t, join(FIXTURES, "broken", "lookback-no-duration"));
  cpSync(join(root, "mappings", "acme"), join(root, "mappings", "beta"), { recursive: true });
  const { problems, clients } = validate({ root, env: ENV, cwd: root });
  assert.deepEqual(clients, ["acme", "beta"]);
  assert.deepEqual(
    problems.map(({ file, code }) => `${file} ${code}`),
    [
      `${join("mappings", "base", "invoices.yaml")} TP2507`,
      `${join("mappings", "beta", "client.yaml")} TP1041`,
    ],
  );
});

test("validate: errors come before the warnings of a client whose folder comes first", (t) => {
  const root = freshRoot(t, join(FIXTURES, "broken", "lookback-no-duration"));
  cpSync(join(root, "mappings", "acme"), join(root, "mappings", "aaa"), { recursive: true });
  const file = join(root, "mappings", "aaa", "client.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("client: acme", "client: aaa"));
  const { problems } = validate({ root, env: {}, cwd: root });
  assert.deepEqual(
    problems.map(({ severity, file }) => `${severity} ${file}`),
    [
      `error ${join("mappings", "base", "invoices.yaml")}`,
      ...["aaa", "acme"].flatMap((client) =>
        Array(3).fill(`warning ${join("mappings", client, "client.yaml")}`),
      ),
    ],
  );
});

test("validate: a root without clients and a client that does not exist are problems", (t) => {
  const root = freshRoot(t);
  const nothing = validate({ root: join(root, "mappings"), env: ENV, cwd: root });
  const unknown = validate({ root, clients: ["acme", "nobody"], env: ENV, cwd: root });
  for (const { problems } of [nothing, unknown]) {
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["TP1040"],
    );
  }
});
