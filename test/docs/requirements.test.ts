import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../engine/config/root.ts";
import { assertGenerated } from "./generated.ts";
import { REQUIREMENTS } from "./requirements.ts";

/** The README's table of requirements is made from the titles of the tests: a test is titled by what it accepts. */

// test("R20, R21: …") and its like in back quotes; a title that a loop puts together has its ids written out too.
const TITLE = /^[ \t]*test\(\s*["'`](R\d+(?:, R\d+)*): /gm;

const tests = testsByRequirement();

test("README: the table of requirements is what the tests say; UPDATE_GOLDEN=1 writes it anew", () => {
  const rows = REQUIREMENTS.map(([id, words]) => {
    const files = tests.get(id) ?? [];
    return [id, words, files.length === 0 ? "**open**" : files.map(linked).join(", ")];
  });
  const head = ["", "requirement", "accepted by"];
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`);
  assertGenerated("requirements", lines.join(""));
});

test("requirements: each stands once, and no test is titled by one that does not exist", () => {
  const ids = REQUIREMENTS.map(([id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(
    [...tests.keys()].filter((id) => !ids.includes(id)),
    [],
  );
});

/** Paths of the test files that have a test of a requirement, by its id. */
function testsByRequirement(): ReadonlyMap<string, readonly string[]> {
  const folder = join(packageRoot(), "test");
  const found = new Map<string, string[]>();
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => name.endsWith(".test.ts")).sort()) {
    const text = readFileSync(join(folder, file), "utf8");
    const ids = [...text.matchAll(TITLE)].flatMap(([, titled = ""]) => titled.split(", "));
    const path = `test/${file.split(sep).join("/")}`;
    for (const id of new Set(ids)) found.set(id, [...(found.get(id) ?? []), path]);
  }
  return found;
}

function linked(path: string): string {
  return `[${basename(path, ".test.ts")}](${path})`;
}
