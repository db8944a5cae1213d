import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CODES } from "../../engine/config/codes.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import { errorsFirst } from "../../engine/core/problem.ts";
import { announced, correct, ENV, FIXTURES, freshRoot } from "./client-folder.ts";

/**
 * One folder per mistake: its files lie over the good client, and a comment announces each problem with its code, line
 * and column. Without the mistake most of them are the good client again; where what is right stands nowhere in it, a
 * comment gives the corrected lines. Neither twin has a problem.
 */
const BROKEN = join(FIXTURES, "broken");
const CASES = readdirSync(BROKEN).sort();

// Codes that need what a fixture cannot hold; hostile.test.ts and load-client.test.ts show them.
const ELSEWHERE = [
  "TP1001",
  "TP1002",
  "TP1003",
  "TP1004",
  "TP1005",
  "TP1006",
  "TP1018",
  "TP1040",
  "TP1042",
  "TP2017",
];

test("the good client has no problem", (t) => {
  const root = freshRoot(t);
  const loaded = loadClient(root, "acme", ENV, root);
  assert.deepEqual(loaded.problems, []);
  assert.notEqual(loaded.config, undefined);
});

for (const name of CASES) {
  test(`broken config: ${name}`, (t) => {
    const overlay = join(BROKEN, name);
    const root = freshRoot(t, overlay);
    const { problems, config } = loadClient(root, "acme", ENV, root);
    const found = problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);
    const want = announced(overlay);
    assert.deepEqual([...found].sort(), want);
    assert.notEqual(want.length, 0, "the case announces no problem");
    assert.deepEqual(problems, [...problems].sort(errorsFirst));
    for (const problem of problems) assert.ok(problem.hint, `${problem.code} does not say what to do`);
    assert.equal(
      config === undefined,
      problems.some(({ severity }) => severity === "error"),
    );
  });
}

test("what is corrected as a comment says has no problem", (t) => {
  const twins = CASES.map((name) => ({ name, root: freshRoot(t, join(BROKEN, name)) })).filter(
    ({ name, root }) => correct(root, join(BROKEN, name)),
  );
  assert.ok(twins.length > 20, `${twins.length} twins`);
  const wrong = twins.flatMap(({ name, root }) =>
    loadClient(root, "acme", ENV, root).problems.map((problem) => ({ name, ...problem })),
  );
  assert.deepEqual(wrong, []);
});

test("every problem code has a case that shows it", () => {
  const shown = new Set(CASES.flatMap((name) => announced(join(BROKEN, name)).map((line) => line.slice(-6))));
  const missing = Object.keys(CODES).filter((code) => !shown.has(code) && !ELSEWHERE.includes(code));
  assert.deepEqual(missing, []);
});
