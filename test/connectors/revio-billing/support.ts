import { strict as assert } from "node:assert";
import type { TestContext } from "node:test";
import { sandbox } from "../../../connectors/revio-billing/sandbox.ts";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import type { Company, World } from "../../../engine/connector/sandbox/world.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";

/** A billing server with two companies, of which it knows one, and a client that sends what it is told to. */

export const start_ms = Date.UTC(2026, 5, 12, 9, 0, 0);

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface Client {
  readonly server: RunningSandbox;
  readonly clock: { now_ms: number };
  /** `headers` replace those a good client sends; an empty text leaves a header out. */
  send(method: string, path: string, body?: Json, headers?: { [name: string]: string }): Promise<Answer>;
  get(path: string): Promise<{ readonly [key: string]: Json }>;
  /** Creates, expecting 201, and gives the new id. */
  post(path: string, body: Json): Promise<number>;
  /** Replaces one value by JSON Patch, expecting 200. */
  replace(path: string, pointer: string, value: Json): Promise<void>;
  records(path: string): Promise<readonly { readonly [key: string]: Json }[]>;
}

/** Starts the server for one test, with the named rules off, and closes it when the test ends. */
export async function billing(test: TestContext, ...off: string[]): Promise<Client> {
  const clock = { now_ms: start_ms };
  const server = await startSandbox(sandbox, { world, now: () => clock.now_ms, off });
  test.after(() => server.close());
  return clientOf(server, clock);
}

export const PATCH_TYPE = "application/json-patch+json";

/** A client that signs in as the server's environment says. */
export function clientOf(server: RunningSandbox, clock = { now_ms: start_ms }): Client {
  const { REVIO_USER, REVIO_PASSWORD, REVIO_KEY = "" } = server.environment;
  const usual = {
    authorization: `Basic ${Buffer.from(`${REVIO_USER}:${REVIO_PASSWORD}`).toString("base64")}`,
    "ocp-apim-subscription-key": REVIO_KEY,
  };
  const send: Client["send"] = async (method, path, body, headers = {}) => {
    const type = method === "PATCH" ? PATCH_TYPE : "application/json";
    const all = { ...usual, ...(body === undefined ? {} : { "content-type": type }), ...headers };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
    const text = body === undefined ? null : JSON.stringify(body);
    const reply = await fetch(`${server.baseUrl}${path}`, { method, headers: given, body: text });
    return { status: reply.status, headers: reply.headers, body: (await reply.json()) as Json };
  };
  const get: Client["get"] = async (path) => object((await expecting(200, send("GET", path))).body);
  return {
    server,
    clock,
    send,
    get,
    post: async (path, body) => {
      const id = object((await expecting(201, send("POST", path, body))).body)["id"];
      assert.equal(typeof id, "number");
      return Number(id);
    },
    replace: async (path, pointer, value) => {
      await expecting(200, send("PATCH", path, [{ op: "replace", path: pointer, value }]));
    },
    records: async (path) => objects((await get(path))["records"]),
  };
}

async function expecting(status: number, sent: Promise<Answer>): Promise<Answer> {
  const answer = await sent;
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  return answer;
}

export function object(value: Json | undefined): { readonly [key: string]: Json } {
  assert.ok(isObject(value));
  return value;
}

export function objects(value: Json | undefined): readonly { readonly [key: string]: Json }[] {
  assert.ok(Array.isArray(value));
  return value.map((item: Json) => object(item));
}

const address = {
  lines: ["12 Main St", "Suite 200"],
  city: "Tampa",
  region: "FL",
  postal_code: "33602-1234",
  country: "US",
};

const acme: Company = {
  number: "CUST-1001",
  name: "Acme Widgets LLC",
  ids: { psa: "250", billing: "1001" },
  billing_number: "CB-5555",
  psa_id_known_in_billing: true,
  types: ["Client", "Telecom"],
  active: true,
  address,
  phone: "+18135550100",
  billing_email: "ap@acme.example",
  terms: "net30",
  tax_exempt: false,
  contacts: [],
  sites: [],
  contracts: [],
};

const bolt: Company = {
  ...acme,
  number: "CUST-1002",
  name: "Bolt Bakery Inc",
  ids: { psa: "251" },
  psa_id_known_in_billing: false,
  billing_email: "office@bolt.example",
};
// exactOptionalPropertyTypes: what a company lacks is absent, not undefined.
const { billing_number: _none, ...boltWithoutNumber } = bolt;

export const world: World = {
  seed: 1,
  today: "2026-06-12",
  currency: "USD",
  terms: [
    { key: "net15", name: "Net 15", due_days: 15 },
    { key: "net30", name: "Net 30", due_days: 30 },
  ],
  gl: [
    { gl_code: "4000", name: "Voice", item: "4000 Voice", kind: "revenue", charge_types: ["VOICE_MRC"] },
    { gl_code: "4010", name: "Long distance", item: "4010 LD", kind: "revenue", charge_types: ["LD_USAGE"] },
    {
      gl_code: "2230",
      name: "State taxes",
      item: "2230 Taxes",
      kind: "liability",
      charge_types: ["FL-CST", "FUSF"],
    },
  ],
  companies: [acme, boltWithoutNumber],
  invoices: [
    {
      id: "BILL-70010",
      number: "INV-1042",
      company: "CUST-1001",
      invoice_date: "2026-06-01",
      due_date: "2026-07-01",
      period: { from: "2026-05-01", to: "2026-05-31" },
      lines: [
        {
          charge_type: "VOICE_MRC",
          description: "Voice lines",
          quantity: "5",
          unit_amount_decimal: "24.95",
          amount: 12475,
        },
        {
          charge_type: "LD_USAGE",
          description: "Long distance",
          quantity: "12845.5",
          unit_amount_decimal: null,
          amount: 27644,
        },
      ],
      taxes: [
        {
          line_number: 1,
          charge_type: "FL-CST",
          name: "Communications services tax",
          tax_type: "communications_tax",
          jurisdiction: "state",
          rate_decimal: "0.0744",
          amount: 928,
        },
        {
          line_number: 2,
          charge_type: "FL-CST",
          name: "Communications services tax",
          tax_type: "communications_tax",
          jurisdiction: "state",
          rate_decimal: "0.0744",
          amount: 2057,
        },
        {
          line_number: 2,
          charge_type: "FUSF",
          name: "Universal service fund",
          tax_type: "usf",
          jurisdiction: "federal",
          rate_decimal: null,
          amount: 9952,
        },
      ],
      total: 53056,
    },
    {
      id: "BILL-70050",
      number: "INV-1050",
      company: "CUST-1002",
      invoice_date: "2026-06-01",
      due_date: "2026-06-16",
      period: { from: "2026-05-01", to: "2026-05-31" },
      lines: [
        // A code that no GL row has: billing bills it all the same.
        {
          charge_type: "NEW_CODE",
          description: "Something new",
          quantity: "1",
          unit_amount_decimal: "10.00",
          amount: 1000,
        },
      ],
      taxes: [],
      total: 1000,
    },
  ],
  receipts: [],
  strangers: [],
  expected: {
    gl_totals: {},
    invoice_count: 2,
    invoice_total: 54056,
    billing_customers: ["CUST-1001", "CUST-1002"],
    accounting_customers: [],
    payments: [],
  },
};
