import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { sandbox } from "../../../connectors/quickbooks/sandbox.ts";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { smallWorld } from "./small-world.ts";

/** A client of the sandbox that knows only what the vendor documents: paths, headers, envelopes. */

export const START = Date.parse("2026-06-15T12:00:00Z");

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Row;
}

export interface Client {
  readonly server: RunningSandbox;
  /** Moves the server's clock. */
  advance(ms: number): void;
  /** Sends without token or Accept, as given. */
  raw(method: string, path: string, headers: { [name: string]: string }, body?: string): Promise<Reply>;
  /** Calls /v3/company/{realm}{path} with a fresh token. */
  call(method: string, path: string, body?: Json): Promise<Reply>;
  refresh(value: string): Promise<Reply>;
  query(sql: string): Promise<Row>;
  /** The entity in a 200; fails the test otherwise. */
  post(entity: string, body: Row, query?: string): Promise<Row>;
  /** The code of the Fault in a 400; fails the test otherwise. */
  refused(entity: string, body: Row, query?: string): Promise<string>;
}

/** Starts a sandbox for one test, in memory unless a folder is given. */
export async function connect(
  t: TestContext,
  options: { off?: readonly string[]; folder?: string; at?: number } = {},
): Promise<Client> {
  let now = options.at ?? START;
  const server = await startSandbox(sandbox, {
    world: smallWorld,
    now: () => now,
    // The limit by the second would stop any test whose clock stands still; its own test switches it on.
    off: ["rate_limit_second", ...(options.off ?? [])],
    ...(options.folder === undefined ? {} : { folder: options.folder }),
  });
  t.after(() => server.close());
  const { QBO_URL: url = "", QBO_REALM: realm = "" } = server.environment;

  const raw: Client["raw"] = async (method, path, headers, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  const refresh: Client["refresh"] = (value) => {
    const { QBO_ID: id = "", QBO_SECRET: secret = "" } = server.environment;
    const basic = Buffer.from(`${id}:${secret}`).toString("base64");
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: value });
    const type = "application/x-www-form-urlencoded";
    return raw(
      "POST",
      "/oauth2/v1/tokens/bearer",
      { authorization: `Basic ${basic}`, "content-type": type, accept: "application/json" },
      form.toString(),
    );
  };
  let refreshToken = server.environment["QBO_REFRESH"] ?? "";
  let token = { value: "", until: 0 };
  const bearer = async (): Promise<string> => {
    if (now >= token.until) {
      const { body } = await refresh(refreshToken);
      refreshToken = String(body["refresh_token"] ?? refreshToken);
      token = { value: String(body["access_token"]), until: now + 3_600_000 };
    }
    return token.value;
  };
  const call: Client["call"] = async (method, path, body) => {
    const authorization = `Bearer ${await bearer()}`;
    const headers = { authorization, accept: "application/json", "content-type": "application/json" };
    return raw(
      method,
      `/v3/company/${realm}${path}`,
      headers,
      body === undefined ? undefined : JSON.stringify(body),
    );
  };
  return {
    server,
    advance: (ms) => {
      now += ms;
    },
    raw,
    call,
    refresh,
    query: async (sql) => {
      const reply = await call("GET", `/query?query=${encodeURIComponent(sql)}&minorversion=75`);
      assert.equal(reply.status, 200, reply.text);
      return objectAt(reply.body, "QueryResponse");
    },
    post: async (entity, body, query = "") => {
      const reply = await call("POST", `/${entity.toLowerCase()}?minorversion=75${query}`, body);
      assert.equal(reply.status, 200, reply.text);
      return objectAt(reply.body, entity);
    },
    refused: async (entity, body, query = "") => {
      const reply = await call("POST", `/${entity.toLowerCase()}?minorversion=75${query}`, body);
      assert.equal(reply.status, 400, reply.text);
      return faultOf(reply.body).code;
    },
  };
}

/** First error of a reply's or a batch item's Fault. */
export function faultOf(body: Row): { code: string; detail: string } {
  const errors = objectAt(body, "Fault")["Error"];
  const first: Json = Array.isArray(errors) ? (errors[0] ?? null) : null;
  assert.ok(isObject(first), "a Fault has an Error");
  return { code: String(first["code"]), detail: String(first["Detail"]) };
}

export function objectAt(row: Row, key: string): Row {
  const value = row[key];
  assert.ok(isObject(value), `${key} is missing in ${JSON.stringify(row)}`);
  return { ...value };
}

export function rowsAt(row: Row, key: string): Row[] {
  const value = row[key] ?? [];
  assert.ok(Array.isArray(value), `${key} is no list`);
  return value.map((item: Json) => ({ ...(isObject(item) ? item : {}) }));
}

function parse(text: string): Row {
  if (!text.startsWith("{")) return {};
  const body: Json = JSON.parse(text);
  return isObject(body) ? { ...body } : {};
}
