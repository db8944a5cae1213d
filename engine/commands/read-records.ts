import type { ClientConfig, PipelineConfig, SystemName } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import type { Clock } from "../core/clock.ts";
import { stateLinks } from "../sync/links.ts";
import { createStandings, type Stood } from "../sync/standing.ts";
import type { OpenClient } from "./open-client.ts";

/** What every reading of a report needs. */

const PAGE = 500;

export interface ReadOptions extends OpenClient {
  readonly config: ClientConfig;
  readonly clock: Clock;
}

/** Whether a system's connector lists the records of an entity. */
export function canList({ systems }: ClientConfig, system: SystemName, entity: string): boolean {
  return systems.get(system)?.connector.entities[entity]?.list != null;
}

/** How records stand with a pipeline, a page at a time; nothing is kept. */
export function standingsOf(
  { config, state, connections, clock }: ReadOptions,
  pipeline: PipelineConfig,
): (records: readonly SystemRecord[]) => Promise<readonly Stood[]> {
  const source = connections.get(pipeline.source.system);
  const target = connections.get(pipeline.target.system);
  if (source === undefined || target === undefined) throw new Error("a pipeline's system has no connection");
  // A report keeps nothing: what a run would remember goes to this map.
  const overlay = new Map();
  return createStandings({
    config,
    pipeline,
    state,
    source,
    target,
    connections,
    clock,
    links: stateLinks(state),
    overlay,
    taken: new Map(),
  });
}

/** Records in pages, so that only one page of them is held at a time. */
export async function* pagesOf(
  records: AsyncIterable<SystemRecord>,
): AsyncGenerator<readonly SystemRecord[]> {
  let page: SystemRecord[] = [];
  for await (const record of records) {
    page.push(record);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
