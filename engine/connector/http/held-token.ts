import type { SystemConfig } from "../../config/types.ts";
import { isObject } from "../../core/json.ts";
import type { Redactor } from "../redact.ts";
import type { TokenStore } from "../types.ts";

/** A token as the store holds it, with what renews it: written before its first use, read by every process. */

export interface Held {
  readonly access_token: string;
  readonly refresh_token: string | null;
  /** Milliseconds since the epoch; from then on it is not used any more. */
  readonly renew_at: number;
  /** When the refresh token ends, milliseconds since the epoch; null: nobody has said. */
  readonly refresh_expires_at: number | null;
}

/** What a token service gave. */
export interface Granted {
  readonly token: string;
  readonly lifetime_ms: number;
  readonly refresh_token: string | null;
  readonly refresh_lifetime_ms: number | null;
}

// A token is not used in its last minute: it could end on the way. One of a few minutes is used for half of its life.
const MARGIN_MS = 60_000;

/** The store's name for a system's tokens. */
export function tokenName({ name, connector }: SystemConfig): string {
  return `${name}:${connector.connector}`;
}

/**
 * The stored token, hidden from every message; undefined when there is none, or when it came from other credentials than
 * `origin`. Without an origin client.yaml gives none, so that whatever a login stored is meant.
 */
export function readHeld(
  tokens: Pick<TokenStore, "get">,
  system: SystemConfig,
  origin: string | undefined,
  redactor: Redactor,
): Held | undefined {
  const value = tokens.get(tokenName(system));
  if (!isObject(value) || (origin !== undefined && value["origin"] !== origin)) return undefined;
  const { access_token, refresh_token, renew_at, refresh_expires_at } = value;
  if (typeof access_token !== "string") return undefined;
  redactor.hide(access_token);
  if (typeof refresh_token === "string") redactor.hide(refresh_token);
  return {
    access_token,
    refresh_token: typeof refresh_token === "string" ? refresh_token : null,
    renew_at: typeof renew_at === "number" ? renew_at : 0,
    refresh_expires_at: typeof refresh_expires_at === "number" ? refresh_expires_at : null,
  };
}

/** When the login of a system ends by what is stored, milliseconds since the epoch; null: there is none, or nobody said. */
export function loginEnds(tokens: Pick<TokenStore, "get">, system: SystemConfig): number | null {
  const value = tokens.get(tokenName(system));
  const ends = isObject(value) ? value["refresh_expires_at"] : undefined;
  return typeof ends === "number" ? ends : null;
}

/** Hides a token and stores it durably; only what this returns may be used. */
export function putGranted(
  tokens: Pick<TokenStore, "put">,
  system: SystemConfig,
  origin: string | undefined,
  granted: Granted,
  { now, redactor }: { readonly now: number; readonly redactor: Redactor },
): Held {
  const { token, lifetime_ms, refresh_token, refresh_lifetime_ms } = granted;
  redactor.hide(token);
  redactor.hide(refresh_token ?? "");
  const held: Held = {
    access_token: token,
    refresh_token,
    renew_at: now + lifetime_ms - Math.min(MARGIN_MS, lifetime_ms / 2),
    refresh_expires_at: refresh_lifetime_ms === null ? null : now + refresh_lifetime_ms,
  };
  tokens.put(tokenName(system), { ...held, origin: origin ?? "" });
  return held;
}
