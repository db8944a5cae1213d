import assert from "node:assert/strict";
import { test } from "node:test";
import { SystemError } from "../../../engine/connector/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import {
  type Answered,
  type Asked,
  connect,
  createTerm,
  idsOf,
  LINKS,
  OAUTH,
  pagesOf,
  startVendor,
  TERMS,
  term,
} from "./vendor.ts";

const PIECES = [OAUTH, LINKS, TERMS];

/** A vendor whose refresh token changes at every refresh; the old one is dead at once. */
function rotatingVendor(options: { readonly api?: (asked: Asked) => Answered } = {}) {
  let refreshToken = "first-value";
  let accessToken = "";
  let count = 0;
  return {
    expire: () => {
      accessToken = "";
    },
    answer: (asked: Asked): Answered => {
      if (asked.path === "/token") {
        const form = new URLSearchParams(asked.body);
        if (form.get("refresh_token") !== refreshToken)
          return { status: 400, body: { error: "invalid_grant" } };
        count += 1;
        refreshToken = `refresh-${count}`;
        accessToken = `access-${count}`;
        return { body: { access_token: accessToken, refresh_token: refreshToken, expires_in: 3600 } };
      }
      if (asked.headers["authorization"] !== `Bearer ${accessToken}`)
        return { status: 401, body: { message: "expired" } };
      return options.api?.(asked) ?? { body: [term(1)] };
    },
  };
}

function paths(asked: readonly Asked[]): readonly string[] {
  return asked.map(({ path }) => path);
}

test("the first call refreshes, later ones use the token, in another connection too", async (t) => {
  const vendor = await startVendor(t, rotatingVendor().answer);
  const { connection, stored } = connect(t, vendor.origin, PIECES);
  await pagesOf(connection);
  await pagesOf(connection);
  assert.deepEqual(paths(vendor.asked), ["/token", "/terms", "/terms"]);
  assert.deepEqual({ ...connection.counts }, { calls: 3, calls_min: 2, writes: 0 });
  const tokens = { get: (name: string) => stored.get(name), put: () => assert.fail("nothing new") };
  const later = connect(t, vendor.origin, PIECES, { tokens });
  await pagesOf(later.connection);
  assert.equal(vendor.asked.length, 4);
});

test("calls at once share one refresh", async (t) => {
  const vendor = await startVendor(t, rotatingVendor().answer);
  const { connection } = connect(t, vendor.origin, PIECES);
  await Promise.all([pagesOf(connection), pagesOf(connection), pagesOf(connection)]);
  assert.equal(paths(vendor.asked).filter((path) => path === "/token").length, 1);
});

test("a new pair of tokens is stored before it is used", async (t) => {
  const order: string[] = [];
  const rotating = rotatingVendor();
  const vendor = await startVendor(t, (asked) => {
    order.push(asked.path);
    return rotating.answer(asked);
  });
  const put = (_name: string, value: Json): void => {
    order.push(`stored ${JSON.stringify(value).includes("refresh-1")}`);
  };
  const { connection } = connect(t, vendor.origin, PIECES, { tokens: { get: () => undefined, put } });
  await pagesOf(connection);
  assert.deepEqual(order, ["/token", "stored true", "/terms"]);
});

test("a pair that cannot be stored is not used", async (t) => {
  const vendor = await startVendor(t, rotatingVendor().answer);
  const put = (): void => {
    throw new Error("disk full");
  };
  const { connection } = connect(t, vendor.origin, PIECES, { tokens: { get: () => undefined, put } });
  await assert.rejects(pagesOf(connection), /disk full/);
  assert.deepEqual(paths(vendor.asked), ["/token"]);
});

test("a 401 between two pages refreshes once and asks for the same page again", async (t) => {
  let lists = 0;
  const rotating = rotatingVendor({
    api: ({ query }) =>
      query.get("cursor") === null
        ? { body: [term(1), term(2)], headers: { link: '</terms?cursor=3>; rel="next"' } }
        : { body: [term(3)] },
  });
  const vendor = await startVendor(t, (asked) => {
    if (asked.path === "/terms" && ++lists === 2) rotating.expire();
    return rotating.answer(asked);
  });
  const { connection } = connect(t, vendor.origin, PIECES);
  assert.deepEqual(idsOf(await pagesOf(connection)), [["1", "2"], ["3"]]);
  assert.deepEqual(paths(vendor.asked), ["/token", "/terms", "/terms", "/token", "/terms"]);
  assert.deepEqual([vendor.asked[2]?.query, vendor.asked[4]?.query].map(String), ["cursor=3", "cursor=3"]);
});

