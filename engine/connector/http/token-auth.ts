import { isObject } from "../../core/json.ts";
import { SystemError, type TokenStore } from "../types.ts";
import type { Auth, Headers } from "./credentials.ts";
import type { Answer } from "./judge.ts";
import type { ServiceDeps } from "./service-call.ts";

/**
 * Tokens that end. One holder renews at a time: calls of this process share a renewal, and the store is read anew
 * before it and after a refusal, so that what another process stored is used instead. A new token is stored durably
 * before it is used: a crash loses at most an answer that never arrived.
 */

export interface TokenDeps extends ServiceDeps {
  readonly tokens: TokenStore;
}

/** How a system gives tokens. */
export interface TokenSource {
  /** Changes when client.yaml gives other credentials: a person has logged in anew, and stored tokens are void. */
  readonly origin: string;
  /** Asks for a token; `refreshToken` is the newest one stored, null when there is none. */
  readonly obtain: (refreshToken: string | null) => Promise<Granted | Refused>;
  readonly headers: (token: string) => Promise<Headers>;
}

export interface Granted {
  readonly token: string;
  readonly lifetime_ms: number;
  readonly refresh_token: string | null;
}

/** The service has spoken against it; what to throw when no other process has a newer token. */
export interface Refused {
  readonly refused: SystemError;
}

interface Held {
  readonly access_token: string;
  readonly refresh_token: string | null;
  readonly renew_at: number;
}

// A token is not used in its last minute: it could end on the way. One of a few minutes is used for half of its life.
const MARGIN_MS = 60_000;
const LIFETIME_MS = 3_600_000;

export function createTokenAuth(deps: TokenDeps, source: TokenSource): Auth {
  const { system, tokens, clock, redactor } = deps;
  const connection = `${system.name}:${system.connector.connector}`;
  let current: { readonly held: Held; readonly headers: Headers } | undefined;
  let renewing: Promise<Headers> | undefined;

  async function use(held: Held): Promise<Headers> {
    const headers = await source.headers(held.access_token);
    current = { held, headers };
    return headers;
  }

  function stored(): Held | undefined {
    const held = readHeld(tokens, connection, source.origin);
    redactor.hide(held?.access_token ?? "");
    redactor.hide(held?.refresh_token ?? "");
    return held;
  }

  /** True for one that is not yet used up, nor the one in use, which was refused. */
  function isUsable({ renew_at, access_token }: Held): boolean {
    return renew_at > clock.now() && access_token !== current?.held.access_token;
  }

  async function renew(): Promise<Headers> {
    const before = stored();
    if (before !== undefined && isUsable(before)) return use(before);
    const granted = await source.obtain(before?.refresh_token ?? null);
    if ("refused" in granted) {
      const after = stored();
      if (after !== undefined && isUsable(after)) return use(after);
      throw granted.refused;
    }
    const { token, lifetime_ms, refresh_token } = granted;
    redactor.hide(token);
    redactor.hide(refresh_token ?? "");
    const renew_at = clock.now() + lifetime_ms - Math.min(MARGIN_MS, lifetime_ms / 2);
    const held = { access_token: token, refresh_token, renew_at };
    tokens.put(connection, { ...held, origin: source.origin });
    return use(held);
  }

  function renewOnce(): Promise<Headers> {
    renewing ??= renew().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  return {
    headers: async () =>
      current !== undefined && current.held.renew_at > clock.now() ? current.headers : renewOnce(),
    renew: async (refused) => {
      // Another call may have renewed it meanwhile.
      if (current === undefined || current.headers === refused) await renewOnce();
      return true;
    },
  };
}

function readHeld(tokens: TokenStore, connection: string, origin: string): Held | undefined {
  const value = tokens.get(connection);
  if (!isObject(value) || value["origin"] !== origin) return undefined;
  const { access_token, refresh_token, renew_at } = value;
  if (typeof access_token !== "string") return undefined;
  return {
    access_token,
    refresh_token: typeof refresh_token === "string" ? refresh_token : null,
    renew_at: typeof renew_at === "number" ? renew_at : 0,
  };
}

/** How long a token is good: as its service says in seconds, else as the token says (a JWT), else an hour. */
export function lifetimeOf(token: string, seconds: unknown, now: number): number {
  const said = typeof seconds === "string" && /^\d+$/.test(seconds) ? Number(seconds) : seconds;
  if (typeof said === "number" && said > 0) return said * 1000;
  const { exp, iat } = claimsOf(token);
  if (typeof exp !== "number") return LIFETIME_MS;
  // With both times the service's clock may differ from ours.
  return Math.max(0, exp * 1000 - (typeof iat === "number" ? iat * 1000 : now));
}

function claimsOf(token: string): { readonly [name: string]: unknown } {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return isObject(claims) ? claims : {};
  } catch {
    // Most tokens are no JWT.
    return {};
  }
}

/** For a good answer in which the token is missing. Nothing of its body goes into a message: all of it is secret. */
export function withoutToken({ status }: Answer, { system }: ServiceDeps): SystemError {
  const { name, connector } = system;
  const message = `The token service of ${connector.title} (${name}) answered ${status} without a token.`;
  return new SystemError(name, "answer", message);
}
