import assert from "node:assert/strict";
import { test } from "node:test";
import { LIBRARY_NAMES } from "../../engine/expression/library.ts";
import { outcome } from "./run.ts";

const TABLE: readonly (readonly [text: string, want: unknown])[] = [
  ['$text("a")', "a"],
  ["$text(nothing)", ""],
  ['$text(null, "-")', "-"],
  ["$text(1.5)", "1.5"],
  ["$text(true)", "true"],
  ['$text({"a": 1})', '{"a":1}'],
  ['$guid("a key")', "a927e1ad271382a4a1a67c7392db5ddd"],
  ["$guid(null)", null],
  ['$default(null, "d")', "d"],
  ['$default(nothing, "d")', "d"],
  ['$default("", "d")', ""],
  ['$default(0, "d")', 0],
  ["$default(nothing, nothing)", null],
  ["$total(nothing)", 0],
  ["$total([])", 0],
  ["$total([1, 2, null, 3])", 6],
  ["$total(5)", 5],
  ["$total([1.5])", "TP3201 $total needs whole numbers (minor units), not 1.5."],
  ['$total(["1"])', 'TP3201 $total needs whole numbers (minor units), not "1".'],
  ["$total([9007199254740991, 1])", "TP3201 $total is too large to be exact."],
  ['$minor("12.5", "USD")', 1250],
  ['$minor(12.34, "USD")', 1234],
  ['$minor(-0.1, "USD")', -10],
  ['$minor("12", "JPY")', 12],
  ['$minor("1.234", "BHD")', 1234],
  ['$minor(null, "USD")', null],
  ["$minor(nothing, nothing)", null],
  ['$minor("1.005", "USD")', 'TP3201 $minor: "1.005" has more than the 2 decimals of USD, or is too large.'],
  ['$minor("", "USD")', 'TP3201 $minor: "" is no exact decimal number.'],
  ['$minor("1,000.00", "USD")', 'TP3201 $minor: "1,000.00" is no exact decimal number.'],
  ['$minor(0.1 + 0.2, "USD")', "TP3201 $minor: 0.30000000000000004 is no exact decimal number."],
  ['$minor(true, "USD")', "TP3201 $minor: true is no exact decimal number."],
  ['$minor("1", "usd")', 'TP3201 $minor needs a currency such as "USD", not "usd".'],
  ['$major(1250, "USD")', 12.5],
  ['$major(1250, "JPY")', 1250],
  ['$major(null, "USD")', null],
  ['$major(12.5, "USD")', "TP3201 $major needs whole numbers (minor units), not 12.5."],
  [
    '$major(1234567890123456, "USD")',
    "TP3201 $major: 1234567890123456 has more than 15 digits, which a JSON number does not keep.",
  ],
  ['$majorText(1250, "USD")', "12.50"],
  ['$majorText(-5, "USD")', "-0.05"],
  ['$majorText(null, "USD")', null],
  ['$times("1.5", "0.33", "USD")', 50],
  ['$times("1", "0.005", "USD")', 1],
  ['$times("-1", "0.005", "USD")', -1],
  ['$times("1000", "0.00215", "USD")', 215],
  ['$times(null, "1", "USD")', null],
  ['$times("x", "1", "USD")', 'TP3201 $times: "x" is no exact decimal number.'],
  ["$decimal(1.50)", "1.5"],
  ['$decimal("01.50")', "1.5"],
  ["$decimal(null)", null],
  ['$decimal("1e3")', 'TP3201 $decimal: "1e3" is no exact decimal number.'],
  ['$decimalTimes("7.44", "0.01")', "0.0744"],
  ["$decimalTimes(null, 2)", null],
  ["$id(412)", "412"],
  ['$id("412")', "412"],
  ['$id("412.0")', "412"],
  ['$id(" A-7 ")', "A-7"],
  ['$id("")', null],
  ["$id(0)", null],
  ['$id("0")', null],
  ["$id(nothing)", null],
  [
    "$id(9007199254740992)",
    "TP3201 The id 9007199254740992 is no whole number that JavaScript keeps exactly.",
  ],
  ["$id(1.5)", "TP3201 The id 1.5 is no whole number that JavaScript keeps exactly."],
  ["$id(true)", "TP3201 $id needs text or a number, not true."],
  ['$blank("")', null],
  ['$blank("  ")', null],
  ["$blank(0)", null],
  ['$blank(" a")', " a"],
  ["$blank(false)", false],
  ["$blank(nothing)", null],
  ['$date("2026-08-31T23:00:00-05:00")', "2026-08-31"],
  ['$date("2028-02-29")', "2028-02-29"],
  ['$date("")', null],
  ["$date(null)", null],
  ['$date("2026-02-30")', 'TP3201 $date: "2026-02-30" is no date of the calendar.'],
  ['$date("2026-13-01")', 'TP3201 $date: "2026-13-01" is no date of the calendar.'],
  ['$date("8/31/2026")', 'TP3201 $date: "8/31/2026" does not begin with a date such as "2026-08-31".'],
  ["$date(20260831)", 'TP3201 $date: 20260831 does not begin with a date such as "2026-08-31".'],
  ['$instant("2026-08-31T14:00:00Z")', "2026-08-31T14:00:00Z"],
  ['$instant("2026-08-31T14:00:00.250-07:00")', "2026-08-31T21:00:00.250Z"],
  ['$instant("2026-08-31 14:00:00")', "2026-08-31T14:00:00Z"],
  ['$instant("2026-08-31T23:30:00", "-05:00")', "2026-09-01T04:30:00Z"],
  ['$instant("2026-08-31T14:00:00Z", "-05:00")', "2026-08-31T14:00:00Z"],
  ['$instant("2026-08-31", "+0200")', "2026-08-30T22:00:00Z"],
  ['$instant("2026-08-31T14:00:00.1234567")', "2026-08-31T14:00:00.123Z"],
  ['$instant("0001-01-01T00:00:00")', "0001-01-01T00:00:00Z"],
  ['$instant("")', null],
  ['$instant("2026-02-30T00:00:00Z")', 'TP3201 $instant: "2026-02-30T00:00:00Z" is no date of the calendar.'],
  [
    '$instant("2026-08-31T25:00:00Z")',
    'TP3201 $instant: "2026-08-31T25:00:00Z" is no date and time such as "2026-08-31T14:00:00Z".',
  ],
  [
    '$instant("2026-08-31T10:00:00", "EST")',
    'TP3201 $instant needs an offset such as "Z" or "-05:00", not "EST".',
  ],
  ['$addDays("2026-12-31", 1)', "2027-01-01"],
  ['$addDays("2028-03-01", -1)', "2028-02-29"],
  ["$addDays(null, 1)", null],
  ['$addDays("2026-01-01", 1.5)', "TP3201 $addDays needs a whole number of days, not 1.5."],
  ['$addDays("9999-12-31", 1)', "TP3201 The date lies outside the years 0000 to 9999."],
  ['$monthEnd("2028-02-10")', "2028-02-29"],
  ['$monthEnd("2026-12-01")', "2026-12-31"],
  ["$monthEnd(null)", null],
  ['$phone("(813) 555-0100")', "+18135550100"],
  ['$phone("813-555-0100 ext. 12")', "+18135550100"],
  ['$phone("020 7946 0958", "GB")', "+442079460958"],
  ['$phone("+44 20 7946 0958")', "+442079460958"],
  ['$phone("8135550100", null)', "+18135550100"],
  ["$phone(8135550100)", "+18135550100"],
  ['$phone("call me")', null],
  ['$phone("12")', null],
  ['$phone("")', null],
  ["$phone(null)", null],
  ['$phoneDigits("+18135550100")', "8135550100"],
  ["$phoneDigits(null)", null],
  ['$email(" a@b.com ")', "a@b.com"],
  ['$email("a.b.com")', null],
  ['$email("@")', null],
  ["$email(nothing)", null],
  ['$nameNormalized("Acme, LLC")', "acme"],
  ["$nameNormalized(null)", null],
  ['$addressKey({"lines": ["1 A St"], "postal_code": "33602-1"})', "1 a street|||336021|"],
  ["$addressKey(null)", null],
  ['$escape("a\'b", "\'")', "a\\'b"],
  ['$escape("50%_", "%_", "!")', "50!%!_"],
  ['$escape(null, "x")', null],
  ['$quote("say \\"hi\\"")', '"say \\"hi\\""'],
  ['$quote("O\'Neil", "\'")', "'O\\'Neil'"],
  ['$quote("back\\\\", "\'")', "'back\\\\'"],
  ["$quote(null)", null],
  ["$first([1, 2])", 1],
  ["$first(7)", 7],
  ["$first([])", null],
  ["$first(nothing)", null],
  ["$list(nothing)", []],
  ["$list(null)", []],
  ["$list(1)", [1]],
  ["$list([1])", [1]],
  ["$list([1, 2][$ > 1])", [2]],
  ['{ "a": $list([1][$ > 1]) }', { a: [] }],
  ['$pick({"a": 1, "b": 2, "c": 3}, ["a", "c", "x"])', { a: 1, c: 3 }],
  ['$pick({"a": 1}, "a")', { a: 1 }],
  ["$pick(null, [])", null],
  ['$joined(["a", null, "", 1, "b"], "-")', "a-1-b"],
  ['$joined([nothing, null], "-")', null],
  ["$joined(nothing)", null],
  ['$joined("a", "-")', "a"],
  ['$lookup({"a": 1}, "a")', 1],
];

