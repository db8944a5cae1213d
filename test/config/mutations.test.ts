import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadClient } from "../../engine/config/load-client.ts";
import { parseYaml } from "../../engine/config/yaml.ts";
import { ENV, freshRoot } from "./client-folder.ts";

/**
 * Every node of every file of the good client is replaced by every kind of value. Loading must never throw, a refusal
 * must say where and what to do, and the place must lie in the file: the checks see much that no schema let through.
 */
const REPLACEMENTS = ["~", "7", "x", "[7]", "{ a: { b: x } }"];

const FILES = [
  "mappings/acme/client.yaml",
  "mappings/acme/customers.yaml",
  "mappings/acme/invoices.yaml",
  "mappings/acme/payments.yaml",
  "mappings/acme/gl-codes.yaml",
  "mappings/base/invoices.yaml",
];

for (const file of FILES) {
  test(`mutations: whatever stands in ${file}, loading ends with places and cures`, (t) => {
    const root = freshRoot(t);
    const path = join(root, file);
    const text = readFileSync(path, "utf8");
    const { nodes } = parseYaml({ file, path, text });
    assert.ok(nodes.size > 5);
    let refused = 0;
    for (const [pointer, { start, end }] of nodes) {
      for (const replacement of REPLACEMENTS) {
        const tail = text.slice(start, end).endsWith("\n") ? "\n" : "";
        writeFileSync(path, `${text.slice(0, start)}${replacement}${tail}${text.slice(end)}`);
        const where = `${pointer} ← ${replacement}`;
        const { problems, config, sources } = loadClient(root, "acme", ENV, root);
        const errors = problems.filter(({ severity }) => severity === "error");
        assert.equal(config === undefined, errors.length > 0, where);
        refused += errors.length > 0 ? 1 : 0;
        for (const problem of problems) {
          const lines = sources.find((source) => source.file === problem.file)?.text.split("\n");
          const line = lines?.[problem.line - 1];
          assert.ok(line !== undefined, `${where}: ${problem.file}:${problem.line} is no line`);
          assert.ok(problem.column >= 1 && problem.column <= line.length + 1, `${where}: no such column`);
          assert.ok(problem.hint, `${where}: ${problem.code} does not say what to do`);
        }
      }
    }
    assert.ok(refused > nodes.size, "most replacements are mistakes");
  });
}
