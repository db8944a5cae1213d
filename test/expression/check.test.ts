import assert from "node:assert/strict";
import { test } from "node:test";
import { checkExpression, type EntityShape } from "../../engine/expression/index.ts";

type Field = readonly [kind: string, nullable: boolean];

const FIELDS: { readonly [path: string]: Field } = {
  id: ["string", true],
  memo: ["string", true],
  number: ["string", false],
  total: ["money", false],
  status: ["string", false],
  customer_id: ["string", false],
  period: ["object", true],
  "period.from": ["date", false],
  "period.to": ["date", false],
  lines: ["array", false],
  "lines.amount": ["money", false],
  "lines.quantity": ["decimal", false],
  "lines.description": ["string", true],
  "lines.gl_code": ["string", true],
  "lines.period": ["object", true],
  "lines.period.from": ["date", false],
  taxes: ["array", false],
  "taxes.amount": ["money", false],
};

const invoice: EntityShape = {
  typeAt: (path) => {
    const field = FIELDS[path];
    return field === undefined ? undefined : { kinds: [field[0]], nullable: field[1] };
  },
  namesAt: (path) =>
    Object.keys(FIELDS)
      .filter((key) => (path === "" ? !key.includes(".") : key.startsWith(`${path}.`)))
      .map((key) => key.slice(path === "" ? 0 : path.length + 1))
      .filter((name) => !name.includes(".")),
};

function found(text: string): readonly string[] {
  return checkExpression(text, { entity: invoice, variables: ["invoicing", "record"] }).map(
    ({ code, offset }) => `${code} at ${offset}`,
  );
}

for (const [text, ...want] of [
  ["a word too many yes", "TP3101 at 2"],
  ['"Services " & period.from & "', "TP3101 at 28"],
  ['$eval("total")', "TP3102 at 0"],
  ["total = $random() or $millis() > $random()", "TP3102 at 8", "TP3102 at 33"],
  ["$match(number, /(a+)+/)", "TP3107 at 15"],
  ["(".repeat(101), "TP3108 at 100"],

  ["$totl(lines.amount)", "TP3103 at 0"],
  ["number = $recrod", "TP3103 at 9"],
  ["[$map(lines, function($l) { $m })]", "TP3103 at 28"],
  ["trim(number)", "TP3103 at 0"],

  ["totl", "TP3104 at 0"],
  ["  lines.amont", "TP3104 at 8"],
  ["`lins`.amount", "TP3104 at 0"],
  ["period.form", "TP3104 at 7"],
  ["lines.period.form", "TP3104 at 13"],
  ["number.length", "TP3104 at 7"],
  ["lines[amont > 0].amount", "TP3104 at 6"],
  ["lines.{ 'a': amont }", "TP3104 at 13"],
  ["lines{ gl_cod: amount }", "TP3104 at 7"],
  ["lines^(amont)", "TP3104 at 7"],
  ["lines.(amont)", "TP3104 at 7"],
  ["lines.$text(amont)", "TP3104 at 12"],
  ["$map(lines, function($l) { $l.amont })", "TP3104 at 30"],
  ["lines ~> $filter(function($l) { $l.amont > 0 })", "TP3104 at 35"],
  ["$reduce(lines, function($sum, $l) { $sum + $l.amont }, 0)", "TP3104 at 46"],
  ["( $l := lines[0]; $l.amont )", "TP3104 at 21"],
  ["lines.($$.totl)", "TP3104 at 10"],
  ["status = 'x' ? totl : numbr", "TP3104 at 15", "TP3104 at 22"],

  ["total * 2", "TP3105 at 0"],
  ["2 * total", "TP3105 at 4"],
  ["total / 100", "TP3105 at 0"],
  ["lines.(amount % 3)", "TP3105 at 7"],
  ["$round(total)", "TP3105 at 7"],
  ["$average(lines.amount)", "TP3105 at 9"],
  ["(total - $sum(taxes.amount)) * 0.1", "TP3105 at 0"],
  ["$map(lines, function($l) { $l.amount * 2 })", "TP3105 at 27"],

  ["memo & 'x'", "TP3106 at 0"],
  ["'x' & memo", "TP3106 at 6"],
  ["$trim(memo)", "TP3106 at 6"],
  ["memo ~> $trim", "TP3106 at 0"],
  ["memo ~> $substring(0, 5)", "TP3106 at 0"],
  ["$exists(memo)", "TP3106 at 8"],
  ["memo ?? 'x'", "TP3106 at 0"],
  ["lines.$uppercase(description)", "TP3106 at 17"],
  ["$join(lines.description, ', ')", "TP3106 at 6"],
  ["$map(lines, function($l) { $length($l.description) })", "TP3106 at 35"],
  ["( $m := memo; $split($m, ' ') )", "TP3106 at 21"],
  ["number = '1' ? $trim(memo)", "TP3106 at 21"],
] as const) {
  test(`check: ${text.slice(0, 60)} gives ${want.join(", ")}`, () => assert.deepEqual(found(text), want));
}

