import { hexId, timestamp, worldId } from "../../../connectors/sage-accounting/sandbox/books.ts";
import { BANK } from "../../../connectors/sage-accounting/sandbox/clerk.ts";
import { storeInvoice, voidDocument } from "../../../connectors/sage-accounting/sandbox/invoices.ts";
import { Problems } from "../../../connectors/sage-accounting/sandbox/problems.ts";
import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { consentTo } from "../consent.ts";
import type { Bookkeeping, Facts } from "../facts.ts";
import { type Answer, ask, statusAfter } from "../plain.ts";
import { pagedWorld } from "../world.ts";

const CUSTOMER = worldId("71");
const VOICE = hexId("account:4000");
const CHECKING = hexId("account:1200");
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
    base_url: env["SAGE_URL"] ?? "",
    settings: { business_id: env["SAGE_BUSINESS"] ?? "", token_url: env["SAGE_TOKEN_URL"] ?? "" },
    auth: { client_id: "env:SAGE_ID", client_secret: "env:SAGE_SECRET", refresh_token: "env:SAGE_REFRESH" },
  }),
  credentials: ["SAGE_ID", "SAGE_SECRET", "SAGE_REFRESH"],
  listed: {
    entity: "customer",
    collection: "contacts",
    page: /\/contacts\?/,
    remove: ({ ledger }, id) => ledger.remove("contacts", id),
    add: (books) => {
      const id = hexId("added");
      const [first] = books.ledger.all("contacts");
      change(books, "contacts", id, { ...first, id, name: "Added LLC", reference: null });
      return id;
    },
    touch: (books, id) => change(books, "contacts", id, { tax_number: "59-1" }),
  },
  deleted: { entity: "payment", act: deletedPayment, shows: "tombstone" },
  voided: { entity: "invoice", act: voidedInvoice },
  tokens: {
    path: /\/token/,
    end: ({ ledger }) => {
      for (const { token } of ledger.all("oauth_access")) ledger.remove("oauth_access", String(token));
    },
    rotateAlways: [],
    grace: false,
  },
  created: [
    {
      entity: "invoice",
      collection: "sales_invoices",
      record: (number) => ({
        number: `INV-90${number}`,
        customer_id: CUSTOMER,
        invoice_date: "2026-08-01",
        due_date: "2026-08-16",
        currency: "USD",
        memo: `Period ${number}`,
        lines: [LINE],
        taxes: [
          { tax_type: "usf", name: "Federal USF", jurisdiction: "federal", amount: 210, gl_code: "2210" },
        ],
      }),
      tooLong: {},
      invalid: { customer_id: worldId("424242") },
      named: "memo",
      change: { memo: "another memo" },
    },
    {
      entity: "credit_note",
      collection: "sales_credit_notes",
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
      change: { memo: "another memo" },
    },
    {
      entity: "customer",
      collection: "contacts",
      record: (number) => ({
        customer_number: `NEW-${number}`,
        name: `New ${number} LLC`,
        status: "active",
        billing_emails: ["ap@new.example"],
        payment_terms_id: "net:30",
      }),
      tooLong: {},
      invalid: { name: "" },
      named: "name",
      twin: { name: "Twin LLC" },
      change: { billing_emails: ["other@new.example"] },
    },
  ],
  external_id: { entity: "customer", field: "raw.reference" },
  tooMany: {
    status: 429,
    body: [{ $severity: "error", $dataCode: "TooManyRequests", $message: "Too many." }],
  },
  rules: {
    auth: "token_refresh",
    business: {
      name: "a call for a business of somebody else",
      on: 403,
      look: async (sandbox) => {
        const stranger = { ...(await headers(sandbox)), "x-business": hexId("stranger") };
        return (await ask(sandbox, "GET", "/businesses", stranger)).status;
      },
    },
    consent: {
      name: "where the browser is sent",
      on: false,
      look: async ({ environment }) => {
        const { SAGE_AUTHORIZE_URL: page = "", SAGE_ID: client_id = "" } = environment;
        return (await consentTo(page, { client_id, scope: "full_access" })).has("error");
      },
    },
    rotation: "rotated_token_kept",
    rate_limit: {
      name: "call 101 of a minute",
      on: 429,
      look: async (sandbox) => {
        const known = await headers(sandbox);
        return statusAfter(101, () => ask(sandbox, "GET", "/businesses", known));
      },
    },
    idempotency: "same_key",
    contact_reference: "same_natural_key",
    tax_amount: {
      name: "a taxed line that does not say its tax",
      on: 422,
      look: (sandbox) => status(sandbox, "/sales_invoices", invoice({ tax_rate_id: "US_STANDARD" })),
    },
    sales_accounts: {
      name: "a line on the account of the bank",
      on: 422,
      look: (sandbox) => status(sandbox, "/sales_invoices", invoice({ ledger_account_id: CHECKING })),
    },
    lock_date: {
      name: "an invoice of a year that is locked",
      on: 422,
      look: (sandbox) => {
        const settings = sandbox.ledger.get("financial_settings", "1");
        const locked = { ...settings, year_end_lockdown_date: "2026-12-31" };
        sandbox.ledger.put("financial_settings", "1", locked);
        return status(sandbox, "/sales_invoices", invoice());
      },
    },
    overpaid: {
      name: "a payment of more than an invoice owes",
      on: 422,
      look: async (sandbox) => {
        const { body } = await post(sandbox, "/sales_invoices", invoice());
        const part = { artefact_id: isObject(body) ? (body["id"] ?? "") : "", amount: 11 };
        return status(sandbox, "/contact_payments", receipt(part));
      },
    },
  },
};

