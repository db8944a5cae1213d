import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, LinkRow } from "../../engine/state/types.ts";
import { groupOf, linkChanges, provisionalLinks } from "../../engine/sync/links.ts";
import { linkRows, lookups } from "../support/stages.ts";

/** Which ids are one thing, whatever order that was found out in. */

type System = "psa" | "billing" | "accounting";
const end = (text: string, label = "") => {
  const [system, id = ""] = text.split(":");
  return { system: system as System, id, label };
};

function apply(rows: readonly LinkRow[], changes: readonly Change[]): readonly LinkRow[] {
  const byKey = new Map(rows.map((row) => [`${row.system} ${row.id}`, row]));
  for (const change of changes) {
    if ("put" in change && change.put === "link")
      byKey.set(`${change.row.system} ${change.row.id}`, change.row);
  }
  return [...byKey.values()];
}

function linked(...pairs: readonly (readonly [string, string])[]): readonly LinkRow[] {
  return pairs.reduce<readonly LinkRow[]>(
    (rows, [left, right]) =>
      apply(rows, linkChanges(lookups(rows), "customer", end(left), end(right)).changes),
    [],
  );
}

const sorted = (rows: readonly LinkRow[]) =>
  rows.map(({ system, id, uid }) => `${system}:${id} ${uid}`).sort();

test("links: two ids of nothing become one thing, named after its first member", () => {
  const rows = linked(["billing:5", "psa:1"]);
  assert.equal(new Set(rows.map(({ uid }) => uid)).size, 1);
  assert.equal(rows[0]?.uid, groupOf("customer", [end("psa:1")]));
});

test("links: three ids are the same thing under the same name in every order of finding out", () => {
  const want = sorted(linked(["psa:1", "billing:5"], ["billing:5", "accounting:9"]));
  for (const pairs of [
    [
      ["billing:5", "accounting:9"],
      ["psa:1", "billing:5"],
    ],
    [
      ["psa:1", "accounting:9"],
      ["billing:5", "psa:1"],
    ],
    [
      ["accounting:9", "psa:1"],
      ["accounting:9", "billing:5"],
    ],
  ] as const) {
    assert.deepEqual(sorted(linked(...pairs)), want);
  }
});

test("links: joining two groups takes all members of both along", () => {
  const rows = linked(["psa:1", "psa:2"], ["billing:5", "accounting:9"], ["psa:2", "billing:5"]);
  assert.equal(rows.length, 4);
  assert.equal(new Set(rows.map(({ uid }) => uid)).size, 1);
});

test("links: a link that is known changes nothing", () => {
  const rows = linked(["psa:1", "billing:5"]);
  assert.deepEqual(linkChanges(lookups(rows), "customer", end("psa:1"), end("billing:5")).changes, []);
});

test("links: a label is kept until another one comes, and an empty one is none", () => {
  const first = apply(
    [],
    linkChanges(lookups([]), "customer", end("psa:1", "CUST-1"), end("billing:5")).changes,
  );
  const again = linkChanges(lookups(first), "customer", end("psa:1", ""), end("billing:5", "CB-5"));
  const labels = Object.fromEntries(apply(first, again.changes).map(({ id, label }) => [id, label]));
  assert.deepEqual(labels, { 1: "CUST-1", 5: "CB-5" });
});

test("provisional: a link of the plan is found from both ends, and the state stays as it is", () => {
  const rows = linkRows("customer");
  const links = provisionalLinks(lookups(rows));
  links.add("customer", end("psa:1"), { system: "billing", id: "new:customer:1" });
  assert.deepEqual(links.translate("customer", "psa", "billing", ["1"]).get("1"), ["new:customer:1"]);
  assert.deepEqual(links.translate("customer", "billing", "psa", ["new:customer:1"]).get("new:customer:1"), [
    "1",
  ]);
  assert.equal(links.translate("contact", "psa", "billing", ["1"]).size, 0);
  assert.deepEqual(lookups(rows).translate("customer", "psa", "billing", ["1"]), new Map());
});

for (const { name, rows, add, asked, want } of [
  {
    name: "an unlinked id joins a group of the state",
    rows: [["billing:5", "accounting:9"]],
    add: [["psa:1", "billing:5"]],
    asked: ["psa", "accounting", "1"],
    want: ["9"],
  },
  {
    name: "two groups of the state are joined by the plan",
    rows: [
      ["psa:1", "billing:4"],
      ["billing:5", "accounting:9"],
    ],
    add: [["psa:1", "billing:5"]],
    asked: ["billing", "accounting", "4"],
    want: ["9"],
  },
  {
    name: "a chain of planned links",
    rows: [],
    add: [
      ["psa:1", "billing:new"],
      ["psa:1", "accounting:new"],
    ],
    asked: ["billing", "accounting", "new"],
    want: ["new"],
  },
  {
    name: "a second id in one system is told, not hidden",
    rows: [["psa:1", "billing:4"]],
    add: [["psa:1", "billing:5"]],
    asked: ["psa", "billing", "1"],
    want: ["4", "5"],
  },
] as const) {
  test(`provisional: ${name}`, () => {
    const links = provisionalLinks(lookups(linkRows("customer", ...rows)));
    for (const [left, right] of add) links.add("customer", end(left), end(right));
    const [from, to, id] = asked;
    assert.deepEqual(links.translate("customer", from, to, [id]).get(id), want);
  });
}

test("provisional: child lists are read of parents that the plan links, too", () => {
  const links = provisionalLinks(lookups(linkRows("customer", ["psa:1", "billing:5"])));
  links.add("customer", end("psa:2"), end("billing:new"));
  assert.deepEqual([...links.idsIn("customer", "psa")].sort(), ["1", "2"]);
});
