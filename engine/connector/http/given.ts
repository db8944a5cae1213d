import type { AuthSpec } from "../../config/connector-types.ts";
import type { ResolvedSecret } from "../../config/secrets.ts";
import type { HttpSystem } from "../../config/types.ts";
import { isObject, type Json } from "../../core/json.ts";
import { textsOf } from "../records/bytes.ts";
import type { Scope } from "../records/scope.ts";
import { SystemError } from "../types.ts";
import type { Headers } from "./credentials.ts";
import type { OauthClient } from "./oauth.ts";
import type { Programs } from "./programs.ts";
import type { TokenDeps } from "./token-auth.ts";

/** What client.yaml and the descriptor give for a login: secrets, the values of the auth program, headers. */

export interface AuthDeps extends TokenDeps {
  readonly programs: Programs;
  readonly scope: Scope;
  readonly secret: (reference: string) => ResolvedSecret;
  /** Where a relative address of a token service begins. */
  readonly baseUrl: string;
}

export interface Given {
  value(name: string): Json | undefined;
  /** Throws SystemError login when there is none. */
  text(name: string): string;
  headers(token?: string): Promise<Headers>;
}

/** Reads the secrets, hides them from every message from then on, and evaluates the auth program once. */
export async function readGiven(deps: AuthDeps): Promise<Given> {
  const { system, programs, scope } = deps;
  const secrets = { auth: resolvedSecrets(deps) };
  const given = await scope.value(programs.auth.given, null, secrets);
  if (!isObject(given)) throw new Error("the auth program gives an object");
  return {
    value: (name) => given[name],
    text: (name) => {
      const value = given[name];
      if (typeof value === "string" && value !== "") return value;
      throw loginError(system, `its connector finds no ${name}`);
    },
    headers: async (token) => {
      const variables = token === undefined ? secrets : { ...secrets, token };
      return lowerCase(textsOf(await scope.value(programs.auth.headers, null, variables)));
    },
  };
}

/** The client that a token service knows. */
export async function oauthClient(
  given: Given,
  auth: Extract<AuthSpec, { readonly client_id: string }>,
  deps: AuthDeps,
): Promise<OauthClient> {
  return {
    clientId: given.text("client_id"),
    clientSecret: given.text("client_secret"),
    tokenUrl: serviceUrl(given.text("token_url"), deps),
    clientAuth: auth.client_auth ?? "basic",
    form: textsOf(given.value("form")),
    headers: await given.headers(),
    refreshSeconds: async (body) => {
      const { refreshExpiresIn } = deps.programs.auth;
      return refreshExpiresIn === undefined ? undefined : deps.scope.value(refreshExpiresIn, body);
    },
  };
}

/** An address of the descriptor; a relative one is taken below the base URL. */
export function serviceUrl(given: string, { baseUrl }: Pick<AuthDeps, "baseUrl">): URL {
  return URL.canParse(given) ? new URL(given) : new URL(`${baseUrl}/${given.replace(/^\//, "")}`);
}

/** Header names in lower case, as the rest of the driver compares them. */
export function lowerCase(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Secrets by name, hidden from every message from then on. Throws SystemError login for one that is not there. */
export function resolvedSecrets({ system, secret, redactor }: AuthDeps): { readonly [name: string]: string } {
  const entries = Object.entries(system.auth).map(([name, reference]) => {
    const found = secret(reference);
    if (!found.ok) throw loginError(system, `its secret "${name}" is not there (${found.reason})`);
    redactor.hide(found.value);
    return [name, found.value] as const;
  });
  return Object.fromEntries(entries);
}

function loginError({ name, connector }: HttpSystem, reason: string): SystemError {
  return new SystemError(name, "login", `tripoint cannot log in to ${connector.title} (${name}): ${reason}.`);
}
