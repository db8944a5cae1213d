import type { Route, Sandbox, SandboxContext, SandboxReply } from "../../engine/connector/sandbox/types.ts";
import { credentials, gateway } from "./sandbox/gateway.ts";
import { create, getOne, patch, remove, replace } from "./sandbox/handlers.ts";
import { listPage } from "./sandbox/list.ts";
import { methodRefused, unknownPath } from "./sandbox/replies.ts";
import { type Method, type Resource, resources } from "./sandbox/resources.ts";
import { seed } from "./sandbox/seed.ts";

/**
 * Rev.io Billing (REST v1) on loopback, after vendors/revio-billing.md. Where the sheet is silent a comment says what
 * was assumed, and names that rest on nothing stand in sandbox/names.ts.
 */

const BASE = "/v1";
const METHODS: readonly Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const rules = {
  auth: "the gateway's subscription key and Basic username@clientcode:password, each with its own 401",
  rate_limit: "500 calls per minute and 150,000 per day, then 429 from the gateway",
  retry_after: "a 429 carries Retry-After (unverified); off: only its text says how long",
  page_size_cap: "no page holds more than 500 records",
  positional_fields: "/fields/{index}/value counts places in the customer's list; off: it names the field_id",
  patch_content_type: "a patch must be sent as application/json-patch+json",
  payment_search: "payments can be searched by reference_number (unverified); off: the parameter is ignored",
  customer_put: "customers have no PUT (the sheet doubts it); off: it replaces the customer",
  lengths: "texts longer than their field are refused",
  references: "ids must name rows that exist",
  service_dates: "a service's dates change only to those of all its products",
};

const itemHandlers: { readonly [method in Method]: typeof getOne | undefined } = {
  GET: getOne,
  POST: undefined,
  PUT: replace,
  PATCH: patch,
  DELETE: remove,
};
const collectionHandlers: { readonly [method: string]: typeof getOne } = { GET: listPage, POST: create };

function routesOf(resource: Resource): Route[] {
  const collection = new RegExp(`^${BASE}/${resource.path}/?$`, "i");
  const item = new RegExp(`^${BASE}/${resource.path}/(?<id>[^/]+)/?$`, "i");
  const handle =
    (handler: typeof getOne | undefined, method: Method): Route["handle"] =>
    (request, context) =>
      handler === undefined || !isAllowed(resource, method, context)
        ? methodRefused(method)
        : handler(resource, request, context);
  return METHODS.flatMap((method) => [
    { method, path: collection, handle: handle(collectionHandlers[method], method) },
    { method, path: item, handle: handle(itemHandlers[method], method) },
  ]);
}

function isAllowed(resource: Resource, method: Method, context: SandboxContext): boolean {
  if (method === "PUT" && resource.collection === "customers" && context.rule("customer_put")) return false;
  return resource.methods.includes(method);
}

// Serves clients as a check of their credentials; what else it says is not documented.
const systemStatus: Route = {
  method: "GET",
  path: new RegExp(`^${BASE}/SystemStatus/?$`, "i"),
  handle: (): SandboxReply => ({ status: 200, body: { ok: true } }),
};

export const sandbox: Sandbox = {
  name: "revio-billing",
  rules,
  seed,
  before: gateway,
  routes: [systemStatus, ...Object.values(resources).flatMap(routesOf)],
  notFound: (request) => unknownPath(request.path),
  basePath: BASE,
  environment: (baseUrl) => ({
    REVIO_URL: baseUrl,
    REVIO_USER: credentials.user,
    REVIO_PASSWORD: credentials.password,
    REVIO_KEY: credentials.key,
  }),
};
