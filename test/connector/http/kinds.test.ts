import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection, ListOptions, SystemRecord } from "../../../engine/connector/types.ts";
import { type Answered, type Asked, BASIC, connect, startVendor } from "./vendor.ts";

/** Change feeds, child lists, rows from a list of their own, lookups, functions: each on the smallest vendor. */

const READ = `read: '{ "id": $id(id), "name": name, "due_rule": "days_after_invoice", "due_days": $count(rows), "status": "active" }'`;
const OFFSET = "page: { kind: offset, size: 3 }";
const EVERYTHING: ListOptions = { since: undefined, parents: undefined };

async function all(
  connection: Connection,
  entity: string,
  options: ListOptions = EVERYTHING,
): Promise<readonly SystemRecord[]> {
  const records: SystemRecord[] = [];
  for await (const page of connection.list(entity, options)) records.push(...page.records);
  return records;
}

function slice(rows: readonly { readonly [key: string]: string | number }[], { query }: Asked): Answered {
  const start = Number(query.get("offset") ?? 1) - 1;
  return { body: rows.slice(start, start + 3) };
}

const FEED = `
entities:
  payment_terms:
    list: { path: /terms, query: { offset: "{$offset}", since: "{$since}" } }
    changes: { path: /changes, query: { since: "{$since}" }, records: changed, window_ms: 86400000, overflow: 3, deleted: gone = true }
    ${READ}`;

for (const { name, since, changed, want, asked } of [
  {
    name: "inside its window",
    since: "2026-09-01T00:00:00Z",
    changed: 2,
    want: ["11", "12 deleted"],
    asked: ["/changes"],
  },
  {
    name: "older than its window",
    since: "2026-08-30T00:00:00Z",
    changed: 2,
    want: ["1"],
    asked: ["/terms"],
  },
  {
    name: "that may be cut",
    since: "2026-09-01T00:00:00Z",
    changed: 3,
    want: ["1"],
    asked: ["/changes", "/terms"],
  },
  { name: "when everything is read", since: undefined, changed: 2, want: ["1"], asked: ["/terms"] },
]) {
  test(`change feed: ${name}`, async (t) => {
    const feed = [
      { id: 11, name: "a" },
      { id: 12, gone: true },
      { id: 13, name: "c" },
    ].slice(0, changed);
    const vendor = await startVendor(t, (one) =>
      one.path === "/changes" ? { body: { changed: feed } } : { body: [{ id: 1, name: "x" }] },
    );
    const { connection } = connect(t, vendor.origin, [BASIC, OFFSET, FEED]);
    const records: SystemRecord[] = [];
    let isWhole = false;
    for await (const page of connection.list("payment_terms", { since, parents: undefined })) {
      records.push(...page.records);
      isWhole ||= page.whole === true;
    }
    // What was asked by time and is everything says so: deletions are to be looked for.
    assert.equal(isWhole, since !== undefined && asked.includes("/terms"));
    assert.deepEqual(
      vendor.asked.filter(({ path, query }) => path === "/terms" && query.has("since")),
      [],
    );
    assert.deepEqual(
      records.map(({ id, deleted, unreadable }) => `${id}${deleted ? " deleted" : ""}${unreadable ?? ""}`),
      want,
    );
    assert.deepEqual(
      vendor.asked.map(({ path }) => path),
      asked,
    );
  });
}

const CHILDREN = `
entities:
  customer:
    list: { path: /customers, query: { offset: "{$offset}" } }
    read: '{ "id": $id(id), "name": name, "status": "active", "currency": "USD" }'
  payment_terms:
    list: { parent: customer, incremental: false, path: "/customers/{$parent}/terms", query: { offset: "{$offset}" } }
    ${READ}`;

test("child lists: those of all parents, or of the parents named", async (t) => {
  const customers = ["A", "B", "C", "D"].map((id) => ({ id, name: id }));
  const vendor = await startVendor(t, (asked) => {
    const parent = /^\/customers\/(\w)\/terms$/.exec(asked.path)?.[1];
    if (parent === undefined) return slice(customers, asked);
    return parent === "B" || parent === "D"
      ? { body: [] }
      : slice(
          [1, 2, 3, 4].map((n) => ({ id: `${parent}${n}`, name: "t" })),
          asked,
        );
  });
  const { connection } = connect(t, vendor.origin, [BASIC, OFFSET, CHILDREN]);
  const ids = (records: readonly SystemRecord[]): string => records.map(({ id }) => id).join(" ");
  assert.equal(ids(await all(connection, "payment_terms")), "A1 A2 A3 A4 C1 C2 C3 C4");
  const named = await all(connection, "payment_terms", { since: undefined, parents: ["C"] });
  assert.equal(ids(named), "C1 C2 C3 C4");
  // Customers: 2 pages. A and C: 2 pages each, B and D: 1; then C again.
  const lists = vendor.asked.filter(({ path }) => path !== "/customers");
  const first = lists.slice(0, 2).map(({ path }) => path);
  assert.deepEqual(
    [...first].sort(),
    ["/customers/A/terms", "/customers/B/terms"],
    "two lists begin at once",
  );
  assert.deepEqual({ ...connection.counts }, { calls: 10, calls_min: 10, writes: 0 });
});

