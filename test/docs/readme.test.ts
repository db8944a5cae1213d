import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadClient } from "../../engine/config/load-client.ts";
import { packageRoot } from "../../engine/config/root.ts";

/** The README's samples are what a newcomer copies first. */

const README = readFileSync(join(packageRoot(), "README.md"), "utf8");

test("README: its pipeline has no problems in the demo's folder", (t) => {
  const sample = /```yaml\n([\s\S]*?)```/.exec(README)?.[1] ?? "";
  assert.match(sample, /^pipeline: invoices$/m);
  const root = mkdtempSync(join(tmpdir(), "tripoint-readme-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  cpSync(join(packageRoot(), "mappings"), join(root, "mappings"), { recursive: true });
  writeFileSync(join(root, "mappings", "demo", "invoices.yaml"), sample);
  const { problems } = loadClient(root, "demo", {}, root);
  assert.deepEqual(
    problems.filter(({ severity }) => severity === "error"),
    [],
  );
});

test("README: every link leads to a file", () => {
  const links = [...README.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, path]) => path ?? "");
  assert.ok(links.length > 5);
  const missing = links.filter((path) => !existsSync(join(packageRoot(), path)));
  assert.deepEqual(missing, []);
});
