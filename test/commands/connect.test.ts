import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createConnection } from "node:net";
import { test } from "node:test";
import type { ClientPlace } from "../../engine/commands/client.ts";
import { type ConnectCommand, connect } from "../../engine/commands/connect.ts";
import { UsageError } from "../../engine/commands/refusal.ts";
import { SystemError } from "../../engine/connector/types.ts";
import { systemClock } from "../../engine/core/clock.ts";
import { isObject } from "../../engine/core/json.ts";
import { renderConnect } from "../../engine/report/connect.ts";
import { openTokenStore } from "../../engine/state/tokens.ts";
import { type Books, startBooks } from "./books.ts";

const NAME = "accounting:quickbooks";
const FREE = "http://127.0.0.1/callback";

interface Begun {
  readonly url: string;
  readonly ended: ReturnType<typeof connect>;
  readonly ignored: readonly string[];
  readonly abort: () => void;
}

/** Types the command and waits until it says where to consent. */
async function begin(place: ClientPlace, options: Partial<ConnectCommand> = {}): Promise<Begun> {
  const controller = new AbortController();
  const ignored: string[] = [];
  let ended: ReturnType<typeof connect> = Promise.resolve(undefined);
  const url = await new Promise<string>((resolve, reject) => {
    ended = connect(place, {
      system: "accounting",
      manual: false,
      redirectUri: FREE,
      signal: controller.signal,
      onUrl: resolve,
      onIgnored: (text) => ignored.push(text),
      readLine: async () => undefined,
      ...options,
    });
    ended.catch(reject);
  });
  ended.catch(() => {});
  return { url, ended, ignored, abort: () => controller.abort() };
}

/** Consents in a browser that does not follow: where the vendor sends it. */
async function consent(url: string): Promise<string> {
  const reply = await fetch(url, { redirect: "manual" });
  assert.equal(reply.status, 302, await reply.text());
  return reply.headers.get("location") ?? "";
}

function stored({ place }: Books): { readonly [key: string]: unknown } | undefined {
  const value = openTokenStore(place.state).get(NAME);
  return isObject(value) ? value : undefined;
}

async function refused(ended: ReturnType<typeof connect>): Promise<string> {
  const error = await ended.then(
    () => assert.fail("the login was taken"),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof SystemError && error.kind === "login", String(error));
  return error.message;
}

