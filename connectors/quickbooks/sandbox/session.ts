import { createHash } from "node:crypto";
import type {
  Ledger,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { textOf } from "./books.ts";
import { DAY_MS } from "./pacific.ts";
import { gatewayFault, newTid } from "./reply.ts";

/** OAuth2 tokens, the company they are for, and the request limits in front of the accounting service. */

export const REALM = "9130350000000001";
export const CLIENT_ID = "sandbox-client-id";
export const CLIENT_SECRET = "sandbox-client-secret";
/** The refresh token that the consent gave; later values are derived. */
export const FIRST_REFRESH_TOKEN = "RT1-0-H0-sandbox-first-value";

const ACCESS_S = 3600;
const REFRESH_S = 100 * 86_400;
/** Whatever is refreshed meanwhile, a consent ends after five years. */
const CONSENT_MS = 5 * 365 * DAY_MS;
const MINUTE_MS = 60_000;
const LIMITS = [
  { rule: "rate_limit", path: /^/, window_ms: MINUTE_MS, max: 500 },
  { rule: "rate_limit_second", path: /^/, window_ms: 1000, max: 10 },
  { rule: "rate_limit", path: /\/batch$/, window_ms: MINUTE_MS, max: 40 },
] as const;

/** POST /oauth2/v1/tokens/bearer: an access token, and the refresh value to use next. */
export function issueTokens(request: SandboxRequest, context: SandboxContext): SandboxReply {
  if (!isOurClient(request)) return oauth(401, { error: "invalid_client" }, context);
  const form = new URLSearchParams(request.body);
  if (!(request.headers["content-type"] ?? "").includes("application/x-www-form-urlencoded")) {
    return oauth(400, { error: "invalid_request" }, context);
  }
  switch (form.get("grant_type")) {
    case "refresh_token":
      return refresh(form.get("refresh_token") ?? "", context);
    case "authorization_code":
      return redeemCode(form.get("code") ?? "", form.get("redirect_uri") ?? "", context);
    default:
      return oauth(400, { error: "unsupported_grant_type" }, context);
  }
}

function refresh(given: string, context: SandboxContext): SandboxReply {
  const held = heldRefresh(context);
  const age = context.now() - held.issuedAt;
  if (given !== held.value || secondsLeft(held, context) <= 0) {
    return oauth(
      400,
      { error: "invalid_grant", error_description: "Incorrect or invalid refresh token" },
      context,
    );
  }
  return granted(shouldRotate(age, context) ? rotate(held.consentedAt, context) : held, context);
}

// That the refresh token of an earlier consent dies with the new one is assumed: the sheet does not say.
function redeemCode(code: string, redirectUri: string, context: SandboxContext): SandboxReply {
  const row = context.ledger.get("code", code);
  context.ledger.remove("code", code);
  const isGood = row?.["redirect_uri"] === redirectUri && context.now() < Number(row["expires_at"]);
  if (!isGood) {
    const error_description = "Invalid authorization code";
    return oauth(400, { error: "invalid_grant", error_description }, context);
  }
  return granted(rotate(context.now(), context), context);
}

function granted(held: Refresh, context: SandboxContext): SandboxReply {
  const body = {
    token_type: "bearer",
    access_token: newAccessToken(context),
    expires_in: ACCESS_S,
    refresh_token: held.value,
    x_refresh_token_expires_in: secondsLeft(held, context),
  };
  return oauth(200, body, context);
}

interface Refresh {
  readonly value: string;
  readonly issuedAt: number;
  readonly consentedAt: number;
}

function heldRefresh({ ledger }: SandboxContext): Refresh {
  const row = ledger.get("oauth", "refresh");
  const issuedAt = Number(row?.["issued_at"] ?? 0);
  return { value: textOf(row?.["value"]), issuedAt, consentedAt: Number(row?.["consented_at"] ?? issuedAt) };
}

function secondsLeft({ issuedAt, consentedAt }: Refresh, context: SandboxContext): number {
  const ends = [issuedAt + REFRESH_S * 1000];
  if (context.rule("consent_ends")) ends.push(consentedAt + CONSENT_MS);
  return Math.floor((Math.min(...ends) - context.now()) / 1000);
}

/** Checks token, company and limits of an API call; a reply ends it. */
export function admit(request: SandboxRequest, context: SandboxContext): SandboxReply | undefined {
  if (!request.path.startsWith("/v3/")) return undefined;
  if (context.rule("auth") && !hasToken(request, context)) {
    const detail = "Token expired: AB0123456789";
    const message = "message=AuthenticationFailed; errorCode=003200; statusCode=401";
    return gatewayFault(401, { message, detail, code: "3200", type: "AUTHENTICATION" }, request, context);
  }
  if (!request.path.startsWith(`/v3/company/${REALM}/`)) {
    const message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403";
    const fault = {
      message,
      detail: "The token is for another company.",
      code: "3100",
      type: "AUTHORIZATION",
    };
    return gatewayFault(403, fault, request, context);
  }
  if (!isThrottled(request, context)) return undefined;
  const message = "message=ThrottleExceeded; errorCode=003001; statusCode=429";
  const detail = "The number of requests of this company is over the limit.";
  return gatewayFault(429, { message, detail, code: "3001", type: "THROTTLE" }, request, context);
}

/** The refresh token of a fresh company, as the consent left it. */
export function seedTokens(ledger: Ledger, now: number): void {
  ledger.put("oauth", "refresh", { value: FIRST_REFRESH_TOKEN, issued_at: now, consented_at: now });
}

function isOurClient(request: SandboxRequest): boolean {
  const expected = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64");
  return request.headers.authorization === `Basic ${expected}`;
}

// The value changes about once a day, not at every call. No grace for the old one: unverified in the sheet.
function shouldRotate(ageMs: number, context: SandboxContext): boolean {
  if (!context.rule("rotation")) return false;
  return ageMs >= DAY_MS || !context.rule("rotation_once_a_day");
}

function rotate(consentedAt: number, context: SandboxContext): Refresh {
  const count = context.ledger.next("refresh_token", 1);
  const value = `RT1-${count}-H0-${secret("refresh", count, context)}`;
  const issuedAt = context.now();
  context.ledger.put("oauth", "refresh", { value, issued_at: issuedAt, consented_at: consentedAt });
  return { value, issuedAt, consentedAt };
}

function newAccessToken(context: SandboxContext): string {
  for (const row of context.ledger.all("access_token")) {
    if (Number(row["expires_at"]) <= context.now())
      context.ledger.remove("access_token", textOf(row["token"]));
  }
  const token = `at-${secret("access", context.ledger.next("access_token", 1), context)}`;
  context.ledger.put("access_token", token, { token, expires_at: context.now() + ACCESS_S * 1000 });
  return token;
}

function hasToken(request: SandboxRequest, context: SandboxContext): boolean {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const row = context.ledger.get("access_token", token);
  return row !== undefined && context.now() < Number(row["expires_at"]);
}

const HITS = new WeakMap<Ledger, number[][]>();

function isThrottled(request: SandboxRequest, context: SandboxContext): boolean {
  const now = context.now();
  const hits = HITS.get(context.ledger) ?? LIMITS.map(() => []);
  const recent = LIMITS.map((limit, index) => (hits[index] ?? []).filter((at) => at > now - limit.window_ms));
  const applies = LIMITS.map((limit) => limit.path.test(request.path) && context.rule(limit.rule));
  const isOver = LIMITS.some(
    (limit, index) => applies[index] === true && (recent[index] ?? []).length >= limit.max,
  );
  const next = recent.map((times, index) => (isOver || applies[index] !== true ? times : [...times, now]));
  HITS.set(context.ledger, next);
  return isOver;
}

export function secret(kind: string, count: number, context: SandboxContext): string {
  return createHash("sha256").update(`${context.world.seed}:${kind}:${count}`).digest("hex").slice(0, 40);
}

function oauth(
  status: number,
  body: { [key: string]: string | number },
  context: SandboxContext,
): SandboxReply {
  return { status, body, headers: { intuit_tid: newTid(context), "cache-control": "no-store" } };
}
