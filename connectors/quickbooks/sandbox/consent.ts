import { consent } from "../../../engine/connector/sandbox/consent.ts";
import type {
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { CLIENT_ID, REALM } from "./session.ts";

const SCOPE = "com.intuit.quickbooks.accounting";
// How long a code is good is not in the sheet; OAuth itself allows ten minutes at most.
const CODE_MS = 600_000;

/** GET /connect/oauth2: the company's administrator consents, by the rule consent, and the browser tells the company. */
export function consentPage(request: SandboxRequest, context: SandboxContext): SandboxReply {
  return consent(request, context, {
    clientId: CLIENT_ID,
    code_ms: CODE_MS,
    // Whether a code challenge is taken is not known.
    pkce: false,
    faultIn: (query) => {
      if (query.get("state") === null) return "invalid_request";
      if (!(query.get("scope") ?? "").split(" ").includes(SCOPE)) return "invalid_scope";
      return context.rule("consent") ? undefined : "access_denied";
    },
    brings: { realmId: REALM },
  });
}
