import { perMinute } from "../../../connectors/revio-psa/sandbox/names.ts";
import type { RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Facts } from "../facts.ts";
import { type Answer, ask, statusAfter } from "../plain.ts";

const CUSTOMERS = "customers";
const LIST = "/billing/api/v1/customers";

export const facts: Facts = {
  role: "psa",
  system: (env) => ({
    base_url: env["REVIO_PSA_URL"] ?? "",
    settings: { host: env["REVIO_PSA_HOST"] ?? "", country: "US", write_custom_fields: true },
    auth: { api_key: "env:REVIO_PSA_KEY" },
  }),
  credentials: ["REVIO_PSA_KEY"],
  listed: {
    entity: "customer",
    collection: CUSTOMERS,
    page: /\/customers\?/,
    remove: ({ ledger }, id) => ledger.remove(CUSTOMERS, id),
    add: ({ ledger }) => {
      const [first] = ledger.all(CUSTOMERS);
      ledger.put(CUSTOMERS, "999999", { ...first, customerId: 999999 });
      return "999999";
    },
    touch: ({ ledger }, id) =>
      ledger.put(CUSTOMERS, id, { ...ledger.get(CUSTOMERS, id), email: "moved@pages.example" }),
  },
  deleted: {
    entity: "customer",
    act: ({ ledger }) => {
      ledger.remove(CUSTOMERS, "1203");
      return "1203";
    },
    shows: "absent",
  },
  tokens: {
    path: /\/api-key\/exchange/,
    end: ({ ledger }) => {
      for (const { jti } of ledger.all("tokens")) ledger.remove("tokens", String(jti));
    },
    rotateAlways: [],
    grace: false,
  },
  created: [],
  external_id: { entity: "customer", field: "raw.customFields.AccountingId" },
  tooMany: {
    status: 429,
    body: { statusCode: 429, message: "Rate limit is exceeded. Try again in 20 seconds." },
  },
  rules: {
    auth: { name: "a call without a token", on: 401, look: (one) => statusOf(one, { authorization: "" }) },
    tenant_host: {
      name: "a call for no tenant",
      on: 400,
      look: (one) => statusOf(one, { "x-revio-host": "" }),
    },
    rate_limit: {
      name: "one call more than a minute has",
      on: 429,
      look: async (sandbox) => {
        const headers = await login(sandbox);
        return statusAfter(perMinute + 1, () => ask(sandbox, "GET", `${LIST}/1001`, headers));
      },
    },
    page_size_cap: {
      name: "a page of more than 500",
      on: 500,
      look: async (sandbox) => {
        const [first] = sandbox.ledger.all(CUSTOMERS);
        for (let id = 50_000; id < 50_501; id++)
          sandbox.ledger.put(CUSTOMERS, String(id), { ...first, customerId: id });
        const data = await list(sandbox, "?perPage=501");
        return isObject(data) && Array.isArray(data["items"]) ? data["items"].length : null;
      },
    },
    items_envelope: {
      name: "a list under data.items",
      on: true,
      look: async (sandbox) => isObject(await list(sandbox, "")),
    },
  },
};

async function login(sandbox: RunningSandbox): Promise<{ readonly [name: string]: string }> {
  const { REVIO_PSA_KEY = "", REVIO_PSA_HOST = "" } = sandbox.environment;
  const { body } = await ask(sandbox, "POST", "/api/v1/auth/api-key/exchange", {}, { apiKey: REVIO_PSA_KEY });
  const data = isObject(body) ? body["data"] : undefined;
  return {
    authorization: `Bearer ${isObject(data) ? String(data["token"]) : ""}`,
    "x-revio-host": REVIO_PSA_HOST,
  };
}

async function get(
  sandbox: RunningSandbox,
  path: string,
  changes: { readonly [name: string]: string } = {},
): Promise<Answer> {
  return ask(sandbox, "GET", path, { ...(await login(sandbox)), ...changes });
}

async function statusOf(
  sandbox: RunningSandbox,
  changes: { readonly [name: string]: string },
): Promise<number> {
  return (await get(sandbox, LIST, changes)).status;
}

async function list(sandbox: RunningSandbox, query: string): Promise<Json> {
  const { body } = await get(sandbox, `${LIST}${query}`);
  return isObject(body) ? (body["data"] ?? null) : null;
}
