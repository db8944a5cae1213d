import {
  AuthorizationResponseError,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  validateAuthResponse,
} from "oauth4webapi";
import type { AuthorizeSpec } from "../../config/connector-types.ts";
import type { HttpSystem } from "../../config/types.ts";
import { isObject, type Json } from "../../core/json.ts";
import { textsOf } from "../records/bytes.ts";
import { createScope } from "../records/scope.ts";
import { createRedactor } from "../redact.ts";
import { createTransport } from "../transport.ts";
import { type ConnectionOptions, SystemError } from "../types.ts";
import { type AuthDeps, oauthClient, readGiven, serviceUrl } from "./given.ts";
import { putGranted } from "./held-token.ts";
import { isGood } from "./judge.ts";
import { originOf, redeemCode } from "./oauth.ts";
import { compileConnector } from "./programs.ts";
import { askService } from "./service-call.ts";

/** One login of a person: the address to consent at, and what is made of what the browser brings back. */
export interface Login {
  readonly url: URL;
  /** What a person pasted: the address that the browser was sent to, or the code alone. */
  parse(text: string): URLSearchParams;
  /** False for a callback of another login. Throws SystemError login for a consent that was refused. */
  accepts(callback: URLSearchParams): boolean;
  /** Redeems the code, and stores the tokens before their first use. Throws SystemError; then nothing was stored. */
  finish(callback: URLSearchParams): Promise<LoggedIn>;
  close(): Promise<void>;
}

export interface LoggedIn {
  /** When the refresh token ends, milliseconds since the epoch; null: the vendor does not say. */
  readonly refresh_expires_at: number | null;
  /** Settings that the vendor told, each with the values to choose from. */
  readonly settings: { readonly [name: string]: readonly string[] };
  /** Why the settings could not be asked for; null when they could. */
  readonly remark: string | null;
}

/** Begins a login; `redirectUri` is where the vendor sends the browser. Nothing is sent yet. */
export async function openLogin(
  options: ConnectionOptions & { readonly system: HttpSystem },
  spec: AuthorizeSpec,
  redirectUri: string,
): Promise<Login> {
  const { system, tokens, clock } = options;
  const { auth, limits, timeout_ms } = system.connector;
  if (auth.kind !== "oauth2_refresh") throw new Error("only a system with refresh tokens has a login");
  const transport = createTransport({ connections: limits.concurrency, timeout_ms });
  const deps = loginDeps(options, transport.exchange);
  const { redactor } = deps;
  const given = await readGiven(deps);
  const client = await oauthClient(given, auth, deps);
  const first = given.value("refresh_token");
  const state = generateRandomState();
  const verifier = spec.pkce ? generateRandomCodeVerifier() : undefined;
  const refuse = (reason: string, cause?: unknown): SystemError => {
    const message = `The login to ${system.connector.title} (${system.name}) came to nothing: ${reason}`;
    return new SystemError(system.name, "login", redactor.redact(message), { cause });
  };

  const url = serviceUrl(given.text("authorize_url"), deps);
  for (const [name, value] of Object.entries({
    ...textsOf(given.value("authorize_query")),
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: redirectUri,
    state,
    ...(verifier === undefined
      ? {}
      : { code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: "S256" }),
  })) {
    url.searchParams.set(name, value);
  }

  const validated = (callback: URLSearchParams): URLSearchParams => {
    const params = new URLSearchParams(callback);
    // Only one service is asked, so its name proves nothing; and the descriptor does not know it.
    params.delete("iss");
    const withoutCode = "what the browser brought back has no code. Type the command again.";
    let checked: URLSearchParams;
    try {
      checked = validateAuthResponse({ issuer: url.origin }, { client_id: client.clientId }, params, state);
    } catch (cause) {
      const isRefusal = cause instanceof AuthorizationResponseError;
      throw refuse(isRefusal ? refusalText(cause.error) : withoutCode, cause);
    }
    if (!checked.get("code")) throw refuse(withoutCode);
    return checked;
  };

  async function told(accessToken: string, callback: URLSearchParams) {
    const program = deps.programs.auth.loginSettings;
    if (program === undefined) return {};
    const { code: _, state: __, ...brought } = Object.fromEntries(callback);
    const answer = await ask(given.value("ask_url"), accessToken, deps);
    const values = await deps.scope.value(program, { callback: brought, answer });
    const entries = Object.entries(isObject(values) ? values : {});
    return Object.fromEntries(entries.map(([name, value]) => [name, listOf(value)] as const));
  }

  return {
    url,
    parse: (text) => {
      const pasted = text.trim();
      if (pasted.includes("?")) return new URLSearchParams(pasted.slice(pasted.indexOf("?") + 1));
      // Somebody who copies a code by hand has seen which login it belongs to.
      return new URLSearchParams({ code: pasted, state });
    },
    accepts: (callback) => {
      if (callback.get("state") !== state) return false;
      validated(callback);
      return true;
    },
    finish: async (callback) => {
      const code = validated(callback).get("code") ?? "";
      const proof = verifier === undefined ? {} : { code_verifier: verifier };
      const store = async () => {
        const granted = await redeemCode({ code, redirect_uri: redirectUri, ...proof }, client, deps);
        const origin = originOf(typeof first === "string" ? first : undefined);
        return putGranted(tokens, system, origin, granted, { now: clock.now(), redactor });
      };
      const held = await (tokens.exclusively === undefined ? store() : tokens.exclusively(store));
      const { refresh_expires_at } = held;
      try {
        return { refresh_expires_at, settings: await told(held.access_token, callback), remark: null };
      } catch (cause) {
        if (!(cause instanceof SystemError)) throw cause;
        return { refresh_expires_at, settings: {}, remark: cause.message };
      }
    },
    close: () => transport.close(),
  };
}

function loginDeps(
  options: ConnectionOptions & { readonly system: HttpSystem },
  exchange: AuthDeps["exchange"],
): AuthDeps {
  const { system, currency, codes, secret, tokens, clock } = options;
  const { connector } = system;
  const redactor = createRedactor();
  const lookups = async () => ({});
  return {
    system,
    programs: compileConnector(connector),
    scope: createScope({ system, currency, codes, redactor, now: clock.now(), lookups }),
    secret,
    baseUrl: (system.base_url ?? connector.base_url).replace(/\/+$/, ""),
    tokens,
    clock,
    redactor,
    exchange,
  };
}

async function ask(url: Json | undefined, accessToken: string, deps: AuthDeps): Promise<Json> {
  if (typeof url !== "string" || url === "") return null;
  const headers = { accept: "application/json", authorization: `Bearer ${accessToken}` };
  const request = { method: "GET", url: serviceUrl(url, deps), headers, body: undefined };
  const answer = await askService("login", request, deps);
  if (isGood(answer)) return answer.body ?? null;
  const { name, connector } = deps.system;
  const message = `${connector.title} (${name}) does not say what the login is good for (status ${answer.status}).`;
  throw new SystemError(name, "answer", message);
}

function listOf(value: Json | undefined): readonly string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((one) => typeof one === "string" && one !== "");
}

function refusalText(error: string): string {
  if (error === "access_denied") return "the person did not consent (access_denied).";
  // The error codes of OAuth are such words; anything else could be a secret.
  const code = /^[a-z_]{1,40}$/.test(error) ? error : "an unknown error";
  return `the vendor refused it (${code}).`;
}
