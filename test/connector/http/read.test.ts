import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { SystemError } from "../../../engine/connector/types.ts";
import {
  type Answered,
  type Asked,
  BASIC,
  connect,
  idsOf,
  LINKS,
  pagesOf,
  startVendor,
  TERMS,
  term,
} from "./vendor.ts";

const NUMBERS = [
  BASIC,
  "page: { kind: page_number, size: 2, more: more }",
  TERMS.replace("{ path: /terms, query: { page", "{ records: rows, path: /terms, query: { page"),
];
const OFFSETS = [BASIC, "page: { kind: offset, size: 2 }", TERMS];
const PLAIN = [BASIC, LINKS, TERMS];

const five = [term(1), term(2), term(3), term(4), term(5)];

function linked(from: number, next: string | undefined): Answered {
  return {
    body: five.slice(from - 1, from + 1),
    ...(next === undefined ? {} : { headers: { link: `<${next}>; rel="next", </terms>; rel="first"` } }),
  };
}

async function failure(work: Promise<unknown>): Promise<SystemError> {
  const cause = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(cause instanceof SystemError, `no SystemError: ${String(cause)}`);
  return cause;
}

/** A connection to a vendor that answers with these, the last one again and again. */
async function answering(t: TestContext, answers: readonly Answered[], pieces: readonly string[] = PLAIN) {
  const vendor = await startVendor(t, (_, index) => answers[Math.min(index, answers.length - 1)] ?? {});
  return { vendor, ...connect(t, vendor.origin, pieces) };
}

test("link_header: pages follow rel=next until there is none", async (t) => {
  const { vendor, connection } = await answering(t, [
    linked(1, "/terms?cursor=3"),
    linked(3, "?cursor=5"),
    linked(5, undefined),
  ]);
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1", "2"], ["3", "4"], ["5"]]);
  assert.deepEqual(
    vendor.asked.map(({ query }) => query.get("cursor")),
    [null, "3", "5"],
  );
  assert.deepEqual({ ...connection.counts }, { calls: 3, calls_min: 3, writes: 0 });
});

test("page_number: $page counts up while more is true", async (t) => {
  const page = ({ query }: Asked): Answered => {
    const number = Number(query.get("page"));
    return { body: { rows: five.slice(2 * number - 2, 2 * number), more: number < 3 } };
  };
  const vendor = await startVendor(t, page);
  const { connection } = connect(t, vendor.origin, NUMBERS);
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1", "2"], ["3", "4"], ["5"]]);
});

test("offset: a short page is the last, and $offset counts from one", async (t) => {
  const vendor = await startVendor(t, ({ query }) => {
    const start = Number(query.get("offset")) - 1;
    return { body: five.slice(start, start + Number(query.get("size"))) };
  });
  const { connection } = connect(t, vendor.origin, OFFSETS);
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1", "2"], ["3"], ["4"], ["5"]]);
  // Each page begins with the last record of the one before, to see that it still stands there.
  assert.deepEqual(
    vendor.asked.map(({ query }) => query.get("offset")),
    ["1", "2", "3", "4", "5"],
  );
});

test("the next page is fetched while one is worked on, and never two of them", async (t) => {
  const vendor = await startVendor(t, ({ query }) => {
    const start = Number(query.get("offset")) - 1;
    return { body: [term(start + 1), term(start + 2)].slice(0, start > 20 ? 1 : 2) };
  });
  const { connection } = connect(t, vendor.origin, OFFSETS);
  let worked = 0;
  for await (const _ of connection.list("payment_terms", { since: undefined, parents: undefined })) {
    worked += 1;
    const fetched = await askedWithin(() => vendor.asked.length, worked + 1);
    assert.ok(fetched <= worked + 1, `${fetched} pages fetched while page ${worked} is worked on`);
    if (worked === 5) break;
    assert.equal(fetched, worked + 1);
  }
});

/** How many requests came, once there are `want` of them or enough time for more has passed. */
async function askedWithin(asked: () => number, want: number): Promise<number> {
  for (let turn = 0; turn < 40 && asked() < want; turn++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 10));
  return asked();
}

for (const { name, pieces } of [
  { name: "link_header", pieces: PLAIN },
  { name: "offset", pieces: OFFSETS },
]) {
  test(`${name}: page 1 again means that our cursor is ignored, and ends the read`, async (t) => {
    const { connection, vendor } = await answering(t, [linked(1, "/terms?cursor=3")], pieces);
    const error = await failure(pagesOf(connection));
    assert.equal(error.kind, "answer");
    assert.match(error.message, /a second time/);
    assert.equal(vendor.asked.length, 2);
  });
}

