import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { validate } from "../../engine/commands/validate.ts";
import { packageRoot } from "../../engine/config/root.ts";
import type { Problem } from "../../engine/core/problem.ts";
import { type ProblemFormat, renderProblems } from "../../engine/report/problems.ts";
import { ENV, FIXTURES, freshRoot } from "../config/client-folder.ts";

const GOLDEN = join(packageRoot(), "test", "golden", "problems");

/** Compares with the golden file; UPDATE_GOLDEN=1 writes it anew. */
function assertGolden(name: string, actual: string): void {
  const path = join(GOLDEN, name);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, actual);
  assert.equal(actual, readFileSync(path, "utf8"));
}

const FORMATS: readonly { format: ProblemFormat; file: string }[] = [
  { format: "text", file: "many.txt" },
  { format: "json", file: "many.json" },
  { format: "github", file: "many.github.txt" },
];

for (const { format, file } of FORMATS) {
  test(`problems as ${format}: a folder with many mistakes`, (t) => {
    const root = freshRoot(t, join(FIXTURES, "broken", "many-mistakes"));
    const { problems, sources } = validate({ root, env: ENV, cwd: root });
    assertGolden(file, renderProblems(problems, format, sources));
  });
}

const ONE: Problem = {
  code: "TP2012",
  severity: "error",
  file: "a,b:c%.yaml",
  line: 2,
  column: 3,
  message: "50% of it\r\nis wrong: really, \u001b[31mred",
  hint: "Do\nthis.",
};

test("problems as github: what would end a line or a property is escaped", () => {
  const [line, ...rest] = renderProblems([ONE, { ...ONE, severity: "warning" }], "github").split("\n");
  assert.equal(
    line,
    "::error file=a%2Cb%3Ac%25.yaml,line=2,col=3,title=TP2012::50%25 of it%0D%0Ais wrong: really, \u001b[31mred%0ADo%0Athis.",
  );
  assert.match(rest[0] ?? "", /^::warning file=/);
  assert.deepEqual(rest.slice(1), [""]);
});

test("problems as text: control characters do not reach the terminal", () => {
  const source = "x\n\t\u001b[2Jy: 1\r\nz\n";
  const text = renderProblems([ONE], "text", new Map([[ONE.file, source]]));
  assert.doesNotMatch(text.replaceAll("\n", ""), /[\u0000-\u0008\u000a-\u001f]/);
});

test("problems as text: the caret stands under the column, behind tabs and in long lines", () => {
  const problem = { ...ONE, message: "m", line: 1 };
  const lines = (source: string, column: number): string[] =>
    renderProblems([{ ...problem, column }], "text", new Map([[ONE.file, source]])).split("\n");
  assert.deepEqual(lines("\t\tkey: x\n", 8).slice(1, 3), ["  1 | \t\tkey: x", "    | \t\t     ^"]);
  const [, shown = "", caret = ""] = lines(`${"a".repeat(300)}X${"b".repeat(300)}`, 301);
  assert.equal(shown[caret.indexOf("^")], "X");
  assert.ok(shown.length < 130);
});

test("problems as text: a place without source shows no lines", () => {
  assert.equal(renderProblems([{ ...ONE, message: "m" }], "text").split("\n")[1], "  Do�this.");
});

test("problems: nothing wrong prints nothing, and an empty list as JSON", () => {
  assert.equal(renderProblems([], "text"), "");
  assert.equal(renderProblems([], "github"), "");
  assert.deepEqual(JSON.parse(renderProblems([], "json")), { schemaVersion: 1, problems: [] });
});
