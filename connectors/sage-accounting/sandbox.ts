import type {
  Route,
  Row,
  Sandbox,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import { releaseAllocation, storeAllocation } from "./sandbox/allocations.ts";
import { type Books, ownIds, rowOf, textOf, timestamp } from "./sandbox/books.ts";
import { recordReceipts } from "./sandbox/clerk.ts";
import { consentPage } from "./sandbox/consent.ts";
import { storeContact } from "./sandbox/contacts.ts";
import { storeCreditNote } from "./sandbox/credit-notes.ts";
import { storeInvoice, voidDocument } from "./sandbox/invoices.ts";
import { listRows, readRow } from "./sandbox/list.ts";
import { release, storePayment } from "./sandbox/payments.ts";
import { invalidRecord, notFound, Problems } from "./sandbox/problems.ts";
import { findResource, type Resource, tombstones } from "./sandbox/resources.ts";
import { seed } from "./sandbox/seed.ts";
import {
  admit,
  BUSINESS,
  CLIENT_ID,
  CLIENT_SECRET,
  FIRST_REFRESH_TOKEN,
  issueTokens,
} from "./sandbox/session.ts";

/** Sage Accounting (Sage Business Cloud Accounting) API v3.1 as a server, its token endpoint beside it. */

const BASE = "/v3.1";
const PATH = "^/v3\\.1/(?<resource>[a-z_]+)";

const RULES = {
  auth: "API calls need an access token that is not five minutes old",
  business: "X-Business names a business of the user",
  consent: "a user consents to every login; off: refuses it",
  rotation: "every refresh gives a new refresh token and kills the one before",
  rate_limit: "100 calls a minute (medium confidence)",
  idempotency: "a repeated idempotency_id gets the record that the first one made",
  contact_reference: "a contact's reference is unique",
  tax_amount: "a line with a rate above zero says its tax",
  sales_accounts: "a line's account is one for sales",
  lock_date: "nothing is dated up to the year end lockdown",
  overpaid: "a payment or an allocation gives a document no more than it has open",
};

type Store = (body: Row, old: Row | undefined, books: Books) => Row | Problems;

const STORES: { readonly [path: string]: Store } = {
  contacts: storeContact,
  sales_invoices: storeInvoice,
  sales_credit_notes: storeCreditNote,
  contact_allocations: storeAllocation,
  contact_payments: storePayment,
};

const routes: readonly Route[] = [
  { method: "GET", path: /^\/oauth2\/auth\/central$/, handle: consentPage },
  { method: "POST", path: /^\/token$/, handle: issueTokens, write: () => false },
  { method: "GET", path: new RegExp(`${PATH}$`), handle: list },
  { method: "GET", path: new RegExp(`${PATH}/(?<id>[^/]+)$`), handle: read },
  { method: "POST", path: new RegExp(`${PATH}$`), handle: create },
  { method: "PUT", path: new RegExp(`${PATH}/(?<id>[^/]+)$`), handle: update },
  { method: "DELETE", path: new RegExp(`${PATH}/(?<id>[^/]+)$`), handle: remove },
];

export const sandbox: Sandbox = {
  name: "sage-accounting",
  rules: RULES,
  ownIds,
  seed,
  before: admit,
  routes,
  notFound: missing,
  basePath: BASE,
  environment: (baseUrl) => ({
    SAGE_URL: baseUrl,
    SAGE_AUTHORIZE_URL: `${baseUrl.slice(0, -BASE.length)}/oauth2/auth/central?filter=apiv3.1`,
    SAGE_TOKEN_URL: `${baseUrl.slice(0, -BASE.length)}/token`,
    SAGE_BUSINESS: BUSINESS,
    SAGE_ID: CLIENT_ID,
    SAGE_SECRET: CLIENT_SECRET,
    SAGE_REFRESH: FIRST_REFRESH_TOKEN,
  }),
};

function list(request: SandboxRequest, context: SandboxContext): SandboxReply {
  // One record without an id, and no list.
  if (request.params["resource"] === "financial_settings")
    return { status: 200, body: context.ledger.get("financial_settings", "1") ?? null };
  const resource = resourceOf(request);
  return resource === undefined ? missing() : listRows(resource, request, context);
}

function read(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const resource = resourceOf(request);
  const row = resource === undefined ? undefined : readRow(resource, request.params["id"] ?? "", context);
  return row === undefined ? missing() : { status: 200, body: row };
}

function create(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const resource = resourceOf(request);
  const store = STORES[resource?.path ?? ""];
  if (resource === undefined || store === undefined) return missing();
  const body = bodyOf(request, resource);
  if (body === undefined) return refused(new Problems([invalidRecord(`${resource.wrapper} is missing`)]));
  const key = textOf(body["idempotency_id"]);
  if (key !== "" && !/^[0-9a-f]{32}$/i.test(key)) {
    return refused(new Problems([invalidRecord("idempotency_id must be a GUID without hyphens")]));
  }
  // How long a key is remembered is not known: here for good.
  const known = context.rule("idempotency") ? context.ledger.get("idempotency", key) : undefined;
  if (known !== undefined) {
    return { status: 201, body: context.ledger.get(resource.path, textOf(known["record"])) ?? null };
  }
  const stored = store(body, undefined, context);
  if (stored instanceof Problems) return refused(stored);
  if (key !== "") context.ledger.put("idempotency", key, { record: textOf(stored["id"]) });
  if (resource.path === "sales_invoices") recordReceipts(textOf(stored["reference"]), context);
  return { status: 201, body: stored };
}

function update(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const resource = resourceOf(request);
  const store = STORES[resource?.path ?? ""];
  const old = resource === undefined ? undefined : readRow(resource, request.params["id"] ?? "", context);
  if (resource === undefined || store === undefined || old === undefined) return missing();
  const body = bodyOf(request, resource);
  if (body === undefined) return refused(new Problems([invalidRecord(`${resource.wrapper} is missing`)]));
  const stored = store(body, old, context);
  return stored instanceof Problems ? refused(stored) : { status: 200, body: stored };
}

function remove(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const resource = resourceOf(request);
  const old = resource === undefined ? undefined : readRow(resource, request.params["id"] ?? "", context);
  if (resource === undefined || old === undefined) return missing();
  if (resource.path === "sales_invoices" || resource.path === "sales_credit_notes") {
    const voided = voidDocument(resource.path, old, request.query.get("void_reason") ?? "", context);
    if (voided instanceof Problems) return refused(voided);
    if (voided !== undefined) return { status: 200, body: voided };
  } else if (resource.path === "contact_payments") {
    release(old, context);
  } else if (resource.path === "contact_allocations") {
    releaseAllocation(old, context);
  } else {
    return refused(new Problems([invalidRecord("The record cannot be deleted.")]));
  }
  const id = textOf(old["id"]);
  context.ledger.remove(resource.path, id);
  context.ledger.put(tombstones(resource), id, { ...old, deleted_at: timestamp(context.now()) });
  return { status: 204 };
}

function resourceOf(request: SandboxRequest): Resource | undefined {
  return findResource(request.params["resource"] ?? "");
}

function bodyOf(request: SandboxRequest, { wrapper }: Resource): Row | undefined {
  try {
    const body: Json = JSON.parse(request.body);
    return isObject(body) && isObject(body[wrapper]) ? rowOf(body[wrapper]) : undefined;
  } catch {
    return undefined;
  }
}

function refused({ rows }: Problems): SandboxReply {
  return { status: 422, body: [...rows] };
}

function missing(): SandboxReply {
  return { status: 404, body: [notFound()] };
}