test("connect: a consent in the browser stores the tokens, for their owner's eyes only, and tells the company", async (t) => {
  const books = await startBooks(t);
  const { url, ended } = await begin(books.place);
  const asked = new URL(url).searchParams;
  assert.equal(asked.get("scope"), "com.intuit.quickbooks.accounting");
  assert.match(asked.get("redirect_uri") ?? "", /^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  const page = await fetch(await consent(url));
  assert.equal(page.status, 200);
  const text = await page.text();
  assert.match(text, /You can close this window/);
  assert.doesNotMatch(text, /(src|href)=/);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const view = (await ended) ?? assert.fail();
  const realm = books.server.environment["QBO_REALM"] ?? "";
  assert.deepEqual(view.settings, [{ setting: "realm_id", values: [realm], configured: realm }]);
  const days = (Date.parse(view.login_ends ?? "") - Date.now()) / 86_400_000;
  assert.ok(days > 99 && days <= 100, String(days));
  const entry = stored(books);
  assert.match(String(entry?.["refresh_token"]), /^RT1-1-H0-/);
  const files = books.stateFiles();
  assert.equal(files.get("tokens.json")?.mode, 0o600);
  assert.equal(files.has("tokens.lock"), false);
  for (const secret of [entry?.["refresh_token"], entry?.["access_token"]]) {
    assert.ok(
      !JSON.stringify(view).includes(String(secret)) && !renderConnect(view).includes(String(secret)),
    );
  }
});

test("connect: a login for another company than client.yaml's says so", async (t) => {
  const books = await startBooks(t, { realm: "77" });
  const { url, ended } = await begin(books.place);
  await fetch(await consent(url));
  const view = (await ended) ?? assert.fail();
  assert.match(renderConnect(view), /client\.yaml has "77", which this login is not for:\n {2}realm_id: "91/);
});

test("connect: a consent that is refused ends with its reason and leaves the stored tokens as they were", async (t) => {
  const books = await startBooks(t, { off: ["consent"] });
  openTokenStore(books.place.state).put(NAME, { access_token: "a-before", refresh_token: "r-before" });
  const { url, ended } = await begin(books.place);
  const page = await fetch(await consent(url));
  assert.equal(page.status, 400);
  assert.match(await refused(ended), /QuickBooks Online \(accounting\).*did not consent \(access_denied\)/);
  assert.equal(stored(books)?.["refresh_token"], "r-before");
  assert.equal(books.server.log.filter(({ method }) => method === "POST").length, 0);
});

test("connect: a visit with another state is turned away, and the right one still counts", async (t) => {
  const books = await startBooks(t);
  const { url, ended, ignored } = await begin(books.place);
  const back = new URL(await consent(url));
  for (const state of ["another", ""]) {
    const forged = new URL(back);
    forged.searchParams.set("state", state);
    assert.equal((await fetch(forged)).status, 400);
    forged.searchParams.delete("code");
    forged.searchParams.set("error", "access_denied");
    assert.equal((await fetch(forged)).status, 400);
  }
  assert.equal((await fetch(new URL("/favicon.ico", back))).status, 404);
  assert.equal(stored(books), undefined);
  assert.equal((await fetch(back)).status, 200);
  await ended;
  assert.equal(ignored.length, 4);
  assert.match(ignored[0] ?? "", /state is another one/);
});

test("connect: of two visits at once one is the login, and the other changes nothing", async (t) => {
  const books = await startBooks(t);
  const { url, ended, ignored } = await begin(books.place);
  const back = await consent(url);
  // Browsers open connections ahead, and leave them unused.
  const { port, hostname } = new URL(back);
  const ahead = createConnection(Number(port), hostname);
  await once(ahead, "connect");
  const pages = await Promise.all([fetch(back), fetch(back)]);
  assert.deepEqual(pages.map(({ status }) => status).sort(), [200, 409]);
  await ended;
  if (!ahead.closed) await once(ahead, "close");
  assert.match(ignored.join(), /second time/);
  assert.equal(books.server.log.filter(({ method }) => method === "POST").length, 1);
});

test("connect: without an answer in 5 minutes it ends, and nobody listens any more", async (t) => {
  const books = await startBooks(t);
  let expire = (): void => {};
  const waits: number[] = [];
  const clock = {
    now: systemClock.now,
    sleep: (ms: number) => {
      waits.push(ms);
      return new Promise<void>((resolve) => {
        expire = resolve;
      });
    },
  };
  const { url, ended } = await begin({ ...books.place, clock });
  expire();
  assert.match(await refused(ended), /not finished within 5 minutes/);
  assert.deepEqual(waits, [300_000]);
  await assert.rejects(fetch(await consent(url)));
  assert.equal(stored(books), undefined);
});

test("connect: a signal ends it without an error", async (t) => {
  const books = await startBooks(t);
  const { ended, abort } = await begin(books.place);
  abort();
  assert.equal(await ended, undefined);
});

for (const { name, paste } of [
  { name: "the address that the browser ends at", paste: (back: string) => back },
  { name: "the code alone", paste: (back: string) => new URL(back).searchParams.get("code") ?? "" },
]) {
  test(`connect --manual: takes ${name}`, async (t) => {
    const books = await startBooks(t);
    let line = (_: string): void => {};
    const readLine = () =>
      new Promise<string>((resolve) => {
        line = resolve;
      });
    // An address elsewhere, which nobody of ours listens at.
    const redirectUri = "https://login.acme.example/quickbooks";
    const { url, ended } = await begin(books.place, { manual: true, redirectUri, readLine });
    const back = await consent(url);
    assert.ok(back.startsWith(redirectUri));
    line(`  ${paste(back)}\n`);
    await ended;
    assert.match(String(stored(books)?.["refresh_token"]), /^RT1-1-H0-/);
  });
}

for (const { name, line, says } of [
  { name: "nothing", line: "", says: /nothing was pasted/ },
  { name: "an address of another login", line: "http://x/?code=abcd&state=old", says: /another login/ },
  {
    name: "an invented code",
    line: "no-such-code",
    says: /refused the code of this login \(invalid_grant\)/,
  },
]) {
  test(`connect --manual: ${name} is refused and nothing is stored`, async (t) => {
    const books = await startBooks(t);
    const { ended } = await begin(books.place, { manual: true, readLine: async () => line });
    const message = await refused(ended);
    assert.match(message, says);
    assert.ok(!message.includes("abcd") && !message.includes("no-such-code"));
    assert.equal(stored(books), undefined);
  });
}

test("connect: a code is redeemed once", async (t) => {
  const books = await startBooks(t);
  const first = await begin(books.place);
  const code = new URL(await consent(first.url)).searchParams.get("code") ?? "";
  first.abort();
  const redirectUri = new URL(first.url).searchParams.get("redirect_uri") ?? "";
  const again = () => begin(books.place, { manual: true, redirectUri, readLine: async () => code });
  await (await again()).ended;
  const before = stored(books)?.["refresh_token"];
  assert.match(await refused((await again()).ended), /used up or too old/);
  assert.equal(stored(books)?.["refresh_token"], before);
});

test("connect: what cannot begin is a mistake of usage, and nothing is asked", async (t) => {
  const books = await startBooks(t);
  const taken = createServer().listen(0, "127.0.0.1");
  t.after(() => taken.close());
  await new Promise((resolve) => taken.once("listening", resolve));
  const address = taken.address();
  const port = typeof address === "object" ? address?.port : 0;
  for (const { options, says } of [
    { options: { system: "acounting" }, says: /unknown system "acounting"/ },
    { options: { redirectUri: "https://acme.example/back" }, says: /nobody listens at acme\.example/ },
    { options: { redirectUri: "back" }, says: /no address/ },
    { options: { redirectUri: `http://127.0.0.1:${port}/callback` }, says: /cannot be used \(EADDRINUSE\)/ },
  ]) {
    await assert.rejects(begin(books.place, options), (cause) => {
      assert.ok(cause instanceof UsageError);
      assert.match(cause.message, says);
      return true;
    });
  }
  assert.equal(books.server.log.length, 0);
});
