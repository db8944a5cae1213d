import { unreachable } from "../../core/unreachable.ts";
import { textsOf } from "../records/bytes.ts";
import type { HttpRequest } from "../transport.ts";
import { type Auth, basicHeader, type Headers } from "./credentials.ts";
import { type AuthDeps, lowerCase, oauthClient, readGiven, serviceUrl } from "./given.ts";
import { clientCredentialsSource, refreshSource } from "./oauth.ts";
import { createTokenAuth } from "./token-auth.ts";
import { exchangeSource } from "./token-exchange.ts";

/** Secrets are resolved at the first call, and hidden from every message from then on. */
export function createAuth(deps: AuthDeps): Auth {
  let opened: Promise<Auth> | undefined;
  const auth = (): Promise<Auth> => {
    opened ??= open(deps);
    return opened;
  };
  return {
    headers: async () => (await auth()).headers(),
    renew: async (refused) => (await auth()).renew(refused),
  };
}

async function open(deps: AuthDeps): Promise<Auth> {
  const { auth } = deps.system.connector;
  const given = await readGiven(deps);
  switch (auth.kind) {
    case "basic": {
      const basic = basicHeader(given.text("user"), given.text("password"));
      deps.redactor.hide(basic.slice("Basic ".length));
      return fixed({ ...(await given.headers()), authorization: basic });
    }
    case "headers":
      return fixed(await given.headers());
    case "oauth2_refresh": {
      const client = await oauthClient(given, auth, deps);
      // A client that logs in by `tripoint connect` gives none.
      const first = auth.authorize === undefined ? given.text("refresh_token") : given.value("refresh_token");
      return createTokenAuth(
        deps,
        refreshSource(client, typeof first === "string" ? first : undefined, deps),
      );
    }
    case "oauth2_client_credentials":
      return createTokenAuth(deps, clientCredentialsSource(await oauthClient(given, auth, deps), deps));
    case "token_exchange": {
      const body = given.value("token_body");
      const request: HttpRequest = {
        method: "POST",
        url: serviceUrl(given.text("token_url"), deps),
        headers: {
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...lowerCase(textsOf(given.value("token_headers"))),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      };
      return createTokenAuth(deps, exchangeSource(request, given.headers, deps));
    }
    default:
      return unreachable(auth);
  }
}

function fixed(headers: Headers): Auth {
  return { headers: async () => headers, renew: async () => false };
}
