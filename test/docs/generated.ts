import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../engine/config/root.ts";

const README = join(packageRoot(), "README.md");

/** The README's part between `<!-- name: … -->` and `<!-- /name -->` is this text; UPDATE_GOLDEN=1 writes it anew. */
export function assertGenerated(name: string, wanted: string): void {
  const text = readFileSync(README, "utf8");
  const begin = new RegExp(`<!-- ${name}:[^\n]*-->\n`).exec(text);
  assert.ok(begin, `README.md has no part "${name}"`);
  const start = begin.index + begin[0].length;
  const end = text.indexOf(`<!-- /${name} -->`);
  assert.ok(end >= start, `the README's part "${name}" has no end`);
  if (process.env["UPDATE_GOLDEN"] === "1")
    writeFileSync(README, text.slice(0, start) + wanted + text.slice(end));
  else assert.equal(text.slice(start, end), wanted);
}