const DETAILS = `
entities:
  payment_terms:
    list:
      path: /terms
      query: { offset: "{$offset}" }
      details:
        path: /rows
        query: { offset: "{$offset}", since: "{$since}" }
        as: rows
        row_key: term
        record_key: id
        complete: $count(rows) = wanted
        one: { path: /rows, query: { term: "{$record.id}", offset: "{$offset}" } }
    get: { path: "/terms/{$ids[0]}", many: 1 }
    ${READ}`;

test("details: rows are read once, and asked for where a record lacks some", async (t) => {
  const terms = [
    { id: 1, name: "a", wanted: 2 },
    { id: 2, name: "b", wanted: 0 },
    { id: 3, name: "c", wanted: 3 },
  ];
  const rows = [1, 1, 3, 3, 3].map((term, index) => ({ term, row: index }));
  const vendor = await startVendor(t, (asked) => {
    const one = asked.query.get("term");
    if (asked.path === "/terms/3") return { body: terms[2] ?? null };
    if (asked.path.startsWith("/terms/")) return { status: 404 };
    if (asked.path === "/terms") return slice(terms, asked);
    // The whole list has not seen the last row yet; asked for one record, the vendor ignores the filter.
    return slice(one === null ? rows.slice(0, 4) : rows, asked);
  });
  const { connection } = connect(t, vendor.origin, [BASIC, OFFSET, DETAILS]);
  const counted = (await all(connection, "payment_terms")).map(({ id, record }) => [id, record["due_days"]]);
  assert.deepEqual(counted, [
    ["1", 2],
    ["2", 0],
    ["3", 3],
  ]);
  const alone = vendor.asked.filter(({ query }) => query.has("term")).map(({ query }) => query.get("term"));
  assert.deepEqual([...new Set(alone)], ["3"]);
  const [got, ...more] = await connection.get("payment_terms", ["3", "4"]);
  assert.deepEqual([got?.id, got?.record["due_days"], more.length], ["3", 3, 0]);
});

const LOOKUP = `
functions:
  label: 'function($n) { $shout($n) & "!" }'
  shout: function($n) { $uppercase($n) }
lookups:
  days: { path: /days, query: { offset: "{$offset}" }, key: name, value: count }
entities:
  customer:
    list: { path: /customers }
    read: '{ "id": $id(id), "name": $label(name), "status": "active", "currency": $currency }'
  payment_terms:
    list: { path: /terms }
    read: |
      { "id": $id(id), "name": $label(name), "due_rule": "days_after_invoice",
        "due_days": $default($lookup($lookups.days, name), 0), "status": "active" }`;

test("lookups are read once, when an expression names one; functions see each other", async (t) => {
  const days = [
    { name: "net", count: 30 },
    { name: "soon", count: 7 },
    { name: "now", count: 0 },
    { name: "late", count: 60 },
  ];
  const vendor = await startVendor(t, (asked) =>
    asked.path === "/days" ? slice(days, asked) : { body: [{ id: 1, name: "soon" }] },
  );
  const { connection } = connect(t, vendor.origin, [BASIC, OFFSET, LOOKUP]);
  const [customer] = await all(connection, "customer");
  assert.equal(customer?.record["name"], "SOON!");
  assert.equal(vendor.asked.length, 1);
  const [first] = await all(connection, "payment_terms");
  await all(connection, "payment_terms");
  assert.equal(first?.record["due_days"], 7);
  assert.equal(vendor.asked.filter(({ path }) => path === "/days").length, 2);
});

test("a connection says what it can do", async (t) => {
  const { connection } = connect(t, "http://127.0.0.1:1", [BASIC, OFFSET, DETAILS]);
  assert.deepEqual(
    (["list", "get", "find", "create", "external_id"] as const).map((one) =>
      connection.can("payment_terms", one),
    ),
    [true, true, false, false, false],
  );
  assert.equal(connection.can("invoice", "list"), false);
  assert.deepEqual([connection.settle_ms, connection.settle_again_ms], [120_000, 30_000]);
});
