import pLimit from "p-limit";
import type { PipelineConfig } from "../config/types.ts";
import type { Connection, SystemRecord } from "../connector/types.ts";
import { atPath } from "../core/json.ts";
import type { State } from "../state/types.ts";
import { keysFor } from "./keys.ts";
import { isProvisional } from "./links.ts";
import type { Match, Matcher } from "./match.ts";
import { openTakers, takenIds, withoutContested } from "./match-takers.ts";
import { entityOf } from "./shape.ts";
import type { Resolved } from "./stages.ts";

/**
 * Money records that the target may have though nobody has linked them: what an earlier state's runs created, where
 * nothing but the marker that they left tells, and what the system made by itself.
 */
type FoundState = Pick<State, "generations" | "uidsOf" | "linksOf" | "rows">;

/** For a first run: an empty target has nothing to be found. What another pipeline wrote there is its own. */
export function createMarkerMatcher(
  client: string,
  pipeline: PipelineConfig,
  connection: Connection,
  state: FoundState,
): Matcher {
  const find = finder(client, pipeline, connection, state);
  let anything: Promise<boolean> | undefined;
  return {
    match: async (page) => {
      if (page.length === 0) return [];
      anything ??= hasAny(connection, pipeline.target.entity);
      if (!(await anything)) return page.map(() => ({ kind: "none" }));
      const found = await find(page);
      const ids = found.flat().map(({ id }) => id);
      const taken = takenIds(state, pipeline, ids);
      return found.map((hits) =>
        toMatch(
          hits.filter(({ id }) => !taken.has(id)),
          "marker",
        ),
      );
    },
  };
}

/** For every run: what is linked to another record is that one's, and what two take for theirs is neither's. */
export function createSelfMadeMatcher(
  client: string,
  pipeline: PipelineConfig,
  connection: Connection,
  state: FoundState,
): Matcher {
  const find = finder(client, pipeline, connection, state);
  const { references } = entityOf(pipeline.target.entity);
  // What hangs on a record that the plan is yet to create can be nowhere.
  const canExist = ({ resolved }: Resolved): boolean =>
    !references.some(({ path, entity }) => isProvisional(entity, atPath(resolved, path)));
  const takers = openTakers(state, pipeline);
  return {
    match: async (page) => {
      const asked = page.filter(canExist);
      const hitsOf = new Map((await find(asked)).map((hits, index) => [asked[index], hits]));
      const found = page.map((one) => hitsOf.get(one) ?? []);
      const taken = takenIds(
        state,
        pipeline,
        found.flat().map(({ id }) => id),
      );
      const matches = found.map((hits) =>
        toMatch(
          hits.filter(({ id, deleted }) => !deleted && !taken.has(id)),
          "content",
        ),
      );
      return withoutContested(
        page.map(({ candidate }) => candidate.source.id),
        matches,
        takers,
      );
    },
  };
}

/** Asks the connector for each record of a page; the key is the one that its create would have. */
function finder(
  client: string,
  pipeline: PipelineConfig,
  connection: Connection,
  state: FoundState,
): (page: readonly Resolved[]) => Promise<readonly (readonly SystemRecord[])[]> {
  const { system, entity } = pipeline.target;
  const limit = pLimit(connection.concurrency);
  return (page) => {
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
      page.map((one, place) => limit(() => connection.find(entity, one.resolved, keys[place]?.key ?? ""))),
    );
  };
}

function toMatch(hits: readonly SystemRecord[], by: string): Match {
  const [hit] = hits;
  if (hit === undefined) return { kind: "none" };
  return hits.length > 1
    ? { kind: "several", ids: hits.map(({ id }) => id), by }
    : { kind: "one", id: hit.id, by, numbers: hit.record };
}

async function hasAny(connection: Connection, entity: string): Promise<boolean> {
  for await (const { records } of connection.list(entity, { since: undefined, parents: undefined })) {
    if (records.length > 0) return true;
  }
  return false;
}
