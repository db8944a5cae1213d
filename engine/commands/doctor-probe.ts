import { resolveSecret } from "../config/secrets.ts";
import type { ClientConfig, SystemConfig } from "../config/types.ts";
import { openConnection } from "../connector/open-connection.ts";
import { type CallNote, type Connection, SystemError, type SystemRecord } from "../connector/types.ts";
import type { Finding, FindingKind } from "../report/doctor.ts";
import type { TokenStore } from "../state/tokens.ts";
import { wrongRows } from "./chart.ts";
import type { ClientPlace } from "./client.ts";
import { unknownInvoiced } from "./doctor-invoicing.ts";

/** One system asked for one page: whether it answers, takes the credentials, and how far its clock is off. */

export interface Probe {
  readonly findings: readonly Finding[];
  readonly latency_ms: number | null;
  readonly clock_ahead_ms: number | null;
  /** Customers of that page; none when the system has no list of them. */
  readonly customers: readonly SystemRecord[];
}

const SAMPLE = 100;
// A Date header is cut to the second: on average half of one has passed.
const HALF_SECOND_MS = 500;

/** Reads the first page of customers, or of what else the system lists, and the chart of accounts that documents post to. */
export async function probeSystem(
  { env, clock }: ClientPlace,
  config: ClientConfig,
  system: SystemConfig,
  tokens: TokenStore,
): Promise<Probe> {
  const { currency, codes } = config;
  let last: CallNote | undefined;
  let ahead: number | null = null;
  const connection = openConnection({
    system: withSmallPages(system),
    currency,
    codes,
    secret: (reference) => resolveSecret(reference, env),
    tokens,
    clock,
    onCall: (note) => {
      last = note;
      const said = Date.parse(note.date ?? "");
      if (!Number.isNaN(said)) ahead = said + HALF_SECOND_MS - (clock.now() - note.duration_ms / 2);
    },
  });
  const about = system.name;
  try {
    const entity = probedEntity(system);
    const records = entity === undefined ? [] : await firstPage(connection, entity);
    const text =
      entity === undefined ? "has nothing to read: not asked" : "answers and takes the credentials";
    const latency_ms = last?.duration_ms ?? null;
    const wrong = await wrongRows(config, new Map([[system.name, connection]]), system.name);
    const customers = entity === "customer" ? records : [];
    return {
      findings: [
        { level: "ok", kind: null, about, text },
        ...(await unknownInvoiced(config, system, connection, customers)),
        ...wrong.map(({ file, line, text }): Finding => {
          return { level: "error", kind: "config", about: `${file}:${line}`, text };
        }),
      ],
      latency_ms,
      clock_ahead_ms: ahead,
      customers,
    };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const finding: Finding = { level: "error", kind: kindOf(error), about, text: error.message };
    return { findings: [finding], latency_ms: null, clock_ahead_ms: ahead, customers: [] };
  } finally {
    await connection.close();
  }
}

function withSmallPages(system: SystemConfig): SystemConfig {
  const { connector } = system;
  if (connector.driver !== "http") return system;
  const page = { ...connector.page, size: Math.min(SAMPLE, connector.page.size) };
  return { ...system, connector: { ...connector, page } };
}

/** A list that needs no other one to be read first. */
function probedEntity({ connector }: SystemConfig): string | undefined {
  const listed = Object.entries(connector.entities).filter(
    ([, { list }]) => list !== null && list.parent === null,
  );
  const names = listed.map(([name]) => name);
  return names.includes("customer") ? "customer" : names[0];
}

async function firstPage(connection: Connection, entity: string): Promise<readonly SystemRecord[]> {
  for await (const { records } of connection.list(entity, { since: undefined, parents: undefined })) {
    return records;
  }
  return [];
}

function kindOf({ kind }: SystemError): FindingKind {
  return kind === "login" || kind === "unreachable" ? kind : "other";
}
