import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson } from "../../engine/core/fingerprint.ts";
import { baseValue, compareFields, keptFields, threeWay } from "../../engine/sync/compare.ts";

/** Who wins a field, row by row: rule × what both sides were × who changed since × what a person has said. */

type Row = readonly [
  name: string,
  base: readonly [source: string, target: string] | undefined,
  source: string,
  target: string,
  resolution: "source" | "target" | undefined,
  wants: { readonly source_wins: string; readonly target_wins: string; readonly manual: string },
];

const write = { source_wins: "write", target_wins: "write", manual: "write" };
const kept = { source_wins: "write", target_wins: "keep", manual: "keep" };
const disputed = { source_wins: "write", target_wins: "keep", manual: "conflict" };

const rows: readonly Row[] = [
  ["never seen, the target is empty", undefined, "new", "", undefined, write],
  ["never seen, the target is filled", undefined, "new", "own", undefined, disputed],
  ["agreed, only the source changed", ["old", "old"], "new", "old", undefined, write],
  ["agreed, only the target changed", ["old", "old"], "old", "own", undefined, kept],
  ["agreed, both changed", ["old", "old"], "new", "own", undefined, disputed],
  ["parted before, nothing changed", ["old", "own"], "old", "own", undefined, kept],
  ["parted before, the source changed", ["old", "own"], "new", "own", undefined, disputed],
  ["parted before, the target changed", ["old", "own"], "old", "other", undefined, kept],
  ["parted before, both changed", ["old", "own"], "new", "other", undefined, disputed],
  ["a person took the source", ["old", "old"], "new", "own", "source", { ...disputed, manual: "write" }],
  ["a person took the target", ["old", "old"], "new", "own", "target", { ...disputed, manual: "keep" }],
  [
    "never seen, a person took the source",
    undefined,
    "new",
    "own",
    "source",
    { ...disputed, manual: "write" },
  ],
];

for (const [name, base, source, target, resolution, wants] of rows) {
  for (const rule of ["source_wins", "target_wins", "manual"] as const) {
    test(`three-way, ${rule}: ${name} → ${wants[rule]}`, () => {
      const was = base && { source: baseValue(rule, base[0]), target: baseValue(rule, base[1]) };
      assert.equal(threeWay(rule, was, source, target, resolution), wants[rule]);
    });
  }
}

for (const empty of [null, "", []]) {
  test(`three-way: ${canonicalJson(empty)} counts as an empty target`, () => {
    assert.equal(threeWay("target_wins", undefined, "new", empty, undefined), "write");
    assert.equal(threeWay("manual", undefined, "new", empty, undefined), "write");
  });
}

test("compare: only fields that differ change, and what the target has after it is told", () => {
  const { changes, conflicts, after } = compareFields(
    { name: "B", phone: "1", tags: ["x"] },
    { name: "A", phone: "1", tags: ["x"], memo: "theirs" },
    {},
    null,
    undefined,
  );
  assert.deepEqual(changes, [{ field: "name", from: "A", to: "B" }]);
  assert.deepEqual(conflicts, []);
  assert.deepEqual(after, { name: "B", phone: "1", tags: ["x"], memo: "theirs" });
});

test("compare: the order of keys is no difference, the order of a list is one", () => {
  const wanted = { address: { city: "Tampa", zip: "33602" }, tags: ["a", "b"] };
  const has = { address: { zip: "33602", city: "Tampa" }, tags: ["b", "a"] };
  const { changes } = compareFields(wanted, has, {}, null, undefined);
  assert.deepEqual(
    changes.map(({ field }) => field),
    ["tags"],
  );
});

test("compare: a field that the target won is the source's again once both sides agreed", () => {
  const rules = { memo: "target_wins" } as const;
  const parted = keptFields(rules, { memo: "ours" }, { memo: "theirs" });
  assert.deepEqual(compareFields({ memo: "new" }, { memo: "theirs" }, rules, parted, undefined).changes, []);
  const agreed = keptFields(rules, { memo: "theirs" }, { memo: "theirs" });
  assert.equal(
    compareFields({ memo: "new" }, { memo: "theirs" }, rules, agreed, undefined).changes.length,
    1,
  );
});

test("compare: nothing is kept of fields that are the source's, and no value but for manual", () => {
  assert.equal(keptFields({ name: "source_wins" }, { name: "secret" }, { name: "secret" }), null);
  assert.doesNotMatch(keptFields({ name: "target_wins" }, { name: "secret" }, { name: "x" }) ?? "", /secret/);
  assert.match(keptFields({ name: "manual" }, { name: "shown" }, { name: "x" }) ?? "", /shown/);
});
