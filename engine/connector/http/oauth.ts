import { createHash } from "node:crypto";
import type { HttpSystem } from "../../config/types.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { HttpRequest } from "../transport.ts";
import { SystemError } from "../types.ts";
import { basicHeader, type Headers } from "./credentials.ts";
import type { Granted } from "./held-token.ts";
import { type Answer, isGood } from "./judge.ts";
import { askService } from "./service-call.ts";
import { lifetimeOf, type Refused, type TokenDeps, type TokenSource, withoutToken } from "./token-auth.ts";

/** Tokens of OAuth 2: by a refresh token whose value may change at any refresh, or by the client's own credentials. */

export interface OauthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenUrl: URL;
  readonly clientAuth: "basic" | "form";
  /** Parameters beside those of the grant. */
  readonly form: Headers;
  readonly headers: Headers;
  /** Seconds until a refresh token ends, by the service's reply; undefined: nobody says. */
  readonly refreshSeconds: (body: Json) => Promise<Json | undefined>;
}

/**
 * `first` is the refresh token that client.yaml gives, the beginning of the chain; undefined: a login begins it, and
 * without one there is nothing to ask with.
 */
export function refreshSource(client: OauthClient, first: string | undefined, deps: TokenDeps): TokenSource {
  return {
    origin: originOf(first),
    obtain: async (newest) => {
      const refresh_token = newest ?? first;
      if (refresh_token === undefined) return { refused: notLoggedIn(deps) };
      return obtain({ grant_type: "refresh_token", refresh_token }, refresh_token, client, deps);
    },
    headers: bearer(client),
  };
}

/** What tells one beginning of a chain of refresh tokens from another; undefined when client.yaml gives none. */
export function originOf(first: string | undefined): string | undefined {
  return first === undefined ? undefined : createHash("sha256").update(first).digest("hex").slice(0, 16);
}

/** The tokens for the code that a consent gave. A refusal, or a reply without refresh token, is a SystemError. */
export async function redeemCode(
  grant: { readonly code: string; readonly redirect_uri: string; readonly code_verifier?: string },
  client: OauthClient,
  deps: TokenDeps,
): Promise<Granted> {
  deps.redactor.hide(grant.code);
  deps.redactor.hide(grant.code_verifier ?? "");
  const granted = await obtain({ grant_type: "authorization_code", ...grant }, null, client, deps);
  if ("refused" in granted) throw granted.refused;
  if (granted.refresh_token !== null) return granted;
  const { name, connector } = deps.system;
  throw new SystemError(
    name,
    "login",
    `${connector.title} (${name}) gave no refresh token: its scope does not ask for one.`,
  );
}

export function clientCredentialsSource(client: OauthClient, deps: TokenDeps): TokenSource {
  const { clientId, clientSecret, tokenUrl, form } = client;
  return {
    origin: fingerprint([clientId, clientSecret, tokenUrl.href, form]),
    obtain: () => obtain({ grant_type: "client_credentials" }, null, client, deps),
    headers: bearer(client),
  };
}

function bearer({ headers }: OauthClient): TokenSource["headers"] {
  return async (token) => ({ ...headers, authorization: `Bearer ${token}` });
}

async function obtain(
  grant: Headers,
  refreshToken: string | null,
  client: OauthClient,
  deps: TokenDeps,
): Promise<Granted | Refused> {
  deps.redactor.hide(refreshToken ?? "");
  const answer = await askService("token service", tokenRequest(grant, client, deps), deps);
  if (!isGood(answer)) return { refused: refusal(answer, grant, deps) };
  const body = isObject(answer.body) ? answer.body : {};
  const { access_token, refresh_token, expires_in } = body;
  if (typeof access_token !== "string" || access_token === "") throw withoutToken(answer, deps);
  const isNew = typeof refresh_token === "string" && refresh_token !== "";
  // A grant of the client's own credentials has nothing to refresh with, whatever comes along.
  const keeps = isNew && grant["grant_type"] !== "client_credentials";
  deps.redactor.hide(access_token);
  deps.redactor.hide(isNew ? refresh_token : "");
  const seconds = Number((await client.refreshSeconds(body)) ?? Number.NaN);
  return {
    token: access_token,
    lifetime_ms: lifetimeOf(access_token, expires_in, deps.clock.now()),
    refresh_token: keeps ? refresh_token : refreshToken,
    refresh_lifetime_ms: seconds > 0 ? seconds * 1000 : null,
  };
}

function tokenRequest(
  grant: Headers,
  { tokenUrl, clientId, clientSecret, clientAuth, form }: OauthClient,
  { redactor }: TokenDeps,
): HttpRequest {
  const basic = basicHeader(clientId, clientSecret);
  redactor.hide(basic.slice("Basic ".length));
  const client = clientAuth === "form" ? { client_id: clientId, client_secret: clientSecret } : {};
  return {
    method: "POST",
    url: tokenUrl,
    headers: {
      ...(clientAuth === "basic" ? { authorization: basic } : {}),
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ ...form, ...grant, ...client }).toString(),
  };
}

function refusal({ status, body }: Answer, grant: Headers, { system }: TokenDeps): SystemError {
  const said = isObject(body) ? body["error"] : undefined;
  // The error codes of OAuth are such words; anything else could be a secret.
  const code = typeof said === "string" && /^[a-z_]{1,40}$/.test(said) ? said : `status ${status}`;
  const who = `${system.connector.title} (${system.name})`;
  const settings = `check client id and client secret under systems.${system.name}.auth.`;
  if (code !== "invalid_grant") {
    return new SystemError(system.name, "login", `${who} refused the login (${code}): ${settings}`);
  }
  const message =
    grant["grant_type"] === "refresh_token"
      ? `${who} refused the refresh token (invalid_grant): it is revoked, expired, or was replaced by one that a crash ` +
        `kept from being stored. ${howToLogIn(system)}`
      : `${who} refused the code of this login (invalid_grant): it is used up or too old. Type the command again.`;
  return new SystemError(system.name, "login", message);
}

function notLoggedIn({ system }: TokenDeps): SystemError {
  const message = `tripoint is not logged in to ${system.connector.title} (${system.name}). ${howToLogIn(system)}`;
  return new SystemError(system.name, "login", message);
}

function howToLogIn({ name, auth: given, connector }: HttpSystem): string {
  const { auth, title } = connector;
  const secrets = auth.kind === "oauth2_refresh" ? namesIn(auth.refresh_token) : [];
  const references = secrets.flatMap((secret) => given[secret] ?? []);
  if (auth.kind === "oauth2_refresh" && auth.authorize !== undefined) return `Type: tripoint connect ${name}`;
  return `Give tripoint access to ${title} again and put the new refresh token into ${references.join(", ")}.`;
}

function namesIn(expression: string): readonly string[] {
  return [...expression.matchAll(/\$auth\s*\.\s*(\w+)/g)].map(([, name = ""]) => name);
}
