import pLimit from "p-limit";
import type { PipelineConfig } from "../config/types.ts";
import type { Connection } from "../connector/types.ts";
import type { State } from "../state/types.ts";
import { keysFor } from "./keys.ts";
import type { Match, Matcher } from "./match.ts";

/**
 * A first run after a lost state finds what an earlier state's runs created, where nothing but the marker that they left
 * tells: the system neither knows keys nor refuses a second document. An empty target has nothing to be found.
 */
export function createMarkerMatcher(
  client: string,
  pipeline: PipelineConfig,
  connection: Connection,
  state: Pick<State, "generations">,
): Matcher {
  const { system, entity } = pipeline.target;
  const limit = pLimit(connection.concurrency);
  let anything: Promise<boolean> | undefined;
  return {
    match: async (page) => {
      if (page.length === 0) return [];
      anything ??= hasAny(connection, entity);
      if (!(await anything)) return page.map(() => ({ kind: "none" }));
      const keys = keysFor(
        state,
        page.map(({ candidate: { source } }) => {
          return {
            client,
            pipeline: pipeline.pipeline,
            system,
            entity,
            source_id: source.id,
            operation: "create",
          };
        }),
      );
      return Promise.all(
        page.map((one, place) =>
          limit(async (): Promise<Match> => {
            const hits = await connection.find(entity, one.resolved, keys[place]?.key ?? "");
            const [hit] = hits;
            if (hit === undefined) return { kind: "none" };
            const by = "marker";
            return hits.length > 1
              ? { kind: "several", ids: hits.map(({ id }) => id), by }
              : { kind: "one", id: hit.id, by, numbers: hit.record };
          }),
        ),
      );
    },
  };
}

async function hasAny(connection: Connection, entity: string): Promise<boolean> {
  for await (const { records } of connection.list(entity, { since: undefined, parents: undefined })) {
    if (records.length > 0) return true;
  }
  return false;
}
