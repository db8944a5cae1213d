import assert from "node:assert/strict";
import { test } from "node:test";
import { BASIC, connect, idsOf, pagesOf, startVendor, term } from "./vendor.ts";

/** Records of one entity that a system keeps in several lists. */

const LISTS = `
page: { kind: page_number, size: 2, more: more }
entities:
  payment_terms:
    list:
      path: /terms
      query: { page: "{$page}" }
      headers: { If-Modified-Since: "{$since}" }
      records: terms
      also:
        - { path: /old, query: { page: "{$page}" }, headers: { If-Modified-Since: "{$since}" }, records: old }
    read: '{ "id": $id(id), "name": name, "due_rule": "days_after_invoice", "due_days": days, "status": "active" }'`;

test("a second list is read after the first, from its first page on and by the same time", async (t) => {
  const vendor = await startVendor(t, ({ path, query }) => {
    if (path === "/old") return { body: { old: [term(4)], more: false } };
    return query.get("page") === "1"
      ? { body: { terms: [term(1), term(2)], more: true } }
      : { body: { terms: [term(3)], more: false } };
  });
  const { connection } = connect(t, vendor.origin, [BASIC, LISTS]);
  assert.deepEqual(idsOf(await pagesOf(connection, "2026-08-31T00:00:00Z")), [["1", "2"], ["3"], ["4"]]);
  assert.deepEqual(
    vendor.asked.map(({ path, query, headers }) => [path, query.get("page"), headers["if-modified-since"]]),
    [
      ["/terms", "1", "2026-08-31T00:00:00Z"],
      ["/terms", "2", "2026-08-31T00:00:00Z"],
      ["/old", "1", "2026-08-31T00:00:00Z"],
    ],
  );
});

test("a second list that fails fails the read: what it holds must not seem gone", async (t) => {
  const vendor = await startVendor(t, ({ path }) =>
    path === "/old" ? { status: 404 } : { body: { terms: [term(1)], more: false } },
  );
  const { connection } = connect(t, vendor.origin, [BASIC, LISTS]);
  await assert.rejects(pagesOf(connection));
});
