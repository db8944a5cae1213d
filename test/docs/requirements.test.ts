import assert from "node:assert/strict";
import { basename } from "node:path";
import { test } from "node:test";
import { SWITCHES } from "../switches/table.ts";
import { assertGenerated } from "./generated.ts";
import { REQUIREMENTS, titledRequirements } from "./requirements.ts";

/** The README's table of requirements is made from the titles of the tests: a test is titled by what it accepts. */

const tests = titledRequirements();

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

function linked(path: string): string {
  return `[${basename(path, ".test.ts")}](${path})`;
}

test("requirements: one that has a switch has a test by its title", () => {
  assert.deepEqual(
    SWITCHES.map(({ id }) => id).filter((id) => !tests.has(id)),
    [],
  );
});
