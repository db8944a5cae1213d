import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { hexId, rowsOf, worldId } from "../../../connectors/sage-accounting/sandbox/books.ts";
import { sandbox } from "../../../connectors/sage-accounting/sandbox.ts";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { smallWorld } from "../quickbooks/small-world.ts";

/** A client of the sandbox that knows only what the vendor documents: paths, headers, wrappers, envelopes. */

export const START = Date.parse("2026-06-15T12:00:00Z");
/** Acme of the small world, its account for voice, and the bank. */
export const ACME = worldId("789");
export const VOICE = hexId("account:4000");
export const BANK = hexId("bank");

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface Client {
  readonly server: RunningSandbox;
  readonly environment: { readonly [name: string]: string };
  /** Moves the server's clock. */
  advance(ms: number): void;
  /** Sends below the API's address, as given. */
  raw(method: string, path: string, headers: { [name: string]: string }, body?: string): Promise<Reply>;
  refresh(value: string): Promise<Reply>;
  /** Calls the API with a fresh token and the business. */
  call(method: string, path: string, body?: Json): Promise<Reply>;
  /** The record of a good answer; fails the test otherwise. */
  record(method: string, path: string, body?: Json): Promise<Row>;
  /** Envelope and items of a list. */
  list(path: string): Promise<{ readonly envelope: Row; readonly items: readonly Row[] }>;
  /** Source and message of each problem of a 422; fails the test otherwise. */
  refused(method: string, path: string, body?: Json): Promise<string>;
}

/** Starts a sandbox for one test. */
export async function connect(t: TestContext, off: readonly string[] = []): Promise<Client> {
  let now = START;
  const server = await startSandbox(sandbox, { world: smallWorld, now: () => now, off });
  t.after(() => server.close());
  const { environment } = server;
  const send = async (url: string, method: string, headers: { [name: string]: string }, body?: string) => {
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    const value: Json = text === "" ? null : JSON.parse(text);
    return { status: response.status, headers: response.headers, body: value };
  };
  const refresh: Client["refresh"] = (value) => {
    const {
      SAGE_ID: client_id = "",
      SAGE_SECRET: client_secret = "",
      SAGE_TOKEN_URL: url = "",
    } = environment;
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: value,
      client_id,
      client_secret,
    });
    return send(url, "POST", { "content-type": "application/x-www-form-urlencoded" }, form.toString());
  };
  let refreshToken = environment["SAGE_REFRESH"] ?? "";
  let token = { value: "", until: 0 };
  const bearer = async (): Promise<string> => {
    if (now >= token.until) {
      const body = asRow((await refresh(refreshToken)).body);
      refreshToken = String(body["refresh_token"]);
      token = { value: String(body["access_token"]), until: now + 300_000 };
    }
    return token.value;
  };
  const raw: Client["raw"] = (method, path, headers, body) =>
    send(`${environment["SAGE_URL"]}${path}`, method, headers, body);
  const call: Client["call"] = async (method, path, body) =>
    raw(
      method,
      path,
      {
        authorization: `Bearer ${await bearer()}`,
        "x-business": environment["SAGE_BUSINESS"] ?? "",
        "content-type": "application/json",
      },
      body === undefined ? undefined : JSON.stringify(body),
    );
  return {
    server,
    environment,
    advance: (ms) => {
      now += ms;
    },
    raw,
    refresh,
    call,
    record: async (method, path, body) => {
      const reply = await call(method, path, body);
      assert.ok(reply.status === 200 || reply.status === 201, JSON.stringify(reply.body));
      return asRow(reply.body);
    },
    list: async (path) => {
      const reply = await call("GET", path);
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      const { $items, ...envelope } = asRow(reply.body);
      return { envelope, items: rowsOf($items) };
    },
    refused: async (method, path, body) => {
      const reply = await call(method, path, body);
      assert.equal(reply.status, 422, JSON.stringify(reply.body));
      return rowsOf(reply.body)
        .map(({ $source, $message }) => `${$source} ${$message}`.trim())
        .join(" ");
    },
  };
}

export function asRow(value: Json): Row {
  assert.ok(isObject(value), JSON.stringify(value));
  return { ...value };
}

export function line(price: number, more: Row = {}): Row {
  const rate = { tax_rate_id: "US_NO_TAX", tax_amount: 0 };
  return {
    description: "Voice lines",
    ledger_account_id: VOICE,
    quantity: 1,
    unit_price: price,
    ...rate,
    ...more,
  };
}

export function invoice(reference: string, lines: readonly Row[] = [line(100)], more: Row = {}): Row {
  const dates = { date: "2026-06-01", due_date: "2026-07-01" };
  return { sales_invoice: { contact_id: ACME, ...dates, reference, invoice_lines: [...lines], ...more } };
}

export function receipt(total: number, parts: readonly (readonly [string, number])[], more: Row = {}): Row {
  return {
    contact_payment: {
      transaction_type_id: "CUSTOMER_RECEIPT",
      contact_id: ACME,
      bank_account_id: BANK,
      date: "2026-06-10",
      total_amount: total,
      allocated_artefacts: parts.map(([artefact_id, amount]) => ({ artefact_id, amount })),
      ...more,
    },
  };
}
