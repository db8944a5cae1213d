import type { ListBase } from "../config/connector-types.ts";
import type { ClientConfig, PipelineConfig, SystemName } from "../config/types.ts";
import type { Connection, SystemRecord } from "../connector/types.ts";
import { type Clock, instant } from "../core/clock.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { Change, RelatedRow, State } from "../state/types.ts";
import { baseOf, chargesItems, isLaterCharge, marksItems, type Taken } from "./claims.ts";
import { decideItems, decideReversed } from "./decide-charges.ts";
import { decideMarks } from "./decide-marks.ts";
import { decidePage, type PageContext, type PageDecision } from "./decide-page.ts";
import {
  askableIn,
  extract,
  linkedParents,
  planReading,
  type Reading,
  readyAgain,
  relatedCursor,
  sinceOf,
} from "./extract.ts";
import type { Links } from "./links.ts";
import { lookAgain } from "./look-again.ts";
import { createMatcher } from "./match.ts";
import { isDocument } from "./posted.ts";
import { createInvoiceGate } from "./readiness/invoice-gate.ts";
import { createRelated } from "./related.ts";
import { ownIssues } from "./related-trouble.ts";
import { entityOf } from "./shape.ts";
import { ABSENT, decideGone, GONE, goneRecord } from "./source-gone.ts";
import { linksOfSource } from "./speaking.ts";
import type { Candidate } from "./stages.ts";
import { createTransformer } from "./transform.ts";
import { createUnlinked, unlinkedCursor } from "./unlinked.ts";

/** One pipeline's stream of decisions, the same for a run and for a plan: extract → transform → resolve → decide. */

export interface WorkOptions {
  readonly config: ClientConfig;
  readonly pipeline: PipelineConfig;
  readonly state: State;
  readonly source: Connection;
  readonly target: Connection;
  readonly clock: Clock;
  readonly links: Links;
  /** A plan keeps here what it may not write: records of required entities. Undefined in a run. */
  readonly overlay: Map<string, RelatedRow | undefined> | undefined;
  /** Claims on items that are decided and not in the state yet; a plan shares them among its pipelines. */
  readonly taken: Taken;
  readonly connections: ReadonlyMap<SystemName, Connection>;
}

export interface Work {
  readonly reading: Reading;
  readonly page: PageContext;
  /** Decisions page by page, in the order of the source. */
  decisions(): AsyncGenerator<DecidedPage>;
  /** The cursors as they are to stand when everything read has an outcome, and what else is known by then. */
  cursors(): readonly Change[];
}

export interface DecidedPage {
  /** Records that were read. */
  readonly read: number;
  readonly decisions: readonly PageDecision[];
}

/** Prepares a pipeline's work; nothing is read yet. */
export function createWork(options: WorkOptions): Work {
  const { config, pipeline, state, source, target, clock, overlay, taken } = options;
  const links = linksOfSource(config, pipeline, options.links);
  const started = clock.now();
  const list = listOf(config, pipeline);
  const reading = planReading(pipeline, list, state, started);
  const targetEntity = entityOf(pipeline.target.entity);
  const carried = target.writableFields(targetEntity.name);
  const related = createRelated(pipeline, source, state, overlay);
  const doubted = new Set<string>();
  const ledger = config.systems.get(pipeline.target.system)?.connector;
  const unlinked =
    pipeline.target.unlinked === "report"
      ? createUnlinked(pipeline, target, state, config.go_live)
      : undefined;
  const page: PageContext = {
    pipeline,
    state,
    links,
    taken,
    related,
    unlinked,
    carried,
    doubted,
    rounding: ledger?.driver === "http" ? ledger.ledger.rounding : null,
    closedUntil: () => target.closedUntil?.() ?? Promise.resolve(null),
    connection: target,
    source: entityOf(pipeline.source.entity),
    target: targetEntity,
    transformer: createTransformer(config, pipeline, carried, started),
    matcher: createMatcher(config, pipeline, target, state, reading.cursor === undefined),
    can: {
      create: target.can(targetEntity.name, "create"),
      update: target.can(targetEntity.name, "update"),
      void: target.can(targetEntity.name, "void"),
    },
    targetHas: (entity) =>
      config.systems.get(pipeline.target.system)?.connector.entities[entity] !== undefined,
    onNone: config.identity[targetEntity.name]?.on_none ?? "create",
    goLive: config.go_live,
    invoiceGate: createInvoiceGate(options),
  };
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
    if (isDocument(targetEntity)) await readDoubted(page, reading, doubted);
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
      const decisions = await decideBatch(page, state, source, records, gone, seen);
      yield { read: records.length, decisions };
    }
    if (full) yield* absent(page, source, state, seen);
    if (unlinked === undefined) return;
    see(unlinkedCursor(pipeline), unlinked.newest);
    if (overlay === undefined) state.commit(unlinked.changes(started));
  }

  return {
    reading,
    page,
    decisions,
    cursors: () => [
      ...cursorChanges(pipeline, { ...reading, full }, newest, started, state),
      ...(page.invoiceGate?.changes() ?? []),
    ],
  };
}

