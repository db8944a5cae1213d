import assert from "node:assert/strict";
import { test } from "node:test";
import { SystemError } from "../../../engine/connector/types.ts";
import { BASIC, connect, idsOf, pagesOf, startVendor, term } from "./vendor.ts";

/** Lists asked for by body, the ways to the next page that are in it, conditional reads, lists of what was removed. */

const READ = `read: '{ "id": $id(id), "name": name, "due_rule": "days_after_invoice", "due_days": days, "status": "active" }'`;

function terms(list: string, more = ""): string {
  return `
entities:
  payment_terms:
    list: ${list}
    ${more}
    ${READ}`;
}

const QUERY = terms(
  `{ method: POST, path: /query, records: items, body: '{ "start": $offset, "max": $size, "from": $since }' }`,
  `get: { method: POST, path: /query, records: items, body: '{ "in": $ids }', many: 5 }`,
);

test("a list by a query in the body: every page has its own, and a failed one is asked for again", async (t) => {
  const vendor = await startVendor(t, ({ body }, index) => {
    if (index === 1) return { status: 503 };
    const { start = 1, in: ids } = JSON.parse(body);
    const all = [term(1), term(2), term(3), term(4)];
    return { body: { items: ids === undefined ? all.slice(start - 1, start + 2) : [term(3)] } };
  });
  const { connection } = connect(t, vendor.origin, [BASIC, "page: { kind: offset, size: 3 }", QUERY]);
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1", "2", "3"], ["4"]]);
  assert.deepEqual(
    vendor.asked.map(({ method, body }) => [method, body]),
    [
      ["POST", '{"start":1,"max":3}'],
      ["POST", '{"start":3,"max":3}'],
      ["POST", '{"start":3,"max":3}'],
    ],
  );
  const [record] = await connection.get("payment_terms", ["3"]);
  assert.equal(record?.id, "3");
  assert.equal(vendor.asked.at(-1)?.body, '{"in":["3"]}');
});

const NEXT = `page: { kind: next_url, size: 2, next: more.url }\nhosts: ["api*.tiny.example"]`;

test("the next address in the body is asked with the same method and body", async (t) => {
  const vendor = await startVendor(t, ({ query }) =>
    query.get("paging") === null
      ? { body: { items: [term(1), term(2)], more: { url: "/query/next?paging=a%20b" } } }
      : { body: { items: [term(3)], more: { url: null } } },
  );
  const { connection } = connect(t, vendor.origin, [BASIC, NEXT, QUERY]);
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1", "2"], ["3"]]);
  const [first, second] = vendor.asked;
  assert.deepEqual([second?.method, second?.path, second?.body], ["POST", "/query/next", first?.body]);
  assert.equal(second?.query.get("paging"), "a b");
});

for (const { name, url, want } of [
  {
    name: "another host",
    url: "https://evil.example/query",
    want: /leads away, to https:\/\/evil\.example\.$/,
  },
  { name: "a longer name", url: "https://api1.tiny.example.evil.example/query", want: /leads away/ },
  { name: "a dot in the star", url: "https://api.evil.tiny.example/query", want: /leads away/ },
  { name: "a declared host without TLS", url: "http://api1.tiny.example/query", want: /leads away/ },
  {
    name: "another port of a declared host",
    url: "https://api1.tiny.example:8443/query",
    want: /leads away/,
  },
  // This one is followed, as far as a name goes that nobody has.
  { name: "a declared host", url: "https://api1.tiny.example/query", want: /cannot be reached/ },
]) {
  test(`a next address on ${name}: ${want.source}`, async (t) => {
    const vendor = await startVendor(t, () => ({ body: { items: [term(1)], more: { url } } }));
    const { connection } = connect(t, vendor.origin, [BASIC, NEXT, QUERY]);
    await assert.rejects(
      pagesOf(connection),
      (cause) => cause instanceof SystemError && want.test(cause.message),
    );
    assert.equal(vendor.asked.length, 1);
  });
}

for (const { name, more, tail } of [
  { name: "the total is reached", more: "$page * $size < total", tail: { total: 3 } },
  { name: "as many as the total were read", more: "$read < total", tail: { total: 3 } },
  { name: "a page is short", more: "$count = $size", tail: {} },
]) {
  test(`page numbers end when ${name}`, async (t) => {
    const all = [term(1), term(2), term(3)];
    const vendor = await startVendor(t, ({ query }) => {
      const page = Number(query.get("page"));
      return { body: { items: all.slice(2 * page - 2, 2 * page), ...tail } };
    });
    const page = `page: { kind: page_number, size: 2, more: ${more} }`;
    const list = terms('{ path: /terms, query: { page: "{$page}" }, records: items }');
    const { connection } = connect(t, vendor.origin, [BASIC, page, list]);
    assert.deepEqual(idsOf(await pagesOf(connection)), [["1", "2"], ["3"]]);
    assert.equal(vendor.asked.length, 2);
  });
}

