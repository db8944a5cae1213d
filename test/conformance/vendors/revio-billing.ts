import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Bookkeeping, Facts } from "../facts.ts";
import { type Answer, ask, statusAfter } from "../plain.ts";

const CUSTOMERS = "customers";
const PATCH = "application/json-patch+json";

export const facts: Facts = {
  role: "billing",
  system: (env) => ({
    base_url: env["REVIO_URL"] ?? "",
    settings: {},
    auth: { user: "env:REVIO_USER", password: "env:REVIO_PASSWORD", gateway_key: "env:REVIO_KEY" },
  }),
  credentials: ["REVIO_USER", "REVIO_PASSWORD", "REVIO_KEY"],
  listed: {
    entity: "customer",
    collection: CUSTOMERS,
    page: /\/Customers\?/,
    remove: ({ ledger }, id) => ledger.remove(CUSTOMERS, id),
    add: (books) => {
      const [first] = books.ledger.all(CUSTOMERS);
      books.ledger.put(CUSTOMERS, "999999", { ...first, customer_id: 999999, account_number: "CB-ADDED" });
      return "999999";
    },
    touch: (books, id) => change(books, CUSTOMERS, id, { email: "moved@pages.example" }),
  },
  deleted: {
    entity: "customer",
    act: ({ ledger }) => {
      ledger.remove(CUSTOMERS, "5203");
      return "5203";
    },
    shows: "absent",
  },
  voided: {
    entity: "invoice",
    act: (books) => {
      change(books, "bills", "9001", { status: "VOIDED" });
      return "9001";
    },
  },
  created: [
    {
      entity: "customer",
      collection: CUSTOMERS,
      record: (number) => ({
        customer_number: `CB-90${number}`,
        name: `New ${number} LLC`,
        status: "active",
        customer_type: "business",
        billing_address: {
          lines: ["1 Bay St"],
          city: "Tampa",
          region: "FL",
          postal_code: "33602",
          country: "US",
        },
        billing_emails: ["ap@new.example"],
        payment_terms_id: "3",
      }),
      tooLong: { customer_number: "9".repeat(5000) },
      invalid: { payment_terms_id: "424242" },
      named: "name",
      change: { billing_emails: ["other@new.example"] },
    },
    {
      entity: "payment",
      collection: "payments",
      record: (number) => ({
        customer_id: "5001",
        payment_date: "2026-08-20",
        amount: 1000 + number,
        currency: "USD",
        reference: `CHK ${number}`,
        allocations: [{ invoice_id: "9001", amount: 500 }],
      }),
      tooLong: { reference: "9".repeat(5000) },
      invalid: { customer_id: "424242" },
      named: "reference",
      change: { reference: "CHK 2" },
    },
  ],
  external_id: { entity: "customer", field: "raw.fields.PSA Company ID" },
  tooMany: {
    status: 429,
    body: { statusCode: 429, message: "Rate limit is exceeded. Try again in 7 seconds." },
  },
  quota: {
    status: 403,
    body: { statusCode: 403, message: "Out of call volume quota. Quota will be replenished in 05:12:45." },
  },
  rules: {
    auth: "bad_credentials",
    rate_limit: {
      name: "call 501 of a minute",
      on: 429,
      look: (sandbox) => statusAfter(501, () => send(sandbox, "GET", "/SystemStatus")),
    },
    retry_after: {
      name: "the header of a 429",
      on: true,
      look: async (sandbox) => {
        await statusAfter(500, () => send(sandbox, "GET", "/SystemStatus"));
        return (await send(sandbox, "GET", "/SystemStatus")).headers.has("retry-after");
      },
    },
    page_size_cap: {
      name: "a page of more than 500",
      on: 500,
      look: async (sandbox) => {
        const [first] = sandbox.ledger.all(CUSTOMERS);
        for (let id = 50_000; id < 50_501; id++) {
          sandbox.ledger.put(CUSTOMERS, String(id), { ...first, customer_id: id });
        }
        return (await records(sandbox, "/Customers?search.page_size=501")).length;
      },
    },
    positional_fields: "external_id",
    patch_content_type: {
      name: "a patch sent as plain JSON",
      on: 400,
      look: async (sandbox) => {
        const patch = [{ op: "replace", path: "/email", value: "x@new.example" }];
        return (await send(sandbox, "PATCH", "/Customers/5001", patch, "application/json")).status;
      },
    },
    payment_search: {
      name: "payments by a reference that one of two has",
      on: 1,
      look: async (sandbox) => {
        for (const reference_number of ["A", "B"]) {
          await send(sandbox, "POST", "/Payments", { customer_id: 5001, amount: 1, reference_number });
        }
        return (await records(sandbox, "/Payments?search.reference_number=A")).length;
      },
    },
    customer_put: {
      name: "a customer by PUT",
      on: 405,
      look: async (sandbox) => {
        const { ok: _ok, links: _links, ...row } = await one(sandbox, "/Customers/5001");
        return (await send(sandbox, "PUT", "/Customers/5001", row)).status;
      },
    },
    lengths: "length_limits",
    references: {
      name: "a contact of nobody",
      on: 400,
      look: async (sandbox) => (await send(sandbox, "POST", "/Contacts", { customer_id: 424242 })).status,
    },
    service_dates: {
      name: "a service activated on another day than its product",
      on: 400,
      look: async (sandbox) => {
        const service = { customer_id: 5001, provider_id: 2, number: "8135550100" };
        const service_id = await make(sandbox, "/Services", service);
        const product_id = sandbox.ledger.all("products")[0]?.["product_id"] ?? 0;
        const product = { product_id, service_id, quantity: 1, rate: 1, generate_proration: true };
        await make(sandbox, "/ServiceProduct", product);
        const patch = [{ op: "replace", path: "/activated_date", value: "2026-06-01T00:00:00" }];
        return (await send(sandbox, "PATCH", `/Services/${service_id}`, patch, PATCH)).status;
      },
    },
  },
};

function change({ ledger, now }: Bookkeeping, collection: string, id: string, changes: Row): void {
  const updated_date = new Date(now).toISOString().slice(0, -1);
  ledger.put(collection, id, { ...ledger.get(collection, id), ...changes, updated_date });
}

async function records(sandbox: RunningSandbox, path: string): Promise<readonly Json[]> {
  const { records } = await one(sandbox, path);
  return Array.isArray(records) ? records : [];
}

async function one(sandbox: RunningSandbox, path: string): Promise<{ readonly [field: string]: Json }> {
  const { body } = await send(sandbox, "GET", path);
  return isObject(body) ? body : {};
}

async function make(sandbox: RunningSandbox, path: string, body: Json): Promise<Json> {
  const reply = await send(sandbox, "POST", path, body);
  return isObject(reply.body) ? (reply.body["id"] ?? 0) : 0;
}

function send(
  sandbox: RunningSandbox,
  method: string,
  path: string,
  body?: Json,
  type = "application/json",
): Promise<Answer> {
  const { REVIO_USER, REVIO_PASSWORD, REVIO_KEY = "" } = sandbox.environment;
  const basic = Buffer.from(`${REVIO_USER}:${REVIO_PASSWORD}`).toString("base64");
  const headers = {
    authorization: `Basic ${basic}`,
    "ocp-apim-subscription-key": REVIO_KEY,
    "content-type": type,
  };
  return ask(sandbox, method, path, headers, body);
}
