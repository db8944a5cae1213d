import type {
  Route,
  Row,
  Sandbox,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../engine/connector/sandbox/types.ts";
import { ownIds, rowsOf, textOf } from "./sandbox/books.ts";
import { recordReceipts } from "./sandbox/clerk.ts";
import { consentPage } from "./sandbox/consent.ts";
import { storeContact } from "./sandbox/contacts.ts";
import {
  type CreditList,
  removeAllocation,
  storeAllocation,
  storeBankTransaction,
  storeCreditNote,
} from "./sandbox/credits.ts";
import { storeInvoice } from "./sandbox/invoices.ts";
import { budget } from "./sandbox/limits.ts";
import { listRows, readRow } from "./sandbox/list.ts";
import { storeBatch } from "./sandbox/payments.ts";
import { storePaymentOrRefund } from "./sandbox/refunds.ts";
import { notFound } from "./sandbox/reply.ts";
import { findResource } from "./sandbox/resources.ts";
import { seed } from "./sandbox/seed.ts";
import {
  admit,
  CLIENT_ID,
  CLIENT_SECRET,
  FIRST_REFRESH_TOKEN,
  issueTokens,
  listConnections,
  TENANT,
} from "./sandbox/session.ts";
import { once, type Store, storeAll } from "./sandbox/write.ts";

/** Xero as a server: Accounting API 2.0, the token endpoint and the list of organisations on one address. */

const API = "^/api\\.xro/2\\.0";
const ID = "(?<id>[^/]+)";

const RULES = {
  auth: "API calls need an unexpired access token",
  tenant: "API calls name the organisation in xero-tenant-id",
  accept_json: "a reply is XML unless Accept names JSON",
  consent: "a user consents to every login; off: refuses it",
  pkce: "a code is redeemed with the verifier of its challenge, where it has one",
  rotation: "every refresh gives a new refresh token",
  rotation_grace: "the refresh token that was used works for 30 minutes more",
  rate_limit_minute: "60 calls a minute per organisation",
  rate_limit_day: "5000 calls a day per organisation",
  idempotency: "a repeated Idempotency-Key gets the first reply and writes nothing",
  contact_name: "names are unique among active contacts",
  invoice_number: "a number stands once over all invoices that are not deleted",
  account_codes: "a line names an active account that lines may post to",
  lock_date: "nothing changes up to the organisation's lock dates",
  overpaid: "a payment or allocation is no more than the invoice has open",
  reconciled: "a reconciled payment cannot be deleted",
};

/** The resources that are written by PUT and POST, and what stores an element of each. */
const STORES: { readonly [resource: string]: (request: SandboxRequest) => Store } = {
  Contacts: (request) => (element, books) => storeContact(element, request.method === "PUT", books),
  Invoices: (request) => {
    const call = { isCreate: request.method === "PUT", unitPlaces: unitPlaces(request) };
    return (element, books) => storeInvoice(element, call, books);
  },
  CreditNotes: (request) => (element, books) => storeCreditNote(element, unitPlaces(request), books),
  Payments: () => storePaymentOrRefund,
  BatchPayments: () => storeBatch,
  BankTransactions: () => storeBankTransaction,
};

const routes: readonly Route[] = [
  { method: "GET", path: /^\/identity\/connect\/authorize$/, handle: consentPage },
  { method: "POST", path: /^\/connect\/token$/, handle: issueTokens, write: () => false },
  { method: "GET", path: /^\/connections$/, handle: listConnections },
  { method: "GET", path: new RegExp(`${API}/(?<resource>[A-Za-z]+)$`), handle: list },
  { method: "GET", path: new RegExp(`${API}/(?<resource>[A-Za-z]+)/${ID}$`), handle: read },
  ...["PUT", "POST"].map((method) => ({
    method,
    path: new RegExp(`${API}/(?<resource>[A-Za-z]+)$`),
    handle: write,
  })),
  { method: "POST", path: new RegExp(`${API}/(?<resource>[A-Za-z]+)/${ID}$`), handle: write },
  {
    method: "PUT",
    path: new RegExp(`${API}/(?<list>CreditNotes|Overpayments|Prepayments)/${ID}/Allocations$`),
    handle: allocate,
  },
  {
    method: "DELETE",
    path: new RegExp(
      `${API}/(?<list>CreditNotes|Overpayments|Prepayments)/${ID}/Allocations/(?<allocation>[^/]+)$`,
    ),
    handle: unallocate,
  },
];

export const sandbox: Sandbox = {
  name: "xero",
  rules: RULES,
  ownIds,
  seed,
  before: admit,
  routes,
  notFound: (_, context) => notFound(context),
  basePath: "",
  environment: (baseUrl) => ({
    XERO_URL: baseUrl,
    XERO_TENANT: TENANT,
    XERO_ID: CLIENT_ID,
    XERO_SECRET: CLIENT_SECRET,
    XERO_REFRESH: FIRST_REFRESH_TOKEN,
  }),
};

function list(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const resource = findResource(request.params["resource"] ?? "");
  return resource === undefined ? notFound(context) : listRows(resource, request, context);
}

function read(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const resource = findResource(request.params["resource"] ?? "");
  return resource === undefined ? notFound(context) : readRow(resource, request.params["id"] ?? "", context);
}

function write(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const { resource = "", id } = request.params;
  const store = STORES[resource]?.(request);
  const idKey = findResource(resource)?.id;
  if (store === undefined || idKey === undefined) return notFound(context);
  const named: Store = (element, books) =>
    store(id === undefined ? element : { ...element, [idKey]: id }, books);
  return once(request, context, () => {
    const reply = storeAll(resource, request, context, named);
    if (resource === "Invoices") recordReceipts(storedNumbers(reply), context);
    return reply;
  });
}

function allocate(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const { list: resource, id = "" } = request.params;
  const credit = creditList(resource);
  return once(request, context, () =>
    storeAll("Allocations", request, context, (element, books) =>
      storeAllocation(credit, id.toLowerCase(), element, books),
    ),
  );
}

function unallocate(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const { list: resource, id = "", allocation = "" } = request.params;
  const removed = removeAllocation(creditList(resource), id.toLowerCase(), allocation, context);
  // The one answer that is a record by itself, as the vendor's document has it.
  return removed === undefined ? notFound(context) : { status: 200, body: removed, headers: budget(context) };
}

function creditList(name: string | undefined): CreditList {
  return name === "Overpayments" || name === "Prepayments" ? name : "CreditNotes";
}

function unitPlaces(request: SandboxRequest): number {
  return request.query.get("unitdp") === "4" ? 4 : 2;
}

function storedNumbers({ status, body }: SandboxReply): string[] {
  const rows: Row[] =
    status === 200 && typeof body === "object" && body !== null && "Invoices" in body
      ? rowsOf(body.Invoices)
      : [];
  return rows.filter((row) => row["HasErrors"] !== true).map((row) => textOf(row["InvoiceNumber"]));
}
