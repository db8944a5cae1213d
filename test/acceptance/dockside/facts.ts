import type { Capabilities } from "../../../engine/connector/sandbox/capabilities.ts";
import type { RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Bookkeeping, Facts } from "../../conformance/facts.ts";
import { ask } from "../../conformance/plain.ts";
import { credentials, seconds } from "./sandbox.ts";

/** What the conformance suite has to know of Dockside. */

const ORGANISATIONS = "organisations";
const NO_TOKENS = "the key of a workspace does not end";
const NO_CREATE = "nothing is created here; only ids of other systems are written";

export const capabilities: Capabilities = {
  lacks: {
    token_refresh: NO_TOKENS,
    rotated_token_kept: NO_TOKENS,
    rotated_token_lost: NO_TOKENS,
    voided_at_source: "no documents are read",
    same_key: NO_CREATE,
    same_natural_key: NO_CREATE,
    lost_create: NO_CREATE,
    length_limits: NO_CREATE,
    stale_version: "the vendor has no version token",
    mixed_batch: "the vendor has no batches",
    daily_quota: "the vendor names no quota by the day",
  },
  unverified: {},
};

export const facts: Facts = {
  role: "psa",
  system: (env) => ({
    base_url: env["DOCKSIDE_URL"] ?? "",
    settings: { workspace: env["DOCKSIDE_WORKSPACE"] ?? "" },
    auth: { key: "env:DOCKSIDE_KEY" },
  }),
  credentials: ["DOCKSIDE_KEY"],
  listed: {
    entity: "customer",
    collection: ORGANISATIONS,
    page: /\/organisations\?/,
    remove: ({ ledger }, id) => ledger.remove(ORGANISATIONS, id),
    add: (books) => {
      const [first] = books.ledger.all(ORGANISATIONS);
      books.ledger.put(ORGANISATIONS, "999999", { ...first, ref: "999999", code: "CUST-ADDED" });
      return "999999";
    },
    touch: (books, id) => change(books, id, { tel: "813-555-0177" }),
  },
  deleted: {
    entity: "customer",
    act: (books) => {
      change(books, "1001", { stage: "closed" });
      return "1001";
    },
    shows: "status",
  },
  created: [],
  external_id: { entity: "customer", field: "raw.customFields.AccountingId" },
  tooMany: { status: 429, body: { fault: "SLOW_DOWN", text: "later" } },
  rules: {
    key: "bad_credentials",
    after: "record_removed",
    take: {
      name: "a page of more than 50",
      on: 50,
      look: async (sandbox) => {
        const [first] = sandbox.ledger.all(ORGANISATIONS);
        for (let ref = 50_000; ref < 50_051; ref++)
          sandbox.ledger.put(ORGANISATIONS, String(ref), { ...first, ref: String(ref) });
        const { body } = await ask(sandbox, "GET", "/organisations?take=51", HEADERS);
        return isObject(body) && Array.isArray(body["rows"]) ? body["rows"].length : body;
      },
    },
    labels: {
      name: "a label that nobody has set up",
      on: 422,
      look: async (sandbox) => (await label(sandbox, "Colour")).status,
    },
  },
};

const HEADERS = {
  authorization: `Dockside workspace=${credentials.workspace}, key=${credentials.key}`,
  "content-type": "application/json",
};

function label(sandbox: RunningSandbox, name: string) {
  return ask(sandbox, "PUT", `/organisations/1001/labels/${name}`, HEADERS, { value: "red" });
}

function change({ ledger, now }: Bookkeeping, id: string, changes: { readonly [field: string]: Json }): void {
  ledger.put(ORGANISATIONS, id, { ...ledger.get(ORGANISATIONS, id), ...changes, touched: seconds(now) });
}
