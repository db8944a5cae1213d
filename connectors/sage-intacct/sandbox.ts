import type {
  Route,
  Row,
  Sandbox,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import { INVOICE, textOf } from "./sandbox/books.ts";
import { recordReceipts } from "./sandbox/clerk.ts";
import { runComposite } from "./sandbox/composite.ts";
import { answering, meta, Refusal } from "./sandbox/errors.ts";
import { once } from "./sandbox/idempotency.ts";
import { describe } from "./sandbox/model.ts";
import { createObject, deleteObject, readObject, typeOf, updateObject } from "./sandbox/objects.ts";
import { listReferences, runQuery } from "./sandbox/query.ts";
import { seed } from "./sandbox/seed.ts";
import { createGate, credentials, issueTokens } from "./sandbox/session.ts";
import { runWorkflow } from "./sandbox/workflows.ts";

/** Sage Intacct's REST API v1 as a server: objects, query service, workflows and composite, one company, one entity. */

const BASE = "/ia/api/v1";

const RULES = {
  auth: "calls need an unexpired access token",
  one_grant: "a refresh takes only the newest refresh token",
  rate_limit: "429 past the requests of a minute",
  retry_after: "a 429 has Retry-After; off: only the vendor's own header says how long",
  unique_id: "a customer's id is given once",
  unique_number: "an invoice number is given once",
  unknown_fields: "a body and a query hold only fields of their object",
  required: "required fields are there",
  references: "referenced records exist",
  decimal_strings: "amounts are decimal strings",
  location: "an invoice line has a location",
  posted_lines: "the lines of a posted invoice do not change",
  reverse_paid: "an invoice with payments is not reversed",
  overpaid_invoice: "a payment brings no more than is due on an invoice",
  closed_periods: "nothing is posted into a closed period",
  query_size: "a query gives at most 4000 rows",
  idempotency: "a repeated Idempotency-Key gets the first reply and writes nothing",
};

const OBJECT = "(?<app>[a-z-]+)/(?<object>[a-z-]+)";

/** The sandbox; `requestsPerMinute` brings the 429 within reach of a test. */
export function sageIntacct(options: { readonly requestsPerMinute?: number } = {}): Sandbox {
  return {
    name: "sage-intacct",
    rules: RULES,
    seed,
    before: createGate(options.requestsPerMinute),
    routes,
    notFound: ({ path }) => unknownPath(path).reply,
    basePath: BASE,
    environment: (baseUrl) => ({
      INTACCT_URL: baseUrl,
      INTACCT_ID: credentials.clientId,
      INTACCT_SECRET: credentials.clientSecret,
      INTACCT_USER: credentials.username,
    }),
  };
}

const reads = (): boolean => false;

const routes: readonly Route[] = [
  { method: "POST", path: below("oauth2/token"), handle: issueTokens, write: reads },
  route("GET", `objects/${OBJECT}`, (request, context) => ({
    status: 200,
    body: listReferences(typeOf(nameOf(request)), request.query, context),
  })),
  route("GET", `objects/${OBJECT}/(?<key>[^/]+)`, (request, context) =>
    single(200, readObject(nameOf(request), request.params["key"] ?? "", context)),
  ),
  route("POST", `objects/${OBJECT}`, (request, context) =>
    once(
      headerOf(request, "idempotency-key"),
      () => create(nameOf(request), bodyOf(request), context),
      context,
    ),
  ),
  route("PATCH", `objects/${OBJECT}/(?<key>[^/]+)`, (request, context) =>
    single(200, updateObject(nameOf(request), request.params["key"] ?? "", bodyOf(request), context)),
  ),
  route("DELETE", `objects/${OBJECT}/(?<key>[^/]+)`, (request, context) => {
    deleteObject(nameOf(request), request.params["key"] ?? "", context);
    return { status: 204 };
  }),
  route("POST", `workflows/${OBJECT}/(?<action>[a-z]+)`, (request, context) =>
    single(200, runWorkflow(nameOf(request), request.params["action"] ?? "", bodyOf(request), context)),
  ),
  {
    ...route("POST", "services/core/query", (request, context) => ({
      status: 200,
      body: runQuery(bodyOf(request), context),
    })),
    write: reads,
  },
  route("GET", "services/core/model", (request) => single(200, describe(request.query.get("name") ?? ""))),
  route("POST", "services/core/composite", (request, context) =>
    runComposite(listOf(request), ({ method, path, body, headers }) => {
      const sent = {
        ...request,
        headers: lowerCased(headers),
        path: `${BASE}${path}`,
        method,
        body: JSON.stringify(body),
      };
      const reply = dispatch(sent, context);
      return { status: reply.status, body: reply.body ?? null };
    }),
  ),
];

export const sandbox: Sandbox = sageIntacct();

function create(name: string, body: Row, context: SandboxContext): SandboxReply {
  const made = createObject(name, body, context);
  if (name === INVOICE) {
    recordReceipts(textOf(context.ledger.get(INVOICE, textOf(made["key"]))?.["invoiceNumber"]), context);
  }
  return single(201, made);
}

/** One request of a composite, as if it had come alone. */
function dispatch(request: SandboxRequest, context: SandboxContext): SandboxReply {
  for (const { method, path, handle } of routes) {
    const match = method === request.method ? path.exec(request.path) : null;
    if (match !== null) return handle({ ...request, params: { ...match.groups } }, context);
  }
  return unknownPath(request.path).reply;
}

function single(status: number, result: Json): SandboxReply {
  return { status, body: { "ia::result": result, "ia::meta": meta(1, 0) } };
}

function route(method: string, path: string, handle: Route["handle"]): Route {
  return {
    method,
    path: below(path),
    handle: (request, context) => answering(() => handle(request, context)),
  };
}

function below(path: string): RegExp {
  return new RegExp(`^${BASE}/${path}/?$`);
}

function nameOf({ params }: SandboxRequest): string {
  return `${params["app"]}/${params["object"]}`;
}

function headerOf({ headers }: SandboxRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

function lowerCased(headers: { readonly [name: string]: Json }): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function bodyOf(request: SandboxRequest): Row {
  const body = parsed(request);
  if (!isObject(body)) throw new Refusal("payload", "The payload is not a JSON object");
  return { ...body };
}

function listOf(request: SandboxRequest): readonly Json[] {
  const body = parsed(request);
  if (!Array.isArray(body)) throw new Refusal("payload", "The payload is not a JSON list");
  return body;
}

function parsed({ body, method }: SandboxRequest): Json {
  if (body === "") throw new Refusal("noPayload", `A ${method} request requires a payload`);
  try {
    return JSON.parse(body) as Json;
  } catch {
    throw new Refusal("payload", "The payload is not valid JSON");
  }
}

function unknownPath(path: string): Refusal {
  return new Refusal("path", `${path} is not a resource`);
}
