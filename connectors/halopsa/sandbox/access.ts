import type {
  Ledger,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { tooMany, unauthorized } from "./errors.ts";
import { rateLimit, tokenLifeS } from "./names.ts";

/** Who may call, and how often: the authorization server's token, its life, and the rolling window of a hosted tenant. */

export const credentials = {
  tenant: "lakeside",
  clientId: "5b1c7f9e-2a44-4d0b-9c1e-6f3a8d2b7e10",
  clientSecret: "lakeside-client-secret-0001",
} as const;

// Times of the calls in the window: a restarted server has forgotten them.
const windows = new WeakMap<Ledger, readonly number[]>();

/** POST {auth}/token: client credentials, the tenant in the query for a hosted instance. */
export function issueToken(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const form = new URLSearchParams(request.body);
  if (form.get("grant_type") !== "client_credentials") return oauthError(400, "unsupported_grant_type");
  const isClient =
    form.get("client_id") === credentials.clientId && form.get("client_secret") === credentials.clientSecret;
  const isTenant = !context.rule("tenant") || request.query.get("tenant") === credentials.tenant;
  if (!isClient || !isTenant) return oauthError(401, "invalid_client");
  if ((form.get("scope") ?? "") === "") return oauthError(400, "invalid_scope");
  const number = context.ledger.next("tokens", 1);
  const token = `halo-access-${number}-${context.now()}`;
  context.ledger.put("tokens", token, { id: token, until: context.now() + tokenLifeS * 1000 });
  const body = { access_token: token, token_type: "Bearer", expires_in: tokenLifeS, scope: "all" };
  return { status: 200, body };
}

function oauthError(status: number, error: string): SandboxReply {
  return { status, body: { error } };
}

/** The refusal for a call of the API that does not get through; undefined for one that does. */
export function refuseCall(request: SandboxRequest, context: SandboxContext): SandboxReply | undefined {
  if (context.rule("auth")) {
    const [scheme = "", token = ""] = (request.headers.authorization ?? "").split(" ");
    const until = scheme.toLowerCase() === "bearer" ? context.ledger.get("tokens", token)?.["until"] : 0;
    if (!(Number(until) > context.now())) return unauthorized();
  }
  if (!context.rule("rate_limit")) return undefined;
  const from = context.now() - rateLimit.window_ms;
  const recent = (windows.get(context.ledger) ?? []).filter((at) => at > from);
  // A refused call is not counted: whether the vendor counts it is not known.
  const isFull = recent.length >= rateLimit.requests;
  windows.set(context.ledger, isFull ? recent : [...recent, context.now()]);
  return isFull ? tooMany(rateLimit.requests) : undefined;
}