for (const text of [
  '"Services " & period.from & " – " & period.to',
  "$total(lines.amount) + $total(taxes.amount) = total",
  'status in ["issued", "voided"]',
  '$invoicing(customer_id, period.from) = "separate"',
  "raw.customFields.Anything.at.all",
  "raw.total * 2",
  "$text(memo) & 'x'",
  "$trim($default(memo, ''))",
  "memo ? $trim(memo) : null",
  "memo != null and $contains(memo, 'x')",
  "memo = null or $contains(memo, 'x')",
  "lines[description != null].$trim(description)",
  "$join(lines.description[$ != null], ', ')",
  "lines[description].description & ''",
  "$filter(lines, function($l) { $l.description != null }).description & ''",
  "( $m := memo; $m ? $trim($m) )",
  "( $x := lines; $x := raw; $x.anything )",
  "( $f := function($l) { $l.anything }; $f(lines) )",
  "$each($record, function($v, $k) { $v.anything })",
  "lines@$l.taxes.anything",
  "lines.%.anything",
  "**.anything",
  "*.anything",
  "$merge([$, { 'x': 1 }]).anything",
  "$lookup($, 'anything').more",
  "lines#$i.{ 'n': $i, 'a': amount }",
  "$ ~> |lines|{ 'anything': 1 }|",
  "-total + 5",
  "lines.quantity",
  "total > 0 ? total : -total",
  "$times(lines[0].quantity, '1.5', 'USD')",
  "$exists(raw.memo)",
  "id = null",
  "function($x) { $x.anything }",
  "( $trim := function($x) { $x }; $trim(memo) )",
]) {
  test(`check: nothing is said about ${text}`, () => assert.deepEqual(found(text), []));
}

test("check: without an entity no path is checked", () => {
  assert.deepEqual(checkExpression("$id(anything.at.all) & memo", { variables: [] }), []);
});

test("check: hints name the near miss and what to write instead", () => {
  const hint = (text: string) => checkExpression(text, { entity: invoice, variables: ["record"] })[0]?.hint;
  assert.equal(hint("$totl(lines.amount)"), "Did you mean $total?");
  assert.equal(hint("$recrod"), "Did you mean $record?");
  assert.equal(hint("$anything"), "Variables here: $record.");
  assert.equal(hint("trim(number)"), "Write $trim(…).");
  assert.match(hint("totl") ?? "", /^Did you mean total\? Fields there: id, memo, /);
  assert.equal(hint("number.x"), "number has no parts.");
  assert.match(hint("total * 2") ?? "", /\$times.*\$total/);
  assert.equal(hint("memo & 'x'"), "Write $text(memo) or $default(memo, …), or compare it with null first.");
  assert.equal(hint("$exists(memo)"), "Write memo != null.");
  assert.equal(
    hint("$join(lines.description)"),
    "Write $joined(lines.description, …), which leaves null out.",
  );
});
