import type { ResolvedSecret } from "../../config/secrets.ts";
import type { SystemConfig } from "../../config/types.ts";
import { isObject } from "../../core/json.ts";
import { unreachable } from "../../core/unreachable.ts";
import { SystemError } from "../types.ts";
import { type Auth, basicHeader } from "./credentials.ts";
import { createOauth, type OauthDeps } from "./oauth.ts";
import type { Programs } from "./programs.ts";
import { textsOf } from "./requests.ts";
import type { Scope } from "./scope.ts";

export interface AuthDeps extends OauthDeps {
  readonly programs: Programs;
  readonly scope: Scope;
  readonly secret: (reference: string) => ResolvedSecret;
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
  const given = await scope.value(programs.auth, null, { auth: resolved(deps) });
  if (!isObject(given)) throw new Error("the auth program gives an object");
  const text = (name: string): string => {
    const value = given[name];
    if (typeof value === "string" && value !== "") return value;
    throw login(system, `its connector finds no ${name}`);
  };
  const { auth } = system.connector;
  switch (auth.kind) {
    case "basic": {
      const basic = basicHeader(text("user"), text("password"));
      redactor.hide(basic.slice("Basic ".length));
      const headers = { ...textsOf(given["headers"]), authorization: basic };
      return { headers: async () => headers, renew: async () => false };
    }
    case "oauth2_refresh":
      return createOauth(deps, {
        clientId: text("client_id"),
        clientSecret: text("client_secret"),
        refreshToken: text("refresh_token"),
        tokenUrl: text("token_url"),
      });
    default:
      return unreachable(auth);
  }
}

function resolved({ system, secret, redactor }: AuthDeps): { readonly [name: string]: string } {
  const entries = Object.entries(system.auth).map(([name, reference]) => {
    const found = secret(reference);
    if (!found.ok) throw login(system, `its secret "${name}" is not there (${found.reason})`);
    redactor.hide(found.value);
    return [name, found.value] as const;
  });
  return Object.fromEntries(entries);
}

function login({ name, connector }: SystemConfig, reason: string): SystemError {
  return new SystemError(name, "login", `tripoint cannot log in to ${connector.title} (${name}): ${reason}.`);
}