function change({ ledger, now }: Bookkeeping, collection: string, id: string, changes: Row): void {
  ledger.put(collection, id, { ...ledger.get(collection, id), ...changes, updated_at: timestamp(now) });
}

/** deleted_since gives what went after its second, so the payment goes in the next one. */
function deletedPayment({ ledger, now }: Bookkeeping): string {
  const [payment] = ledger.all("contact_payments");
  const id = String(payment?.["id"]);
  ledger.remove("contact_payments", id);
  ledger.put("deleted_contact_payments", id, { ...payment, deleted_at: timestamp(now + 1000) });
  return id;
}

/** A bookkeeper writes an invoice and voids it. */
function voidedInvoice({ ledger, now }: Bookkeeping): string {
  const books = { ledger, world: pagedWorld, now: () => now, rule: () => true };
  const made = storeInvoice(invoice().sales_invoice, undefined, books);
  const voided = made instanceof Problems ? made : voidDocument("sales_invoices", made, "a mistake", books);
  if (voided === undefined || voided instanceof Problems) throw new Error(JSON.stringify(voided));
  return String(voided["id"]);
}

/** An invoice of 10, and what else its line says. */
function invoice(more: Row = {}): { readonly sales_invoice: Row } {
  const line = { description: "Voice", ledger_account_id: VOICE, quantity: 1, unit_price: 10, ...more };
  const head = { contact_id: CUSTOMER, date: "2026-08-01", reference: "LOOK-1" };
  return { sales_invoice: { ...head, invoice_lines: [line] } };
}

/** A receipt that is all of its one part. */
function receipt(part: { readonly artefact_id: Json; readonly amount: number }): Json {
  return {
    contact_payment: {
      transaction_type_id: "CUSTOMER_RECEIPT",
      contact_id: CUSTOMER,
      bank_account_id: BANK,
      date: "2026-08-20",
      total_amount: part.amount,
      allocated_artefacts: [part],
    },
  };
}

async function status(sandbox: RunningSandbox, path: string, body: Json): Promise<number> {
  return (await post(sandbox, path, body)).status;
}

async function post(sandbox: RunningSandbox, path: string, body: Json): Promise<Answer> {
  return ask(sandbox, "POST", path, await headers(sandbox), body);
}

// A refresh token works once, so that a look logs in once.
const LOGINS = new WeakMap<RunningSandbox, Promise<{ readonly [name: string]: string }>>();

function headers(sandbox: RunningSandbox): Promise<{ readonly [name: string]: string }> {
  const known = LOGINS.get(sandbox) ?? login(sandbox);
  LOGINS.set(sandbox, known);
  return known;
}

async function login({ environment }: RunningSandbox): Promise<{ readonly [name: string]: string }> {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: environment["SAGE_REFRESH"] ?? "",
    client_id: environment["SAGE_ID"] ?? "",
    client_secret: environment["SAGE_SECRET"] ?? "",
  });
  const reply = await fetch(environment["SAGE_TOKEN_URL"] ?? "", { method: "POST", body: form });
  const body: Json = JSON.parse(await reply.text());
  return {
    authorization: `Bearer ${isObject(body) ? body["access_token"] : ""}`,
    "x-business": environment["SAGE_BUSINESS"] ?? "",
    "content-type": "application/json",
  };
}
