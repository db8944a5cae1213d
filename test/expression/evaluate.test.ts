import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../engine/core/json.ts";
import { compileExpression, type Expression, evaluatePage } from "../../engine/expression/index.ts";
import { NATIVE_NAMES, native } from "../../engine/expression/natives.ts";
import { NOW, outcome, run } from "./run.ts";

function compiled(text: string): Expression {
  const result = compileExpression(text);
  assert.ok("expression" in result, `${text} compiles`);
  return result.expression;
}

for (const { name, text, code, offset } of [
  { name: "a word too many", text: "total and paid yes", code: "S0201", offset: 15 },
  { name: "a variable too many", text: "a $b", code: "S0201", offset: 2 },
  { name: "a text that is not closed", text: 'a & "bc', code: "S0101", offset: 4 },
  { name: "an object that lacks a value", text: '{ "a": }', code: "S0211", offset: 7 },
  { name: "a bracket that is not closed", text: "$sum(a", code: "S0203", offset: 6 },
  { name: "nothing at all", text: "", code: "S0207", offset: 0 },
  { name: "an escape that is none", text: '"a\\qb"', code: "S0103", offset: 2 },
  { name: "$eval", text: 'a & $eval("1")', code: "TP3102", offset: 4 },
  { name: "$random", text: "[$random()]", code: "TP3102", offset: 1 },
  { name: "$shuffle, handed to another function", text: "$map(a, $shuffle)", code: "TP3102", offset: 8 },
  { name: "a repetition in a repetition", text: "$match(a, /^(x+)*$/)", code: "TP3107", offset: 10 },
]) {
  test(`compile: ${name} is refused at its place`, () => {
    const result = compileExpression(text);
    assert.ok("error" in result);
    assert.equal(result.error.code, code);
    assert.equal(result.error.offset, offset);
    assert.match(result.error.message, /^[^\n]+[.!?]$/);
  });
}

for (const { name, text, code, offset } of [
  { name: "the operator", text: '1 + "a"', code: "T2002", offset: 2 },
  { name: "the function", text: 'a & $number("x")', code: "D3030", offset: 4 },
  { name: "our own function", text: '1 + $minor("x", "USD")', code: "TP3201", offset: 4 },
  { name: "the function that is none", text: "1 + $nope(1)", code: "T1006", offset: 4 },
]) {
  test(`evaluate: an error points at ${name}`, async () => {
    const result = await run(text);
    assert.deepEqual(result.ok ? result : [result.error.code, result.error.offset], [code, offset]);
  });
}

test("compile: one text gives one expression", () => {
  assert.equal(compiled("a.b.c"), compiled("a.b.c"));
});

test("evaluatePage: one bad record gives an error for that record only", async () => {
  const inputs = [{ amount: "1.50" }, { amount: "many" }, { amount: null }, { amount: 2 }];
  const results = await evaluatePage(compiled('$minor(amount, "USD")'), inputs, { now: NOW });
  assert.deepEqual(
    results.map((result) => (result.ok ? result.value : result.error.code)),
    [150, "TP3201", null, 200],
  );
});

test("evaluatePage: variables come from the page and from each record, which wins", async () => {
  const results = await evaluatePage(compiled("$settings.a & $key & $shared & $twice($key)"), [{}, {}], {
    now: NOW,
    variables: {
      settings: { a: "s" },
      shared: "page",
      twice: (text: string) => Promise.resolve(text + text),
    },
    each: (index) => ({ key: `k${index}`, ...(index === 1 ? { shared: "own" } : {}) }),
  });
  assert.deepEqual(
    results.map((result) => result.ok && result.value),
    ["sk0pagek0k0", "sk1ownk1k1"],
  );
});

test("evaluatePage: a variable that throws fails its record only", async () => {
  const results = await evaluatePage(compiled("$look(id)"), [{ id: 1 }, { id: 2 }], {
    now: NOW,
    variables: {
      look: (id: number) => {
        if (id === 1) throw new Error("no such thing");
        return id;
      },
    },
  });
  assert.deepEqual(results[0], {
    ok: false,
    error: { code: "TP3204", message: "no such thing.", offset: 0 },
  });
  assert.deepEqual(results[1], { ok: true, value: 2 });
});

