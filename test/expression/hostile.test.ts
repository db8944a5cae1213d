import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../engine/core/json.ts";
import { outcome, run } from "./run.ts";

// The limits are five seconds per record; the rest is for a slow machine.
const BOUND_MS = 20_000;

const grow = (more: string, start: string): string =>
  `( $f := function($s, $n) { $n = 0 ? $s : $f(${more}, $n - 1) }; $f(${start}, 80) )`;

const HOSTILE: readonly (readonly [name: string, text: string, code: string])[] = [
  ["endless tail recursion", "( $f := function($x) { $f($x) }; $f(1) )", "D1012"],
  ["endless recursion", "( $f := function($x) { 1 + $f($x) }; $f(1) )", "D1011"],
  ["two functions without end", "( $f := function() { $g() }; $g := function() { $f() }; $f() )", "D1012"],
  ["a range of 1e8", "[1..100000000]", "D2014"],
  ["a range past the limit of lists", "[1..1000000]", "D2015"],
  ["a product of ranges", "[1..100000].([1..100000])", "D1012"],
  ["a huge pad", '$pad("x", 100000000)', "TP3203"],
  ["a huge pad to the left", '$pad("x", -100000000, "ab")', "TP3203"],
  ["a text that doubles", grow("$s & $s", '"x"'), "TP3203"],
  ["a text that doubles by joining", grow("$join([$s, $s])", '"x"'), "TP3203"],
  ["a text that doubles by replacing", grow('$replace($s, "x", "xx")', '"x"'), "TP3203"],
  ["a list that doubles", grow("[$s, $s]", "[1]"), "D2015"],
  ["a list that doubles by appending", grow("$append($s, $s)", "[1]"), "D2015"],
  ["an object that doubles", grow('{ "a": $s, "b": $s }', "{}"), "TP3203"],
  ["an object that doubles, as text", `$string(${grow('{ "a": $s, "b": $s }', "{}")})`, "TP3203"],
  ["replacing each of many by much", '$replace($pad("", 900000, "a"), "a", $pad("", 900000, "b"))', "TP3203"],
  ["a picture of great width", '$fromMillis(0, "[Y,1000000000-1000000000]")', "TP3203"],
  ["many values to compare", "$distinct([1..100000])", "TP3203"],
  ["20,000 brackets", `${"(".repeat(20_000)}1${")".repeat(20_000)}`, "TP3108"],
  ["20,000 lists", `${"[".repeat(20_000)}1${"]".repeat(20_000)}`, "TP3108"],
  ["20,000 brackets that are not closed", "(".repeat(20_000), "TP3108"],
  ["20,000 signs", `${"-".repeat(20_000)}1`, "TP3108"],
  ["20,000 conditions", `${"1?".repeat(20_000)}1`, "TP3108"],
  ["20,000 sums", `1${"+1".repeat(20_000)}`, "TP3108"],
  ["2,000 sums", `1${"+1".repeat(1999)}`, "D1011"],
  ["a megabyte of text", `"${"x".repeat(1_000_000)}"`, "TP3108"],
  ["a repetition in a repetition", `$match("${"a".repeat(40)}!", /^(a+)+$/)`, "TP3107"],
  ["a repetition of a repeated group", "$match(a, /^((ab)*c*)+$/)", "TP3107"],
  ["alternatives that overlap", `$match("${"a".repeat(60)}!", /^(a|aa)*$/)`, "TP3203"],
  ["many optional parts", `$match("${"a".repeat(48)}", /(a?){40}a{40}$b/)`, "TP3203"],
  ["repetitions in a row", '$contains($pad("", 50000, "a"), /a*a*a*a*b/)', "TP3203"],
];

for (const [name, text, code] of HOSTILE) {
  test(`hostile: ${name} ends as ${code}`, async () => {
    const started = performance.now();
    const result = await run(text, { a: "x" });
    assert.equal(result.ok ? "a value" : result.error.code, code);
    assert.ok(performance.now() - started < BOUND_MS);
    // The process lives and the next record is not touched by what happened to this one.
    assert.equal(await outcome("1 + 1"), 2);
  });
}

test("hostile: 2,000 signs and 500 conditions still parse", async () => {
  assert.equal(await outcome(`${"-".repeat(2000)}1`), 1);
  assert.equal(await outcome(`${"false?0:".repeat(500)}1`), 1);
});

test("hostile: data nested very deep is refused, not followed", async () => {
  const deep: Json = JSON.parse(`${"[".repeat(100_000)}1${"]".repeat(100_000)}`);
  for (const text of ["$", "**", "$string($)", "$ = $"]) {
    const result = await run(text, deep);
    if (text !== "$ = $") assert.equal(result.ok, false, text);
  }
});

test("hostile: a harmless expression under a deadline gives what it would without", async () => {
  const long = "word, ".repeat(5000);
  assert.equal(await outcome("$count($match(text, /(\\w+),\\s*/))", { text: long }), 5000);
  assert.equal(await outcome('$replace(text, /\\s*:\\s*/, " - ")', { text: "a :b" }), "a - b");
  assert.equal(await outcome("$match(text, /TxnId=(\\d+)/)[0].groups[0]", { text: "TxnId=45" }), "45");
  assert.equal(await outcome("$contains(text, /^(a|b)+$/)", { text: "abba" }), true);
});
