import { consent } from "../../../engine/connector/sandbox/consent.ts";
import type {
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { CLIENT_ID } from "./session.ts";

const SCOPE = /^(offline_access|openid|profile|email|accounting\.[a-z.]+)$/;
// How long a code is good is not in the sheet; OAuth itself allows ten minutes at most.
const CODE_MS = 600_000;

/** GET /identity/connect/authorize: a user of the organisation consents, by the rule consent. */
export function consentPage(request: SandboxRequest, context: SandboxContext): SandboxReply {
  return consent(request, context, {
    clientId: CLIENT_ID,
    code_ms: CODE_MS,
    pkce: context.rule("pkce"),
    faultIn: (query) => {
      const scopes = (query.get("scope") ?? "").split(" ");
      if (!scopes.every((scope) => SCOPE.test(scope))) return "invalid_scope";
      return context.rule("consent") ? undefined : "access_denied";
    },
    brings: {},
  });
}
