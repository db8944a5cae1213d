import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { HttpConnector } from "../../../engine/config/connector-types.ts";
import { loadConnector } from "../../../engine/config/load-connector.ts";
import { openConnection } from "../../../engine/connector/open-connection.ts";
import type { CallNote, Connection, Page, TokenStore, Write } from "../../../engine/connector/types.ts";
import type { Clock } from "../../../engine/core/clock.ts";
import type { Json } from "../../../engine/core/json.ts";
import { formatProblem } from "../../../engine/core/problem.ts";

/** A vendor of a few lines on loopback, its descriptor, and a connection to it whose clock jumps where it would wait. */

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: string;
}

export interface Answered {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  /** A text is sent as it stands. */
  readonly body?: Json;
  /** reset: the socket is cut before the answer. half: after half of the body. */
  readonly cut?: "reset" | "half";
}

export interface Vendor {
  readonly origin: string;
  readonly asked: readonly Asked[];
}

/** Starts a vendor; its answer to each request is what `answer` says of it and its place in the order. */
export async function startVendor(
  t: TestContext,
  answer: (asked: Asked, index: number) => Answered | Promise<Answered>,
): Promise<Vendor> {
  const asked: Asked[] = [];
  const server = createServer(async (message, response) => {
    let body = "";
    for await (const chunk of message) body += String(chunk);
    const url = new URL(message.url ?? "/", "http://vendor");
    const { method = "", headers } = message;
    const one = { method, path: url.pathname, query: url.searchParams, headers, body };
    asked.push(one);
    const {
      status = 200,
      headers: named = {},
      body: given = null,
      cut,
    } = await answer(one, asked.length - 1);
    if (cut === "reset") {
      message.socket.destroy();
      return;
    }
    const text = typeof given === "string" ? given : JSON.stringify(given);
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      ...named,
    });
    if (cut === "half") response.write(text.slice(0, text.length / 2), () => message.socket.destroy());
    else response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, asked };
}

/** A clock that never waits: sleeping moves it. */
export interface JumpingClock extends Clock {
  readonly slept: number[];
}

export function jumpingClock(start = Date.parse("2026-09-01T12:00:00Z")): JumpingClock {
  const slept: number[] = [];
  let now = start;
  return {
    slept,
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  };
}

export const BASIC = `
auth:
  kind: basic
  secrets: { user: User., password: Password. }
  user: $auth.user
  password: $auth.password`;

export const OAUTH = `
auth:
  kind: oauth2_refresh
  secrets: { id: Client., secret: Secret., first: Refresh token. }
  token_url: /token
  client_id: $auth.id
  client_secret: $auth.secret
  refresh_token: $auth.first`;

const ERRORS = `
errors:
  - { when: status = 401, class: auth }
  - { when: status = 403, class: forbidden }
  - { when: status = 404, class: not_found }
  - { when: status = 409, class: duplicate, owner: body.owner }
  - { when: status = 429, class: rate_limited }
  - { when: body.code = "E-RULE", class: invalid }
  - { when: status >= 500, class: transient }
  - { when: status >= 400, class: invalid }
error_message: body.message`;

export const LINKS = "page: { kind: link_header, size: 2 }";

/** Payment terms of the tiny vendor: {id, name, days}. */
export const TERMS = `
entities:
  payment_terms:
    list: { path: /terms, query: { page: "{$page}", offset: "{$offset}", size: "{$size}", since: "{$since}" } }
    get: { path: /terms, query: { ids: '{$join($ids, ",")}' }, many: 2 }
    find: { path: /terms, query: { name: "{$record.name}" }, match: note = $key }
    token: version
    read: |
      { "id": $id(id), "name": name = "broken" ? $error("this one is broken") : name,
        "due_rule": "days_after_invoice", "due_days": days, "status": "active" }
    write:
      name: '{ "name": $substring(name, 0, 10) }'
      due_days: '{ "days": due_days < 0 ? $error("days before the invoice") : due_days }'
    create: { method: POST, path: /terms, query: { key: "{$key}" }, id: id, batch_item: '{ "item": $item_id, "new": $body }' }
    update: { method: PUT, path: "/terms/{$id}", body: '$merge([{ "version": $token }, $fields])' }`;

export interface Connected {
  readonly connection: Connection;
  readonly clock: JumpingClock;
  readonly stored: Map<string, Json>;
}

/** A connection by a descriptor made of the pieces given; the rest of it is the same for all tests. */
export function connect(
  t: TestContext,
  origin: string,
  pieces: readonly string[],
  options: {
    readonly tokens?: TokenStore;
    readonly auth?: { readonly [name: string]: string };
    /** The error table, instead of the usual one. */
    readonly errors?: string;
    /** Limits beside the usual ones. */
    readonly limits?: string;
    readonly onCall?: (note: CallNote) => void;
  } = {},
): Connected {
  const clock = jumpingClock();
  const stored = new Map<string, Json>();
  const connector = descriptor(t, [options.errors ?? ERRORS, ...pieces], options.limits ?? "");
  const connection = openConnection({
    system: {
      name: "accounting",
      connector,
      base_url: origin,
      settings: {},
      auth: Object.fromEntries(Object.keys(connector.auth.secrets).map((name) => [name, `env:T_${name}`])),
      allow_unverified: [],
      settle_ms: undefined,
      settle_again_ms: undefined,
    },
    currency: "USD",
    codes: new Map(),
    secret: (reference) => ({
      ok: true,
      value: options.auth?.[reference.slice(6)] ?? `${reference.slice(6)}-value`,
    }),
    tokens: options.tokens ?? {
      get: (name) => stored.get(name),
      put: (name, value) => void stored.set(name, value),
    },
    clock,
    ...(options.onCall === undefined ? {} : { onCall: options.onCall }),
  });
  t.after(() => connection.close());
  return { connection, clock, stored };
}

function descriptor(t: TestContext, pieces: readonly string[], limits: string): HttpConnector {
  const folder = mkdtempSync(join(tmpdir(), "tripoint-connector-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "connector.yaml");
  const head = `connector: tiny
title: Tiny Books
base_url: https://tiny.example
limits: { concurrency: 2, wait_ms: 7000, retry_after_max_ms: 60000 ${limits} }`;
  writeFileSync(path, [head, ...pieces].join("\n"));
  const { config, problems } = loadConnector(path, folder);
  if (config === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  if (config.driver !== "http") throw new Error("it is no HTTP connector");
  return config;
}

/** All pages of payment terms. */
export async function pagesOf(connection: Connection, since?: string): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for await (const page of connection.list("payment_terms", { since, parents: undefined })) pages.push(page);
  return pages;
}

/** Ids of the records of each page. */
export function idsOf(pages: readonly Page[]): readonly (readonly string[])[] {
  return pages.map(({ records }) => records.map(({ id }) => id));
}

export function term(id: number | string, name = `Net ${id}`): { readonly [key: string]: Json } {
  return { id, name, days: 30, version: "v1" };
}

/** A create of payment terms; its key is made of its number. */
export function createTerm(number: number, values: { readonly [field: string]: Json } = {}): Write {
  return {
    operation: "create",
    entity: "payment_terms",
    key: `${String(number).padStart(4, "0")}keykeykeykeykeykeykeyk`,
    record: { id: String(number), name: `Net ${number}`, due_days: number, ...values },
    fields: ["name", "due_days"],
    id: null,
    token: null,
    vendor: null,
  };
}
