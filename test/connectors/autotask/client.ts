import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { autotask } from "../../../connectors/autotask/sandbox.ts";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { tinyWorld } from "../../support/tiny-world.ts";

/** A client of the sandbox that knows only what the vendor documents: paths, three headers, envelopes. */

export const START = Date.parse("2026-09-01T09:30:15.250Z");

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Row;
}

export interface Client {
  readonly server: RunningSandbox;
  advance(ms: number): void;
  /** Below V1.0, or a whole address; `headers` replace those of the login. */
  call(method: string, path: string, body?: Json, headers?: { [name: string]: string }): Promise<Reply>;
  /** The items of a query's first page; fails the test when the query is refused. */
  query(entity: string, ...filter: Json[]): Promise<Row[]>;
  /** The record as GET by id shows it. */
  item(entity: string, id: number): Promise<Row>;
  /** The id that a write replies with; fails the test when it is refused. */
  write(method: string, path: string, body: Json): Promise<number>;
  /** The texts of a refusal with status 500; fails the test otherwise. */
  refused(method: string, path: string, body: Json): Promise<string>;
}

/** Starts a sandbox for one test. */
export async function connect(
  t: TestContext,
  options: { off?: readonly string[]; requestsPerHour?: number } = {},
): Promise<Client> {
  let now = START;
  const { off = [], ...limits } = options;
  const server = await startSandbox(autotask(limits), { world: tinyWorld, now: () => now, off });
  t.after(() => server.close());
  const { AUTOTASK_CODE = "", AUTOTASK_USER = "", AUTOTASK_SECRET = "" } = server.environment;
  const login = { ApiIntegrationCode: AUTOTASK_CODE, UserName: AUTOTASK_USER, Secret: AUTOTASK_SECRET };

  const call: Client["call"] = async (method, path, body, headers = login) => {
    const response = await fetch(path.startsWith("http") ? path : `${server.baseUrl}/${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      signal: AbortSignal.timeout(5000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const parsed: Json = JSON.parse(await response.text());
    return {
      status: response.status,
      headers: response.headers,
      body: isObject(parsed) ? { ...parsed } : {},
    };
  };
  const accepted = async (method: string, path: string, body?: Json): Promise<Row> => {
    const reply = await call(method, path, body);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return reply.body;
  };
  return {
    server,
    advance: (ms) => {
      now += ms;
    },
    call,
    query: async (entity, ...filter) => rowsOf(await accepted("POST", `${entity}/query`, { filter })),
    item: async (entity, id) => {
      const { item } = await accepted("GET", `${entity}/${id}`);
      assert.ok(isObject(item), `${entity} ${id} is there`);
      return { ...item };
    },
    write: async (method, path, body) => Number((await accepted(method, path, body))["itemId"]),
    refused: async (method, path, body) => {
      const reply = await call(method, path, body);
      assert.equal(reply.status, 500, JSON.stringify(reply.body));
      return errorsOf(reply.body);
    },
  };
}

/** The items of a page. */
export function rowsOf(body: Row): Row[] {
  const items = body["items"] ?? null;
  assert.ok(Array.isArray(items), JSON.stringify(body));
  return items.map((item: Json) => ({ ...(isObject(item) ? item : {}) }));
}

export function errorsOf(body: Row): string {
  const errors = body["errors"] ?? null;
  assert.ok(Array.isArray(errors), JSON.stringify(body));
  return errors.join(" | ");
}

/** Every record of an entity: the filter that people use for it. */
export const ALL: Json = { op: "exist", field: "id" };
