import { rowsOf, worldId } from "../../../connectors/xero/sandbox/books.ts";
import { updatedNow } from "../../../connectors/xero/sandbox/dates.ts";
import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { CALLBACK, consentTo } from "../consent.ts";
import type { Bookkeeping, Facts } from "../facts.ts";
import { type Answer, ask, statusAfter } from "../plain.ts";

const CUSTOMER = worldId("71");
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
    base_url: env["XERO_URL"] ?? "",
    settings: { tenant_id: env["XERO_TENANT"] ?? "", token_url: `${env["XERO_URL"]}/connect/token` },
    auth: { client_id: "env:XERO_ID", client_secret: "env:XERO_SECRET", refresh_token: "env:XERO_REFRESH" },
  }),
  credentials: ["XERO_ID", "XERO_SECRET", "XERO_REFRESH"],
  listed: {
    entity: "customer",
    collection: "Contacts",
    page: /\/Contacts\?/,
    remove: ({ ledger }, id) => ledger.remove("Contacts", id),
    add: (books) => {
      const id = "ffffffff-ffff-4fff-8fff-ffffffffffff";
      const [first] = books.ledger.all("Contacts");
      change(books, "Contacts", id, { ...first, ContactID: id, Name: "Added LLC" });
      return id;
    },
    touch: (books, id) => change(books, "Contacts", id, { TaxNumber: "59-1" }),
  },
  deleted: {
    entity: "customer",
    act: (books) => {
      change(books, "Contacts", CUSTOMER, { ContactStatus: "ARCHIVED" });
      return CUSTOMER;
    },
    shows: "status",
  },
  voided: { entity: "invoice", act: voidedInvoice },
  tokens: {
    path: /\/connect\/token/,
    end: ({ ledger }) => {
      for (const { token } of ledger.all("oauth_access")) ledger.remove("oauth_access", String(token));
    },
    rotateAlways: [],
    grace: true,
  },
  created: [
    {
      entity: "invoice",
      collection: "Invoices",
      method: "PUT",
      record: (number) => ({
        number: `INV-90${number}`,
        customer_id: CUSTOMER,
        invoice_date: "2026-08-01",
        due_date: "2026-08-16",
        currency: "USD",
        memo: `Period ${number}`,
        lines: [LINE],
        taxes: [],
      }),
      tooLong: {},
      invalid: { customer_id: worldId("424242") },
      named: "memo",
      twin: { memo: "the same number again" },
      change: { memo: "another memo" },
    },
    {
      entity: "credit_note",
      collection: "CreditNotes",
      method: "PUT",
      record: (number) => ({
        number: `CN-90${number}`,
        customer_id: CUSTOMER,
        credit_note_date: "2026-08-02",
        currency: "USD",
        memo: `Credit ${number}`,
        lines: [LINE],
        taxes: [],
      }),
      tooLong: {},
      invalid: { customer_id: worldId("424242") },
      named: "memo",
      twin: { memo: "the same number again" },
      change: { memo: "another memo" },
    },
    {
      entity: "customer",
      collection: "Contacts",
      method: "PUT",
      record: (number) => ({
        name: `New ${number} LLC`,
        status: "active",
        billing_emails: ["ap@new.example"],
        payment_terms_id: "net:30",
      }),
      tooLong: {},
      invalid: { name: "" },
      named: "name",
      twin: { billing_emails: ["twin@new.example"] },
      change: { billing_emails: ["other@new.example"] },
    },
  ],
  external_id: { entity: "customer", field: "raw.AccountNumber" },
  tooMany: { status: 429, headers: { "x-rate-limit-problem": "minute" } },
  quota: { status: 429, headers: { "x-rate-limit-problem": "day", "retry-after": "30000" } },
  rules: {
    auth: "token_refresh",
    tenant: {
      name: "a call for another organisation",
      on: 403,
      look: async (sandbox) =>
        (await send(sandbox, "GET", "/Organisation", undefined, { "xero-tenant-id": "x" })).status,
    },
    accept_json: {
      name: "a call that does not ask for JSON",
      on: "string",
      look: async (sandbox) =>
        typeof (await send(sandbox, "GET", "/Organisation", undefined, { accept: "*/*" })).body,
    },
    consent: {
      name: "where the browser is sent",
      on: false,
      look: async (sandbox) => (await consented(sandbox)).has("error"),
    },
    pkce: {
      name: "a code that somebody else redeems",
      on: 400,
      look: async (sandbox) => {
        const code = (await consented(sandbox)).get("code") ?? "";
        const proof = { redirect_uri: CALLBACK, code_verifier: "not the one of the challenge" };
        return (await token(sandbox, { grant_type: "authorization_code", code, ...proof })).status;
      },
    },
    rotation: "rotated_token_kept",
    rotation_grace: "rotated_token_lost",
    rate_limit_minute: {
      name: "call 61 of a minute",
      on: 429,
      look: async (sandbox) => {
        const known = await headers(sandbox);
        return statusAfter(61, () => ask(sandbox, "GET", "/api.xro/2.0/Organisation", known));
      },
    },
    rate_limit_day: {
      name: "call 5001 of a day",
      on: 429,
      look: async (sandbox, clock) => {
        sandbox.setRule("rate_limit_minute", false);
        const known = await headers(sandbox);
        clock.advance(1000);
        return statusAfter(5001, () => ask(sandbox, "GET", "/api.xro/2.0/Organisation", known));
      },
    },
    idempotency: "same_key",
    contact_name: "same_natural_key",
    invoice_number: "same_natural_key",
    account_codes: {
      name: "a line on an account that there is not",
      on: 400,
      look: async (sandbox) => (await put(sandbox, "/Invoices", invoice("A-1", "9999"))).status,
    },
    lock_date: {
      name: "an invoice before the lock date",
      on: 400,
      look: async (sandbox) => {
        const [organisation] = sandbox.ledger.all("Organisation");
        const locked = { ...organisation, PeriodLockDate: "/Date(1798675200000+0000)/" };
        sandbox.ledger.put("Organisation", String(organisation?.["OrganisationID"]), locked);
        return (await put(sandbox, "/Invoices", invoice("L-1"))).status;
      },
    },
    overpaid: {
      name: "a payment of more than an invoice owes",
      on: 400,
      look: async (sandbox) => (await put(sandbox, "/Payments", await payment(sandbox, "O-1", 11))).status,
    },
    reconciled: {
      name: "a reconciled payment that is taken away",
      on: 400,
      look: async (sandbox) => {
        const { body } = await put(sandbox, "/Payments", await payment(sandbox, "R-1", 10));
        const [made] = isObject(body) ? rowsOf(body["Payments"]) : [];
        const id = String(made?.["PaymentID"]);
        sandbox.ledger.put("Payments", id, { ...sandbox.ledger.get("Payments", id), IsReconciled: true });
        return (await send(sandbox, "POST", `/Payments/${id}`, { Status: "DELETED" })).status;
      },
    },
  },
};