test("evaluatePage: timers get their turn during a page", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await evaluatePage(
    compiled("$sum([1..2000].($ + 1))"),
    Array.from({ length: 200 }, () => ({})),
    { now: NOW },
  );
  clearInterval(timer);
  assert.ok(ticks > 0);
});

test("evaluate: $now and $millis are the constants of the run", async () => {
  const text = '[$now(), $millis(), $now("[Y0001]-[M01]"), $now() = $now()]';
  const page = await evaluatePage(compiled(text), [{}, {}], { now: NOW, variables: { now: 1, millis: 2 } });
  const want = { ok: true, value: ["2026-08-01T12:00:00.000Z", NOW, "2026-08", true] };
  assert.deepEqual(page, [want, want]);
});

test("evaluate: results are plain JSON", async () => {
  const result = await run('{ "a": lines.n, "b": lines[0].{ "n": n }, "c": [1..3], "d": none }', {
    lines: [{ n: 1 }, { n: 2 }],
  });
  assert.deepStrictEqual(result, { ok: true, value: { a: [1, 2], b: { n: 1 }, c: [1, 2, 3] } });
});

for (const { name, text, want } of [
  { name: "a missing value stays undefined", text: "nothing", want: undefined },
  { name: "null stays null", text: "null", want: null },
  { name: "minus zero is zero", text: "0 * -1", want: 0 },
  {
    name: "a function is refused",
    text: "$sum",
    want: "TP3202 The result holds a function; only JSON can be used.",
  },
  { name: "a function inside is refused", text: '{ "a": [function($x) { $x }] }', want: /^TP3202 / },
]) {
  test(`evaluate: ${name}`, async () => {
    const value = await outcome(text);
    if (want instanceof RegExp) assert.match(String(value), want);
    else assert.deepStrictEqual(value, want);
  });
}

for (const text of [
  "lines[]",
  "$append(lines, lines)",
  "lines^(>n)",
  "$sort(lines, function($a, $b) { $a.n < $b.n })",
  '$ ~> |lines|{"n": 5}|',
  "$reverse(lines)",
  "$merge([$, address])",
  "$list(lines)",
  "$kept.lines[]",
]) {
  test(`evaluate: ${text} leaves its input as it was`, async () => {
    const input: Json = { lines: [{ n: 2 }], address: { n: 1 } };
    const kept = { lines: [{ n: 3 }] };
    const result = await run(text, input, { kept });
    assert.ok(result.ok);
    assert.deepStrictEqual([input, kept], [{ lines: [{ n: 2 }], address: { n: 1 } }, { lines: [{ n: 3 }] }]);
  });
}

test("evaluate: keys that reach for the prototype do nothing", async () => {
  const input: Json = JSON.parse(
    '{"__proto__": {"admin": true}, "constructor": {"prototype": {"admin": true}}}',
  );
  for (const text of [
    "$",
    "$merge([$, {}])",
    '{ "__proto__": { "admin": true } }',
    '$ ~> |$|{"__proto__": {"admin": true}}|',
    '$lookup($, "__proto__")',
    "$each($, function($v, $k) { { $k: $v } })",
    "$pick($, ['__proto__', 'constructor'])",
  ]) {
    const result = await run(text, input);
    assert.ok(result.ok, text);
    assert.equal(Reflect.get({}, "admin"), undefined, text);
    assert.equal(JSON.stringify(result.value)?.includes("__proto__") ?? false, false, text);
    if (typeof result.value === "object" && result.value !== null && !Array.isArray(result.value)) {
      assert.equal(Object.getPrototypeOf(result.value), Object.prototype, text);
    }
  }
  assert.equal(await outcome("constructor", {}), undefined);
});

test("natives: every name listed is a function of this version of the library", () => {
  for (const name of NATIVE_NAMES) assert.equal(typeof native(name).implementation, "function", name);
});

test("evaluate: two that are asked for at once run one after the other, so that neither waits on its own time", async () => {
  const steps: string[] = [];
  const variables = { step: (name: string) => steps.push(name) };
  await Promise.all([
    run('($step("a1"); $step("a2"); $step("a3"))', {}, variables),
    run('($step("b1"); $step("b2"); $step("b3"))', {}, variables),
  ]);
  assert.deepEqual(steps, ["a1", "a2", "a3", "b1", "b2", "b3"]);
});
