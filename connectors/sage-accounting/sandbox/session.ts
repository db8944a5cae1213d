import { createHash } from "node:crypto";
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

/** POST /token with grant refresh_token: a new pair, and the old refresh token is dead. */
export function issueTokens(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const form = new URLSearchParams(request.body);
  if (form.get("client_id") !== CLIENT_ID || form.get("client_secret") !== CLIENT_SECRET) {
    return oauth(401, { error: "invalid_client" });
  }
  if (form.get("grant_type") !== "refresh_token") return oauth(400, { error: "unsupported_grant_type" });
  const used = form.get("refresh_token") ?? "";
  const stored = context.ledger.get("oauth_refresh", used);
  if (stored === undefined || context.now() >= Number(stored["expires_at"])) {
    return oauth(400, { error: "invalid_grant" });
  }
  const access = secret("access", context);
  context.ledger.put("oauth_access", access, { token: access, expires_at: context.now() + ACCESS_S * 1000 });
  return oauth(200, {
    access_token: access,
    token_type: "bearer",
    expires_in: ACCESS_S,
    refresh_token: context.rule("rotation") ? rotate(used, context) : used,
    refresh_token_expires_in: REFRESH_S,
    scope: "full_access",
    requested_by_id: hexId("user"),
  });
}

/** Checks token, business and limit of a call; a reply ends it. */
export function admit(request: SandboxRequest, context: SandboxContext): SandboxReply | undefined {
  if (request.path === "/token") return undefined;
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
  const next = secret("refresh", context);
  context.ledger.remove("oauth_refresh", used);
  context.ledger.put("oauth_refresh", next, { token: next, expires_at: context.now() + REFRESH_S * 1000 });
  return next;
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
