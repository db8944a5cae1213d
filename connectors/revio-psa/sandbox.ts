import type { Route, Sandbox } from "../../engine/connector/sandbox/types.ts";
import { credentials, exchange, refuseCall } from "./sandbox/access.ts";
import { getOne, type Handler, listPage, patch } from "./sandbox/handlers.ts";
import { failed } from "./sandbox/replies.ts";
import { type Resource, resources } from "./sandbox/resources.ts";
import { seed } from "./sandbox/seed.ts";

/**
 * Rev.io PSA on loopback, after vendors/revio-psa.md, the thinnest of the sheets: the exchange, the tenant's header, the
 * envelope and the paging are the vendor's, nearly every name is not. Those stand in sandbox/names.ts.
 */

const EXCHANGE = "/api/v1/auth/api-key/exchange";

const rules = {
  auth: "a JWT from the exchange that has not ended",
  tenant_host: "X-Revio-Host names the tenant",
  rate_limit: "500 calls in a minute (that of the vendor's billing API), then 429 from the gateway",
  page_size_cap: "a page has at most 500 rows",
  items_envelope:
    "lists stand under data.items, as those of invoices do; off: under data, as those of tickets do",
};

export const sandbox: Sandbox = {
  name: "revio-psa",
  rules,
  seed,
  before: (request, context) => (request.path === EXCHANGE ? undefined : refuseCall(request, context)),
  routes: [
    { method: "POST", path: new RegExp(`^${EXCHANGE}$`), handle: exchange, write: () => false },
    ...resources.flatMap(routesOf),
    // Bills live in Rev.io Billing; the customers of this made-up tenant show none here.
    {
      method: "GET",
      path: /^\/billing\/api\/v1\/customers\/\d+\/invoices$/,
      handle: () => ({ status: 200, body: { data: { items: [] } } }),
    },
  ],
  notFound: (request) => failed(404, "NotFound", `No resource at ${request.path}`),
  basePath: "",
  environment: (baseUrl) => ({
    REVIO_PSA_URL: baseUrl,
    REVIO_PSA_HOST: credentials.host,
    REVIO_PSA_KEY: credentials.apiKey,
  }),
};

function routesOf(resource: Resource): Route[] {
  const list = new RegExp(`^${resource.path}/?$`, "i");
  const one = new RegExp(`^${resource.path}/(?<id>\\d+)/?$`, "i");
  const route = (method: string, path: RegExp, handler: Handler): Route => ({
    method,
    path,
    handle: (request, context) => handler(resource, request, context),
  });
  return [
    route("GET", list, listPage),
    route("GET", one, getOne),
    ...(resource.patchable === true ? [route("PATCH", one, patch)] : []),
  ];
}
