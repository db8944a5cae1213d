import type { ClientConfig, SystemName } from "../config/types.ts";
import { type Connection, SystemError, type SystemRecord } from "../connector/types.ts";

/** Reading whole entities for a report: nothing is decided, written or remembered. */

export interface SurveyOptions {
  readonly config: ClientConfig;
  readonly connections: ReadonlyMap<SystemName, Connection>;
  /** Only what changed since then, where the system can tell; RFC 3339. Left out: everything. */
  readonly since?: string | undefined;
}

/**
 * Every record of an entity that a system lists, in its order, each once; of an entity that hangs below another, of all
 * its parents. Throws SystemError, also when the connector cannot list the entity.
 */
export async function* survey(
  options: SurveyOptions,
  system: SystemName,
  entity: string,
): AsyncGenerator<SystemRecord> {
  const connection = options.connections.get(system);
  const list = options.config.systems.get(system)?.connector.entities[entity]?.list;
  if (connection === undefined || list === undefined || list === null) {
    throw new SystemError(system, "answer", `${system} cannot list ${entity} records`);
  }
  const parents = list.parent === null ? undefined : await idsOf(options, system, list.parent);
  const seen = new Set<string>();
  for await (const { records } of connection.list(entity, { since: options.since, parents })) {
    for (const record of records) {
      if (seen.has(record.id)) continue;
      seen.add(record.id);
      yield record;
    }
  }
}

async function idsOf(options: SurveyOptions, system: SystemName, entity: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of survey({ ...options, since: undefined }, system, entity)) ids.push(id);
  return ids;
}
