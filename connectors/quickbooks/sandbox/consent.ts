import type {
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { CLIENT_ID, REALM, secret } from "./session.ts";

/** The page where the company's administrator consents: here the answer is given at once, by the rule consent. */

const SCOPE = "com.intuit.quickbooks.accounting";
// How long a code is good is not in the sheet; OAuth itself allows ten minutes at most.
const CODE_MS = 600_000;

/** GET /connect/oauth2: sends the browser back with a code and the company, or with the refusal. */
export function consent(request: SandboxRequest, context: SandboxContext): SandboxReply {
  const { query } = request;
  const redirectUri = query.get("redirect_uri") ?? "";
  // A request that is wrong in itself is shown to the person: nobody is sent to an address that is not known.
  if (query.get("client_id") !== CLIENT_ID || !isRegistered(redirectUri)) {
    return page("The client_id or redirect_uri query parameter value is invalid.");
  }
  const back = new URL(redirectUri);
  const state = query.get("state");
  if (state !== null) back.searchParams.set("state", state);
  const fault = faultIn(query, context);
  if (fault === undefined) {
    const code = `AB${secret("code", context.ledger.next("code", 1), context)}`;
    context.ledger.put("code", code, { redirect_uri: redirectUri, expires_at: context.now() + CODE_MS });
    back.searchParams.set("code", code);
    back.searchParams.set("realmId", REALM);
  } else {
    back.searchParams.set("error", fault);
  }
  return { status: 302, headers: { location: back.href } };
}

function faultIn(query: URLSearchParams, context: SandboxContext): string | undefined {
  if (query.get("response_type") !== "code" || query.get("state") === null) return "invalid_request";
  if (!(query.get("scope") ?? "").split(" ").includes(SCOPE)) return "invalid_scope";
  return context.rule("consent") ? undefined : "access_denied";
}

/** Development keys take addresses on this machine, production keys only https. */
function isRegistered(redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) return false;
  const { protocol, hostname } = new URL(redirectUri);
  return protocol === "https:" || ["localhost", "127.0.0.1"].includes(hostname);
}

function page(text: string): SandboxReply {
  return { status: 400, body: `<p>${text}</p>`, headers: { "content-type": "text/html" } };
}