for (const [text, want] of TABLE) {
  test(`library: ${text} is ${JSON.stringify(want)}`, async () =>
    assert.deepEqual(await outcome(text), want));
}

test("library: every function has a row above that gives it null or nothing", () => {
  const covered = LIBRARY_NAMES.filter((name) =>
    TABLE.some(([text]) => text.startsWith(`$${name}(n`) || text.startsWith(`$${name}("")`)),
  );
  assert.deepEqual(covered.toSorted(), LIBRARY_NAMES.toSorted());
});

test("library: functions can be handed to others and chained", async () => {
  assert.deepEqual(await outcome("$map([1, 2], $id)"), ["1", "2"]);
  assert.equal(await outcome('"12" ~> $id'), "12");
  assert.equal(await outcome(`"12" ~> $quote("'")`), "'12'");
});

test("library: a function keeps its calls beside a variable of the same name", async () => {
  const value = await outcome(
    '{ "new": $id(Customer.Id), "old": $id }',
    { Customer: { Id: 7 } },
    { id: "3" },
  );
  assert.deepEqual(value, { new: "7", old: "3" });
});

test("library: an expression that defines a name of the library uses its own", async () => {
  assert.equal(await outcome('( $first := function($x) { "mine" }; $first([1]) )'), "mine");
});
