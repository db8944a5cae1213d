import { missingSecrets, resolveSecret } from "../config/secrets.ts";
import type { ClientConfig, SystemConfig } from "../config/types.ts";
import { loginEnds } from "../connector/http/held-token.ts";
import { instant } from "../core/clock.ts";
import type { DoctorView, Finding, SystemView } from "../report/doctor.ts";
import { nextDue } from "../schedule/due.ts";
import { openTokenStore, type TokenStore } from "../state/tokens.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { describeEntities } from "./doctor-entities.ts";
import { findCandidates } from "./doctor-ids.ts";
import { checkNode, checkState } from "./doctor-machine.ts";
import { type Probe, probeSystem } from "./doctor-probe.ts";
import { loadCapabilities } from "./sandbox-files.ts";

export interface DoctorCommand {
  /** Version of Node.js, such as 22.1.0. */
  readonly node: string;
}

const DAY_MS = 86_400_000;
const DRIFT_MAX_MS = 30_000;
const SOON_DAYS = 14;
const DUE_SHOWN = 3;

/** Looks at everything that a run needs, reads one page of each system, and writes nothing. Throws ConfigError. */
export async function doctor(place: ClientPlace, { node }: DoctorCommand): Promise<DoctorView> {
  const config = loadConfig(place);
  const state = await checkState(place.state);
  const secrets = secretFindings(config, place);
  const probes: { readonly system: SystemConfig; readonly probe: Probe | undefined }[] = [];
  const tokens = state.usable ? openTokenStore(place.state) : undefined;
  for (const system of config.systems.values()) {
    // Without a state there is nowhere to keep a token that a login would give.
    const isReady = tokens !== undefined && missingOf(system, config, place).length === 0;
    probes.push({ system, probe: isReady ? await probeSystem(place, config, system, tokens) : undefined });
  }
  const systems = await Promise.all(
    probes.map(({ system, probe }) => viewOf(system, probe, config, tokens, place.clock.now())),
  );
  return {
    schemaVersion: 1,
    client: config.client,
    checked_at: instant(place.clock.now()),
    findings: [
      checkNode(node),
      ...state.findings,
      ...secrets,
      ...probes.flatMap(({ probe }) => probe?.findings ?? []),
      ...systems.flatMap(systemFindings),
    ],
    systems,
    time_zone: config.time_zone,
    pipelines: config.pipelines.map(({ pipeline }) => dueTimes(pipeline, config, place.clock.now())),
    external_ids: findCandidates(
      probes.map(({ system, probe }) => ({ system: system.name, customers: probe?.customers ?? [] })),
      config.identity["customer"],
    ),
  };
}

function missingOf(system: SystemConfig, config: ClientConfig, { env }: ClientPlace) {
  return missingSecrets({ ...config, systems: new Map([[system.name, system]]) }, env);
}

function secretFindings(config: ClientConfig, { env }: ClientPlace): readonly Finding[] {
  const missing = missingSecrets(config, env).map(
    ({ message }): Finding => ({ level: "error", kind: "config", about: "secrets", text: message }),
  );
  const webhook = config.notify === null ? undefined : resolveSecret(config.notify.webhook, env);
  const untold: readonly Finding[] =
    webhook === undefined || webhook.ok
      ? []
      : [{ level: "warning", kind: null, about: "notify", text: `nobody is told: ${webhook.reason}` }];
  if (missing.length > 0) return [...missing, ...untold];
  return [{ level: "ok", kind: null, about: "secrets", text: "all are there" }, ...untold];
}

async function viewOf(
  system: SystemConfig,
  probe: Probe | undefined,
  config: ClientConfig,
  tokens: TokenStore | undefined,
  now: number,
): Promise<SystemView> {
  const ends = tokens === undefined ? null : loginEnds(tokens, system);
  return {
    system: system.name,
    connector: system.connector.connector,
    latency_ms: probe?.latency_ms ?? null,
    clock_ahead_ms: probe?.clock_ahead_ms ?? null,
    login_ends: ends === null ? null : instant(ends),
    login_days_left: ends === null ? null : Math.floor((ends - now) / DAY_MS),
    entities: describeEntities(system, config),
    capabilities: await loadCapabilities(system.connector.connector),
  };
}

function systemFindings({
  system,
  clock_ahead_ms,
  login_days_left,
  entities,
}: SystemView): readonly Finding[] {
  const warn = (text: string): Finding => ({ level: "warning", kind: null, about: system, text });
  const drifts = clock_ahead_ms !== null && Math.abs(clock_ahead_ms) > DRIFT_MAX_MS;
  const ends = login_days_left !== null && login_days_left <= SOON_DAYS;
  return [
    ...(drifts
      ? [
          warn(
            `its clock and this machine's differ by ${Math.round(Math.abs(clock_ahead_ms) / 1000)} s: set this one by NTP`,
          ),
        ]
      : []),
    ...(ends ? [warn(`the login ends in ${login_days_left} days`)] : []),
    ...entities.flatMap(({ entity, unverified }) =>
      unverified === null
        ? []
        : [warn(`writes of ${entity} rest on what nobody has verified: ${unverified}`)],
    ),
  ];
}

function dueTimes(pipeline: string, config: ClientConfig, now: number): DoctorView["pipelines"][number] {
  const schedule = config.schedules[pipeline] ?? "manual";
  const next_due: string[] = [];
  for (let at = now; schedule !== "manual" && next_due.length < DUE_SHOWN; ) {
    at = nextDue(schedule, config.time_zone, at);
    next_due.push(instant(at));
  }
  return { pipeline, schedule, next_due };
}
