import type {
  Route,
  Row,
  Sandbox,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import { runBatch, writesAnything } from "./sandbox/batch.ts";
import { readChanges } from "./sandbox/changes.ts";
import { recordReceipts, storedNumbers } from "./sandbox/clerk.ts";
import { consent } from "./sandbox/consent.ts";
import { findEntity } from "./sandbox/entities.ts";
import { missing, notFound, Refusal, unknownProperty, unsupported } from "./sandbox/refusal.ts";
import { answer, send } from "./sandbox/reply.ts";
import { checkRequestId, once } from "./sandbox/requests.ts";
import { seed } from "./sandbox/seed.ts";
import { runQuery } from "./sandbox/select.ts";
import {
  admit,
  CLIENT_ID,
  CLIENT_SECRET,
  FIRST_REFRESH_TOKEN,
  issueTokens,
  REALM,
} from "./sandbox/session.ts";
import { applyWrite } from "./sandbox/write.ts";

/** QuickBooks Online as a server: accounting API v3 and the token endpoint on one address. */

const COMPANY = "^/v3/company/(?<realm>[^/]+)";
const REQUEST_ID_MAX = 50;

const RULES = {
  auth: "API calls need an unexpired access token",
  accept_json: "a reply is XML unless Accept names JSON",
  rotation: "the refresh token's value changes and the old one dies",
  rotation_once_a_day: "the value changes about every 24 hours; off: at every refresh",
  consent: "the administrator consents to every login; off: refuses it",
  consent_ends: "a consent ends after five years, whatever is refreshed",
  rate_limit: "500 requests and 40 batches a minute per company",
  rate_limit_second: "10 requests a second per company and app",
  requestid: "a repeated requestid gets the original reply and writes nothing",
  sync_token: "an update names the current SyncToken",
  display_name: "names are unique, over customers, vendors and employees, inactive ones included",
  doc_number: "a document number stands once per transaction type",
  qty_price: "a line's Amount is Qty times UnitPrice to the cent",
  references: "referenced records exist and are active",
  lengths: "text fields have their greatest length",
  unknown_fields: "a body holds only fields of its resource",
  closed_books: "nothing changes up to BookCloseDate",
  deposited: "a deposited payment cannot change",
  overpaid_link: "a payment applies no more than the open balance",
  cdc_window: "change data capture looks back 30 days",
  cdc_limit: "change data capture is cut off at 1000 objects",
  name_list_active: "queries hide inactive names unless asked for them",
  batch_size: "a batch has 30 items at most",
  batch_unordered: "batch results come in another order than the items",
};

const routes: readonly Route[] = [
  { method: "GET", path: /^\/connect\/oauth2$/, handle: consent },
  { method: "POST", path: /^\/oauth2\/v1\/tokens\/bearer$/, handle: issueTokens, write: () => false },
  {
    method: "GET",
    path: under("query"),
    handle: (request, context) => query(request.query.get("query"), request, context),
  },
  {
    // Long queries go by POST as application/text (low confidence).
    method: "POST",
    path: under("query"),
    handle: (request, context) => query(request.body, request, context),
    write: () => false,
  },
  { method: "GET", path: under("cdc"), handle: changes },
  {
    method: "POST",
    path: under("batch"),
    handle: batch,
    write: (request) => writesAnything(parseBody(request) ?? null),
  },
  {
    method: "GET",
    path: under("preferences"),
    handle: (request, context) => read("preferences", "1", request, context),
  },
  {
    method: "GET",
    path: under("(?<entity>[a-z]+)/(?<id>[^/]+)"),
    handle: (request, context) => read(request.params["entity"], request.params["id"], request, context),
  },
  { method: "POST", path: under("(?<entity>[a-z]+)"), handle: write },
];

export const sandbox: Sandbox = {
  name: "quickbooks",
  rules: RULES,
  seed,
  before: admit,
  routes,
  notFound: (request, context) => {
    const fault = {
      Error: [{ Message: "Not Found", Detail: request.path, code: "404" }],
      type: "SystemFault",
    };
    return send(404, { Fault: fault }, request, context);
  },
  basePath: "",
  environment: (baseUrl) => ({
    QBO_URL: baseUrl,
    QBO_REALM: REALM,
    QBO_ID: CLIENT_ID,
    QBO_SECRET: CLIENT_SECRET,
    QBO_REFRESH: FIRST_REFRESH_TOKEN,
  }),
};

function under(path: string): RegExp {
  return new RegExp(`${COMPANY}/${path}$`);
}

function query(text: string | null, request: SandboxRequest, context: SandboxContext): SandboxReply {
  const found = text === null || text === "" ? missing("query") : runQuery(text, context);
  return answer(found instanceof Refusal ? found : { QueryResponse: found }, request, context);
}

function changes(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const { query } = request;
  return answer(
    readChanges(query.get("entities") ?? "", query.get("changedSince") ?? "", context),
    request,
    context,
  );
}

function read(
  name: string | undefined,
  id: string | undefined,
  request: SandboxRequest,
  context: SandboxContext,
): SandboxReply {
  const entity = findEntity(name ?? "");
  if (entity === undefined) return answer(unsupported(name ?? ""), request, context);
  const row = context.ledger.get(entity.name, id ?? "");
  return answer(row === undefined ? notFound() : { [entity.name]: row }, request, context);
}

function batch(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const body = parseBody(request);
  const requestId = request.query.get("requestid") ?? undefined;
  return answer(
    body === undefined ? unknownProperty("body") : runBatch(body, requestId, context),
    request,
    context,
  );
}

function write(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const requestId = request.query.get("requestid") ?? undefined;
  const refusal = checkRequestId(requestId, REQUEST_ID_MAX);
  const result = refusal ?? once(requestId, () => writeOne(request, context), context);
  if (!(result instanceof Refusal)) recordReceipts(storedNumbers(result), context);
  return answer(result, request, context);
}

function writeOne(request: SandboxRequest, context: SandboxContext): Row | Refusal {
  const entity = findEntity(request.params["entity"] ?? "");
  if (entity === undefined) return unsupported(request.params["entity"] ?? "");
  const body = parseBody(request);
  if (body === undefined) return unknownProperty("body");
  const include = (request.query.get("include") ?? "").split(",");
  const operation = operationOf(entity.name, request.query.get("operation") ?? "", include.includes("void"));
  if (operation instanceof Refusal) return operation;
  const allowDuplicateNumber = include.includes("allowduplicatedocnum");
  return applyWrite({ entity, operation, body, allowDuplicateNumber }, context);
}

// An invoice is voided by operation=void, a payment by operation=update with include=void, and not the other way.
function operationOf(
  entity: string,
  asked: string,
  includesVoid: boolean,
): "save" | "delete" | "void" | Refusal {
  if (asked === "delete") return "delete";
  if (asked === "void") return entity === "Invoice" ? "void" : unsupported("Void");
  if (asked !== "" && asked !== "update") return unsupported(asked);
  return includesVoid && asked === "update" && entity === "Payment" ? "void" : "save";
}

function parseBody(request: SandboxRequest): Row | undefined {
  try {
    const body: Json = JSON.parse(request.body);
    return isObject(body) ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}
