import type { ResolvedSecret } from "../../config/secrets.ts";
import type { HttpSystem } from "../../config/types.ts";
import { isObject } from "../../core/json.ts";
import { unreachable } from "../../core/unreachable.ts";
import { textsOf } from "../records/bytes.ts";
import type { Scope } from "../records/scope.ts";
import type { HttpRequest } from "../transport.ts";
import { SystemError } from "../types.ts";
import { type Auth, basicHeader, type Headers } from "./credentials.ts";
import { clientCredentialsSource, type OauthClient, refreshSource } from "./oauth.ts";
import type { Programs } from "./programs.ts";
import { createTokenAuth, type TokenDeps } from "./token-auth.ts";
import { exchangeSource } from "./token-exchange.ts";

export interface AuthDeps extends TokenDeps {
  readonly programs: Programs;
  readonly scope: Scope;
  readonly secret: (reference: string) => ResolvedSecret;
  /** Where a relative address of a token service begins. */
  readonly baseUrl: string;
}

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
  const { system, programs, scope, redactor } = deps;
  const secrets = { auth: resolvedSecrets(deps) };
  const given = await scope.value(programs.auth.given, null, secrets);
  if (!isObject(given)) throw new Error("the auth program gives an object");
  const text = (name: string): string => {
    const value = given[name];
    if (typeof value === "string" && value !== "") return value;
    throw login(system, `its connector finds no ${name}`);
  };
  const headers = async (token?: string): Promise<Headers> => {
    const variables = token === undefined ? secrets : { ...secrets, token };
    return lowerCase(textsOf(await scope.value(programs.auth.headers, null, variables)));
  };
  const { auth } = system.connector;
  switch (auth.kind) {
    case "basic": {
      const basic = basicHeader(text("user"), text("password"));
      redactor.hide(basic.slice("Basic ".length));
      return fixed({ ...(await headers()), authorization: basic });
    }
    case "headers":
      return fixed(await headers());
    case "oauth2_refresh":
    case "oauth2_client_credentials": {
      const client: OauthClient = {
        clientId: text("client_id"),
        clientSecret: text("client_secret"),
        tokenUrl: tokenUrl(text("token_url"), deps),
        clientAuth: auth.client_auth ?? "basic",
        form: textsOf(given["form"]),
        headers: await headers(),
      };
      const source =
        auth.kind === "oauth2_refresh"
          ? refreshSource(client, text("refresh_token"), deps)
          : clientCredentialsSource(client, deps);
      return createTokenAuth(deps, source);
    }
    case "token_exchange": {
      const body = given["token_body"];
      const request: HttpRequest = {
        method: "POST",
        url: tokenUrl(text("token_url"), deps),
        headers: {
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...lowerCase(textsOf(given["token_headers"])),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      };
      return createTokenAuth(deps, exchangeSource(request, headers, deps));
    }
    default:
      return unreachable(auth);
  }
}

function fixed(headers: Headers): Auth {
  return { headers: async () => headers, renew: async () => false };
}

function tokenUrl(given: string, { baseUrl }: AuthDeps): URL {
  return URL.canParse(given) ? new URL(given) : new URL(`${baseUrl}/${given.replace(/^\//, "")}`);
}

function lowerCase(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Secrets by name, hidden from every message from then on. Throws SystemError login for one that is not there. */
export function resolvedSecrets({ system, secret, redactor }: AuthDeps): { readonly [name: string]: string } {
  const entries = Object.entries(system.auth).map(([name, reference]) => {
    const found = secret(reference);
    if (!found.ok) throw login(system, `its secret "${name}" is not there (${found.reason})`);
    redactor.hide(found.value);
    return [name, found.value] as const;
  });
  return Object.fromEntries(entries);
}

function login({ name, connector }: HttpSystem, reason: string): SystemError {
  return new SystemError(name, "login", `tripoint cannot log in to ${connector.title} (${name}): ${reason}.`);
}
