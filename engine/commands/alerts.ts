import { resolveSecret } from "../config/secrets.ts";
import type { AlertEvent, ClientConfig, SystemConfig } from "../config/types.ts";
import { loginEnds } from "../connector/http/held-token.ts";
import type { TokenStore } from "../connector/types.ts";
import { postWebhook } from "../connector/webhook.ts";
import { instant } from "../core/clock.ts";
import type { State } from "../state/types.ts";
import type { RunReport } from "../sync/types.ts";
import type { ClientPlace } from "./client.ts";

/** What a run tells people beside its report: logins that end soon, and the webhook of client.yaml. */

export interface AlertOptions {
  readonly place: ClientPlace;
  readonly config: ClientConfig;
  readonly state: State;
  readonly tokens: Pick<TokenStore, "get">;
  readonly report: RunReport;
  readonly onWarning: (text: string) => void;
}

interface Alert {
  readonly event: AlertEvent;
  readonly text: string;
}

const DAY_MS = 86_400_000;
/** Days ahead of the end of a login at which it is told, the nearest first. */
const THRESHOLDS = [2, 7, 14] as const;

/** Warns of logins that end soon, each threshold once, and posts what client.yaml wants told. Fails for no webhook. */
export async function alertAfterRun(options: AlertOptions): Promise<void> {
  const logins = loginAlerts(options);
  for (const { text } of logins) options.onWarning(text);
  const { notify } = options.config;
  if (notify === null) return;
  for (const alert of [...runAlerts(options.report), ...logins]) {
    if (notify.on.includes(alert.event)) await post(alert, notify.webhook, options);
  }
}

function runAlerts({ client, status, pipelines }: RunReport): readonly Alert[] {
  const told = (which: "failed" | "waiting", verb: string): readonly Alert[] => {
    const ones = pipelines.filter((one) => one.status === which);
    if (ones.length === 0) return [];
    const lines = ones.map(({ pipeline, message }) => `${pipeline}: ${message ?? which}`);
    return [{ event: which, text: `tripoint, ${client}: a run ${verb}. ${lines.join(" \u00b7 ")}` }];
  };
  return status === "stopped" ? [] : [...told("failed", "failed"), ...told("waiting", "waits for apply")];
}

/** Logins that have come nearer to their end than was told; what is told is stored first. */
function loginAlerts({ place, config, state, tokens }: AlertOptions): readonly Alert[] {
  const now = place.clock.now();
  return [...config.systems.values()].flatMap((system) => {
    const ends = loginEnds(tokens, system);
    const days = ends === null ? Number.POSITIVE_INFINITY : (ends - now) / DAY_MS;
    const level = THRESHOLDS.find((threshold) => days <= threshold);
    const subject = `login:${system.name}`;
    const [before] = state.rows("alert", { subject });
    if (level === before?.level) return [];
    const change =
      level === undefined
        ? ({ del: "alert", row: { subject } } as const)
        : ({ put: "alert", row: { subject, level, at: instant(now) } } as const);
    state.commit([change]);
    // A higher level than before is a login that was renewed, though not for long.
    if (level === undefined || ends === null || (before !== undefined && level > before.level)) return [];
    return [{ event: "token_expiring", text: expiryText(system, ends, days, config.client) } as const];
  });
}

function expiryText({ name, connector }: SystemConfig, ends: number, days: number, client: string): string {
  const { title } = connector;
  const auth = connector.driver === "http" ? connector.auth : undefined;
  const when = days <= 0 ? "has ended" : `ends in ${Math.ceil(days)} days`;
  const cure =
    auth?.kind === "oauth2_refresh" && auth.authorize !== undefined
      ? `tripoint connect ${name} --client ${client}`
      : "give tripoint access again";
  return `The login to ${title} (${name}) ${when}, at ${instant(ends)}: ${cure}`;
}

async function post({ event, text }: Alert, webhook: string, options: AlertOptions): Promise<void> {
  const { place, report, onWarning } = options;
  const address = resolveSecret(webhook, place.env);
  const at = instant(place.clock.now());
  const body = { schemaVersion: 1, client: report.client, event, text, at, run: report.run };
  const failure = address.ok ? await postWebhook(address.value, body) : address.reason;
  if (failure !== undefined) onWarning(`The webhook was not told (${event}): ${failure}`);
}
