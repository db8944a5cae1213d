import { resources } from "../../../connectors/connectwise/sandbox/resources.ts";
import { connectwise } from "../../../connectors/connectwise/sandbox.ts";
import type { RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Bookkeeping, Facts } from "../facts.ts";
import { type Answer, ask, statusAfter } from "../plain.ts";

const CALLS_A_MINUTE = 100;
const COMPANIES = "companies";

export const facts: Facts = {
  role: "psa",
  // The real sandbox takes so many calls a minute that a test would not end.
  sandbox: connectwise({ requestsPerMinute: CALLS_A_MINUTE }),
  system: (env) => ({
    base_url: env["CW_URL"] ?? "",
    settings: { company: env["CW_COMPANY"] ?? "" },
    auth: { public_key: "env:CW_PUBLIC", private_key: "env:CW_PRIVATE", client_id: "env:CW_CLIENT" },
  }),
  credentials: ["CW_PUBLIC", "CW_PRIVATE", "CW_CLIENT"],
  listed: {
    entity: "customer",
    collection: COMPANIES,
    page: /company\/companies\?/,
    remove: ({ ledger }, id) => ledger.remove(COMPANIES, id),
    add: (books) => {
      const [first] = books.ledger.all(COMPANIES);
      books.ledger.put(COMPANIES, "999999", { ...first, id: 999999, identifier: "CUST-ADDED" });
      change(books, "999999", {});
      return "999999";
    },
    touch: (books, id) => change(books, id, { phoneNumber: "8135550177" }),
  },
  deleted: {
    entity: "customer",
    act: (books) => {
      change(books, "1001", { deletedFlag: true });
      return "1001";
    },
    shows: "status",
  },
  created: [],
  external_id: { entity: "customer", field: "raw.customFields.AccountingId" },
  tooMany: { status: 429, body: { code: "TooManyRequests", message: "Too many requests.", errors: null } },
  tour,
  rules: {
    auth: "bad_credentials",
    unique_identifier: {
      name: "an identifier that is taken",
      on: 400,
      look: async (sandbox) =>
        (await company(sandbox, { identifier: "CUST-1001", name: "Twin", city: "Tampa" })).status,
    },
    rate_limit: {
      name: "one call more than a minute has",
      on: 429,
      look: (sandbox) =>
        statusAfter(CALLS_A_MINUTE + 1, () => ask(sandbox, "GET", "/system/info", headers(sandbox))),
    },
    page_size_cap: {
      name: "a page of more than 1000",
      on: 1000,
      look: async (sandbox) => {
        const [first] = sandbox.ledger.all(COMPANIES);
        for (let id = 50_000; id < 51_001; id++) sandbox.ledger.put(COMPANIES, String(id), { ...first, id });
        const { body } = await ask(sandbox, "GET", "/company/companies?pageSize=1001", headers(sandbox));
        return Array.isArray(body) ? body.length : body;
      },
    },
    conditions: {
      name: "a condition on a name that the list does not know",
      on: 400,
      look: async (sandbox) =>
        (await ask(sandbox, "GET", "/company/companies?conditions=colour%3D%22red%22", headers(sandbox)))
          .status,
    },
  },
};

/** Every resource is listed, counted and read alone; what a client may make is made, changed and taken away. */
async function tour(sandbox: RunningSandbox): Promise<void> {
  const made = await company(sandbox, { identifier: "TOUR", name: "Tour", city: "Tampa" });
  const id = isObject(made.body) ? Number(made.body["id"]) : 0;
  const call = (method: string, path: string, body?: Json): Promise<Answer> =>
    ask(sandbox, method, path, headers(sandbox), body);
  const child = { company: { id } };
  await call("POST", "/company/contacts", { ...child, firstName: "Dana" });
  await call("POST", `/company/companies/${id}/sites`, { name: "Pier", city: "Tampa" });
  await call("PATCH", `/company/companies/${id}`, [{ op: "replace", path: "name", value: "Tour & Co" }]);
  await call("POST", "/finance/agreements", {
    ...child,
    name: "Voice",
    type: { id: 4 },
    contact: { id: 2001 },
  });
  for (const { path, parent } of resources) {
    const above = parent === undefined ? undefined : sandbox.ledger.all(parent.collection)[0]?.["id"];
    const list = path.replace("{parent}", String(above));
    const { body } = await call("GET", list);
    await call("GET", `${list}/count`);
    const [first] = Array.isArray(body) ? body : [];
    if (isObject(first)) await call("GET", `${list}/${first["id"]}`);
  }
  await call("GET", "/system/info");
  await call("GET", "/company/companies/987654");
  await call("DELETE", `/company/companies/${id}`);
}

function change({ ledger, now }: Bookkeeping, id: string, changes: { readonly [field: string]: Json }): void {
  const row = ledger.get(COMPANIES, id);
  const info = isObject(row?.["_info"]) ? row["_info"] : {};
  const lastUpdated = `${new Date(now).toISOString().slice(0, 19)}Z`;
  ledger.put(COMPANIES, id, { ...row, ...changes, _info: { ...info, lastUpdated } });
}

function company(sandbox: RunningSandbox, body: Json): Promise<Answer> {
  return ask(sandbox, "POST", "/company/companies", headers(sandbox), body);
}

function headers({ environment }: RunningSandbox): { readonly [name: string]: string } {
  const { CW_COMPANY, CW_PUBLIC, CW_PRIVATE, CW_CLIENT = "" } = environment;
  const basic = Buffer.from(`${CW_COMPANY}+${CW_PUBLIC}:${CW_PRIVATE}`).toString("base64");
  return { authorization: `Basic ${basic}`, clientid: CW_CLIENT, "content-type": "application/json" };
}
