import { createHash } from "node:crypto";
import { redeemCode } from "../../../engine/connector/sandbox/consent.ts";
import type {
  Ledger,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { textOf, uuid } from "./books.ts";
import { countCall } from "./limits.ts";

/** OAuth2 tokens and the organisation (tenant) that each call names. */

export const TENANT = uuid("tenant");
export const CLIENT_ID = "SANDBOXCLIENTID0000000000000000A";
export const CLIENT_SECRET = "sandbox-client-secret";
/** The refresh token that the consent gave; later values are derived. */
export const FIRST_REFRESH_TOKEN = "sandbox-first-refresh-token";

const ACCESS_S = 1800;
const REFRESH_MS = 60 * 86_400_000;
const GRACE_MS = 30 * 60_000;

const SCOPE = "offline_access accounting.transactions accounting.contacts accounting.settings";

/** POST /connect/token: an access token, and always a new refresh token. */
export function issueTokens(request: SandboxRequest, context: SandboxContext): SandboxReply {
  if (!isOurClient(request)) return oauth(400, { error: "invalid_client" });
  const form = new URLSearchParams(request.body);
  switch (form.get("grant_type")) {
    case "refresh_token":
      return refresh(form.get("refresh_token") ?? "", context);
    case "authorization_code":
      return redeem(form, context);
    default:
      return oauth(400, { error: "unsupported_grant_type" });
  }
}

function refresh(used: string, context: SandboxContext): SandboxReply {
  if (!isUsable(used, context)) return oauth(400, { error: "invalid_grant" });
  return granted(context.rule("rotation") ? rotate(used, context) : used, SCOPE, context);
}

// Logins of other apps and users stay good beside a new one.
function redeem(form: URLSearchParams, context: SandboxContext): SandboxReply {
  const scope = redeemCode(form, context);
  if (scope === undefined) return oauth(400, { error: "invalid_grant" });
  const isOffline = scope.split(" ").includes("offline_access");
  return granted(isOffline ? newRefresh(context) : undefined, scope, context);
}

function granted(refreshToken: string | undefined, scope: string, context: SandboxContext): SandboxReply {
  const access = secret("access", context);
  context.ledger.put("oauth_access", access, { token: access, expires_at: context.now() + ACCESS_S * 1000 });
  return oauth(200, {
    access_token: access,
    expires_in: ACCESS_S,
    token_type: "Bearer",
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    scope,
  });
}

/** GET /connections: the organisations that the token may use. */
export function listConnections(_: SandboxRequest, context: SandboxContext): SandboxReply {
  const created = new Date(context.now()).toISOString().slice(0, 19);
  const connection = {
    id: uuid("connection"),
    authEventId: uuid("consent"),
    tenantId: TENANT,
    tenantType: "ORGANISATION",
    tenantName: "Sandbox Organisation",
    createdDateUtc: created,
    updatedDateUtc: created,
  };
  return { status: 200, body: [connection] };
}

const LOGIN = ["/identity/connect/authorize", "/connect/token"];

/** Checks token, organisation and limits of a call; a reply ends it. */
export function admit(request: SandboxRequest, context: SandboxContext): SandboxReply | undefined {
  if (LOGIN.includes(request.path)) return undefined;
  if (context.rule("auth") && !hasToken(request, context)) {
    return problem(401, "Unauthorized", "TokenExpired: token expired or unknown");
  }
  if (request.path === "/connections") return undefined;
  if (context.rule("tenant") && request.headers["xero-tenant-id"] !== TENANT) {
    return problem(403, "Forbidden", "AuthenticationUnsuccessful");
  }
  const over = countCall(context);
  if (over !== undefined) return over;
  return context.rule("accept_json") && !acceptsJson(request) ? xmlOnly() : undefined;
}

/** The refresh token of a fresh organisation, as the consent left it. */
export function seedTokens(ledger: Ledger, now: number): void {
  ledger.put("oauth_refresh", FIRST_REFRESH_TOKEN, {
    token: FIRST_REFRESH_TOKEN,
    expires_at: now + REFRESH_MS,
  });
}

function isOurClient(request: SandboxRequest): boolean {
  const expected = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64");
  return request.headers.authorization === `Basic ${expected}`;
}

function isUsable(token: string, context: SandboxContext): boolean {
  const row = context.ledger.get("oauth_refresh", token);
  return row !== undefined && context.now() < Number(row["expires_at"]);
}

// The value that was used lives on for half an hour, so that a lost reply locks nobody out.
function rotate(used: string, context: SandboxContext): string {
  const { ledger } = context;
  const old = ledger.get("oauth_refresh", used);
  const until = context.rule("rotation_grace") ? context.now() + GRACE_MS : context.now();
  if (old?.["replaced"] !== true) {
    ledger.put("oauth_refresh", used, { token: used, expires_at: until, replaced: true });
  }
  return newRefresh(context);
}

function newRefresh(context: SandboxContext): string {
  const token = secret("refresh", context);
  context.ledger.put("oauth_refresh", token, { token, expires_at: context.now() + REFRESH_MS });
  return token;
}

function hasToken(request: SandboxRequest, context: SandboxContext): boolean {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const row = context.ledger.get("oauth_access", token);
  return row !== undefined && context.now() < Number(row["expires_at"]);
}

function acceptsJson(request: SandboxRequest): boolean {
  return textOf(request.headers.accept).includes("application/json");
}

// Without Accept: application/json the vendor answers in XML, which this sandbox does not write out.
function xmlOnly(): SandboxReply {
  return {
    status: 200,
    body: "<Response><Status>OK</Status></Response>",
    headers: { "content-type": "text/xml" },
  };
}

function secret(kind: string, context: SandboxContext): string {
  const count = context.ledger.next(`oauth_${kind}`, 1);
  return createHash("sha256").update(`${context.world.seed}:${kind}:${count}`).digest("hex").slice(0, 40);
}

function problem(status: number, title: string, detail: string): SandboxReply {
  const body = {
    Type: null,
    Title: title,
    Status: status,
    Detail: detail,
    Instance: uuid(`problem:${detail}`),
    Extensions: {},
  };
  return { status, body };
}

function oauth(status: number, body: { [key: string]: string | number }): SandboxReply {
  return { status, body, headers: { "cache-control": "no-store" } };
}
