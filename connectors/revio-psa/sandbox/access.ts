import type {
  Ledger,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { perMinute, tokenLifeS } from "./names.ts";
import { failed, keyRefused, tooMany, unauthorized } from "./replies.ts";

/** An API key is exchanged for a JWT, which every call carries beside the tenant's host. */

export const credentials = {
  apiKey: "rpsa_5f1d7c2e9b8a4460a1c3e5f70b9d2c64",
  host: "lakeside.psarev.io",
} as const;

const MINUTE_MS = 60_000;

interface Window {
  readonly start: number;
  readonly calls: number;
}
// Counters live as long as the server that owns the ledger.
const windows = new WeakMap<Ledger, Window>();

/** POST /api/v1/auth/api-key/exchange */
export function exchange(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const body = parsed(request.body);
  if (body === undefined) return failed(400, "BadRequest", "The request body is not valid JSON");
  if (!isObject(body) || body["apiKey"] !== credentials.apiKey) return keyRefused();
  const iat = Math.floor(context.now() / 1000);
  const jti = String(context.ledger.next("tokens", 1));
  const claims = { sub: "api-user", host: credentials.host, jti, iat, exp: iat + tokenLifeS };
  context.ledger.put("tokens", jti, claims);
  return { status: 200, body: { data: { token: jwt(claims) } } };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

// Not signed with a real key: nobody but this server reads it, and it only has to look and end like one.
const SIGNATURE = "c2FuZGJveA";

function jwt(claims: Json): string {
  return `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}.${SIGNATURE}`;
}

function part(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** The refusal for a call that does not get through; undefined for one that does. */
export function refuseCall(request: SandboxRequest, context: SandboxContext): SandboxReply | undefined {
  if (context.rule("rate_limit")) {
    const refusal = overLimit(context);
    if (refusal !== undefined) return refusal;
  }
  if (context.rule("auth") && !isSignedIn(request, context)) return unauthorized();
  // What a missing or wrong host answers is not documented; without it no tenant is meant.
  if (context.rule("tenant_host") && request.headers["x-revio-host"] !== credentials.host)
    return failed(400, "InvalidHost", "The X-Revio-Host header is missing or names no tenant");
  return undefined;
}

function isSignedIn({ headers }: SandboxRequest, context: SandboxContext): boolean {
  const [scheme = "", token = ""] = (headers.authorization ?? "").split(" ");
  const [head = "", claims = "", signature] = token.split(".");
  if (scheme.toLowerCase() !== "bearer" || head === "" || signature !== SIGNATURE) return false;
  const read = parsed(Buffer.from(claims, "base64url").toString());
  const issued = isObject(read) ? context.ledger.get("tokens", String(read["jti"])) : undefined;
  return Number(issued?.["exp"] ?? 0) * 1000 > context.now();
}

/** Counts the call in its minute, or refuses it without counting when that is full. */
function overLimit(context: SandboxContext): SandboxReply | undefined {
  const now = context.now();
  const last = windows.get(context.ledger);
  const window = last !== undefined && now - last.start < MINUTE_MS ? last : { start: now, calls: 0 };
  if (window.calls >= perMinute) return tooMany(Math.ceil((window.start + MINUTE_MS - now) / 1000));
  windows.set(context.ledger, { ...window, calls: window.calls + 1 });
  return undefined;
}
