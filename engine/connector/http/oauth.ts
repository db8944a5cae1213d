import { createHash } from "node:crypto";
import type { SystemConfig } from "../../config/types.ts";
import type { Clock } from "../../core/clock.ts";
import { isObject } from "../../core/json.ts";
import type { Redactor } from "../redact.ts";
import type { Exchange, HttpRequest } from "../transport.ts";
import { SystemError, type TokenStore } from "../types.ts";
import { type Auth, basicHeader, type Headers } from "./credentials.ts";

/**
 * OAuth 2 with a refresh token whose value may change at any refresh. One refresh at a time, and the answer is stored
 * durably before its tokens are used: a crash loses at most an answer that never arrived.
 */

export interface OauthDeps {
  readonly system: SystemConfig;
  readonly baseUrl: string;
  readonly tokens: TokenStore;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Sends and counts one request, without credentials of its own. */
  readonly exchange: (request: HttpRequest) => Promise<Exchange>;
}

export interface OauthSecrets {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What client.yaml gives: the beginning of the chain. */
  readonly refreshToken: string;
  readonly tokenUrl: string;
}

interface Tokens {
  readonly access_token: string;
  readonly expires_at: number;
  readonly refresh_token: string;
  /** Which configured token the chain began with: another one there means that a person has logged in anew. */
  readonly origin: string;
}

// An access token is not used in its last minute: it could end on the way.
const MARGIN_MS = 60_000;
const LIFETIME_S = 3600;
const ATTEMPTS = 3;
const WAIT_MS = 1000;

export function createOauth(deps: OauthDeps, secrets: OauthSecrets): Auth {
  const { system, tokens, clock, redactor } = deps;
  const connection = `${system.name}:${system.connector.connector}`;
  const origin = createHash("sha256").update(secrets.refreshToken).digest("hex").slice(0, 16);
  let current = storedTokens(tokens, connection, origin);
  hide(current);
  let refreshing: Promise<Tokens> | undefined;

  function hide(one: Tokens | undefined): void {
    if (one === undefined) return;
    redactor.hide(one.access_token);
    redactor.hide(one.refresh_token);
  }

  function refresh(): Promise<Tokens> {
    refreshing ??= requestTokens(deps, secrets, current?.refresh_token ?? secrets.refreshToken)
      .then((answer) => {
        const next = { ...answer, origin };
        hide(next);
        tokens.put(connection, next);
        current = next;
        return next;
      })
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  }

  return {
    headers: async () => {
      if (current !== undefined && current.expires_at - MARGIN_MS > clock.now()) return bearer(current);
      return bearer(await refresh());
    },
    renew: async (refused) => {
      // Another call may have renewed it meanwhile.
      const isOld = current === undefined || bearer(current)["authorization"] === refused["authorization"];
      if (isOld) await refresh();
      return true;
    },
  };
}

function bearer({ access_token }: Tokens): Headers {
  return { authorization: `Bearer ${access_token}` };
}

function storedTokens(tokens: TokenStore, connection: string, origin: string): Tokens | undefined {
  const value = tokens.get(connection);
  if (!isObject(value) || value["origin"] !== origin) return undefined;
  const { access_token, expires_at, refresh_token } = value;
  if (typeof access_token !== "string" || typeof refresh_token !== "string") return undefined;
  return { access_token, refresh_token, origin, expires_at: typeof expires_at === "number" ? expires_at : 0 };
}

async function requestTokens(
  deps: OauthDeps,
  secrets: OauthSecrets,
  refreshToken: string,
): Promise<Omit<Tokens, "origin">> {
  const { system, clock } = deps;
  deps.redactor.hide(refreshToken);
  const request = tokenRequest(deps, secrets, refreshToken);
  for (let attempt = 1; ; attempt++) {
    const answer = await deps.exchange(request);
    if (answer.kind === "answer" && answer.status === 200) return tokensOf(answer, refreshToken, deps);
    const isPassing = answer.kind !== "answer" || answer.status >= 500 || answer.status === 429;
    if (!isPassing) throw refused(answer, deps);
    if (attempt === ATTEMPTS) {
      const what = answer.kind === "answer" ? `it answered ${answer.status}` : answer.message;
      const message = `The token service of ${system.connector.title} (${system.name}) at ${request.url.host} cannot be reached: ${what}.`;
      throw new SystemError(system.name, "unreachable", deps.redactor.redact(message));
    }
    await clock.sleep(WAIT_MS * attempt);
  }
}

function tokenRequest(deps: OauthDeps, secrets: OauthSecrets, refreshToken: string): HttpRequest {
  const { tokenUrl, clientId, clientSecret } = secrets;
  const isAbsolute = URL.canParse(tokenUrl);
  const basic = basicHeader(clientId, clientSecret);
  deps.redactor.hide(basic.slice("Basic ".length));
  return {
    method: "POST",
    url: new URL(isAbsolute ? tokenUrl : `${deps.baseUrl}/${tokenUrl.replace(/^\//, "")}`),
    headers: {
      authorization: basic,
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken }).toString(),
  };
}

/** Nothing of a token answer's body goes into a message: all of it is secret. */
function tokensOf(
  { body }: Extract<Exchange, { kind: "answer" }>,
  refreshToken: string,
  { system, clock }: OauthDeps,
): Omit<Tokens, "origin"> {
  const { access_token, refresh_token, expires_in } = isObject(body) ? body : {};
  if (typeof access_token !== "string" || access_token === "") {
    const message = `The token service of ${system.connector.title} (${system.name}) answered 200 without a token.`;
    throw new SystemError(system.name, "answer", message);
  }
  const lifetime = typeof expires_in === "number" ? expires_in : LIFETIME_S;
  return {
    access_token,
    expires_at: clock.now() + lifetime * 1000,
    refresh_token: typeof refresh_token === "string" && refresh_token !== "" ? refresh_token : refreshToken,
  };
}

function refused(
  { status, body }: Extract<Exchange, { kind: "answer" }>,
  { system }: OauthDeps,
): SystemError {
  const said = isObject(body) ? body["error"] : undefined;
  // The error codes of OAuth are such words; anything else could be a secret.
  const code = typeof said === "string" && /^[a-z_]{1,40}$/.test(said) ? said : `status ${status}`;
  const { auth } = system.connector;
  const names = auth.kind === "oauth2_refresh" ? namesIn(auth.refresh_token) : [];
  const where = names.map((name) => system.auth[name] ?? name).join(", ");
  const { title } = system.connector;
  const message =
    code === "invalid_grant"
      ? `${title} (${system.name}) refused the refresh token (invalid_grant): it is revoked, expired, or was replaced ` +
        `by one that a crash kept from being stored. Give tripoint access to ${title} again and put the new refresh token into ${where}.`
      : `${title} (${system.name}) refused the login (${code}): check client id and client secret under systems.${system.name}.auth.`;
  return new SystemError(system.name, "login", message);
}

function namesIn(expression: string): readonly string[] {
  return [...expression.matchAll(/\$auth\s*\.\s*(\w+)/g)].map(([, name = ""]) => name);
}
