import type {
  Route,
  Sandbox,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../engine/connector/sandbox/types.ts";
import type { Entity, Method } from "./sandbox/define.ts";
import { findChild, findEntity } from "./sandbox/entities.ts";
import { answering, invalid, Refusal } from "./sandbox/errors.ts";
import { createGate, credentials } from "./sandbox/gate.ts";
import { customFieldInformation, entityInformation, fieldInformation } from "./sandbox/metadata.ts";
import { childRows, countRows, getRow, nextRows, queryRows } from "./sandbox/query.ts";
import { seed } from "./sandbox/seed.ts";
import { adjustUnits } from "./sandbox/units.ts";
import { createRow, deleteRow, updateRow } from "./sandbox/write.ts";

/** Autotask PSA on loopback, one zone of it: REST V1.0, after vendors/autotask.md and the vendor's OpenAPI document. */

const ROOT = "/ATServicesRest/";
const BASE = `${ROOT}V1.0`;

const RULES = {
  auth: "ApiIntegrationCode, UserName and Secret are asked for on every call but the discovery of the zone",
  path_casing: "the first part of the path has the casing that the discovery gave",
  threshold: "the tenant has 10,000 requests in any 60 minutes",
  threshold_status: "a request over the threshold is a 429; off: a 500 with a text, as older tenants have it",
  retry_after: "a 429 says when to come back; off: it does not",
  or_limit: "a query has at most 500 OR conditions",
  one_udf: "a query asks for one custom field only",
  id_in_fields: "includeFields holds id when there are more than 500 results",
  udf_absent: "a reply without a single custom value has no userDefinedFields",
  required: "required fields are there",
  picklists: "a picklist's number is one of its values",
  references: "referenced records exist",
  flags: "a boolean is true or false, never null",
  put_nulls: "a PUT empties every writable field that it does not name",
};

/** The sandbox; `requestsPerHour` brings the threshold within reach of a test. */
export function autotask(options: { readonly requestsPerHour?: number } = {}): Sandbox {
  const gate = createGate(options.requestsPerHour);
  return {
    name: "autotask",
    rules: RULES,
    seed,
    before: (request, context) => {
      if (context.rule("path_casing") && !request.path.startsWith(ROOT)) return unknownPath(request);
      return ZONE.test(request.path) ? undefined : gate.admit(request, context);
    },
    routes: [
      { method: "GET", path: ZONE, handle: zoneInformation },
      { method: "GET", path: below("VersionInformation"), handle: version },
      {
        method: "GET",
        path: below("ThresholdInformation"),
        handle: (_request, context) => gate.usage(context),
      },
      ...reading,
      ...writing,
    ],
    notFound: unknownPath,
    basePath: BASE,
    environment: (baseUrl) => ({
      AUTOTASK_URL: baseUrl,
      AUTOTASK_USER: credentials.user,
      AUTOTASK_SECRET: credentials.secret,
      AUTOTASK_CODE: credentials.code,
    }),
  };
}

const ZONE = below("zoneInformation");
const ENTITY = "(?<entity>[A-Za-z]+)";
const CHILD = "(?<parent>[A-Za-z]+)/(?<parentId>\\d+)/(?<under>[A-Za-z]+)";

type Reads = (entity: Entity, request: SandboxRequest, context: SandboxContext) => SandboxReply;

const reading: readonly Route[] = [
  ...["GET", "POST"].flatMap((method) => [
    reads(method, `${ENTITY}/query`, queryRows),
    reads(method, `${ENTITY}/query/next`, nextRows),
    reads(method, `${ENTITY}/query/count`, countRows),
  ]),
  reads("GET", `${ENTITY}/entityInformation`, entityInformation),
  reads("GET", `${ENTITY}/entityInformation/fields`, fieldInformation),
  reads("GET", `${ENTITY}/entityInformation/userDefinedFields`, customFieldInformation),
  reads("GET", `${ENTITY}/(?<id>\\d+)`, (entity, request, context) =>
    getRow(entity, request.params["id"] ?? "", context),
  ),
  reads("GET", CHILD, (entity, request, context) =>
    childRows(entity, request.params["parentId"] ?? "", context),
  ),
  reads("GET", `${CHILD}/(?<id>\\d+)`, (entity, request, context) =>
    getRow(entity, request.params["id"] ?? "", context),
  ),
];

const writing: readonly Route[] = [
  {
    method: "POST",
    path: below("Contracts/(?<contract>\\d+)/ServiceAdjustments"),
    handle: (request, context) =>
      answering(() => adjustUnits(request.params["contract"] ?? "", request, context)),
  },
  ...(["POST", "PUT", "PATCH"] as const).flatMap((method) =>
    [ENTITY, CHILD].map(
      (path): Route => ({ method, path: below(path), handle: (...call) => write(method, ...call) }),
    ),
  ),
  {
    method: "DELETE",
    path: below(`${CHILD}/(?<id>\\d+)`),
    handle: (...call) => write("DELETE", ...call),
  },
];

export const sandbox: Sandbox = autotask();

/** Paths are taken in any casing; that of the first part is looked at before. */
function below(path: string): RegExp {
  return new RegExp(`^${BASE}/${path}/?$`, "i");
}

function reads(method: string, path: string, read: Reads): Route {
  return {
    method,
    path: below(path),
    write: () => false,
    handle: (request, context) =>
      answering(() => {
        const entity = entityOf(request);
        return entity === undefined ? unknownPath(request) : read(entity, request, context);
      }),
  };
}

function write(method: Method, request: SandboxRequest, context: SandboxContext): SandboxReply {
  return answering(() => {
    const entity = entityOf(request);
    const { parentId, id = "" } = request.params;
    if (entity === undefined) return unknownPath(request);
    const allowed = parentId === undefined ? entity.methods : (entity.child?.methods ?? []);
    if (!allowed.includes(method)) return methodRefused();
    switch (method) {
      case "POST":
        return createRow(entity, parentId, request, context);
      case "PUT":
      case "PATCH":
        return updateRow(entity, parentId, request, context);
      case "DELETE":
        return deleteRow(entity, parentId ?? "", id, context);
    }
  });
}

function entityOf({ params }: SandboxRequest): Entity | undefined {
  const { entity, parent, under } = params;
  return entity === undefined ? findChild(parent ?? "", under ?? "") : findEntity(entity);
}

// What these two say is not in any source; the shape is that of all refusals.
function unknownPath({ path }: { readonly path: string }): SandboxReply {
  return new Refusal(404, [`No HTTP resource was found that matches the request URI ${path}.`]).reply;
}

function methodRefused(): SandboxReply {
  return new Refusal(405, ["The requested resource does not support this http method."]).reply;
}

/** Where a user's tenant lives. Asked without credentials; the address ends before V1.0. */
function zoneInformation(request: SandboxRequest, { origin }: SandboxContext): SandboxReply {
  // The answer for a user that no zone has is not in any source.
  if (request.query.get("user") !== credentials.user)
    return invalid("Zone information could not be determined.").reply;
  const body = { zoneName: "Sandbox", url: `${origin}${ROOT}`, webUrl: `${origin}/`, ci: 0 };
  return { status: 200, body };
}

function version(): SandboxReply {
  return { status: 200, body: { apiVersions: ["1.0"] } };
}
