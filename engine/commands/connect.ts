import { allowedHint } from "../config/allowed-hint.ts";
import type { AuthorizeSpec } from "../config/connector-types.ts";
import { missingSecrets, resolveSecret } from "../config/secrets.ts";
import type { ClientConfig, HttpSystem, SystemConfig } from "../config/types.ts";
import { type LoggedIn, type Login, openLogin } from "../connector/http/login.ts";
import { SystemError } from "../connector/types.ts";
import { instant } from "../core/clock.ts";
import type { ConnectView } from "../report/connect.ts";
import { openStateReadOnly } from "../state/store.ts";
import { openTokenStore } from "../state/tokens.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { type Answer, isLoopback, type LoginServer, startLoginServer } from "./login-server.ts";
import { ConfigError, UsageError } from "./refusal.ts";

export interface ConnectCommand {
  readonly system: string;
  /** The person pastes the address that the browser ends at, which may be on another machine. */
  readonly manual: boolean;
  /** Instead of the connector's. */
  readonly redirectUri?: string | undefined;
  readonly signal: AbortSignal;
  /** Told where the person is to consent. */
  readonly onUrl: (url: string) => void;
  /** Told of a visit that is none of this login. */
  readonly onIgnored: (text: string) => void;
  /** One line that the person types; undefined at the end of the input. */
  readonly readLine: (signal: AbortSignal) => Promise<string | undefined>;
}

const LIMIT_MS = 5 * 60_000;

/**
 * Logs a person in to a system and keeps the tokens in the client's state. Undefined when the signal came first. Throws
 * UsageError, ConfigError, StateError, and SystemError when the login came to nothing: then nothing was stored.
 */
export async function connect(place: ClientPlace, options: ConnectCommand): Promise<ConnectView | undefined> {
  const config = loadConfig(place);
  const { system, spec } = withLogin(findSystem(config, options.system));
  const missing = missingSecrets({ ...config, systems: new Map([[system.name, system]]) }, place.env);
  if (missing.length > 0) throw new ConfigError(missing);
  const redirect = redirectOf(spec, options);
  // No state, no login: the tokens would be of a client that has none.
  (await openStateReadOnly({ folder: place.state })).close();

  const server = options.manual ? undefined : await listen(redirect);
  try {
    const { env, clock } = place;
    const { currency, codes } = config;
    const secret = (reference: string) => resolveSecret(reference, env);
    const connection = { system, currency, codes, secret, tokens: openTokenStore(place.state), clock };
    const login = await openLogin(connection, spec, server?.redirectUri ?? redirect.href);
    try {
      const done = await withinLimit(place, options, system, (signal) => {
        const result =
          server === undefined ? pasted(login, options, system, signal) : visited(login, server, options);
        options.onUrl(login.url.href);
        return result;
      });
      return done && viewOf(system, done);
    } finally {
      await login.close();
    }
  } finally {
    await server?.close();
  }
}

function findSystem(config: ClientConfig, name: string): SystemConfig {
  const names = [...config.systems.keys()];
  const found = [...config.systems.values()].find((system) => system.name === name);
  if (found !== undefined) return found;
  throw new UsageError(`unknown system "${name}"`, allowedHint(name, names, "There are"));
}

function withLogin(system: SystemConfig): { readonly system: HttpSystem; readonly spec: AuthorizeSpec } {
  const { name, connector } = system;
  const { title } = connector;
  if (connector.driver !== "http")
    throw new UsageError(`${title} (${name}) needs no login: it is no service`);
  const { auth } = connector;
  if (auth.kind === "oauth2_refresh" && auth.authorize !== undefined) {
    return { system: { ...system, connector }, spec: auth.authorize };
  }
  const secrets = Object.keys(auth.secrets).join(", ");
  throw new UsageError(
    `${title} (${name}) has no login by browser`,
    `It needs no more than the secrets of client.yaml: ${secrets}.`,
  );
}

function redirectOf(spec: AuthorizeSpec, { manual, redirectUri }: ConnectCommand): URL {
  const wanted = redirectUri ?? spec.redirect_uri;
  if (!URL.canParse(wanted)) throw new UsageError(`--redirect-uri is no address: ${wanted}`);
  const url = new URL(wanted);
  if (manual || isLoopback(url)) return url;
  throw new UsageError(
    `nobody listens at ${url.host} for the browser to come back`,
    "Add --manual, and paste the address that the browser ends at.",
  );
}

async function listen(redirect: URL): Promise<LoginServer> {
  try {
    return await startLoginServer(redirect);
  } catch (cause) {
    if (!(cause instanceof Error) || !("code" in cause)) throw cause;
    throw new UsageError(
      `port ${redirect.port} of this machine cannot be used (${String(cause.code)})`,
      "End the program that has it, or use --manual.",
    );
  }
}

/** The login, unless five minutes or the signal end it. */
async function withinLimit(
  { clock }: ClientPlace,
  { signal }: ConnectCommand,
  { name, connector }: SystemConfig,
  work: (ended: AbortSignal) => Promise<LoggedIn>,
): Promise<LoggedIn | undefined> {
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const late = clock.sleep(LIMIT_MS, ended).then(() => {
    if (ended.aborted) return undefined;
    const message = `The login to ${connector.title} (${name}) was not finished within 5 minutes. Type the command again.`;
    throw new SystemError(name, "login", message);
  });
  try {
    return await Promise.race([work(ended), late]);
  } catch (cause) {
    if (signal.aborted) return undefined;
    throw cause;
  } finally {
    over.abort();
  }
}

/** Waits for the browser; of its visits one is the login, and what others bring changes nothing. */
function visited(login: Login, server: LoginServer, { onIgnored }: ConnectCommand): Promise<LoggedIn> {
  return new Promise((resolve, reject) => {
    let taken = false;
    server.serve(async (callback): Promise<Answer> => {
      if (taken) {
        onIgnored("The browser came a second time, which changes nothing.");
        return { status: 409, text: "This login has its answer already. You can close this window." };
      }
      try {
        if (!login.accepts(callback)) {
          onIgnored("A visit that does not belong to this login (its state is another one) was turned away.");
          return { status: 400, text: "This page does not belong to the login under way." };
        }
        taken = true;
        resolve(await login.finish(callback));
        return { status: 200, text: "tripoint is logged in. You can close this window." };
      } catch (cause) {
        taken = true;
        reject(cause);
        return {
          status: 400,
          text: "The login came to nothing; the terminal says why. You can close this window.",
        };
      }
    });
  });
}

async function pasted(
  login: Login,
  { readLine }: ConnectCommand,
  { name, connector }: SystemConfig,
  signal: AbortSignal,
): Promise<LoggedIn> {
  const line = (await readLine(signal)) ?? "";
  const refuse = (reason: string): SystemError =>
    new SystemError(name, "login", `The login to ${connector.title} (${name}) came to nothing: ${reason}`);
  if (line.trim() === "") throw refuse("nothing was pasted.");
  const callback = login.parse(line);
  if (login.accepts(callback)) return login.finish(callback);
  throw refuse(
    "what was pasted belongs to another login (its state is another one). Type the command again.",
  );
}

function viewOf(
  { name, connector, settings: configured }: SystemConfig,
  { refresh_expires_at, settings, remark }: LoggedIn,
): ConnectView {
  return {
    schemaVersion: 1,
    system: name,
    title: connector.title,
    login_ends: refresh_expires_at === null ? null : instant(refresh_expires_at),
    settings: Object.entries(settings).map(([setting, values]) => {
      const has = configured[setting];
      return { setting, values, configured: typeof has === "string" ? has : null };
    }),
    remark,
  };
}
