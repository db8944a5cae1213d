import type {
  Route,
  Sandbox,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../engine/connector/sandbox/types.ts";
import { credentials, issueToken, refuseCall } from "./sandbox/access.ts";
import { answering, notFound, withDoubles } from "./sandbox/errors.ts";
import { listRows } from "./sandbox/list.ts";
import { doubles } from "./sandbox/names.ts";
import { whole } from "./sandbox/render.ts";
import { keyOf, type Resource } from "./sandbox/resource.ts";
import { resources } from "./sandbox/resources.ts";
import { saveRows } from "./sandbox/save.ts";
import { seed } from "./sandbox/seed.ts";

/**
 * HaloPSA on loopback, after vendors/halopsa.md and the vendor's swagger: the authorization server under /auth, the API
 * under /api. What the sheet marks as low stands in sandbox/names.ts.
 */

const API = "/api";
const TOKEN = /^\/auth\/token$/i;

const rules = {
  auth: "a bearer token of this server that has not ended",
  tenant: "the token endpoint asks for ?tenant=, as hosted instances do",
  rate_limit: "300 requests in any five minutes, then 429 without Retry-After",
  page_size_cap: "a page has at most 100 rows",
  summaries: "list rows are summaries: the billing e-mail, terms and addresses of a client come by id only",
  inactive_hidden: "inactive rows are listed with includeinactive=true only",
  array_body: "a POST takes an array, also for one record",
  partial_update: "a property that is not sent keeps its value; off: it is emptied",
  required: "a record lacks nothing that it must have",
  references: "foreign keys name records that exist",
  missing_404: "an id that is not there is answered with 404 (unverified); off: 200 and an empty object",
};

export const sandbox: Sandbox = {
  name: "halopsa",
  rules,
  seed,
  before: (request, context) => (TOKEN.test(request.path) ? undefined : refuseCall(request, context)),
  routes: [
    { method: "POST", path: TOKEN, handle: issueToken, write: () => false },
    ...resources.flatMap(routesOf),
  ],
  notFound,
  basePath: API,
  environment: (baseUrl) => ({
    HALO_URL: baseUrl,
    HALO_AUTH_URL: baseUrl.replace(/\/api$/, "/auth"),
    HALO_TENANT: credentials.tenant,
    HALO_CLIENT_ID: credentials.clientId,
    HALO_CLIENT_SECRET: credentials.clientSecret,
  }),
};

type Handler = (resource: Resource, request: SandboxRequest, context: SandboxContext) => SandboxReply;

function routesOf(resource: Resource): Route[] {
  const list = new RegExp(`^${API}/${resource.path}/?$`, "i");
  const one = new RegExp(`^${API}/${resource.path}/(?<id>-?\\d+)/?$`, "i");
  const route = (method: string, path: RegExp, handler: Handler): Route => ({
    method,
    path,
    handle: (request, context) => answering(() => handler(resource, request, context)),
  });
  const reading = [route("GET", list, listRows), route("GET", one, getOne)];
  if (resource.readOnly === true) return reading;
  return [...reading, route("POST", list, saveRows), route("DELETE", one, removeOne)];
}

function getOne(resource: Resource, request: SandboxRequest, context: SandboxContext): SandboxReply {
  const id = request.params["id"] ?? "";
  const { within = "" } = resource;
  const row = context.ledger.get(resource.path, keyOf(resource, { id, [within]: request.query.get(within) }));
  if (row === undefined) return context.rule("missing_404") ? notFound() : { status: 200, body: {} };
  return withDoubles(whole(row, resource, context), doubles[resource.path] ?? []);
}

/** What a deletion answers is not documented; the record that is gone is a likely form. */
function removeOne(resource: Resource, request: SandboxRequest, context: SandboxContext): SandboxReply {
  const id = request.params["id"] ?? "";
  const row = context.ledger.get(resource.path, id);
  if (row === undefined) return notFound();
  context.ledger.remove(resource.path, id);
  return { status: 200, body: row };
}
