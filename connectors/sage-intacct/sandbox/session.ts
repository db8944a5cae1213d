import { createHash } from "node:crypto";
import type {
  Ledger,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { textOf } from "./books.ts";
import { gatewayError } from "./errors.ts";
import { REQUESTS_PER_MINUTE, TOKEN_SECONDS } from "./names.ts";

/** OAuth2 tokens of the web-services user, and the limit of the gateway in front of the service. */

export const credentials = {
  clientId: "sandbox.client.app.sage.com",
  clientSecret: "sandbox-client-secret",
  username: "wsuser@LAKESIDE",
} as const;

const MINUTE_MS = 60_000;

/** POST /oauth2/token: client_credentials (form or JSON) and refresh_token. */
export function issueTokens(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const form = formOf(request);
  if (form["client_id"] !== credentials.clientId || form["client_secret"] !== credentials.clientSecret) {
    return gatewayError("client", "Client is not valid");
  }
  if (form["grant_type"] === "refresh_token") {
    const isCurrent = form["refresh_token"] === textOf(context.ledger.get("oauth", "refresh")?.["value"]);
    // A new authorization for the same user silently ends the older grant (a field report of 2026).
    return isCurrent || !context.rule("one_grant")
      ? newTokens(context)
      : gatewayError("token", "Token is not valid");
  }
  // user@company, or user@company|entity
  const user = textOf(form["username"]).split("|")[0];
  if (form["grant_type"] !== "client_credentials" || user !== credentials.username) {
    return gatewayError("client", "Grant or username is not valid");
  }
  return newTokens(context);
}

/** Checks the token and the limit of a call; a reply ends it. */
export function createGate(limit = REQUESTS_PER_MINUTE) {
  const hits = new WeakMap<Ledger, number[]>();
  return (request: SandboxRequest, context: SandboxContext): SandboxReply | undefined => {
    if (request.path.endsWith("/oauth2/token")) return undefined;
    const now = context.now();
    const recent = (hits.get(context.ledger) ?? []).filter((at) => at > now - MINUTE_MS);
    hits.set(context.ledger, recent);
    if (recent.length >= limit && context.rule("rate_limit")) return throttled(recent[0] ?? now, context);
    recent.push(now);
    if (hasToken(request, context) || !context.rule("auth")) return undefined;
    return gatewayError("token", "Token is not valid");
  };
}

function throttled(oldest: number, { now, rule }: SandboxContext): SandboxReply {
  const reply = gatewayError("throttle", "Too many requests");
  const seconds = String(Math.max(1, Math.ceil((oldest + MINUTE_MS - now()) / 1000)));
  const headers = { "x-ia-minute-rate-limit-retry-after": seconds };
  return { ...reply, headers: rule("retry_after") ? { ...headers, "retry-after": seconds } : headers };
}

function newTokens(context: SandboxContext): SandboxReply {
  const { ledger } = context;
  const count = ledger.next("token", 1);
  const access = secret("access", count, context);
  const refresh = secret("refresh", count, context);
  ledger.put("oauth", "refresh", { value: refresh });
  ledger.put("access_token", access, { token: access, expires_at: context.now() + TOKEN_SECONDS * 1000 });
  const body = {
    token_type: "Bearer",
    access_token: access,
    refresh_token: refresh,
    expires_in: TOKEN_SECONDS,
  };
  return { status: 200, body };
}

function hasToken({ headers }: SandboxRequest, { ledger, now }: SandboxContext): boolean {
  const token = /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
  const row = ledger.get("access_token", token);
  return row !== undefined && now() < Number(row["expires_at"]);
}

function secret(kind: string, count: number, { world }: SandboxContext): string {
  return createHash("sha256").update(`${world.seed}:${kind}:${count}`).digest("hex").slice(0, 40);
}

function formOf({ body, headers }: SandboxRequest): { readonly [name: string]: Json } {
  if (!(headers["content-type"] ?? "").includes("json")) return Object.fromEntries(new URLSearchParams(body));
  try {
    const value: Json = JSON.parse(body);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
