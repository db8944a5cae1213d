import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { sandbox } from "../../../connectors/halopsa/sandbox.ts";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { makeWorld } from "../../../mappings/demo/world.ts";

/** A client of the sandbox that knows only what the vendor documents. */

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Json | undefined;
  readonly headers: Headers;
}

export interface Client {
  readonly server: RunningSandbox;
  /** The day on which the server's clock stands. */
  readonly today: string;
  /** Moves the server's clock. */
  advance(ms: number): void;
  /** A call of the API with a fresh token; `headers` replace its own. */
  send(method: string, path: string, body?: Json, headers?: { [name: string]: string }): Promise<Answer>;
  /** Rows under the key of a list, and its record_count. */
  list(path: string, key: string): Promise<{ readonly count: Json; readonly rows: readonly Fields[] }>;
  /** The record that a good answer holds. */
  record(method: string, path: string, body?: Json): Promise<Fields>;
  token(changes?: { [field: string]: string }, query?: string): Promise<Answer>;
}

export interface Fields {
  readonly [field: string]: Json;
}

/** Starts a server for one test, with the named rules off. */
export async function halo(t: TestContext, ...off: string[]): Promise<Client> {
  const world = makeWorld();
  let now = Date.parse(`${world.today}T12:00:00Z`);
  const server = await startSandbox(sandbox, { world, now: () => now, off });
  t.after(() => server.close());
  const { environment } = server;

  const token: Client["token"] = async (changes = {}, query = `?tenant=${environment["HALO_TENANT"]}`) => {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: environment["HALO_CLIENT_ID"] ?? "",
      client_secret: environment["HALO_CLIENT_SECRET"] ?? "",
      scope: "all",
      ...changes,
    });
    return answer(
      await fetch(`${environment["HALO_AUTH_URL"]}/token${query}`, { method: "POST", body: form }),
    );
  };
  let bearer = "";
  const send: Client["send"] = async (method, path, body, headers = {}) => {
    if (bearer === "") bearer = `Bearer ${String(fields((await token()).body)["access_token"])}`;
    const all = { authorization: bearer, "content-type": "application/json", ...headers };
    const text = body === undefined ? null : JSON.stringify(body);
    return answer(await fetch(`${server.baseUrl}${path}`, { method, headers: all, body: text }));
  };
  const record: Client["record"] = async (method, path, body) => {
    const { status, text, body: found } = await send(method, path, body);
    assert.ok(status === 200 || status === 201, text);
    return fields(found);
  };
  return {
    server,
    today: world.today,
    advance: (ms) => {
      now += ms;
    },
    token,
    send,
    record,
    list: async (path, key) => {
      const body = await record("GET", path);
      const rows = body[key];
      assert.ok(Array.isArray(rows), `${path} has no ${key}`);
      return { count: body["record_count"] ?? null, rows: rows.map(fields) };
    },
  };
}

export function fields(value: Json | undefined): Fields {
  assert.ok(isObject(value), JSON.stringify(value));
  return value;
}

async function answer(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const text = await response.text();
  let body: Json | undefined;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    // Some of the vendor's refusals are no JSON.
  }
  return { status, headers, text, body };
}
