import { createHash } from "node:crypto";
import { fingerprint } from "../../core/fingerprint.ts";
import { isObject } from "../../core/json.ts";
import type { HttpRequest } from "../transport.ts";
import { SystemError } from "../types.ts";
import { basicHeader, type Headers } from "./credentials.ts";
import { type Answer, isGood } from "./judge.ts";
import { askService } from "./service-call.ts";
import {
  type Granted,
  lifetimeOf,
  type Refused,
  type TokenDeps,
  type TokenSource,
  withoutToken,
} from "./token-auth.ts";

/** Tokens of OAuth 2: by a refresh token whose value may change at any refresh, or by the client's own credentials. */

export interface OauthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenUrl: URL;
  readonly clientAuth: "basic" | "form";
  /** Parameters beside those of the grant. */
  readonly form: Headers;
  readonly headers: Headers;
}

/** `first` is the refresh token that client.yaml gives: the beginning of the chain. */
export function refreshSource(client: OauthClient, first: string, deps: TokenDeps): TokenSource {
  return {
    origin: createHash("sha256").update(first).digest("hex").slice(0, 16),
    obtain: (newest) => {
      const refresh_token = newest ?? first;
      return obtain({ grant_type: "refresh_token", refresh_token }, refresh_token, client, deps);
    },
    headers: bearer(client),
  };
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
  if (!isGood(answer)) return { refused: refusal(answer, refreshToken !== null, deps) };
  const { access_token, refresh_token, expires_in } = isObject(answer.body) ? answer.body : {};
  if (typeof access_token !== "string" || access_token === "") throw withoutToken(answer, deps);
  const isNew = typeof refresh_token === "string" && refresh_token !== "" && refreshToken !== null;
  return {
    token: access_token,
    lifetime_ms: lifetimeOf(access_token, expires_in, deps.clock.now()),
    refresh_token: isNew ? refresh_token : refreshToken,
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

function refusal({ status, body }: Answer, isRefresh: boolean, { system }: TokenDeps): SystemError {
  const said = isObject(body) ? body["error"] : undefined;
  // The error codes of OAuth are such words; anything else could be a secret.
  const code = typeof said === "string" && /^[a-z_]{1,40}$/.test(said) ? said : `status ${status}`;
  const { auth, title } = system.connector;
  const names = auth.kind === "oauth2_refresh" ? namesIn(auth.refresh_token) : [];
  const where = names.map((name) => system.auth[name] ?? name).join(", ");
  const message =
    code === "invalid_grant" && isRefresh
      ? `${title} (${system.name}) refused the refresh token (invalid_grant): it is revoked, expired, or was replaced ` +
        `by one that a crash kept from being stored. Give tripoint access to ${title} again and put the new refresh token into ${where}.`
      : `${title} (${system.name}) refused the login (${code}): check client id and client secret under systems.${system.name}.auth.`;
  return new SystemError(system.name, "login", message);
}

function namesIn(expression: string): readonly string[] {
  return [...expression.matchAll(/\$auth\s*\.\s*(\w+)/g)].map(([, name = ""]) => name);
}
