import type { ClientConfig, SystemName } from "../config/types.ts";
import { SystemError, type SystemRecord } from "../connector/types.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { survey } from "../sync/survey.ts";
import type { OpenClient } from "./open-client.ts";

/** Records of one entity in one system, or why they could not be read: one part of a view never ends the others. */
export interface ReadPart {
  readonly system: SystemName;
  readonly entity: string;
  readonly records: readonly SystemRecord[];
  /** What is missing from `records`, as a sentence; null when they are all. */
  readonly note: string | null;
}

/** Every record of the entity that `wanted` takes. */
export async function readPart(
  config: ClientConfig,
  connections: OpenClient["connections"],
  system: SystemName,
  entity: string,
  wanted: (record: CanonicalRecord) => boolean,
): Promise<ReadPart> {
  const { connector } = config.systems.get(system) ?? {};
  const list = connector?.entities[entity]?.list;
  if (list === undefined || list === null) {
    const note = `${connector?.title ?? system} (${system}) cannot list ${entity} records`;
    return { system, entity, records: [], note };
  }
  const records: SystemRecord[] = [];
  let unreadable = 0;
  try {
    for await (const record of survey({ config, connections }, system, entity)) {
      if (record.deleted) continue;
      if (record.unreadable !== undefined) unreadable += 1;
      else if (wanted(record.record)) records.push(record);
    }
  } catch (cause) {
    if (!(cause instanceof SystemError)) throw cause;
    return { system, entity, records, note: cause.message };
  }
  const note =
    unreadable === 0 ? null : `${unreadable} of ${entity} in ${system} cannot be read and may belong here`;
  return { system, entity, records, note };
}

/** Records by id; the system's trouble as a note. */
export async function readIds(
  config: ClientConfig,
  connections: OpenClient["connections"],
  system: SystemName,
  entity: string,
  ids: readonly string[],
): Promise<ReadPart> {
  const connection = connections.get(system);
  if (ids.length === 0) return { system, entity, records: [], note: null };
  if (connection === undefined || !connection.can(entity, "get")) {
    const part = await readPart(config, connections, system, entity, () => true);
    return { ...part, records: part.records.filter(({ id }) => ids.includes(id)) };
  }
  try {
    const found = await connection.get(entity, ids);
    const records = found.filter(({ unreadable, deleted }) => unreadable === undefined && !deleted);
    const gone = ids.filter((id) => !records.some((one) => one.id === id));
    const bad = found.find(({ unreadable }) => unreadable !== undefined);
    const reason = bad?.unreadable === undefined ? "is gone" : `cannot be read: ${bad.unreadable}`;
    const note = gone.length === 0 ? null : `${entity} ${gone.join(", ")} of ${system} ${reason}`;
    return { system, entity, records, note };
  } catch (cause) {
    if (!(cause instanceof SystemError)) throw cause;
    return { system, entity, records: [], note: cause.message };
  }
}
