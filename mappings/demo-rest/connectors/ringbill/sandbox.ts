import {
  changeRow,
  referenceRules,
  seedReference,
} from "../../../../engine/connector/sandbox/reference-billing.ts";
import type {
  Row,
  Sandbox,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../../engine/connector/sandbox/types.ts";
import { isObject } from "../../../../engine/core/json.ts";
import { formatMoney, parseMoney } from "../../../../engine/core/money.ts";

/** Ringbill on loopback, written from README.md: one address, a JSON body with an action, refusals as good answers. */

export const credentials = { id: "lakeside-api", secret: "ringbill-sandbox-secret" };

const RULES = {
  ...referenceRules,
  credentials: "a call without the API id and secret is refused",
  unique_transid: "a second payment with a transid is refused",
  externalref: "a second AddClient with an externalref answers with the first one's client",
};
const LIST_MAX = 100;
const FIRST_ID = 90_001;

export const sandbox: Sandbox = {
  name: "ringbill",
  rules: RULES,
  seed: seedReference,
  before: ({ headers }, { rule }) =>
    rule("credentials") &&
    !(headers["x-api-id"] === credentials.id && headers["x-api-secret"] === credentials.secret)
      ? { status: 403, body: { result: "error", message: "Authentication Failed" } }
      : undefined,
  routes: [
    {
      method: "POST",
      path: /\/api/,
      handle: answer,
      write: ({ body }) => /"action"\s*:\s*"(?:Add|Update)/.test(body),
    },
  ],
  notFound: () => ({ status: 404, body: "Not Found", headers: { "content-type": "text/plain" } }),
  basePath: "",
  environment: (baseUrl) => ({
    RINGBILL_URL: baseUrl,
    RINGBILL_ID: credentials.id,
    RINGBILL_SECRET: credentials.secret,
  }),
};

type Action = (call: Row, context: SandboxContext) => Row | string;

const ACTIONS: { readonly [action: string]: Action } = {
  GetClients: (call, context) => list("clients", "client", call, context, clientOf),
  GetClientsDetails: (call, context) =>
    one("client", context.ledger.get("customers", text(call["clientid"])), context, clientOf, "Client"),
  AddClient: addClient,
  UpdateClient: (call, context) => {
    const id = text(call["clientid"]);
    if (context.ledger.get("customers", id) === undefined) return "Client ID Not Found";
    const row = customerRow(call);
    return changeRow({ table: "customers", operation: "update", id, row }, context) ?? { clientid: id };
  },
  GetInvoices: (call, context) => list("invoices", "invoice", call, context, invoiceOf),
  GetInvoice: (call, context) =>
    one("invoice", context.ledger.get("invoices", text(call["invoiceid"])), context, invoiceOf, "Invoice"),
  GetPayments: (call, context) => list("payments", "payment", call, context, paymentOf),
  GetPayment: (call, context) =>
    one("payment", context.ledger.get("payments", text(call["paymentid"])), context, paymentOf, "Payment"),
  AddPayment: addPayment,
};

function answer({ body }: SandboxRequest, context: SandboxContext): SandboxReply {
  const call: unknown = parse(body);
  const action = isObject(call) ? ACTIONS[text(call["action"])] : undefined;
  const said = isObject(call) && action !== undefined ? action(call, context) : "Action Unknown";
  return {
    status: 200,
    body: typeof said === "string" ? { result: "error", message: said } : { result: "success", ...said },
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const TABLES: { readonly [list: string]: string } = {
  clients: "customers",
  invoices: "invoices",
  payments: "payments",
};

function list(
  outer: string,
  inner: string,
  call: Row,
  { ledger, world }: SandboxContext,
  shape: (row: Row, currency: string) => Row,
): Row {
  const since = text(call["modifiedsince"]);
  const client = text(call["clientid"]);
  const reference = text(call["externalref"]);
  const all = ledger
    .all(TABLES[outer] ?? "")
    .filter(
      (row) =>
        timeOf(row) >= since &&
        (client === "" || row["customer_id"] === client) &&
        (reference === "" || row["externalref"] === reference),
    );
  const start = Number(call["limitstart"] ?? 0);
  const most = Math.min(LIST_MAX, Number(call["limitnum"] ?? LIST_MAX));
  const some = all.slice(start, start + most).map((row) => shape(row, world.currency));
  return {
    totalresults: all.length,
    startnumber: start,
    numreturned: some.length,
    [outer]: { [inner]: some },
  };
}

function one(
  name: string,
  row: Row | undefined,
  { world }: SandboxContext,
  shape: (row: Row, currency: string) => Row,
  what: string,
): Row | string {
  return row === undefined ? `${what} ID Not Found` : { [name]: shape(row, world.currency) };
}

function addClient(call: Row, context: SandboxContext): Row | string {
  const { ledger, rule } = context;
  const externalref = text(call["externalref"]);
  const before = ledger.all("customers").find((row) => row["externalref"] === externalref);
  if (externalref !== "" && before !== undefined && rule("externalref"))
    return { clientid: text(before["id"]) };
  if (text(call["companyname"]) === "") return "Company Name Required";
  const id = String(ledger.next("id", FIRST_ID));
  const row = { ...customerRow(call), externalref };
  return changeRow({ table: "customers", operation: "create", id, row }, context) ?? { clientid: id };
}

function addPayment(call: Row, context: SandboxContext): Row | string {
  const { ledger, rule, world } = context;
  const transid = text(call["transid"]);
  const before = ledger.all("payments").find((row) => row["transid"] === transid);
  if (transid !== "" && before !== undefined && rule("unique_transid"))
    return `Duplicate Transaction ID (payment ${text(before["id"])})`;
  const allocations = nested(call["allocations"], "allocation").map(({ invoiceid, amount }) => ({
    invoice_id: text(invoiceid),
    amount: parseMoney(text(amount), world.currency) ?? 0,
  }));
  const amount = parseMoney(text(call["amount"]), world.currency);
  if (amount === undefined || amount <= 0) return "Amount Invalid";
  const id = String(ledger.next("id", FIRST_ID));
  const row = {
    customer_id: text(call["clientid"]),
    payment_date: text(call["date"]),
    amount,
    currency: world.currency,
    reference: text(call["memo"]),
    transid,
    allocations,
  };
  return changeRow({ table: "payments", operation: "create", id, row }, context) ?? { paymentid: id };
}

// Fields of a client → columns of the books.
const COLUMNS: { readonly [field: string]: string } = {
  number: "customer_number",
  companyname: "name",
  phonenumber: "phone",
  address1: "address_line1",
  address2: "address_line2",
  city: "city",
  state: "region",
  postcode: "postal_code",
  country: "country",
  termsid: "payment_terms_id",
};

/** What a call says of a client, in the columns of the books. */
function customerRow(call: Row): Row {
  const named = Object.entries(COLUMNS).flatMap(([field, column]) =>
    Object.hasOwn(call, field) ? [[column, text(call[field])] as const] : [],
  );
  const fields = nested(call["customfields"], "customfield").map(({ name, value }) => ({
    label: text(name),
    value: text(value),
  }));
  return {
    ...Object.fromEntries(named),
    ...(Object.hasOwn(call, "status")
      ? { status: call["status"] === "Inactive" ? "inactive" : "active" }
      : {}),
    ...(Object.hasOwn(call, "email")
      ? {
          emails: text(call["email"])
            .split(",")
            .filter((email) => email !== "")
            .map((email) => ({ email })),
        }
      : {}),
    ...(fields.length > 0 ? { fields } : {}),
  };
}

function clientOf(row: Row): Row {
  return {
    id: text(row["id"]),
    ...Object.fromEntries(Object.entries(COLUMNS).map(([field, column]) => [field, text(row[column])])),
    status: row["status"] === "inactive" ? "Inactive" : "Active",
    email: rowsOf(row["emails"])
      .map(({ email }) => text(email))
      .join(","),
    externalref: text(row["externalref"]),
    customfields: {
      customfield: rowsOf(row["fields"]).map(({ label, value }) => ({
        name: text(label),
        value: text(value),
      })),
    },
    lastmodified: timeOf(row),
  };
}

function invoiceOf(row: Row, currency: string): Row {
  const money = (value: Row[string] | undefined): string => formatMoney(Number(value), currency);
  const [total, balance] = [Number(row["total"]), Number(row["balance"])];
  const unpaid = balance > 0 || total === 0 ? "Unpaid" : "Paid";
  return {
    id: text(row["id"]),
    invoicenum: text(row["number"]),
    clientid: text(row["customer_id"]),
    date: text(row["invoice_date"]),
    duedate: text(row["due_date"]),
    periodstart: text(row["period_from"]),
    periodend: text(row["period_to"]),
    status: row["status"] === "voided" ? "Cancelled" : row["status"] === "draft" ? "Draft" : unpaid,
    subtotal: money(row["subtotal"]),
    tax: money(row["tax_total"]),
    total: money(total),
    balance: money(balance),
    items: {
      item: rowsOf(row["lines"]).map((line) => ({
        type: text(line["charge_type"]),
        description: text(line["description"]),
        qty: text(line["quantity"]),
        rate: text(line["unit_amount_decimal"]),
        amount: money(line["amount"]),
      })),
    },
    taxes: {
      tax: rowsOf(row["taxes"]).map((tax) => ({
        item: tax["line_number"] ?? null,
        code: text(tax["tax_code"]),
        kind: text(tax["tax_type"]),
        level: text(tax["jurisdiction"]),
        name: text(tax["name"]),
        rate: text(tax["rate_decimal"]),
        amount: money(tax["amount"]),
      })),
    },
    lastmodified: timeOf(row),
  };
}

function paymentOf(row: Row, currency: string): Row {
  return {
    id: text(row["id"]),
    clientid: text(row["customer_id"]),
    date: text(row["payment_date"]),
    amount: formatMoney(Number(row["amount"]), currency),
    memo: text(row["reference"]),
    transid: text(row["transid"]),
    allocations: {
      allocation: rowsOf(row["allocations"]).map(({ invoice_id, amount }) => ({
        invoiceid: text(invoice_id),
        amount: formatMoney(Number(amount), currency),
      })),
    },
    lastmodified: timeOf(row),
  };
}

function timeOf(row: Row): string {
  return text(row["updated_at"]).slice(0, "2026-01-01T00:00:00".length).replace("T", " ");
}

function nested(value: Row[string] | undefined, inner: string): readonly Row[] {
  return isObject(value) ? rowsOf(value[inner]) : [];
}

function rowsOf(value: Row[string] | undefined): readonly Row[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: Row[string] | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
