import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { sageIntacct } from "../../../connectors/sage-intacct/sandbox.ts";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { tinyWorld } from "../../support/tiny-world.ts";

/** A client of the sandbox that knows only what the vendor documents: paths, token, envelopes. */

export const START = Date.parse("2026-09-01T09:30:15Z");

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Row;
}

export interface Client {
  readonly server: RunningSandbox;
  advance(ms: number): void;
  /** Below /ia/api/v1, with a token unless `headers` bring another authorization. */
  call(method: string, path: string, body?: Json, headers?: { [name: string]: string }): Promise<Reply>;
  /** Asks for tokens by form. */
  login(form: { [name: string]: string }): Promise<Reply>;
  /** Rows of a query; fails the test when it is refused. */
  query(object: string, fields: readonly string[], more?: Row): Promise<Row[]>;
  /** The record as GET shows it. */
  read(object: string, key: string): Promise<Row>;
  /** The key of what a write made or changed; fails the test when it is refused. */
  write(method: string, path: string, body: Json): Promise<string>;
  /** The refusal: status, and the messages of the error and of its details. */
  refused(
    method: string,
    path: string,
    body: Json,
  ): Promise<{ readonly status: number; readonly text: string }>;
}

/** Starts a sandbox for one test. */
export async function connect(
  t: TestContext,
  options: { off?: readonly string[]; requestsPerMinute?: number } = {},
): Promise<Client> {
  let now = START;
  const { off = [], ...limits } = options;
  const server = await startSandbox(sageIntacct(limits), { world: tinyWorld, now: () => now, off });
  t.after(() => server.close());
  const { INTACCT_ID = "", INTACCT_SECRET = "", INTACCT_USER = "" } = server.environment;

  const send = async (method: string, path: string, headers: { [name: string]: string }, body?: string) => {
    const init = { method, headers, signal: AbortSignal.timeout(5000) };
    const response = await fetch(`${server.baseUrl}/${path}`, body === undefined ? init : { ...init, body });
    const text = await response.text();
    const parsed: Json = text === "" ? null : JSON.parse(text);
    return {
      status: response.status,
      headers: response.headers,
      body: isObject(parsed) ? { ...parsed } : {},
    };
  };
  const login: Client["login"] = (form) =>
    send(
      "POST",
      "oauth2/token",
      { "content-type": "application/x-www-form-urlencoded" },
      new URLSearchParams({ client_id: INTACCT_ID, client_secret: INTACCT_SECRET, ...form }).toString(),
    );
  let token: string | undefined;
  const call: Client["call"] = async (method, path, body, headers = {}) => {
    token ??= String(
      (await login({ grant_type: "client_credentials", username: INTACCT_USER })).body["access_token"],
    );
    const all = { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers };
    return send(method, path, all, body === undefined ? undefined : JSON.stringify(body));
  };
  return {
    server,
    advance: (ms) => {
      now += ms;
    },
    call,
    login,
    query: async (object, fields, more = {}) => {
      const reply = await call("POST", "services/core/query", { object, fields, ...more });
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      return rowsAt(reply.body, "ia::result");
    },
    read: async (object, key) => {
      const reply = await call("GET", `objects/${object}/${key}`);
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      return objectAt(reply.body, "ia::result");
    },
    write: async (method, path, body) => {
      const reply = await call(method, path, body);
      assert.equal(
        reply.status,
        method === "POST" && path.startsWith("objects/") ? 201 : 200,
        JSON.stringify(reply.body),
      );
      return String(objectAt(reply.body, "ia::result")["key"]);
    },
    refused: async (method, path, body) => {
      const { status, body: answer } = await call(method, path, body);
      const error = objectAt(objectAt(answer, "ia::result"), "ia::error");
      const details = rowsAt(error, "details").map((detail) => String(detail["message"]));
      return { status, text: [String(error["message"]), ...details].join(" | ") };
    },
  };
}

export function objectAt(row: Row, key: string): Row {
  const value = row[key] ?? null;
  assert.ok(isObject(value), `${key} is missing in ${JSON.stringify(row)}`);
  return { ...value };
}

export function rowsAt(row: Row, key: string): Row[] {
  const value = row[key] ?? [];
  assert.ok(Array.isArray(value), `${key} is no list`);
  return value.map((item: Json) => ({ ...(isObject(item) ? item : {}) }));
}

/** An invoice of the tiny world's customer 71, as a client of these books would send it. */
export function invoice(number: string, ...amounts: readonly string[]): Row {
  return {
    customer: { key: "71" },
    invoiceDate: "2026-08-31",
    dueDate: "2026-09-30",
    invoiceNumber: number,
    lines: amounts.map((txnAmount) => ({
      txnAmount,
      glAccount: { id: "4000" },
      dimensions: { location: { id: "US-FL" } },
    })),
  };
}
