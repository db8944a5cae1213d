import type {
  Route,
  Row,
  Sandbox,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../engine/connector/sandbox/types.ts";
import { answering, notFound, Refusal } from "./sandbox/errors.ts";
import { countRecords, listRecords, selectFields } from "./sandbox/list.ts";
import { findRow, render } from "./sandbox/records.ts";
import { type Resource, resources } from "./sandbox/resources.ts";
import { seed } from "./sandbox/seed.ts";
import { createRecord, deleteRecord, patchRecord, replaceRecord } from "./sandbox/write.ts";

/** ConnectWise PSA on loopback, from the vendor's own facts: paths, credentials, filters, paging, errors, saves. */

const API = "/v4_6_release/apis/3.0";
const COMPANY = "lakeside";
const PUBLIC_KEY = "pubLakeside01";
const PRIVATE_KEY = "privLakeside01";
const CLIENT_ID = "4f6c1d52-7a08-4e39-9b21-0c5d8e7a3f10";
const CREDENTIALS = Buffer.from(`${COMPANY}+${PUBLIC_KEY}:${PRIVATE_KEY}`).toString("base64");

// The vendor publishes no number; this one is out of the way of anything but a runaway loop.
const REQUESTS_PER_MINUTE = 6000;
const MINUTE_MS = 60_000;

const COMPANY_INFO = /^\/login\/companyinfo\/(?<company>[^/]+)$/;
const UNPOSTED = ["unpostedinvoices", "unpostedexpenses", "unpostedprocurement"].map(
  (name) => `/finance/accounting/${name}`,
);

/** The sandbox; `requestsPerMinute` brings the 429 within reach of a test. */
export function connectwise(options: { readonly requestsPerMinute?: number } = {}): Sandbox {
  const overLimit = rateLimit(options.requestsPerMinute ?? REQUESTS_PER_MINUTE);
  return {
    name: "connectwise",
    rules: {
      auth: "Basic company+public:private and a clientId header are asked for on every call",
      unique_identifier: "a company's identifier is given once",
      rate_limit: "429 with Retry-After past the requests of a minute",
      page_size_cap: "a page has at most 1000 records",
      conditions: "a name that a list does not know is a 400 ApiFindCondition",
    },
    seed,
    before: (request, context) => {
      if (COMPANY_INFO.test(request.path)) return undefined;
      return unauthorized(request, context) ?? overLimit(context);
    },
    routes: [
      { method: "GET", path: new RegExp(below("/system/info")), handle: systemInfo },
      { method: "GET", path: COMPANY_INFO, handle: companyInfo },
      ...UNPOSTED.map((path) => emptyList(path)),
      ...resources.flatMap(routesOf),
    ],
    notFound: (request) =>
      new Refusal(404, "NotFound", `${request.method} ${request.path} is not a resource`).reply,
    basePath: API,
    environment: (baseUrl) => ({
      CW_URL: baseUrl,
      CW_COMPANY: COMPANY,
      CW_PUBLIC: PUBLIC_KEY,
      CW_PRIVATE: PRIVATE_KEY,
      CW_CLIENT: CLIENT_ID,
    }),
  };
}

export const sandbox: Sandbox = connectwise();

/** The release in the path is the tenant's codebase; v4_6_release is only its lasting alias. */
function below(path: string): string {
  return `^/[^/]+/apis/3\\.0${path.replace("{parent}", "(?<parent>\\d+)")}`;
}

function routesOf(resource: Resource): Route[] {
  const list = new RegExp(`${below(resource.path)}/?$`);
  const one = new RegExp(`${below(resource.path)}/(?<id>\\d+)$`);
  const reading: Route[] = [
    route("GET", list, resource, (request, context) =>
      listRecords(resource, parentOf(request), request, context),
    ),
    route("GET", new RegExp(`${below(resource.path)}/count$`), resource, (request, context) =>
      countRecords(resource, parentOf(request), request, context),
    ),
    route("GET", one, resource, (request, context) => ({
      status: 200,
      body: selectFields(
        render(getRow(resource, request, context), resource, context),
        request.query.get("fields"),
      ),
    })),
  ];
  if (resource.readOnly === true) return reading;
  return [
    ...reading,
    route("POST", list, resource, (request, context) =>
      createRecord(resource, parentOf(request), request, context),
    ),
    route("PUT", one, resource, (request, context) =>
      replaceRecord(resource, parentOf(request), getRow(resource, request, context), request, context),
    ),
    route("PATCH", one, resource, (request, context) =>
      patchRecord(resource, parentOf(request), getRow(resource, request, context), request, context),
    ),
    route("DELETE", one, resource, (request, context) =>
      deleteRecord(resource, parentOf(request), getRow(resource, request, context), context),
    ),
  ];
}

/** A route whose parent, when there is one above, must exist. */
function route(method: string, path: RegExp, resource: Resource, handle: Route["handle"]): Route {
  return {
    method,
    path,
    handle: (request, context) =>
      answering(() => {
        const { parent } = resource;
        const id = request.params["parent"];
        if (
          parent !== undefined &&
          id !== undefined &&
          context.ledger.get(parent.collection, id) === undefined
        ) {
          throw notFound(parent.label, id);
        }
        return handle(request, context);
      }),
  };
}

function getRow(resource: Resource, request: SandboxRequest, context: SandboxContext): Row {
  const id = request.params["id"] ?? "";
  const row = findRow(resource, parentOf(request), id, context);
  if (row === undefined) throw notFound(resource.label, id);
  return row;
}

function parentOf(request: SandboxRequest): string | undefined {
  return request.params["parent"];
}

/** Wrong keys and a missing clientId get the same answer; a 401 for the latter is not documented. */
function unauthorized(request: SandboxRequest, context: SandboxContext): SandboxReply | undefined {
  if (!context.rule("auth")) return undefined;
  const keys = request.headers["authorization"] === `Basic ${CREDENTIALS}`;
  if (keys && request.headers["clientid"] === CLIENT_ID) return undefined;
  return new Refusal(401, "Unauthorized", "The supplied authentication is incorrect.").reply;
}

/** Counts by whole minutes of the sandbox's clock, for each running server on its own. */
function rateLimit(cap: number): (context: SandboxContext) => SandboxReply | undefined {
  const windows = new WeakMap<SandboxContext, { minute: number; requests: number }>();
  return (context) => {
    const now = context.now();
    const minute = Math.floor(now / MINUTE_MS);
    const before = windows.get(context);
    const requests = before?.minute === minute ? before.requests + 1 : 1;
    windows.set(context, { minute, requests });
    if (requests <= cap || !context.rule("rate_limit")) return undefined;
    const seconds = Math.max(1, Math.ceil(((minute + 1) * MINUTE_MS - now) / 1000));
    const { reply } = new Refusal(429, "TooManyRequests", "Too many requests.");
    return { ...reply, headers: { "retry-after": String(seconds) } };
  };
}

function systemInfo(): SandboxReply {
  const body = {
    version: "v2025.16",
    isCloud: false,
    serverTimeZone: "Eastern Standard Time",
    licenseBits: [],
    cloudRegion: "NA",
  };
  return { status: 200, body };
}

/** Discovery of a company's codebase; its field names are not verified. */
function companyInfo(request: SandboxRequest, context: SandboxContext): SandboxReply {
  if (request.params["company"] !== COMPANY)
    return notFound("Company", request.params["company"] ?? "").reply;
  const body = {
    CompanyName: "Lakeside",
    Codebase: "v4_6_release/",
    SiteUrl: new URL(context.origin).host,
    IsCloud: false,
  };
  return { status: 200, body };
}

/** What is not yet batched into invoices: this tenant has nothing of it. */
function emptyList(path: string): Route {
  return { method: "GET", path: new RegExp(`${below(path)}$`), handle: () => ({ status: 200, body: [] }) };
}
