import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { rowsOf } from "../../../connectors/xero/sandbox/books.ts";
import { sandbox } from "../../../connectors/xero/sandbox.ts";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { smallWorld } from "../quickbooks/small-world.ts";

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
  readonly environment: { readonly [name: string]: string };
  /** Moves the server's clock. */
  advance(ms: number): void;
  /** Sends as given. */
  raw(method: string, path: string, headers: { [name: string]: string }, body?: string): Promise<Reply>;
  refresh(value: string): Promise<Reply>;
  /** Calls /api.xro/2.0{path} with a fresh token, the organisation and Accept. */
  call(method: string, path: string, body?: Json, headers?: { [name: string]: string }): Promise<Reply>;
  /** Rows of a good answer; fails the test otherwise. */
  rows(method: string, path: string, body?: Json): Promise<readonly Row[]>;
  /** What was wrong, of a 400; fails the test otherwise. */
  refused(method: string, path: string, body?: Json): Promise<string>;
}

/** Starts a sandbox for one test. */
export async function connect(t: TestContext, off: readonly string[] = []): Promise<Client> {
  let now = START;
  const server = await startSandbox(sandbox, { world: smallWorld, now: () => now, off });
  t.after(() => server.close());
  const { environment, origin } = server;
  const raw: Client["raw"] = async (method, path, headers, body) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  const refresh: Client["refresh"] = (value) => {
    const { XERO_ID: id = "", XERO_SECRET: secret = "" } = environment;
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: value });
    const type = "application/x-www-form-urlencoded";
    return raw("POST", "/connect/token", { authorization, "content-type": type }, form.toString());
  };
  let refreshToken = environment["XERO_REFRESH"] ?? "";
  let token = { value: "", until: 0 };
  const bearer = async (): Promise<string> => {
    if (now >= token.until) {
      const { body } = await refresh(refreshToken);
      refreshToken = String(body["refresh_token"]);
      token = { value: String(body["access_token"]), until: now + 1_800_000 };
    }
    return token.value;
  };
  const call: Client["call"] = async (method, path, body, headers = {}) => {
    const own = {
      authorization: `Bearer ${await bearer()}`,
      "xero-tenant-id": environment["XERO_TENANT"] ?? "",
      accept: "application/json",
      "content-type": "application/json",
    };
    const text = body === undefined ? undefined : JSON.stringify(body);
    return raw(method, `/api.xro/2.0${path}`, { ...own, ...headers }, text);
  };
  return {
    server,
    environment,
    advance: (ms) => {
      now += ms;
    },
    raw,
    refresh,
    call,
    rows: async (method, path, body) => {
      const reply = await call(method, path, body);
      assert.equal(reply.status, 200, reply.text);
      const name = path
        .split("?")[0]
        ?.split("/")
        .findLast((part) => /^[A-Z][A-Za-z]+$/.test(part));
      return rowsOf(reply.body[name ?? ""]);
    },
    refused: async (method, path, body) => {
      const reply = await call(method, path, body);
      assert.equal(reply.status, 400, reply.text);
      const errors = rowsOf(reply.body["Elements"]).flatMap((row) => rowsOf(row["ValidationErrors"]));
      return errors.length === 0
        ? String(reply.body["Message"])
        : errors.map((one) => one["Message"]).join(" ");
    },
  };
}

function parse(text: string): Row {
  if (!text.startsWith("{")) return {};
  const body: Json = JSON.parse(text);
  return isObject(body) ? { ...body } : {};
}