test("a write refused by 401 goes out again with the same bytes, for 401 stores nothing", async (t) => {
  const rotating = rotatingVendor({ api: () => ({ status: 201, body: { id: 5 } }) });
  const vendor = await startVendor(t, rotating.answer);
  const { connection } = connect(t, vendor.origin, PIECES);
  await pagesOf(connection).catch(() => {});
  rotating.expire();
  const [write] = await connection.prepare([createTerm(5)]);
  const [call] = connection.group(write?.ok ? [write] : []);
  assert.deepEqual(await connection.send(call ?? assert.fail()), [{ kind: "done", id: "5" }]);
  const posts = vendor.asked.filter(({ path, method }) => path === "/terms" && method === "POST");
  assert.equal(posts.length, 2);
  assert.equal(posts[0]?.body, posts[1]?.body);
});

test("a second 401 in a row is a refused login", async (t) => {
  const rotating = rotatingVendor();
  const vendor = await startVendor(t, (asked) => {
    const answer = rotating.answer(asked);
    rotating.expire();
    return answer;
  });
  const { connection } = connect(t, vendor.origin, PIECES);
  await assert.rejects(
    pagesOf(connection),
    (cause) => cause instanceof SystemError && cause.kind === "login",
  );
  assert.deepEqual(paths(vendor.asked), ["/token", "/terms", "/token", "/terms"]);
});

test("invalid_grant says what to do, names the secret, and shows no token", async (t) => {
  const vendor = await startVendor(t, () => ({
    status: 400,
    body: { error: "invalid_grant", hint: "first-value" },
  }));
  const { connection } = connect(t, vendor.origin, PIECES);
  await assert.rejects(pagesOf(connection), (cause) => {
    assert.ok(cause instanceof SystemError);
    assert.equal(cause.kind, "login");
    assert.match(cause.message, /invalid_grant.*put the new refresh token into env:T_first\./);
    assert.ok(!cause.message.includes("first-value"));
    return true;
  });
  assert.equal(vendor.asked.length, 1);
});

test("after a new consent the token of client.yaml is used, not the stored one of the old chain", async (t) => {
  const vendor = await startVendor(t, rotatingVendor().answer);
  const { connection, stored } = connect(t, vendor.origin, PIECES);
  await pagesOf(connection);
  const sent: (string | null)[] = [];
  const other = await startVendor(t, (asked) => {
    if (asked.path === "/token") sent.push(new URLSearchParams(asked.body).get("refresh_token"));
    return asked.path === "/token" ? { body: { access_token: "a-9", refresh_token: "r-9" } } : { body: [] };
  });
  const tokens = { get: (name: string) => stored.get(name), put: () => {} };
  const anew = connect(t, other.origin, PIECES, { tokens, auth: { first: "consented-anew" } });
  await pagesOf(anew.connection);
  assert.deepEqual(sent, ["consented-anew"]);
});

test("a token service that is down is tried again, then the system is unreachable", async (t) => {
  const vendor = await startVendor(t, (_, index) =>
    index < 3 ? { status: 503, body: "secret-in-a-body" } : {},
  );
  const { connection, clock } = connect(t, vendor.origin, PIECES);
  await assert.rejects(pagesOf(connection), (cause) => {
    assert.ok(cause instanceof SystemError);
    assert.equal(cause.kind, "unreachable");
    assert.ok(!cause.message.includes("secret-in-a-body"));
    return true;
  });
  assert.deepEqual(clock.slept, [1000, 2000]);
});

test("a rotated token that a crash kept from being stored ends in a login that names the secret", async (t) => {
  const vendor = await startVendor(t, rotatingVendor().answer);
  const put = (): void => {
    throw new Error("killed");
  };
  const crashed = connect(t, vendor.origin, PIECES, { tokens: { get: () => undefined, put } });
  await assert.rejects(pagesOf(crashed.connection), /killed/);
  const { connection } = connect(t, vendor.origin, PIECES);
  await assert.rejects(pagesOf(connection), (cause) => {
    return cause instanceof SystemError && cause.kind === "login" && cause.message.includes("env:T_first");
  });
});