test("a link to the next page on another host is not followed", async (t) => {
  const other = await startVendor(t, () => ({ body: [] }));
  const { connection } = await answering(t, [linked(1, `${other.origin}/terms?cursor=3`)]);
  const error = await failure(pagesOf(connection));
  assert.match(error.message, /leads away, to http:\/\/127\.0\.0\.1/);
  assert.equal(other.asked.length, 0);
});

test("$since reaches the query, and is left out of it when there is none", async (t) => {
  const { connection, vendor } = await answering(t, [{ body: [] }]);
  await pagesOf(connection);
  await pagesOf(connection, "2026-08-01T00:00:00Z");
  assert.deepEqual(
    vendor.asked.map(({ query }) => query.get("since")),
    [null, "2026-08-01T00:00:00Z"],
  );
});

test("an unreadable or invalid record does not stop the page", async (t) => {
  const rows = [
    term(1),
    { ...term(2), name: "broken" },
    { ...term(3), days: "soon" },
    { name: "nameless", days: 1 },
  ];
  const { connection } = await answering(t, [{ body: rows }]);
  const [page] = await pagesOf(connection);
  const told = page?.records.map(({ id, unreadable }) => [id.slice(0, 8), unreadable ?? ""]);
  assert.deepEqual(told?.slice(0, 2), [
    ["1", ""],
    ["2", "this one is broken."],
  ]);
  assert.match(told?.[2]?.[1] ?? "", /due_days/);
  assert.deepEqual(told?.[3], ["unknown-", "It has no id."]);
});

test("a record that stands twice in a page is one, with its last reading", async (t) => {
  const { connection } = await answering(t, [{ body: [term(1, "old"), term(2), term(1, "new")] }]);
  const [page] = await pagesOf(connection);
  assert.deepEqual(
    page?.records.map(({ id, record }) => [id, record["name"]]),
    [
      ["1", "new"],
      ["2", "Net 2"],
    ],
  );
});

test("ids beyond 2^53 keep every digit", async (t) => {
  const text =
    '[{"id":9007199254740993,"name":"\\"9007199254740995\\"","days":1},{"id":9007199254740992,"name":"b","days":1}]';
  const { connection } = await answering(t, [{ body: text }]);
  const [page] = await pagesOf(connection);
  assert.deepEqual(
    page?.records.map(({ id }) => id),
    ["9007199254740993", "9007199254740992"],
  );
  assert.equal(page?.records[0]?.record["name"], '"9007199254740995"');
});

test("HTML with status 200 is no list: status, content type and its beginning are told", async (t) => {
  const page = `<html><title>Sign in</title> token=abcdefgh ${"x".repeat(500)}</html>`;
  const { connection } = await answering(t, [{ body: page, headers: { "content-type": "text/html" } }]);
  const error = await failure(pagesOf(connection));
  assert.equal(error.kind, "answer");
  assert.match(
    error.message,
    /Tiny Books \(accounting\) answered GET \/terms with 200 and no JSON \(text\/html\): "<html>/,
  );
  assert.ok(error.message.length < 350);
});

test("JSON without the place for records is not an empty list", async (t) => {
  const { connection } = await answering(t, [{ body: { hello: "world" } }], NUMBERS);
  assert.match((await failure(pagesOf(connection))).message, /has no "rows"/);
});

for (const { name, first, waited } of [
  { name: "a cut body", first: { body: five, cut: "half" } as const, waited: [500] },
  { name: "a reset", first: { cut: "reset" } as const, waited: [500] },
  { name: "a 503", first: { status: 503 }, waited: [500] },
  { name: "a 503 that says when", first: { status: 503, headers: { "retry-after": "3" } }, waited: [3000] },
  { name: "a 408", first: { status: 408 }, waited: [500] },
  { name: "429 with seconds", first: { status: 429, headers: { "retry-after": "34" } }, waited: [34_000] },
  {
    name: "429 with a date",
    first: { status: 429, headers: { "retry-after": "Tue, 01 Sep 2026 12:00:20 GMT" } },
    waited: [20_000],
  },
  { name: "429 that does not say when", first: { status: 429 }, waited: [7000] },
]) {
  test(`a read is sent again after ${name}`, async (t) => {
    const { connection, clock, vendor } = await answering(t, [first, { body: [term(1)] }]);
    assert.deepEqual(idsOf(await pagesOf(connection)), [["1"]]);
    assert.deepEqual(clock.slept, waited);
    assert.equal(vendor.asked.length, 2);
    assert.deepEqual({ ...connection.counts }, { calls: 2, calls_min: 1, writes: 0 });
  });
}

