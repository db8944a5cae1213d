import { stamp } from "../../../connectors/autotask/sandbox/stamp.ts";
import { autotask } from "../../../connectors/autotask/sandbox.ts";
import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import type { Bookkeeping, Facts } from "../facts.ts";
import { type Answer, ask, statusAfter } from "../plain.ts";

const COMPANIES = "Companies";
const REQUESTS_PER_HOUR = 60;

/** A company that the vendor takes. */
const COMPANY = { companyName: "Tour LLC", companyType: 1, ownerResourceID: 4, phone: "8135550199" };

export const facts: Facts = {
  role: "psa",
  sandbox: autotask({ requestsPerHour: REQUESTS_PER_HOUR }),
  system: (env) => ({
    base_url: env["AUTOTASK_URL"] ?? "",
    settings: { category_names: { Customer: "Client" } },
    auth: { user: "env:AUTOTASK_USER", secret: "env:AUTOTASK_SECRET", integration_code: "env:AUTOTASK_CODE" },
  }),
  credentials: ["AUTOTASK_USER", "AUTOTASK_SECRET", "AUTOTASK_CODE"],
  listed: {
    entity: "customer",
    collection: COMPANIES,
    page: /\/Companies\/query/,
    remove: ({ ledger }, id) => ledger.remove(COMPANIES, id),
    add: (books) => {
      const [first] = books.ledger.all(COMPANIES);
      change(books, "999999", { ...first, id: 999999, companyNumber: "CUST-ADDED" });
      return "999999";
    },
    touch: (books, id) => change(books, id, { fax: "8135550198" }),
  },
  deleted: {
    entity: "customer",
    act: ({ ledger }) => {
      ledger.remove(COMPANIES, "1203");
      return "1203";
    },
    shows: "absent",
  },
  created: [],
  external_id: { entity: "customer", field: "raw.customFields.AccountingId" },
  tooMany: {
    status: 429,
    body: { errors: ["The external request threshold of 10000 requests per 60 minutes has been exceeded."] },
  },
  rules: {
    auth: "bad_credentials",
    path_casing: {
      name: "a path in small letters",
      on: 404,
      look: async (sandbox) => {
        const path = "/atservicesrest/v1.0/VersionInformation";
        return (await fetch(`${sandbox.origin}${path}`, { headers: headers(sandbox) })).status;
      },
    },
    threshold: {
      name: "one request more than an hour has",
      on: 429,
      look: async (sandbox) => (await overThreshold(sandbox)).status,
    },
    threshold_status: {
      name: "the status of one request more than an hour has",
      on: 429,
      look: async (sandbox) => (await overThreshold(sandbox)).status,
    },
    retry_after: {
      name: "what a 429 says of coming back",
      on: true,
      look: async (sandbox) => (await overThreshold(sandbox)).headers.has("retry-after"),
    },
    or_limit: {
      name: "a query of 501 alternatives",
      on: 500,
      look: async (sandbox) => {
        const items = Array.from({ length: 501 }, (_, value) => ({ op: "eq", field: "id", value }));
        return (await query(sandbox, { filter: [{ op: "or", items }] })).status;
      },
    },
    one_udf: {
      name: "a query by two custom fields",
      on: 500,
      look: async (sandbox) => {
        const filter = ["AccountingId", "BillingId"].map((field) => ({ op: "exist", field, udf: true }));
        return (await query(sandbox, { filter })).status;
      },
    },
    id_in_fields: {
      name: "more than 500 results without their id",
      on: 500,
      look: async (sandbox) => {
        const [first] = sandbox.ledger.all(COMPANIES);
        for (let id = 50_000; id < 50_501; id++) sandbox.ledger.put(COMPANIES, String(id), { ...first, id });
        return (await query(sandbox, { filter: ALL, includeFields: ["companyName"] })).status;
      },
    },
    udf_absent: {
      name: "custom fields that no company has filled in",
      on: false,
      look: async (sandbox) =>
        JSON.stringify((await query(sandbox, { filter: ALL })).body).includes("userDefinedFields"),
    },
    required: {
      name: "a company without a phone",
      on: 500,
      look: async (sandbox) => (await write(sandbox, "POST", { ...COMPANY, phone: null })).status,
    },
    picklists: {
      name: "a type that is not in its picklist",
      on: 500,
      look: async (sandbox) => (await write(sandbox, "POST", { ...COMPANY, companyType: 99 })).status,
    },
    references: {
      name: "a country that there is not",
      on: 500,
      look: async (sandbox) => (await write(sandbox, "POST", { ...COMPANY, countryID: 9 })).status,
    },
    flags: {
      name: "null for a boolean",
      on: 500,
      look: async (sandbox) => (await write(sandbox, "PATCH", { id: 1001, isActive: null })).status,
    },
    put_nulls: {
      name: "a field that a PUT does not name",
      on: null,
      look: async (sandbox) => {
        await write(sandbox, "PUT", { ...COMPANY, id: 1001 });
        return sandbox.ledger.get(COMPANIES, "1001")?.["city"] ?? null;
      },
    },
  },
};

const ALL: Json = [{ op: "exist", field: "id" }];

function change({ ledger, now }: Bookkeeping, id: string, changes: Row): void {
  const changed = { ...changes, lastTrackedModifiedDateTime: stamp(now) };
  ledger.put(COMPANIES, id, { ...ledger.get(COMPANIES, id), ...changed });
}

function headers({ environment }: RunningSandbox) {
  const { AUTOTASK_CODE = "", AUTOTASK_USER = "", AUTOTASK_SECRET = "" } = environment;
  return {
    ApiIntegrationCode: AUTOTASK_CODE,
    UserName: AUTOTASK_USER,
    Secret: AUTOTASK_SECRET,
    "content-type": "application/json",
  };
}

function query(sandbox: RunningSandbox, body: Json): Promise<Answer> {
  return ask(sandbox, "POST", `/${COMPANIES}/query`, headers(sandbox), body);
}

function write(sandbox: RunningSandbox, method: string, body: Json): Promise<Answer> {
  return ask(sandbox, method, `/${COMPANIES}`, headers(sandbox), body);
}

async function overThreshold(sandbox: RunningSandbox): Promise<Answer> {
  const version = (): Promise<Answer> => ask(sandbox, "GET", "/VersionInformation", headers(sandbox));
  await statusAfter(REQUESTS_PER_HOUR, version);
  return version();
}
