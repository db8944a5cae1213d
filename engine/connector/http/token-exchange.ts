import { fingerprint } from "../../core/fingerprint.ts";
import type { Json } from "../../core/json.ts";
import type { HttpRequest } from "../transport.ts";
import { SystemError } from "../types.ts";
import type { Headers } from "./credentials.ts";
import type { AuthDeps } from "./given.ts";
import { isGood } from "./judge.ts";
import { askService } from "./service-call.ts";
import { lifetimeOf, type TokenSource, withoutToken } from "./token-auth.ts";

/** Tokens that a system gives for a key: a JWT, a session. */
export function exchangeSource(
  request: HttpRequest,
  headers: (token: string) => Promise<Headers>,
  deps: AuthDeps,
): TokenSource {
  const { system, programs, scope, clock } = deps;
  const said = async (program: typeof programs.auth.token, body: Json): Promise<Json | undefined> =>
    program === undefined ? undefined : scope.value(program, body);
  return {
    origin: fingerprint([request.url.href, request.headers, request.body ?? null]),
    headers,
    obtain: async () => {
      const answer = await askService("token service", request, deps);
      if (!isGood(answer)) {
        const { name, connector } = system;
        const references = Object.values(system.auth).join(", ");
        const message = `${connector.title} (${name}) gave no token (status ${answer.status}): check ${references}.`;
        return { refused: new SystemError(name, "login", message) };
      }
      const token = await said(programs.auth.token, answer.body ?? null);
      if (typeof token !== "string" || token === "") throw withoutToken(answer, deps);
      const seconds = await said(programs.auth.expiresIn, answer.body ?? null);
      return {
        token,
        lifetime_ms: lifetimeOf(token, seconds, clock.now()),
        refresh_token: null,
        refresh_lifetime_ms: null,
      };
    },
  };
}
