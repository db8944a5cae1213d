import { findEntity } from "../../../connectors/quickbooks/sandbox/entities.ts";
import { pacificTime } from "../../../connectors/quickbooks/sandbox/pacific.ts";
import { Refusal } from "../../../connectors/quickbooks/sandbox/refusal.ts";
import { applyWrite } from "../../../connectors/quickbooks/sandbox/write.ts";
import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Bookkeeping, Environment, Facts } from "../facts.ts";
import { type Answer, ask, statusAfter } from "../plain.ts";
import { pagedWorld } from "../world.ts";

const DAY_MS = 86_400_000;
const LINE = {
  line_number: 1,
  description: "SIP trunks",
  quantity: "2",
  unit_amount_decimal: "45",
  amount: 9000,
  gl_code: "4000",
};

export const facts: Facts = {
  role: "accounting",
  system: (env) => ({
    base_url: env["QBO_URL"] ?? "",
    settings: { realm_id: env["QBO_REALM"] ?? "", token_url: `${env["QBO_URL"]}/oauth2/v1/tokens/bearer` },
    auth: { client_id: "env:QBO_ID", client_secret: "env:QBO_SECRET", refresh_token: "env:QBO_REFRESH" },
  }),
  credentials: ["QBO_ID", "QBO_SECRET", "QBO_REFRESH"],
  // A clock that jumps where somebody waits shows more than ten calls in one second.
  off: ["rate_limit_second"],
  listed: {
    entity: "payment",
    collection: "Payment",
    page: /from(\+|%20)Payment(\+|%20)|\/cdc\?/,
    remove,
    add: ({ ledger, now }) => {
      const [first] = ledger.all("Payment");
      ledger.put("Payment", "999999", { ...first, Id: "999999", MetaData: stamp(now) });
      return "999999";
    },
    touch: ({ ledger, now }, id) => {
      ledger.put("Payment", id, { ...ledger.get("Payment", id), PrivateNote: "seen", MetaData: stamp(now) });
    },
  },
  deleted: {
    entity: "payment",
    act: (books) => {
      const id = String(books.ledger.all("Payment")[0]?.["Id"]);
      remove(books, id);
      return id;
    },
    shows: "tombstone",
  },
  voided: { entity: "invoice", act: voidedInvoice },
  tokens: {
    path: /\/oauth2\/v1\/tokens\/bearer/,
    end: ({ ledger }) => {
      for (const { token } of ledger.all("access_token")) ledger.remove("access_token", String(token));
    },
    rotateAlways: ["rotation_once_a_day"],
    grace: false,
  },
  created: [
    {
      entity: "invoice",
      collection: "Invoice",
      record: (number) => ({
        number: `INV-90${number}`,
        customer_id: "71",
        invoice_date: "2026-08-01",
        due_date: "2026-08-16",
        currency: "USD",
        memo: `Period ${number}`,
        lines: [LINE],
        taxes: [
          { tax_type: "usf", name: "Federal USF", jurisdiction: "federal", amount: 210, gl_code: "2210" },
        ],
      }),
      tooLong: { number: "9".repeat(22) },
      invalid: { customer_id: "424242" },
      named: "memo",
      twin: { memo: "the same number again" },
      change: { memo: "another memo" },
    },
    {
      entity: "customer",
      collection: "Customer",
      record: (number) => ({
        name: `New ${number} LLC`,
        status: "active",
        billing_emails: ["ap@new.example"],
        payment_terms_id: "3",
      }),
      tooLong: { billing_emails: [`${"a".repeat(100)}@new.example`] },
      invalid: { payment_terms_id: "424242" },
      named: "name",
      twin: { billing_emails: ["twin@new.example"] },
      change: { billing_emails: ["other@new.example"] },
    },
  ],
  tooMany: {
    status: 429,
    body: {
      fault: {
        error: [{ message: "message=ThrottleExceeded; errorCode=003001; statusCode=429", code: "3001" }],
        type: "THROTTLE",
      },
    },
  },
  rules: {
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
        return (JSON.stringify(body).match(/"PaymentRefNum"|"TotalAmt"/g) ?? []).length / 2;
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
  },
};

function remove({ ledger, now }: Bookkeeping, id: string): void {
  ledger.remove("Payment", id);
  ledger.put("deleted", `Payment:${id}`, { entity: "Payment", Id: id, MetaData: stamp(now) });
}

function stamp(now: number): Row {
  return { CreateTime: pacificTime(now), LastUpdatedTime: pacificTime(now) };
}

/** A clerk writes an invoice and voids it. */
function voidedInvoice({ ledger, now }: Bookkeeping): string {
  const books = { ledger, world: pagedWorld, now: () => now, rule: () => true };
  const entity = findEntity("Invoice");
  if (entity === undefined) throw new Error("the sandbox has invoices");
  const saved = applyWrite(
    { entity, operation: "save", body: invoice("MAN-1"), allowDuplicateNumber: false },
    books,
  );
  const made = saved instanceof Refusal ? undefined : saved["Invoice"];
  if (!isObject(made)) throw new Error(JSON.stringify(saved));
  const body = { Id: made["Id"] ?? "", SyncToken: made["SyncToken"] ?? "" };
  applyWrite({ entity, operation: "void", body, allowDuplicateNumber: false }, books);
  return String(body.Id);
}

function invoice(number: string, amount = 10, price = amount): Row {
  const detail = { ItemRef: { value: "21" }, Qty: 1, UnitPrice: price };
  const line = { Amount: amount, DetailType: "SalesItemLineDetail", SalesItemLineDetail: detail };
  return { DocNumber: number, CustomerRef: { value: "71" }, Line: [line] };
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

async function get(sandbox: RunningSandbox, path: string): Promise<Answer> {
  return ask(sandbox, "GET", company(sandbox, path), await headers(sandbox));
}

async function post(sandbox: RunningSandbox, path: string, body: Json): Promise<Answer> {
  return ask(sandbox, "POST", company(sandbox, path), await headers(sandbox), body);
}

function company({ environment }: RunningSandbox, path: string): string {
  return `/v3/company/${environment["QBO_REALM"]}${path}`;
}

async function headers(sandbox: RunningSandbox) {
  const { access_token } = await refresh(sandbox);
  return {
    authorization: `Bearer ${access_token}`,
    accept: "application/json",
    "content-type": "application/json",
  };
}

// The value that the vendor gave last, since an older one may be dead.
const refreshTokens = new WeakMap<RunningSandbox, string>();

async function refresh(sandbox: RunningSandbox): Promise<Environment> {
  const { QBO_ID, QBO_SECRET, QBO_REFRESH = "" } = sandbox.environment;
  const basic = Buffer.from(`${QBO_ID}:${QBO_SECRET}`).toString("base64");
  const refresh_token = refreshTokens.get(sandbox) ?? QBO_REFRESH;
  const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token });
  const type = "application/x-www-form-urlencoded";
  const { body } = await ask(
    sandbox,
    "POST",
    "/oauth2/v1/tokens/bearer",
    { authorization: `Basic ${basic}`, "content-type": type },
    form.toString(),
  );
  const tokens = isObject(body) ? body : {};
  refreshTokens.set(sandbox, String(tokens["refresh_token"]));
  return { access_token: String(tokens["access_token"]), refresh_token: String(tokens["refresh_token"]) };
}
