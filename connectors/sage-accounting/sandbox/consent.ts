import { consent } from "../../../engine/connector/sandbox/consent.ts";
import type {
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { CLIENT_ID } from "./session.ts";

const CODE_MS = 60_000;

/** GET /oauth2/auth/central: a user of the business consents, by the rule consent. */
export function consentPage(request: SandboxRequest, context: SandboxContext): SandboxReply {
  return consent(request, context, {
    clientId: CLIENT_ID,
    code_ms: CODE_MS,
    // Whether a code challenge is taken is not known.
    pkce: false,
    faultIn: (query) => {
      if (query.get("filter") !== "apiv3.1") return "invalid_request";
      if (!["full_access", "readonly"].includes(query.get("scope") ?? "")) return "invalid_scope";
      return context.rule("consent") ? undefined : "access_denied";
    },
    brings: {},
  });
}
