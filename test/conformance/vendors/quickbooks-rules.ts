import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Facts } from "../facts.ts";
import { type Answer, ask, statusAfter } from "../plain.ts";
import { company, get, headers, invoice, post, refresh } from "./quickbooks-client.ts";

/** What notices that a rule of QuickBooks' sandbox is off, and a tour of what the connector never asks for. */

const DAY_MS = 86_400_000;

export const rules: Facts["rules"] = {
  auth: "token_refresh",
  accept_json: {
    name: "the form of a reply to a call that accepts anything",
    on: "string",
    look: async (sandbox) => {
      const { authorization } = await headers(sandbox);
      const path = company(sandbox, "/companyinfo/1");
      return typeof (await ask(sandbox, "GET", path, { authorization, accept: "*/*" })).body;
    },
  },
  rotation: "rotated_token_kept",
  rotation_once_a_day: {
    name: "two refreshes within one hour",
    on: true,
    look: async (sandbox) => {
      const first = await refresh(sandbox);
      const second = await refresh(sandbox);
      return first["refresh_token"] === second["refresh_token"];
    },
  },
  consent: {
    name: "where the browser is sent",
    on: false,
    look: async ({ origin, environment }) => {
      const asked = new URLSearchParams({
        client_id: environment["QBO_ID"] ?? "",
        response_type: "code",
        scope: "com.intuit.quickbooks.accounting",
        redirect_uri: "http://localhost:8754/callback",
        state: "s1",
      });
      const { headers } = await fetch(`${origin}/connect/oauth2?${asked}`, { redirect: "manual" });
      return new URL(headers.get("location") ?? origin).searchParams.has("error");
    },
  },
  consent_ends: {
    name: "the last days of five years of refreshes",
    on: 20,
    look: async (sandbox, clock) => {
      let left: Json = null;
      for (let time = 0; time < 19; time++) {
        clock.advance(95 * DAY_MS);
        left = Number((await refresh(sandbox))["x_refresh_token_expires_in"]) / 86_400;
      }
      return left;
    },
  },
  rate_limit: {
    name: "call 501 of a minute",
    on: 429,
    look: async (sandbox) => {
      const known = await headers(sandbox);
      return statusAfter(501, () => ask(sandbox, "GET", company(sandbox, "/preferences"), known));
    },
  },
  rate_limit_second: {
    name: "call 11 of a second",
    on: 429,
    look: async (sandbox) => {
      const known = await headers(sandbox);
      return statusAfter(11, () => ask(sandbox, "GET", company(sandbox, "/preferences"), known));
    },
  },
  requestid: "same_key",
  sync_token: "stale_version",
  display_name: "same_natural_key",
  doc_number: "same_natural_key",
  qty_price: {
    name: "an Amount that is not Qty times UnitPrice",
    on: 400,
    look: (sandbox) => status(sandbox, "invoice", invoice("Q-1", 10, 11)),
  },
  references: "mixed_batch",
  lengths: "length_limits",
  unknown_fields: {
    name: "a field that an invoice does not have",
    on: 400,
    look: (sandbox) => status(sandbox, "invoice", { ...invoice("U-1"), Colour: "red" }),
  },
  closed_books: {
    name: "an invoice before the closing date",
    on: 400,
    look: (sandbox) => {
      const preferences = sandbox.ledger.get("Preferences", "1");
      const closed = { ...preferences, AccountingInfoPrefs: { BookCloseDate: "2026-12-31" } };
      sandbox.ledger.put("Preferences", "1", closed);
      return status(sandbox, "invoice", { ...invoice("C-1"), TxnDate: "2026-08-01" });
    },
  },
  deposited: {
    name: "a change of a payment that was deposited",
    on: 400,
    look: (sandbox) => {
      const [payment] = sandbox.ledger.all("Payment");
      const Id = payment?.["Id"] ?? "";
      const links = [{ TxnType: "Payment", TxnId: Id }];
      sandbox.ledger.put("Deposit", "1", { Id: "1", Line: [{ LinkedTxn: links }] });
      return status(sandbox, "payment", { ...payment, sparse: true, PrivateNote: "again" });
    },
  },
  overpaid_link: {
    name: "a payment of more than an invoice owes",
    on: 400,
    look: async (sandbox) => {
      const { body } = await post(sandbox, "/invoice", invoice("O-1"));
      const made = isObject(body) && isObject(body["Invoice"]) ? body["Invoice"] : {};
      const line = { Amount: 11, LinkedTxn: [{ TxnType: "Invoice", TxnId: made["Id"] ?? "" }] };
      return status(sandbox, "payment", { CustomerRef: { value: "71" }, TotalAmt: 11, Line: [line] });
    },
  },
  cdc_window: {
    name: "changes of more than 30 days ago",
    on: 400,
    look: async (sandbox, clock) => (await changes(sandbox, clock.now() - 31 * DAY_MS)).status,
  },
  cdc_limit: {
    name: "more than 1000 changes",
    on: 1000,
    look: async (sandbox, clock) => {
      const [first] = sandbox.ledger.all("Payment");
      for (let id = 50_000; id < 51_000; id++)
        sandbox.ledger.put("Payment", String(id), { ...first, Id: `${id}` });
      const { body } = await changes(sandbox, clock.now() - DAY_MS);
      return (JSON.stringify(body).match(/"TxnDate"/g) ?? []).length;
    },
  },
  name_list_active: {
    name: "an inactive customer in a query that does not ask for it",
    on: {},
    look: async (sandbox) => {
      sandbox.ledger.put("Customer", "71", { ...sandbox.ledger.get("Customer", "71"), Active: false });
      const text = encodeURIComponent("select Id from Customer where Id = '71'");
      const { body } = await get(sandbox, `/query?query=${text}`);
      return isObject(body) ? (body["QueryResponse"] ?? null) : body;
    },
  },
  batch_size: {
    name: "a batch of 31",
    on: 400,
    look: async (sandbox) => (await post(sandbox, "/batch", batch(31))).status,
  },
  batch_unordered: {
    name: "the order of a batch's results",
    on: ["2", "1"],
    look: async (sandbox) => {
      const { body } = await post(sandbox, "/batch", batch(2));
      const results = isObject(body) ? body["BatchItemResponse"] : undefined;
      return Array.isArray(results) ? results.map((one) => (isObject(one) ? (one["bId"] ?? "") : "")) : [];
    },
  },
};

