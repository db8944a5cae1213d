import { createHash } from "node:crypto";
import type { SandboxContext, SandboxReply, SandboxRequest } from "./types.ts";

/** The page where a person consents to a login, and the code that it gives: here the answer is given at once. */

export interface ConsentPage {
  readonly clientId: string;
  /** How long a code is good. */
  readonly code_ms: number;
  /** Whether the vendor takes a code challenge (PKCE, S256). */
  readonly pkce: boolean;
  /** What is wrong with what is asked for, in a word of OAuth; undefined: nothing is. */
  readonly faultIn: (query: URLSearchParams) => string | undefined;
  /** What the browser brings back beside code and state. */
  readonly brings: { readonly [name: string]: string };
}

/** Sends the browser back with a code, or with the refusal. */
export function consent(
  { query }: SandboxRequest,
  context: SandboxContext,
  { clientId, code_ms, pkce, faultIn, brings }: ConsentPage,
): SandboxReply {
  const redirectUri = query.get("redirect_uri") ?? "";
  // A request that is wrong in itself is shown to the person: nobody is sent to an address that is not known.
  if (query.get("client_id") !== clientId || !isRegistered(redirectUri)) {
    return page("The client_id or redirect_uri query parameter value is invalid.");
  }
  const back = new URL(redirectUri);
  const state = query.get("state");
  if (state !== null) back.searchParams.set("state", state);
  const fault = query.get("response_type") === "code" ? faultIn(query) : "invalid_request";
  if (fault === undefined) {
    const code = newCode(context);
    context.ledger.put("code", code, {
      redirect_uri: redirectUri,
      expires_at: context.now() + code_ms,
      scope: query.get("scope") ?? "",
      challenge: pkce ? query.get("code_challenge") : null,
    });
    for (const [name, value] of Object.entries({ code, ...brings })) back.searchParams.set(name, value);
  } else {
    back.searchParams.set("error", fault);
  }
  return { status: 302, headers: { location: back.href } };
}

/** The scope that a code was given for. Undefined: it is unknown, used, too old, for another address, or not proven. */
export function redeemCode(form: URLSearchParams, { ledger, now }: SandboxContext): string | undefined {
  const code = form.get("code") ?? "";
  const row = ledger.get("code", code);
  // Whoever tries a code has used it.
  ledger.remove("code", code);
  if (row?.["redirect_uri"] !== form.get("redirect_uri") || now() >= Number(row["expires_at"]))
    return undefined;
  const proof = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  return row["challenge"] === null || row["challenge"] === proof ? String(row["scope"]) : undefined;
}

/** Apps under development register addresses on this machine, others only https. */
function isRegistered(redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) return false;
  const { protocol, hostname } = new URL(redirectUri);
  return protocol === "https:" || ["localhost", "127.0.0.1"].includes(hostname);
}

function newCode({ ledger, world }: SandboxContext): string {
  const text = `${world.seed}:code:${ledger.next("code", 1)}`;
  return createHash("sha256").update(text).digest("hex").slice(0, 40);
}

function page(text: string): SandboxReply {
  return { status: 400, body: `<p>${text}</p>`, headers: { "content-type": "text/html" } };
}