/**
 * At a full compare, the documents that the target changed since the last one: they are compared with what was sent,
 * though their source did not change.
 */
async function readDoubted(
  { connection, target, pipeline }: PageContext,
  { full, cursor }: Reading,
  doubted: Set<string>,
): Promise<void> {
  if (!full || cursor === undefined || !connection.can(target.name, "list")) return;
  const since = instant(Date.parse(cursor.full_at) - pipeline.source.incremental.lookback_ms);
  for await (const { records } of connection.list(target.name, { since, parents: undefined })) {
    for (const { id } of records) doubted.add(id);
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

async function decideBatch(
  page: PageContext,
  state: State,
  source: Connection,
  records: readonly SystemRecord[],
  gone: readonly string[],
  seen: Set<string>,
): Promise<readonly PageDecision[]> {
  const alive = records.filter(({ deleted }) => !deleted);
  const dead = [...records.filter(({ deleted }) => deleted).map(({ id }) => id), ...gone];
  const decided = chargesItems(page.pipeline)
    ? await decideItems(page, state, alive, seen)
    : marksItems(page.pipeline)
      ? await decideMarks(page, state, source, alive, seen)
      : await decidePage(page, alive);
  return [...decided, ...(await decideDead(page, state, dead, seen))];
}

async function decideDead(
  page: PageContext,
  state: State,
  all: readonly string[],
  seen: Set<string>,
): Promise<readonly PageDecision[]> {
  const credited = chargesItems(page.pipeline) ? await decideReversed(page, state, all, seen) : [];
  const answered = new Set(credited.map(({ decision }) => decision.candidate.source.id));
  const ids = all.filter((id) => !answered.has(id));
  if (ids.length === 0) return credited;
  const { pipeline } = page.pipeline;
  const syncRows = state.syncRows(pipeline, ids);
  const issues = state.issues(pipeline, ids);
  const candidates = ids.map((id): Candidate => {
    return {
      source: goneRecord(id),
      sourceHash: GONE,
      sync: syncRows.get(id),
      issue: issues.get(id),
      related: {},
    };
  });
  const decisions = await decideGone(page.pipeline, page.connection, candidates);
  return [...credited, ...decisions.map((decision) => ({ decision, matched: undefined }))];
}

/**
 * Linked records that a full read did not show. The first time they are only noted, and the next run asks for them by
 * id; where a system cannot be asked by id, a second full read without them is the proof.
 */
async function* absent(
  page: PageContext,
  source: Connection,
  state: State,
  seen: Set<string>,
): AsyncGenerator<DecidedPage> {
  const { pipeline, source: from } = page.pipeline;
  const missing: string[] = [];
  for (const row of state.rows("sync", { pipeline })) {
    // No list shows a further charge: it goes with its item.
    const listed = !isLaterCharge(page.pipeline, row.source_id);
    if (listed && !seen.has(row.source_id) && row.source_hash !== GONE) missing.push(row.source_id);
  }
  const noted = state.issues(pipeline, missing);
  const syncRows = state.syncRows(pipeline, missing);
  const proven: string[] = [];
  const unseen = ownIssues(state, pipeline).filter(({ source_id }) => !seen.has(source_id));
  const askable = new Set(
    await askableIn(
      source,
      from.entity,
      unseen.map(({ source_id }) => source_id),
    ),
  );
  for (const { source_id, reason } of unseen) {
    // What was never sent is forgotten at once; it would be back with the next full read.
    const known = syncRows.has(source_id);
    if (!askable.has(source_id) && (!known || reason === ABSENT)) proven.push(source_id);
  }
  const first = missing
    .filter((id) => !noted.has(id))
    .map((id): PageDecision => {
      const candidate = {
        source: goneRecord(id),
        sourceHash: GONE,
        sync: syncRows.get(id),
        issue: undefined,
        related: {},
      };
      return {
        decision: { candidate, action: "skip", reason: ABSENT, message: "", detail: null },
        matched: undefined,
      };
    });
  if (first.length + proven.length === 0) return;
  yield { read: 0, decisions: [...first, ...(await decideDead(page, state, proven, seen))] };
}

function cursorChanges(
  pipeline: PipelineConfig,
  { cursor, full }: Reading,
  newest: ReadonlyMap<string, string>,
  started: number,
  state: State,
): readonly Change[] {
  const full_at = full || cursor === undefined ? instant(started) : cursor.full_at;
  return [
    pipeline.pipeline,
    ...Object.keys(pipeline.source.require).map((entity) => relatedCursor(pipeline, entity)),
    ...(pipeline.target.unlinked === "report" ? [unlinkedCursor(pipeline)] : []),
  ]
    .map((name) => {
      const [before] = [...state.rows("cursor", { pipeline: name })];
      // Instants of one form sort as text.
      const value = [before?.value ?? "", newest.get(name) ?? ""].sort()[1] ?? "";
      return { before, row: { pipeline: name, value, full_at, hash: pipeline.hash } };
    })
    .flatMap(({ before, row }): readonly Change[] =>
      before !== undefined && fingerprint(before) === fingerprint(row) ? [] : [{ put: "cursor", row }],
    );
}
