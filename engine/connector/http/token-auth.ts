import { isObject } from "../../core/json.ts";
import { SystemError, type TokenStore } from "../types.ts";
import type { Auth, Headers } from "./credentials.ts";
import { type Granted, type Held, putGranted, readHeld } from "./held-token.ts";
import type { Answer } from "./judge.ts";
import type { ServiceDeps } from "./service-call.ts";

/**
 * Tokens that end. One holder renews at a time: calls of this process share a renewal, other processes wait for it at
 * the store's lock and use what it stored. A new token is stored durably before it is used: a crash loses at most an
 * answer that never arrived.
 */

export interface TokenDeps extends ServiceDeps {
  readonly tokens: TokenStore;
}

/** How a system gives tokens. */
export interface TokenSource {
  /**
   * Changes when client.yaml gives other credentials: a person has logged in anew, and stored tokens are void.
   * Undefined: client.yaml gives none, and a login stored them.
   */
  readonly origin: string | undefined;
  /** Asks for a token; `refreshToken` is the newest one stored, null when there is none. */
  readonly obtain: (refreshToken: string | null) => Promise<Granted | Refused>;
  readonly headers: (token: string) => Promise<Headers>;
}

/** The service has spoken against it; what to throw when no other process has a newer token. */
export interface Refused {
  readonly refused: SystemError;
}

const LIFETIME_MS = 3_600_000;

export function createTokenAuth(deps: TokenDeps, source: TokenSource): Auth {
  const { system, tokens, clock, redactor } = deps;
  let current: { readonly held: Held; readonly headers: Headers } | undefined;
  let renewing: Promise<Headers> | undefined;

  async function use(held: Held): Promise<Headers> {
    const headers = await source.headers(held.access_token);
    current = { held, headers };
    return headers;
  }

  const stored = (): Held | undefined => readHeld(tokens, system, source.origin, redactor);

  /** The stored token, unless it is used up or the one in use, which was refused. */
  function usable(): Held | undefined {
    const held = stored();
    if (held === undefined || held.renew_at <= clock.now()) return undefined;
    return held.access_token === current?.held.access_token ? undefined : held;
  }

  async function renew(): Promise<Held> {
    // Another process may have renewed it while this one waited for its turn.
    const newest = usable();
    if (newest !== undefined) return newest;
    const granted = await source.obtain(stored()?.refresh_token ?? null);
    if (!("refused" in granted)) {
      return putGranted(tokens, system, source.origin, granted, { now: clock.now(), redactor });
    }
    // Where the lock does not reach (another container), another process may have won all the same.
    const won = usable();
    if (won !== undefined) return won;
    throw granted.refused;
  }

  function renewOnce(): Promise<Headers> {
    renewing ??= obtainHeld()
      .then(use)
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  }

  async function obtainHeld(): Promise<Held> {
    return usable() ?? (tokens.exclusively === undefined ? renew() : tokens.exclusively(renew));
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