test("a cursor goes into the query of the next page, and is missing in the first", async (t) => {
  const vendor = await startVendor(t, ({ query }) =>
    query.get("after") === null
      ? { body: { items: [term(1)], cursor: "x&y" } }
      : { body: { items: [term(2)], cursor: "" } },
  );
  const page = "page: { kind: cursor, size: 2, next: cursor }";
  const list = terms('{ path: /terms, query: { after: "{$cursor}" }, records: items }');
  const { connection } = connect(t, vendor.origin, [BASIC, page, list]);
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1"], ["2"]]);
  assert.deepEqual(
    vendor.asked.map(({ query }) => query.get("after")),
    [null, "x&y"],
  );
});

const SINCE = terms('{ path: /terms, headers: { If-Modified-Since: "{$since}" } }');
const LINKS = "page: { kind: link_header, size: 2 }";

test("a list by If-Modified-Since sends it only with a time, and 304 means that nothing changed", async (t) => {
  const vendor = await startVendor(t, ({ headers }) =>
    headers["if-modified-since"] === undefined ? { body: [term(1)] } : { status: 304, body: "" },
  );
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, SINCE]);
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1"]]);
  assert.deepEqual(await pagesOf(connection, "2026-08-31T00:00:00Z"), []);
  assert.deepEqual(
    vendor.asked.map(({ headers }) => headers["if-modified-since"]),
    [undefined, "2026-08-31T00:00:00Z"],
  );
});

test("a 304 that nobody asked for is no empty list", async (t) => {
  const vendor = await startVendor(t, () => ({ status: 304, body: "" }));
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, SINCE]);
  await assert.rejects(pagesOf(connection), /with 304/);
});

const REMOVED = terms(
  '{ path: /terms, query: { since: "{$since}" } }',
  'deleted: { path: /terms, query: { removed_since: "{$since}" }, id: term }',
);

test("what was removed is read after the list, by $since only, as tombstones", async (t) => {
  const vendor = await startVendor(t, ({ query }) => ({
    body: query.get("removed_since") === null ? [term(1)] : [{ term: 7 }, { term: 8 }],
  }));
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, REMOVED]);
  await pagesOf(connection);
  assert.equal(vendor.asked.length, 1);
  const pages = await pagesOf(connection, "2026-08-31T00:00:00Z");
  assert.deepEqual(
    pages.flatMap(({ records }) => records).map(({ id, deleted }) => [id, deleted]),
    [
      ["1", false],
      ["7", true],
      ["8", true],
    ],
  );
});

test("a removed record without its id fails the read, for it would be missed", async (t) => {
  const vendor = await startVendor(t, ({ query }) => ({
    body: query.get("removed_since") === null ? [] : [{ other: 7 }],
  }));
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, REMOVED]);
  await assert.rejects(pagesOf(connection, "2026-08-31T00:00:00Z"), /deleted payment_terms without its id/);
});

const INDEX = terms(
  "{ path: /index, by_id: true }",
  `get: { path: /terms, query: { ids: '{$join($ids, ",")}' }, many: 2 }`,
);

test("a list that is an index only: each of its records is read by id, several in a call", async (t) => {
  const vendor = await startVendor(t, ({ path, query }) => ({
    body:
      path === "/index"
        ? [{ id: 1 }, { id: 2 }, { id: 3 }]
        : (query.get("ids") ?? "").split(",").map((id) => term(id)),
  }));
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, INDEX]);
  const pages = await pagesOf(connection);
  assert.deepEqual(idsOf(pages), [["1", "2", "3"]]);
  assert.equal(pages[0]?.records[0]?.record["name"], "Net 1");
  assert.deepEqual(vendor.asked.map(({ query }) => query.get("ids")).sort(), ["1,2", "3", null]);
});

test("a row of an index without its id fails the read, for its record would be missed", async (t) => {
  const vendor = await startVendor(t, () => ({ body: [{ id: 1 }, { name: "x" }] }));
  const { connection } = connect(t, vendor.origin, [BASIC, LINKS, INDEX]);
  await assert.rejects(pagesOf(connection), /lists a payment_terms without its id/);
});
