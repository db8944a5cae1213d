import { createHash } from "node:crypto";
import { redeemCode } from "../../../engine/connector/sandbox/consent.ts";
import type {
  Ledger,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { hexId } from "./books.ts";

/** OAuth2 tokens, the business that a call is for, and the limit of calls. */

export const BUSINESS = hexId("business");
export const CLIENT_ID = "sandbox-client/0001";
export const CLIENT_SECRET = "sandbox-client-secret";
/** The refresh token that the consent gave; later values are derived. */
export const FIRST_REFRESH_TOKEN = "sandbox-first-refresh-token";

const ACCESS_S = 300;
const REFRESH_S = 2_678_400;
// The vendor publishes no figure; this one is of medium confidence.
const LIMIT = { window_ms: 60_000, max: 100 };

/** POST /token: a new pair; the refresh token that was given for it is dead. */
export function issueTokens(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const form = new URLSearchParams(request.body);
  if (form.get("client_id") !== CLIENT_ID || form.get("client_secret") !== CLIENT_SECRET) {
    return oauth(401, { error: "invalid_client" });
  }
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
  const stored = context.ledger.get("oauth_refresh", used);
  if (stored === undefined || context.now() >= Number(stored["expires_at"])) {
    return oauth(400, { error: "invalid_grant" });
  }
  return granted(context.rule("rotation") ? rotate(used, context) : used, "full_access", context);
}

// That an earlier login of the business stays good beside a new one is assumed: the sheet does not say.
function redeem(form: URLSearchParams, context: SandboxContext): SandboxReply {
  const scope = redeemCode(form, context);
  if (scope === undefined) return oauth(400, { error: "invalid_grant" });
  return granted(newRefresh(context), scope, context);
}

function granted(refreshToken: string, scope: string, context: SandboxContext): SandboxReply {
  const access = secret("access", context);
  context.ledger.put("oauth_access", access, { token: access, expires_at: context.now() + ACCESS_S * 1000 });
  return oauth(200, {
    access_token: access,
    token_type: "bearer",
    expires_in: ACCESS_S,
    refresh_token: refreshToken,
    refresh_token_expires_in: REFRESH_S,
    scope,
    requested_by_id: hexId("user"),
  });
}

const LOGIN = ["/oauth2/auth/central", "/token"];

/** Checks token, business and limit of a call; a reply ends it. */
export function admit(request: SandboxRequest, context: SandboxContext): SandboxReply | undefined {
  if (LOGIN.includes(request.path)) return undefined;
  if (context.rule("auth") && !hasToken(request, context)) {
    return refusal(401, "AuthenticationError", "The access token is invalid or has expired.");
  }
  // Without the header the user's lead business is meant, and this user has one only.
  const business = request.headers["x-business"] ?? BUSINESS;
  if (context.rule("business") && business !== BUSINESS) {
    return refusal(403, "AuthorizationError", "The business is not one of yours.");
  }
  if (!context.rule("rate_limit") || countCall(context)) return undefined;
  return { ...refusal(429, "TooManyRequests", "Too many requests."), headers: { "retry-after": "60" } };
}

/** The refresh token of a fresh business, as the consent left it. */
export function seedTokens(ledger: Ledger, now: number): void {
  ledger.put("oauth_refresh", FIRST_REFRESH_TOKEN, {
    token: FIRST_REFRESH_TOKEN,
    expires_at: now + REFRESH_S * 1000,
  });
}

function rotate(used: string, context: SandboxContext): string {
  context.ledger.remove("oauth_refresh", used);
  return newRefresh(context);
}

function newRefresh(context: SandboxContext): string {
  const token = secret("refresh", context);
  context.ledger.put("oauth_refresh", token, { token, expires_at: context.now() + REFRESH_S * 1000 });
  return token;
}

function hasToken(request: SandboxRequest, context: SandboxContext): boolean {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const row = context.ledger.get("oauth_access", token);
  return row !== undefined && context.now() < Number(row["expires_at"]);
}

const CALLS = new WeakMap<Ledger, readonly number[]>();

function countCall({ ledger, now }: SandboxContext): boolean {
  const recent = (CALLS.get(ledger) ?? []).filter((at) => at > now() - LIMIT.window_ms);
  const isFree = recent.length < LIMIT.max;
  CALLS.set(ledger, isFree ? [...recent, now()] : recent);
  return isFree;
}

function secret(kind: string, context: SandboxContext): string {
  const count = context.ledger.next(`oauth_${kind}`, 1);
  return createHash("sha256").update(`${context.world.seed}:${kind}:${count}`).digest("hex").slice(0, 40);
}

function refusal(status: number, code: string, message: string): SandboxReply {
  return { status, body: [{ $severity: "error", $dataCode: code, $message: message, $source: "" }] };
}

function oauth(status: number, body: { [key: string]: string | number }): SandboxReply {
  return { status, body, headers: { "cache-control": "no-store" } };
}