const ENTITIES = [
  ...["Customer", "Vendor", "Employee", "Item", "Account", "Term", "PaymentMethod", "Class", "Department"],
  ...[
    "TaxCode",
    "TaxRate",
    "Invoice",
    "CreditMemo",
    "RefundReceipt",
    "Payment",
    "CompanyInfo",
    "Preferences",
  ],
];

/** One of each resource is made where a client may, and all of them are read in each of the ways. */
export async function tour(sandbox: RunningSandbox): Promise<void> {
  const { DocNumber: _number, ...form } = invoice("");
  await post(sandbox, "/item", { Name: "Tour", Type: "Service", IncomeAccountRef: { value: "80" } });
  await post(sandbox, "/account", { Name: "Tour", AccountType: "Income" });
  await post(sandbox, "/class", { Name: "Tour" });
  await post(sandbox, "/creditmemo", { ...form, DocNumber: "CM-1" });
  await post(sandbox, "/refundreceipt", { ...form, DepositToAccountRef: { value: "78" } });
  await post(sandbox, "/invoice", { ...form, DocNumber: "T-1", BillEmail: { Address: "ap@new.example" } });
  await post(sandbox, "/payment", { CustomerRef: { value: "71" }, TotalAmt: 5, PaymentRefNum: "7" });
  for (const entity of ENTITIES) {
    const { body } = await get(sandbox, `/query?query=${encodeURIComponent(`select * from ${entity}`)}`);
    const [first] = [...JSON.stringify(body).matchAll(/"Id":"([^"]+)"/g)].map(([, id]) => id);
    if (first !== undefined) await get(sandbox, `/${entity.toLowerCase()}/${first}`);
  }
  await get(sandbox, "/query?query=select%20count(*)%20from%20Customer");
  await get(sandbox, "/query?query=select%20nonsense");
}

function batch(size: number): Json {
  const items = Array.from({ length: size }, (_, index) => ({
    bId: String(index + 1),
    Query: "select count(*) from Customer",
  }));
  return { BatchItemRequest: items };
}

function changes(sandbox: RunningSandbox, since: number): Promise<Answer> {
  return get(
    sandbox,
    `/cdc?entities=Payment&changedSince=${encodeURIComponent(new Date(since).toISOString())}`,
  );
}

async function status(sandbox: RunningSandbox, entity: string, body: Row): Promise<number> {
  return (await post(sandbox, `/${entity}`, body)).status;
}
