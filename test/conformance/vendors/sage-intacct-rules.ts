import { rowsOf, textOf } from "../../../connectors/sage-intacct/sandbox/books.ts";
import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Facts } from "../facts.ts";
import { type Answer, ask, statusAfter } from "../plain.ts";

/** What notices that a rule of Intacct's sandbox is off, and a tour of what the connector never asks for. */

export const REQUESTS_PER_MINUTE = 300;
const AR = "/objects/accounts-receivable";

export const rules: Facts["rules"] = {
  auth: "token_refresh",
  one_grant: {
    name: "a refresh of the grant before the newest",
    on: 401,
    look: async (sandbox) => {
      const first = await login(sandbox);
      await login(sandbox);
      const refresh_token = textOf(first["refresh_token"]);
      return (await tokens(sandbox, { grant_type: "refresh_token", refresh_token })).status;
    },
  },
  rate_limit: {
    name: "one call more than a minute has",
    on: 429,
    look: async (sandbox) => (await overLimit(sandbox)).status,
  },
  retry_after: {
    name: "what a 429 says of coming back",
    on: true,
    look: async (sandbox) => (await overLimit(sandbox)).headers.has("retry-after"),
  },
  unique_id: "same_natural_key",
  unique_number: "same_natural_key",
  unknown_fields: {
    name: "a field that an invoice does not have",
    on: 400,
    look: (sandbox) => status(sandbox, `${AR}/invoice`, { ...invoice("U-1"), colour: "red" }),
  },
  required: {
    name: "a customer without a name",
    on: 400,
    look: (sandbox) => status(sandbox, `${AR}/customer`, { id: "R-1" }),
  },
  references: {
    name: "an invoice of nobody",
    on: 400,
    look: (sandbox) => status(sandbox, `${AR}/invoice`, { ...invoice("R-1"), customer: { key: "424242" } }),
  },
  decimal_strings: {
    name: "an amount that is a number",
    on: 400,
    look: (sandbox) =>
      status(sandbox, `${AR}/invoice`, { ...invoice("D-1"), lines: [line({ txnAmount: 10 })] }),
  },
  location: {
    name: "a line without a location",
    on: 400,
    look: (sandbox) =>
      status(sandbox, `${AR}/invoice`, { ...invoice("L-1"), lines: [line({ dimensions: {} })] }),
  },
  posted_lines: {
    name: "other lines of a posted invoice",
    on: 422,
    look: async (sandbox) => {
      const key = await created(sandbox, invoice("P-1"));
      const lines = [line({ txnAmount: "11.00" })];
      return (await send(sandbox, "PATCH", `${AR}/invoice/${key}`, { lines })).status;
    },
  },
  reverse_paid: {
    name: "a reversal of an invoice with payments",
    on: 422,
    look: async (sandbox) => {
      const key = await created(sandbox, invoice("Q-1"));
      await send(sandbox, "POST", `${AR}/payment`, payment(key, "5.00"));
      const body = { key, reversedDate: "2026-09-01" };
      return status(sandbox, "/workflows/accounts-receivable/invoice/reverse", body);
    },
  },
  overpaid_invoice: {
    name: "a payment of more than an invoice owes",
    on: 422,
    look: async (sandbox) => {
      const key = await created(sandbox, invoice("O-1"));
      return status(sandbox, `${AR}/payment`, payment(key, "11.00"));
    },
  },
  closed_periods: {
    name: "an invoice in a closed period",
    on: 422,
    look: (sandbox) => {
      sandbox.ledger.put("company", "1", { id: "LAKESIDE", booksClosedThrough: "2026-12-31" });
      return status(sandbox, `${AR}/invoice`, invoice("C-1"));
    },
  },
  query_size: {
    name: "a query of 4001 rows",
    on: 400,
    look: (sandbox) => {
      const body = { object: "accounts-receivable/customer", fields: ["key"], size: 4001 };
      return status(sandbox, "/services/core/query", body);
    },
  },
  idempotency: "same_key",
};

/** Lines one by one, which the connector reads by queries. */
export async function tour(sandbox: RunningSandbox): Promise<void> {
  await created(sandbox, invoice("T-1"));
  const known = await headers(sandbox);
  const { body } = await ask(sandbox, "GET", `${AR}/invoice-line`, known);
  for (const { key } of rowsOf(isObject(body) ? body["ia::result"] : []))
    await ask(sandbox, "GET", `${AR}/invoice-line/${textOf(key)}`, known);
}

/** An invoice of 10.00 for customer 71. */
function invoice(number: string): Row {
  const dates = { invoiceDate: "2026-08-01", dueDate: "2026-08-16" };
  return { customer: { key: "71" }, ...dates, invoiceNumber: number, lines: [line({})] };
}

function line(more: Row): Row {
  const place = { location: { id: "US-FL" } };
  return { txnAmount: "10.00", glAccount: { id: "4000" }, dimensions: place, ...more };
}

function payment(key: string, paymentAmount: string): Row {
  return {
    customer: { key: "71" },
    financialEntity: { entityId: "BOA" },
    paymentSummary: { receiptDate: "2026-08-20" },
    paymentMethod: "printedCheck",
    paymentDetails: [{ arInvoice: { key }, txnCurrency: { paymentAmount } }],
  };
}

/** Key of the invoice that is made. */
async function created(sandbox: RunningSandbox, body: Row): Promise<string> {
  const { body: answer } = await send(sandbox, "POST", `${AR}/invoice`, body);
  const result = isObject(answer) ? answer["ia::result"] : undefined;
  return isObject(result) ? textOf(result["key"]) : "";
}

async function status(sandbox: RunningSandbox, path: string, body: Json): Promise<number> {
  return (await send(sandbox, "POST", path, body)).status;
}

async function send(sandbox: RunningSandbox, method: string, path: string, body: Json): Promise<Answer> {
  return ask(sandbox, method, path, await headers(sandbox), body);
}

async function overLimit(sandbox: RunningSandbox): Promise<Answer> {
  const known = await headers(sandbox);
  const call = (): Promise<Answer> => ask(sandbox, "GET", `${AR}/term`, known);
  await statusAfter(REQUESTS_PER_MINUTE, call);
  return call();
}

async function headers(sandbox: RunningSandbox) {
  const { access_token } = await login(sandbox);
  return { authorization: `Bearer ${textOf(access_token)}`, "content-type": "application/json" };
}

async function login(sandbox: RunningSandbox): Promise<Row> {
  const username = sandbox.environment["INTACCT_USER"] ?? "";
  const { body } = await tokens(sandbox, { grant_type: "client_credentials", username });
  return isObject(body) ? { ...body } : {};
}

function tokens(sandbox: RunningSandbox, form: { readonly [name: string]: string }): Promise<Answer> {
  const { INTACCT_ID = "", INTACCT_SECRET = "" } = sandbox.environment;
  const body = new URLSearchParams({ client_id: INTACCT_ID, client_secret: INTACCT_SECRET, ...form });
  const type = { "content-type": "application/x-www-form-urlencoded" };
  return ask(sandbox, "POST", "/oauth2/token", type, body.toString());
}
