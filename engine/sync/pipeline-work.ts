import type { ListBase } from "../config/connector-types.ts";
import type { ClientConfig, PipelineConfig } from "../config/types.ts";
import { instant } from "../core/clock.ts";
import type { Change, State } from "../state/types.ts";
import { ADJUSTING, originalsOf } from "./adjustments.ts";
import { baseOf, chargesItems } from "./claims.ts";
import { cursorChanges } from "./cursors.ts";
import { decideAbsent } from "./decide-absent.ts";
import { decideBatch } from "./decide-batch.ts";
import {
  extract,
  linkedParents,
  planReading,
  type Reading,
  readyAgain,
  relatedCursor,
  sinceOf,
} from "./extract.ts";
import { lookAgain } from "./look-again.ts";
import type { PageContext, PageDecision } from "./page-context.ts";
import { createPage, type WorkOptions } from "./pipeline-page.ts";
import { ownIssues } from "./related-trouble.ts";
import { isDocument } from "./shape.ts";
import { linksOfSource } from "./speaking.ts";
import { unlinkedCursor } from "./unlinked-there.ts";

/** One pipeline's stream of decisions, the same for a run and for a plan: extract → transform → resolve → decide. */

export interface Work {
  readonly reading: Reading;
  readonly page: PageContext;
  /** Decisions page by page, in the order of the source. */
  decisions(): AsyncGenerator<DecidedPage>;
  /** The cursors as they are to stand when everything read has an outcome. */
  cursors(): readonly Change[];
}

export interface DecidedPage {
  /** Records that were read. */
  readonly read: number;
  readonly decisions: readonly PageDecision[];
}

/** Prepares a pipeline's work; nothing is read yet. */
export function createWork(options: WorkOptions): Work {
  const { config, pipeline, state, source, clock, overlay } = options;
  const links = linksOfSource(config, pipeline, options.links);
  const started = clock.now();
  const list = listOf(config, pipeline);
  const reading = planReading(pipeline, list, state, started);
  const doubted = new Set<string>();
  const page = createPage({ ...options, links }, doubted, reading.cursor === undefined);
  const { related, unlinked } = page;
  const newest = new Map<string, string>();
  const see = (cursor: string, updatedAt: string | null): void => {
    if (updatedAt !== null && updatedAt > (newest.get(cursor) ?? "")) newest.set(cursor, updatedAt);
  };
  const changedParents = new Set<string>();
  let { full } = reading;

  const refresh = (): Promise<void> =>
    related.refresh({
      now: started,
      since: (entity) => sinceOf(pipeline, relatedCursor(pipeline, entity), reading, state),
      onSeen: (entity, updatedAt) => see(relatedCursor(pipeline, entity), updatedAt),
      onPage: (_entity, changes, parents) => {
        for (const parent of parents) changedParents.add(parent);
        // In a full read every parent comes by itself; else the state is to remember that it must be looked at.
        const asked = reading.full
          ? []
          : parents.flatMap((id) =>
              lookAgain(state, pipeline.pipeline, id, "related_changed", instant(started)),
            );
        if (overlay === undefined) state.commit([...changes, ...asked]);
      },
    });

  async function* decisions(): AsyncGenerator<DecidedPage> {
    await refresh();
    if (isDocument(page.target)) await readDoubted(page, reading, doubted);
    await unlinked?.refresh(sinceOf(pipeline, unlinkedCursor(pipeline), reading, state));
    const seen = new Set<string>();
    const stream = extract(
      source,
      pipeline.source.entity,
      { since: reading.since, parents: linkedParents(pipeline, list, links) },
      () => {
        const ready = full
          ? setAside(pipeline, state)
          : [...readyAgain(pipeline, state, links), ...changedParents];
        // The source knows nothing of further charges: they are made up anew from their item.
        return chargesItems(pipeline) ? ready.map(baseOf) : ready;
      },
      seen,
    );
    for await (const { records, gone, whole } of stream) {
      full ||= whole;
      for (const { updated_at } of records) see(pipeline.pipeline, updated_at);
      yield { read: records.length, decisions: await decideBatch(page, source, records, gone, seen) };
    }
    const absent = full ? await decideAbsent(page, source, seen) : [];
    if (absent.length > 0) yield { read: 0, decisions: absent };
    if (unlinked === undefined) return;
    see(unlinkedCursor(pipeline), unlinked.newest);
    if (overlay === undefined) state.commit(unlinked.changes(started));
  }

  return {
    reading,
    page,
    decisions,
    cursors: () => cursorChanges(pipeline, { ...reading, full }, newest, started, state),
  };
}

/**
 * At a full compare, the documents that the target changed since the last one: they are compared with what was sent,
 * though their source did not change.
 */
async function readDoubted(
  { connection, target, pipeline, links }: PageContext,
  { full, cursor }: Reading,
  doubted: Set<string>,
): Promise<void> {
  if (!full || cursor === undefined) return;
  const since = instant(Date.parse(cursor.full_at) - pipeline.source.incremental.lookback_ms);
  const entities = pipeline.period_closed === "adjust" ? ADJUSTING : [target.name];
  for (const entity of entities.filter((one) => connection.can(one, "list"))) {
    for await (const { records } of connection.list(entity, { since, parents: undefined })) {
      const ids = records.map(({ id }) => id);
      if (entity === target.name) for (const id of ids) doubted.add(id);
      for (const id of originalsOf(pipeline, entity, ids, links)) doubted.add(id);
    }
  }
}

/** Everything set aside: what a full read did not show of it may be gone. */
function setAside({ pipeline }: PipelineConfig, state: State): readonly string[] {
  return ownIssues(state, pipeline).map(({ source_id }) => source_id);
}

/** The connector's way to list the pipeline's source entity. */
function listOf(config: ClientConfig, { source }: PipelineConfig): ListBase | null | undefined {
  return config.systems.get(source.system)?.connector.entities[source.entity]?.list;
}
