import assert from "node:assert/strict";
import { test } from "node:test";
import { keyFinder, offsetInScalar, placeAt, placeFinder } from "../../engine/config/source.ts";
import { parseYaml, type YamlFile } from "../../engine/config/yaml.ts";

function parse(text: string): YamlFile {
  return parseYaml({ file: "x.yaml", path: "/x.yaml", text });
}

function at(place: { line: number; column: number }): string {
  return `${place.line}:${place.column}`;
}

test("yaml: every value and key knows its place", () => {
  const { nodes, value, problems } = parse("a: 1\nb:\n  - x\n  - { c: [y, z], d/e: }\n");
  const place = placeFinder(nodes);
  const key = keyFinder(nodes);
  assert.deepEqual(problems, []);
  assert.deepEqual(value, { a: 1, b: ["x", { c: ["y", "z"], "d/e": null }] });
  for (const [pointer, valueAt, keyAt] of [
    ["/a", "1:4", "1:1"],
    ["/b", "3:3", "2:1"],
    ["/b/1/c/1", "4:14", "4:14"],
    ["/b/1/d~1e", "4:18", "4:18"],
    ["/b/1/missing", "4:5", "4:5"],
    ["/nowhere/at/all", "1:1", "1:1"],
  ] as const) {
    assert.equal(at(place(pointer)), valueAt, pointer);
    assert.equal(at(key(pointer)), keyAt, pointer);
  }
});

for (const { name, text, needle, want } of [
  { name: "plain", text: "f: status = x", needle: "= x", want: "1:11" },
  { name: "single-quoted with doubled quotes", text: "f: 'it''s = x'", needle: "= x", want: "1:11" },
  { name: "double-quoted with escapes", text: 'f: "a\\n\\"b\\" \\u0041 = x"', needle: "= x", want: "1:21" },
  { name: "a literal block", text: "f: |\n  one\n\n    two = x\n", needle: "= x", want: "4:9" },
  { name: "a folded block", text: "f: >-\n  one\n  two\n  = x\n", needle: "= x", want: "4:3" },
  { name: "plain over two lines", text: "f: one\n  two\n  = x\n", needle: "= x", want: "3:3" },
  { name: "double-quoted over two lines", text: 'f: "one \\\n   two = x"', needle: "= x", want: "2:8" },
]) {
  test(`yaml: a position inside an expression is found in the file: ${name}`, () => {
    const { nodes, value, source } = parse(text);
    const written = (value as { f: string }).f;
    const node = nodes.get("/f");
    assert.ok(node);
    assert.equal(at(placeAt(source, offsetInScalar(node, written, written.indexOf(needle)))), want);
  });
}

test("yaml: a position past the end of an expression stays at its end", () => {
  const { nodes, source } = parse("f: 'a + '\ng: 1\n");
  const node = nodes.get("/f");
  assert.ok(node);
  assert.equal(placeAt(source, offsetInScalar(node, "a + ", 4)).line, 1);
});

test("yaml: a byte order mark and Windows line ends move no column", () => {
  const { nodes, value, problems } = parse("a: 1\r\nb: two\r\n");
  assert.deepEqual(problems, []);
  assert.deepEqual(value, { a: 1, b: "two" });
  assert.equal(at(placeFinder(nodes)("/b")), "2:4");
});

for (const { text, value } of [
  { text: "a: no", value: "no" },
  { text: "a: on", value: "on" },
  { text: "a: 12:30", value: "12:30" },
  { text: "a: 2026-08-01", value: "2026-08-01" },
  { text: 'a: "0400"', value: "0400" },
  { text: "a: 1_000", value: "1_000" },
  { text: "a: -5", value: -5 },
  { text: "a: 1.5", value: 1.5 },
  { text: "a: true", value: true },
  { text: "a: ~", value: null },
]) {
  test(`yaml: ${text} means ${JSON.stringify(value)}`, () => {
    const parsed = parse(text);
    assert.deepEqual(parsed.problems, []);
    assert.deepEqual(parsed.value, { a: value });
  });
}

for (const written of [
  "0400",
  "4000.10",
  "1e3",
  "0x1F",
  "0o17",
  "+1",
  "1.0",
  ".5",
  ".inf",
  ".nan",
  "9007199254740993",
]) {
  test(`yaml: the number ${written} is not silently another spelling`, () => {
    const { problems } = parse(`a: ${written}`);
    assert.deepEqual(
      problems.map(({ code, line, column }) => `${line}:${column} ${code}`),
      ["1:4 TP1014"],
    );
    assert.match(problems[0]?.hint ?? "", new RegExp(`"${written.replace(/[.+]/g, "\\$&")}"`));
  });
}

const TRUTH = "truth:\n  customer: psa\n  contact: psa\nlast: x\n";
for (const { name, from, to, at: place, says, cure } of [
  {
    name: "one column too deep",
    from: "  contact",
    to: "   contact",
    at: "2:13",
    says: /indentation/,
    cure: /same column/,
  },
  {
    name: "one column short",
    from: "  contact",
    to: " contact",
    at: "3:1",
    says: /indentation/,
    cure: /same column/,
  },
  {
    name: "at the margin",
    from: "  customer",
    to: "customer",
    at: "2:11",
    says: /indentation/,
    cure: /same/,
  },
  {
    name: "no space",
    from: "contact: psa",
    to: "contact:psa",
    at: "3:3",
    says: /colon/,
    cure: /space after/,
  },
  { name: "no colon", from: "truth:", to: "truth", at: "1:1", says: /colon/, cure: /space after/ },
  {
    name: "a colon inside",
    from: "contact: psa",
    to: "contact: a: b",
    at: "3:12",
    says: /colon/,
    cure: /quotes/,
  },
  {
    name: "an open quote",
    from: "contact: psa",
    to: 'contact: "psa',
    at: "5:1",
    says: /quote/,
    cure: /own line/,
  },
  {
    name: "an open brace",
    from: "psa\nlast",
    to: "{ a: b\nlast",
    at: "4:1",
    says: /a \{ above/,
    cure: /with \}/,
  },
  {
    name: "an open bracket",
    from: "psa\nlast",
    to: "[a, b\nlast",
    at: "4:1",
    says: /a \[ above/,
    cure: /with \]/,
  },
  {
    name: "a reserved character",
    from: "psa\nlast",
    to: "@a\nlast",
    at: "3:12",
    says: /reserved/,
    cure: /quotes/,
  },
]) {
  test(`yaml: what a hand gets wrong is told with its own cure: ${name}`, () => {
    const [problem, ...more] = parse(TRUTH.replace(from, to)).problems;
    assert.ok(problem);
    assert.deepEqual([problem.code, at(problem), more], ["TP1010", place, []]);
    assert.match(problem.message, says);
    assert.match(problem.hint ?? "", cure);
  });
}
