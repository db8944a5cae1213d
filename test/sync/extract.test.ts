import assert from "node:assert/strict";
import { test } from "node:test";
import type { ListSpec } from "../../engine/config/connector-types.ts";
import type { CursorRow, IssueRow, State } from "../../engine/state/types.ts";
import { extract, planReading, readyAgain } from "../../engine/sync/extract.ts";
import { stateLinks } from "../../engine/sync/links.ts";
import { issueOf, linkRows, listing, lookups, pipelineOf, systemRecord } from "../support/stages.ts";

/** What a run looks at: where its list starts, and what waited for something that is there now. */

const NOW = Date.parse("2026-08-20T12:00:00Z");
const CURSOR: CursorRow = {
  pipeline: "test",
  value: "2026-08-20T11:00:00Z",
  full_at: "2026-08-19T00:00:00Z",
  hash: "hash",
};
const LIST: ListSpec = {
  path: "",
  query: {},
  records: "",
  incremental: true,
  parent: null,
  details: null,
  by_id: false,
  each: null,
  also: [],
  method: "GET",
  headers: {},
  body: null,
};

// The one look-up that planReading makes.
const withCursor = (row: CursorRow | undefined) =>
  ({ rows: () => (row === undefined ? [] : [row]) }) as unknown as State;

for (const { name, cursor, list, want } of [
  {
    name: "the first run reads all",
    cursor: undefined,
    list: LIST,
    want: { full: true, reconfigured: false, since: undefined },
  },
  {
    name: "a later one starts at its cursor less the overlap",
    cursor: CURSOR,
    list: LIST,
    want: { full: false, reconfigured: false, since: "2026-08-20T10:45:00Z" },
  },
  {
    name: "another configuration compares everything",
    cursor: { ...CURSOR, hash: "other" },
    list: LIST,
    want: { full: true, reconfigured: true, since: undefined },
  },
  {
    name: "a week after the last full compare comes the next",
    cursor: { ...CURSOR, full_at: "2026-08-13T12:00:00Z" },
    list: LIST,
    want: { full: true, reconfigured: false, since: undefined },
  },
  {
    name: "and not a second before",
    cursor: { ...CURSOR, full_at: "2026-08-13T12:00:01Z" },
    list: LIST,
    want: { full: false, reconfigured: false, since: "2026-08-20T10:45:00Z" },
  },
  {
    name: "a list that cannot be narrowed is always read in full",
    cursor: CURSOR,
    list: { ...LIST, incremental: false },
    want: { full: true, reconfigured: false, since: undefined },
  },
  {
    name: "a cursor without a value reads all",
    cursor: { ...CURSOR, value: "" },
    list: LIST,
    want: { full: true, reconfigured: false, since: undefined },
  },
]) {
  test(`reading: ${name}`, () => {
    const { full, reconfigured, since } = planReading(pipelineOf(), list, withCursor(cursor), NOW);
    assert.deepEqual({ full, reconfigured, since }, want);
  });
}

test("reading: without full_compare none is ever due", () => {
  const pipeline = pipelineOf({ source: { incremental: { lookback_ms: 0, full_compare_ms: null } } });
  const cursor = { ...CURSOR, full_at: "2001-01-01T00:00:00Z" };
  assert.equal(planReading(pipeline, LIST, withCursor(cursor), NOW).full, false);
});

const awaits = (entity: string, id: string) => ({ detail: JSON.stringify({ entity, id }) });

const ISSUES: readonly (readonly [issue: IssueRow, ready: boolean, why: string])[] = [
  [issueOf("1", "reference_missing", awaits("customer", "9")), false, "its customer is still not linked"],
  [issueOf("2", "reference_missing", awaits("customer", "1")), true, "its customer is linked now"],
  [
    issueOf("3", "parent_not_linked", { kind: "skipped", ...awaits("customer", "1") }),
    true,
    "its parent is linked now",
  ],
  [
    issueOf("4", "parent_not_linked", { kind: "skipped", ...awaits("customer", "9") }),
    false,
    "its parent is not",
  ],
  [
    issueOf("5", "code_unmapped"),
    false,
    "only the code map or the record can cure it, and both bring it back",
  ],
  [issueOf("6", "guard_failed"), false, "only the record can cure it"],
  [issueOf("7", "source_deleted"), false, "a person deals with it"],
  [issueOf("8", "exists_already"), true, "somebody may have made room"],
  [issueOf("9", "refused_for_now"), true, "it was refused for now"],
  [issueOf("10", "both_changed", { kind: "conflict" }), true, "a person may have decided"],
  [issueOf("11", "refused", { kind: "dead_letter" }), false, "it was refused for good"],
  [issueOf("12", "refused", { kind: "held", source_hash: "" }), true, "a person asked for another try"],
  [issueOf("13", "code_unmapped", { source_hash: "" }), true, "a person asked for another try"],
  [issueOf("14", "related_changed", { kind: "skipped", source_hash: "" }), true, "its contract changed"],
  [issueOf("15", "source_absent", { kind: "skipped" }), true, "a full read did not show it"],
  [issueOf("16", "outcome_unknown"), false, "only a link can tell"],
  [issueOf("1000", "found_twice"), true, "a person linked it"],
  [issueOf("17", "outcome_open"), true, "it was looked up meanwhile"],
];

for (const [issue, ready, why] of ISSUES) {
  test(`ready again: ${issue.reason} is ${ready ? "" : "not "}read again when ${why}`, () => {
    const links = linkRows("customer", ["psa:1", "billing:5"], ["psa:1000", "billing:6"]);
    const state = lookups(links, [issue]) as unknown as State;
    assert.deepEqual(readyAgain(pipelineOf(), state, stateLinks(state)), ready ? [issue.source_id] : []);
  });
}

test("extract: a record that two pages show is decided once, and what is ready comes after the list", async () => {
  const one = systemRecord("1", {});
  const asked: (readonly string[])[] = [];
  const connection = {
    ...listing([]),
    list: async function* () {
      yield { records: [one, systemRecord("2", {})] };
      yield { records: [one, systemRecord("3", {})] };
    },
    get: async (_entity: string, ids: readonly string[]) => {
      asked.push(ids);
      return ids.filter((id) => id !== "9").map((id) => systemRecord(id, {}));
    },
  };
  const batches = [];
  const options = { since: undefined, parents: undefined };
  for await (const batch of extract(connection, "customer", options, () => ["2", "8", "9", "8"], new Set())) {
    batches.push([batch.records.map(({ id }) => id), batch.gone]);
  }
  assert.deepEqual(batches, [
    [["1", "2"], []],
    [["3"], []],
    [["8"], ["9"]],
  ]);
  assert.deepEqual(asked, [["8", "9"]]);
});