test("a read that keeps failing ends after four attempts", async (t) => {
  const { connection, vendor, clock } = await answering(t, [
    { status: 503, body: { message: "down for repairs" } },
  ]);
  const error = await failure(pagesOf(connection));
  assert.match(error.message, /keeps answering 503: down for repairs/);
  assert.equal(vendor.asked.length, 4);
  assert.deepEqual(clock.slept, [500, 1000, 2000]);
});

test("a Retry-After longer than allowed fails at once", async (t) => {
  const { connection, clock } = await answering(t, [{ status: 429, headers: { "retry-after": "3600" } }]);
  const error = await failure(pagesOf(connection));
  assert.equal(error.kind, "quota");
  assert.match(error.message, /wait 3600 s, more than the 60 s.*; they go on at 2026-09-01T13:00:00Z\.$/);
  assert.deepEqual(clock.slept, []);
});

test("a redirect is not followed", async (t) => {
  const other = await startVendor(t, () => ({ body: [] }));
  const { connection } = await answering(t, [
    { status: 302, headers: { location: `${other.origin}/x?token=secret99` } },
  ]);
  const error = await failure(pagesOf(connection));
  assert.match(error.message, /302: a redirect to http:\/\/127\.0\.0\.1:\d+, which is not followed/);
  assert.ok(!error.message.includes("secret99"));
  assert.equal(other.asked.length, 0);
});

test("a host that cannot be reached is named with its system", async (t) => {
  const { connection } = connect(t, "http://127.0.0.1:1", PLAIN);
  const error = await failure(pagesOf(connection));
  assert.equal(error.kind, "unreachable");
  assert.match(
    error.message,
    /^Tiny Books \(accounting\) at 127\.0\.0\.1:1 cannot be reached: connect ECONNREFUSED 127/,
  );
});

test("a refused login and a refused right are told apart, and neither shows the password", async (t) => {
  for (const { status, kind } of [
    { status: 401, kind: "login" },
    { status: 403, kind: "forbidden" },
  ] as const) {
    const body = { message: `no entry with password-value or ${btoa("user-value:password-value")}` };
    const { connection, vendor } = await answering(t, [{ status, body }]);
    const error = await failure(pagesOf(connection));
    assert.equal(error.kind, kind);
    assert.equal(vendor.asked.length, 1);
    assert.match(error.message, /no entry with \*\*\* or \*\*\*/);
  }
});

test("get: ids go out in chunks, the missing ones are missing", async (t) => {
  const vendor = await startVendor(t, ({ query }) => {
    const ids = query.get("ids")?.split(",") ?? [];
    return { body: five.filter(({ id }) => ids.includes(String(id))) };
  });
  const { connection } = connect(t, vendor.origin, PLAIN);
  const found = await connection.get("payment_terms", ["1", "9", "3", "5", "1"]);
  assert.deepEqual(
    found.map(({ id, token }) => [id, token]),
    [
      ["1", "v1"],
      ["3", "v1"],
      ["5", "v1"],
    ],
  );
  assert.deepEqual(vendor.asked.map(({ query }) => query.get("ids")).sort(), ["1,9", "3,5"]);
  assert.equal(connection.counts.calls_min, 2);
});

test("get: not found for several ids at once is no proof that they are gone", async (t) => {
  const { connection } = await answering(t, [{ status: 404 }]);
  assert.equal((await failure(connection.get("payment_terms", ["1", "2"]))).kind, "answer");
});

test("find: only what matches counts, whatever the system filtered", async (t) => {
  const { connection, vendor } = await answering(t, [{ body: [term(1), { ...term(2), note: "k-7" }] }]);
  const found = await connection.find("payment_terms", { name: "Net 2" }, "k-7");
  assert.deepEqual(
    found.map(({ id }) => id),
    ["2"],
  );
  assert.equal(vendor.asked[0]?.query.get("name"), "Net 2");
});

test("each call is noted with its status and without a secret", async (t) => {
  const vendor = await startVendor(t, () => ({ body: [] }));
  const notes: string[] = [];
  const { connection } = connect(t, vendor.origin, PLAIN, {
    onCall: ({ system, method, path, status }) => notes.push(`${system} ${method} ${path} ${status}`),
  });
  await connection.find("payment_terms", { name: "password-value" }, "k");
  assert.deepEqual(notes, ["accounting GET /terms?name=*** 200"]);
});
