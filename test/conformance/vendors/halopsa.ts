import { rateLimit } from "../../../connectors/halopsa/sandbox/names.ts";
import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Bookkeeping, Facts } from "../facts.ts";

const CLIENTS = "Client";

export const facts: Facts = {
  role: "psa",
  system: (env) => ({
    base_url: env["HALO_URL"] ?? "",
    settings: { auth_url: env["HALO_AUTH_URL"] ?? "", tenant: env["HALO_TENANT"] ?? "", country: "US" },
    auth: { client_id: "env:HALO_CLIENT_ID", client_secret: "env:HALO_CLIENT_SECRET" },
  }),
  credentials: ["HALO_CLIENT_ID", "HALO_CLIENT_SECRET"],
  listed: {
    entity: "customer",
    collection: CLIENTS,
    page: /\/Client\?/,
    remove: ({ ledger }, id) => ledger.remove(CLIENTS, id),
    add: (books) => {
      const [first] = books.ledger.all(CLIENTS);
      books.ledger.put(CLIENTS, "999999", { ...first, id: 999999, ref: "CUST-ADDED" });
      change(books, "999999", {});
      return "999999";
    },
    touch: (books, id) => change(books, id, { accountsemailaddress: "moved@pages.example" }),
  },
  deleted: {
    entity: "customer",
    act: ({ ledger }) => {
      ledger.remove(CLIENTS, "1203");
      return "1203";
    },
    shows: "absent",
  },
  tokens: {
    path: /\/auth\/token/,
    end: ({ ledger }) => {
      for (const { id } of ledger.all("tokens")) ledger.remove("tokens", String(id));
    },
    rotateAlways: [],
    grace: false,
  },
  created: [],
  external_id: { entity: "customer", field: "raw.customFields.AccountingId" },
  tooMany: {
    status: 429,
    body: "Rate Limit Reached - 300 Requests per rolling 5 minute window",
    headers: { "content-type": "text/plain" },
  },
  rules: {
    auth: {
      name: "a call without a token",
      on: 401,
      look: async (one) => (await call(one, "/Client", "")).status,
    },
    tenant: { name: "a token for no tenant", on: 401, look: async (one) => (await token(one, "")).status },
    rate_limit: {
      name: "one request more than five minutes have",
      on: 429,
      look: async (sandbox) => {
        const bearer = await login(sandbox);
        for (let count = 0; count < rateLimit.requests; count++) await call(sandbox, "/Currency", bearer);
        return (await call(sandbox, "/Currency", bearer)).status;
      },
    },
    page_size_cap: {
      name: "a page of more than 100",
      on: 100,
      look: async (sandbox) => {
        const [first] = sandbox.ledger.all(CLIENTS);
        for (let id = 50_000; id < 50_101; id++) sandbox.ledger.put(CLIENTS, String(id), { ...first, id });
        return (await clients(sandbox, "?pageinate=true&page_size=101")).length;
      },
    },
    summaries: {
      name: "the billing e-mail in a list",
      on: false,
      look: async (sandbox) => (await clients(sandbox, "")).some((row) => "accountsemailaddress" in row),
    },
    inactive_hidden: {
      name: "an inactive client in a plain list",
      on: false,
      look: async (sandbox) => {
        const [first] = sandbox.ledger.all(CLIENTS);
        sandbox.ledger.put(CLIENTS, "50000", { ...first, id: 50_000, inactive: true });
        return (await clients(sandbox, "")).some(({ id }) => id === 50_000);
      },
    },
    array_body: {
      name: "a record that is not in an array",
      on: 400,
      look: async (sandbox) => (await post(sandbox, "/Client", { id: 1001, name: "Acme" })).status,
    },
    partial_update: {
      name: "a field that was not sent",
      on: "CUST-1001",
      look: async (sandbox) => {
        await post(sandbox, "/Client", [{ id: 1001, name: "Acme" }]);
        return sandbox.ledger.get(CLIENTS, "1001")?.["ref"] ?? null;
      },
    },
    required: {
      name: "a client without a name",
      on: 400,
      look: async (sandbox) => (await post(sandbox, "/Client", [{ ref: "X" }])).status,
    },
    references: {
      name: "a site of no client",
      on: 400,
      look: async (sandbox) => (await post(sandbox, "/Site", [{ name: "A", client_id: 9 }])).status,
    },
    missing_404: {
      name: "an id that nobody has",
      on: 404,
      look: async (sandbox) => (await call(sandbox, "/Client/99999", await login(sandbox))).status,
    },
  },
};

function change({ ledger, now }: Bookkeeping, id: string, changes: Row): void {
  const alastupdate = new Date(now).toISOString().slice(0, 19);
  ledger.put(CLIENTS, id, { ...ledger.get(CLIENTS, id), ...changes, alastupdate });
}

function token({ environment }: RunningSandbox, query: string): Promise<Response> {
  const { HALO_AUTH_URL, HALO_CLIENT_ID = "", HALO_CLIENT_SECRET = "" } = environment;
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: HALO_CLIENT_ID,
    client_secret: HALO_CLIENT_SECRET,
    scope: "all",
  });
  return fetch(`${HALO_AUTH_URL}/token${query}`, { method: "POST", body });
}

async function login(sandbox: RunningSandbox): Promise<string> {
  const reply = await token(sandbox, `?tenant=${sandbox.environment["HALO_TENANT"]}`);
  const answer = (await reply.json()) as Json;
  return isObject(answer) ? `Bearer ${String(answer["access_token"])}` : "";
}

function call({ baseUrl }: RunningSandbox, path: string, authorization: string): Promise<Response> {
  return fetch(`${baseUrl}${path}`, { headers: { authorization } });
}

async function post(sandbox: RunningSandbox, path: string, body: Json): Promise<Response> {
  const headers = { authorization: await login(sandbox), "content-type": "application/json" };
  return fetch(`${sandbox.baseUrl}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function clients(
  sandbox: RunningSandbox,
  query: string,
): Promise<readonly { readonly [key: string]: Json }[]> {
  const reply = await call(sandbox, `/Client${query}`, await login(sandbox));
  const body = (await reply.json()) as Json;
  const rows = isObject(body) ? body["clients"] : undefined;
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}
