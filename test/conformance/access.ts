import assert from "node:assert/strict";
import type { SandboxReply } from "../../engine/connector/sandbox/types.ts";
import { SystemError } from "../../engine/connector/types.ts";
import type { Bench } from "./bench.ts";
import { idsOf, onFirstPage } from "./reading.ts";
import { createThough } from "./writing.ts";

/** Logins, tokens and limits, and answers that are none. */

export async function badCredentials(bench: Bench): Promise<void> {
  const { facts, sandbox } = bench;
  for (const name of facts.credentials) {
    const broken = `${sandbox.environment[name] ?? ""}-wrong`;
    const connection = bench.connect({ ...sandbox.environment, [name]: broken });
    bench.tokens.clear();
    await assert.rejects(
      idsOf(bench, connection),
      (error) => error instanceof SystemError && error.kind === "login" && !error.message.includes(broken),
      `${name} is wrong`,
    );
  }
}

export async function tokenRefresh(bench: Bench): Promise<void> {
  const tokens = tokensOf(bench);
  const ids = await idsOf(bench);
  onFirstPage(bench, () => tokens.end(bench.books()));
  const before = bench.events.length;
  assert.deepEqual(await idsOf(bench), ids);
  const events = bench.events.slice(before);
  assert.equal(events.filter((event) => / 401$/.test(event)).length > 0, true, "the old token was refused");
  assert.equal(events.filter((event) => tokens.path.test(event)).length, 1, "one refresh");
}

export async function rotatedTokenKept(bench: Bench): Promise<void> {
  const tokens = tokensOf(bench);
  for (const rule of tokens.rotateAlways) bench.sandbox.setRule(rule, false);
  await idsOf(bench);
  const first = JSON.stringify([...bench.tokens]);
  tokens.end(bench.books());
  const before = bench.events.length;
  const ids = await idsOf(bench);
  const events = bench.events.slice(before);
  const refreshed = events.findIndex((event) => tokens.path.test(event));
  assert.equal(events[refreshed + 1], "tokens stored", "stored before anything is sent with it");
  assert.notEqual(refreshTokens([...bench.tokens]), refreshTokens(JSON.parse(first)), "it was rotated");
  // The next process begins with what is stored: the token of the settings is long dead.
  tokens.end(bench.books());
  assert.deepEqual(await idsOf(bench, bench.connect()), ids);
}

export async function rotatedTokenLost(bench: Bench): Promise<void> {
  const tokens = tokensOf(bench);
  for (const rule of tokens.rotateAlways) bench.sandbox.setRule(rule, false);
  const ids = await idsOf(bench);
  tokens.end(bench.books());
  bench.sandbox.fault({ kind: "commit_then_cut", path: tokens.path.source });
  if (tokens.grace) return assert.deepEqual(await idsOf(bench), ids);
  await assert.rejects(
    idsOf(bench),
    (error) => error instanceof SystemError && error.kind === "login" && /refresh token/.test(error.message),
  );
}

export async function waitInSeconds(bench: Bench): Promise<void> {
  await waits(bench, () => "7");
}

export async function waitUntilDate(bench: Bench): Promise<void> {
  // A date has no fraction of a second, so the start of the clock must have none either.
  await waits(bench, () => new Date(bench.clock.now() + 7000).toUTCString());
}

async function waits(bench: Bench, retryAfter: () => string): Promise<void> {
  const ids = await idsOf(bench);
  const started = Math.floor(bench.clock.now() / 1000) * 1000;
  const { tooMany } = bench.facts;
  assert.ok(tooMany, "facts.tooMany is the vendor's answer");
  const refusal = (): SandboxReply => ({ ...tooMany, headers: { "retry-after": retryAfter() } });
  refuse(bench, refusal(), 1);
  assert.deepEqual(await idsOf(bench), ids);
  assert.ok(bench.clock.now() - started >= 7000, "it waited");
  await createThough(bench, refusal);
}

export async function serverError(bench: Bench): Promise<void> {
  const ids = await idsOf(bench);
  refuse(bench, { status: 503, body: { message: "try later" } }, 2);
  assert.deepEqual(await idsOf(bench), ids);
}

export async function cutBody(bench: Bench): Promise<void> {
  const ids = await idsOf(bench);
  bench.sandbox.fault({ kind: "cut_body", path: bench.facts.listed.page.source });
  assert.deepEqual(await idsOf(bench), ids);
}

export async function html(bench: Bench): Promise<void> {
  const page = "<!doctype html><title>Maintenance</title>";
  refuse(bench, { status: 200, body: page, headers: { "content-type": "text/html" } }, 1);
  await assert.rejects(
    idsOf(bench),
    (error) => error instanceof SystemError && error.kind === "answer" && /text\/html/.test(error.message),
  );
}

export async function dailyQuota(bench: Bench): Promise<void> {
  const { quota } = bench.facts;
  assert.ok(quota, "facts.quota is the vendor's answer");
  await idsOf(bench);
  const started = bench.clock.now();
  const before = bench.events.length;
  refuse(bench, quota, 50);
  await assert.rejects(
    idsOf(bench),
    (error) => error instanceof SystemError && ["quota", "rate_limited"].includes(error.kind),
  );
  assert.ok(bench.clock.now() - started < 1000, "nothing was waited for");
  assert.equal(bench.events.length - before, 1, "nothing was asked again");
}

function refuse(bench: Bench, reply: SandboxReply, times: number): void {
  bench.sandbox.fault({ kind: "reply", path: bench.facts.listed.page.source, times, reply });
}

function tokensOf({ facts }: Bench): NonNullable<Bench["facts"]["tokens"]> {
  assert.ok(facts.tokens, "facts.tokens says how tokens end");
  return facts.tokens;
}

function refreshTokens(stored: unknown): string {
  return [...JSON.stringify(stored).matchAll(/"refresh_token":"([^"]*)"/g)].map(([, token]) => token).join();
}