function change({ ledger, now }: Bookkeeping, collection: string, id: string, changes: Row): void {
  ledger.put(collection, id, {
    ...ledger.get(collection, id),
    ...changes,
    ...updatedNow({ now: () => now }),
  });
}

/** An invoice that a bookkeeper has voided; its shape is that of one without lines. */
function voidedInvoice(books: Bookkeeping): string {
  const id = worldId("voided");
  change(books, "Invoices", id, {
    InvoiceID: id,
    Type: "ACCREC",
    InvoiceNumber: "MAN-1",
    Status: "VOIDED",
    Contact: { ContactID: CUSTOMER },
    Date: "/Date(1785542400000+0000)/",
    DueDate: "/Date(1785542400000+0000)/",
    LineAmountTypes: "NoTax",
    LineItems: [],
    CurrencyCode: "USD",
    SubTotal: 0,
    TotalTax: 0,
    Total: 0,
    AmountDue: 0,
    AmountPaid: 0,
    AmountCredited: 0,
  });
  return id;
}

function invoice(number: string, account = "4000"): Row {
  const line = { Description: "Voice", Quantity: 1, UnitAmount: 10, AccountCode: account, TaxType: "NONE" };
  const dates = { Date: "2026-08-01", DueDate: "2026-08-16" };
  const head = { Type: "ACCREC", Status: "AUTHORISED", InvoiceNumber: number, LineAmountTypes: "NoTax" };
  return { ...head, ...dates, Contact: { ContactID: CUSTOMER }, LineItems: [line] };
}

/** A payment of a new invoice of 10. */
async function payment(sandbox: RunningSandbox, number: string, amount: number): Promise<Row> {
  const { body } = await put(sandbox, "/Invoices", invoice(number));
  const [made] = isObject(body) ? rowsOf(body["Invoices"]) : [];
  const bank = sandbox.ledger.all("Accounts").find(({ Type }) => Type === "BANK");
  const account = { AccountID: bank?.["AccountID"] ?? "" };
  const id = { InvoiceID: made?.["InvoiceID"] ?? "" };
  return { Invoice: id, Account: account, Date: "2026-08-20", Amount: amount };
}

function put(sandbox: RunningSandbox, path: string, body: Json): Promise<Answer> {
  return send(sandbox, "PUT", path, body);
}

async function send(
  sandbox: RunningSandbox,
  method: string,
  path: string,
  body?: Json,
  more: { readonly [name: string]: string } = {},
): Promise<Answer> {
  return ask(sandbox, method, `/api.xro/2.0${path}`, { ...(await headers(sandbox)), ...more }, body);
}

/** What the browser brings back from a consent that has a challenge. */
function consented({ origin, environment }: RunningSandbox): Promise<URLSearchParams> {
  const challenge = { code_challenge: "the hash of another verifier", code_challenge_method: "S256" };
  const asked = { client_id: environment["XERO_ID"] ?? "", scope: "offline_access accounting.contacts" };
  return consentTo(`${origin}/identity/connect/authorize`, { ...asked, ...challenge });
}

function token(sandbox: RunningSandbox, form: { readonly [name: string]: string }): Promise<Answer> {
  const { XERO_ID, XERO_SECRET } = sandbox.environment;
  const known = {
    authorization: `Basic ${Buffer.from(`${XERO_ID}:${XERO_SECRET}`).toString("base64")}`,
    "content-type": "application/x-www-form-urlencoded",
  };
  return ask(sandbox, "POST", "/connect/token", known, new URLSearchParams(form).toString());
}

async function headers(sandbox: RunningSandbox) {
  const { XERO_REFRESH = "", XERO_TENANT = "" } = sandbox.environment;
  // The first value works for as long as its grace lasts, which is longer than a look takes.
  const { body } = await token(sandbox, { grant_type: "refresh_token", refresh_token: XERO_REFRESH });
  return {
    authorization: `Bearer ${isObject(body) ? body["access_token"] : ""}`,
    "xero-tenant-id": XERO_TENANT,
    accept: "application/json",
    "content-type": "application/json",
  };
}
