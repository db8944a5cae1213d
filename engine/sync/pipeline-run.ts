import type { ClientConfig, PipelineConfig, SystemName } from "../config/types.ts";
import type { Connection } from "../connector/types.ts";
import { type Clock, instant } from "../core/clock.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { Change, State } from "../state/types.ts";
import { adoptable, withOwners } from "./adopt.ts";
import { claimsOf, lackingClaims, marksItems } from "./claims.ts";
import { decidePage } from "./decide-page.ts";
import { writeBacksOf, writeExternalIds } from "./external-ids.ts";
import { linkHistory } from "./history.ts";
import { createGate, type Gate, isFirstRun, limitsFor } from "./limits.ts";
import { stateLinks } from "./links.ts";
import { type Again, type LoadContext, load } from "./load.ts";
import { numberTaken, ownerOf } from "./number-taken.ts";
import type { PageDecision } from "./page-context.ts";
import { createWork, type Work } from "./pipeline-work.ts";
import { asideChanges, doneChanges } from "./record.ts";
import { asideOf, type NoWrite, type WriteDecision } from "./stages.ts";
import { numberOf } from "./text.ts";
import type { Counts, PipelinePlan } from "./types.ts";

/** One pipeline, carried out: its decisions page by page through the gate to the target, then ids back, then the cursor. */

export interface PipelineOptions {
  readonly config: ClientConfig;
  readonly pipeline: PipelineConfig;
  readonly state: State;
  readonly connections: ReadonlyMap<SystemName, Connection>;
  readonly clock: Clock;
  /** Id of the run. */
  readonly run: string;
  readonly signal: AbortSignal | undefined;
  readonly approved: PipelinePlan | undefined;
  /** Told after every page, and before it throws: what was done so far. */
  readonly onPage: (counts: Counts, uncertain: number) => void;
}

export interface PipelineOutcome {
  readonly status: "done" | "waiting" | "outdated" | "stopped";
  readonly message: string | null;
  readonly plan: string | null;
  readonly counts: Counts;
  readonly uncertain: number;
  readonly doubt: string | null;
  readonly external_ids: number;
}

type Tally = { -readonly [name in keyof Counts | "uncertain" | "left"]: number } & { doubt: string | null };

/** Runs a pipeline to its end, or to a signal or limit. Throws SystemError or PipelineError when it cannot go on. */
export async function runPipeline(options: PipelineOptions): Promise<PipelineOutcome> {
  const { config, pipeline, state, clock, signal, approved, onPage } = options;
  const source = connectionOf(options, pipeline.source.system);
  const target = connectionOf(options, pipeline.target.system);
  const work = createWork({
    config,
    pipeline,
    state,
    source,
    target,
    clock,
    links: stateLinks(state),
    overlay: undefined,
    taken: new Map(),
    connections: options.connections,
  });
  const first = isFirstRun(pipeline, work.reading.cursor, state);
  const gate = createGate(limitsFor(config, first), approved);
  const tally: Tally = {
    ...standing(state, pipeline),
    read: 0,
    created: 0,
    updated: 0,
    voided: 0,
    unchanged: 0,
    uncertain: 0,
    left: 0,
    doubt: null,
  };
  const loading = loadContext(options, target);
  const report = (): void => {
    Object.assign(tally, standing(state, pipeline));
    const { uncertain, left: _, doubt: __, ...counts } = tally;
    onPage(counts, uncertain);
  };
  for await (const { read, decisions } of work.decisions()) {
    if (signal?.aborted === true) break;
    tally.read += read;
    tally.unchanged += keepWithoutWrite(loading, decisions);
    await send(loading, work, gate, gate.take(writesOf(decisions)), tally, report);
    report();
  }
  const stopped = signal?.aborted === true;
  if (!stopped) await send(loading, work, gate, gate.release(), tally, report);
  let external_ids = 0;
  for (const one of loading.writeBacks) {
    const connection = options.connections.get(one.system);
    if (connection !== undefined && !stopped)
      external_ids += await writeExternalIds({ ...loading, connection }, one);
  }
  return { ...finish(options, work, gate, tally), external_ids };
}

function loadContext(
  { config, pipeline, state, clock, run, signal }: PipelineOptions,
  connection: Connection,
): LoadContext {
  const { system, entity } = pipeline.target;
  const shared = config.systems.get(system)?.connector.entities[entity]?.shares_row ?? [];
  return {
    client: config.client,
    run,
    pipeline,
    state,
    connection,
    clock,
    signal,
    links: [entity, ...shared],
    writeBacks: writeBacksOf(config, entity),
    last: false,
  };
}

/** Sends what may go out; what the target changed or has already is decided anew, once. */
async function send(
  loading: LoadContext,
  work: Work,
  gate: Gate,
  writes: readonly WriteDecision[],
  tally: Tally,
  report: () => void,
): Promise<void> {
  const again = await withOwners(loading, await sendOnce(loading, writes, tally, report));
  if (again.length === 0) return;
  const taken = holdTaken(loading, again);
  const adopt = await adoptable(work.page.target, loading.connection, again, (one) => taken.has(one));
  const worth = again.filter(({ duplicate, candidate }) => !duplicate || adopt.has(candidate.source.id));
  const decisions = await decidePage(
    work.page,
    worth.map(({ candidate }) => candidate.source),
    adopt,
  );
  // What turned out to be there as it should be: its number taken by an equal document, say.
  tally.unchanged += keepWithoutWrite(loading, decisions);
  await sendOnce({ ...loading, last: true }, gate.takeAnew(writesOf(decisions)), tally, report);
}

async function sendOnce(
  loading: LoadContext,
  writes: readonly WriteDecision[],
  tally: Tally,
  report: () => void,
): Promise<readonly Again[]> {
  if (writes.length === 0) return [];
  const loaded = await load(loading, writes);
  const { state, clock, pipeline } = loading;
  const now = instant(clock.now());
  state.commit(loaded.unwritten.flatMap((aside) => asideChanges(pipeline.pipeline, asideOf(aside), now)));
  for (const name of ["created", "updated", "voided", "uncertain", "left"] as const)
    tally[name] += loaded[name];
  tally.doubt ??= loaded.doubt;
  if (loaded.failure !== undefined) {
    report();
    throw loaded.failure;
  }
  return loaded.again;
}

/** Documents whose number another source's has: they wait with its name, and are not sent again. */
function holdTaken({ state, clock, pipeline }: LoadContext, again: readonly Again[]): ReadonlySet<Again> {
  const now = instant(clock.now());
  const taken = new Set<Again>();
  for (const one of again) {
    const { candidate, record, owner: id } = one;
    const owner = id === null ? undefined : ownerOf(state, pipeline, id, candidate.source.id);
    if (id === null || owner === undefined) continue;
    const before = state.issues(pipeline.pipeline, [candidate.source.id]).get(candidate.source.id);
    const aside = asideOf(numberTaken({ ...candidate, issue: before }, record, pipeline, id, owner));
    state.commit(asideChanges(pipeline.pipeline, aside, now));
    taken.add(one);
  }
  return taken;
}

/** One line for all of a page that needs no write; answers with the number of records that are as they should be. */
function keepWithoutWrite(loading: LoadContext, decisions: readonly PageDecision[]): number {
  const { state, clock, pipeline } = loading;
  const now = instant(clock.now());
  const changes: Change[] = [];
  let unchanged = 0;
  for (const { decision, matched } of decisions) {
    if (decision.action === "unchanged") changes.push(...unchangedChanges(loading, decision, matched, now));
    else if ("message" in decision) changes.push(...asideChanges(pipeline.pipeline, asideOf(decision), now));
    if (decision.action === "unchanged" || decision.action === "skip") unchanged += 1;
  }
  const asBefore = decisions.flatMap(({ decision: { action, reason, candidate } }) => {
    const stands = action === "unchanged" || (action === "skip" && reason === "unchanged");
    return stands && !candidate.source.deleted ? [candidate.source] : [];
  });
  changes.push(...lackingClaims(pipeline, state, asBefore).map((row): Change => ({ put: "claim", row })));
  state.commit(changes);
  return unchanged;
}

function unchangedChanges(
  { state, pipeline, links, writeBacks, run }: LoadContext,
  { candidate, base, targetId }: NoWrite,
  matched: PageDecision["matched"],
  now: string,
): readonly Change[] {
  const { source, sync, issue } = candidate;
  if (matched === undefined && sync !== undefined) {
    const known = {
      target_id: sync.target_id,
      fingerprint: sync.fingerprint,
      source_hash: sync.source_hash,
      fields: sync.fields,
    };
    if (issue === undefined && fingerprint(known) === fingerprint({ target_id: targetId, ...base }))
      return [];
  }
  const { system, entity } = pipeline.target;
  const promised = {
    source: { system: pipeline.source.system, label: numberOf(source.record) },
    target_label: matched === undefined ? "" : numberOf(matched),
    base,
    links,
    write_back: writeBacks,
    claims: claimsOf(pipeline, source) ?? null,
  };
  const intent = { pipeline: pipeline.pipeline, system, entity, source_id: source.id };
  const done = doneChanges(state, intent, promised, targetId, now);
  if (matched === undefined) return done;
  const link = { system, entity, id: targetId, pipeline: pipeline.pipeline, run, config: pipeline.hash };
  return [...done, linkHistory({ ...link, reason: "matched" })];
}

/** The cursor moves only when every record that was read has an outcome. */
function finish(
  { pipeline, state, signal, clock, approved }: PipelineOptions,
  work: Work,
  gate: Gate,
  { uncertain, doubt, left, ...counts }: Tally,
): Omit<PipelineOutcome, "external_ids"> {
  const tally = { counts: { ...counts, ...standing(state, pipeline) }, uncertain, doubt, plan: null };
  const plans = [...state.rows("plan")].filter((row) => row.pipeline === pipeline.pipeline);
  if (signal?.aborted === true || left > 0) {
    return {
      ...tally,
      status: "stopped",
      message: "a signal came; the next run goes on where this one stopped",
    };
  }
  const forgotten = plans.map(({ id }): Change => ({ del: "plan", row: { id } }));
  if (gate.over !== null) {
    const row = waitingPlan(pipeline, gate, gate.over, tally.counts, instant(clock.now()));
    state.commit([...forgotten, { put: "plan", row }]);
    return { ...tally, status: "waiting", message: gate.over, plan: row.id };
  }
  // What this plan's own charges have become ready for could not be in it.
  if (approved !== undefined && gate.refused > 0 && marksItems(pipeline)) {
    state.commit(forgotten);
    return { ...tally, status: "done", message: `${gate.refused} more are marked by the next run` };
  }
  if (approved !== undefined && gate.refused > 0) {
    state.commit(forgotten);
    const left = gate.refused === 1 ? "1 decision is" : `${gate.refused} decisions are`;
    const message = `${left} not what the plan says any more, and left: plan again`;
    return { ...tally, status: "outdated", message };
  }
  state.commit([...forgotten, ...work.cursors()]);
  state.flush();
  return { ...tally, status: "done", message: null };
}

function waitingPlan(pipeline: PipelineConfig, gate: Gate, over: string, counts: Counts, created_at: string) {
  const plan: PipelinePlan = {
    pipeline: pipeline.pipeline,
    target: { system: pipeline.target.system, entity: pipeline.target.entity },
    hash: pipeline.hash,
    counts,
    amounts: gate.amounts,
    over,
    full_compare: false,
    failed: null,
    failure: null,
    decisions: gate.waiting.map((decision) => ({ ...decision, changes: [] })),
  };
  const id = `${pipeline.pipeline}-${fingerprint(plan.decisions.map(({ hash }) => hash)).slice(0, 8)}`;
  return { id, pipeline: pipeline.pipeline, created_at, reason: over, detail: JSON.stringify(plan) };
}

/** What stands in the state for a pipeline at this moment, earlier runs included. */
function standing(state: State, { pipeline }: PipelineConfig): Pick<Counts, "held" | "dead_lettered"> {
  return {
    held:
      state.count("issue", { pipeline, kind: "held" }) + state.count("issue", { pipeline, kind: "conflict" }),
    dead_lettered: state.count("issue", { pipeline, kind: "dead_letter" }),
  };
}

function writesOf(decisions: readonly PageDecision[]): readonly WriteDecision[] {
  return decisions.flatMap(({ decision }) => ("changes" in decision ? [decision] : []));
}

function connectionOf({ connections }: PipelineOptions, system: SystemName): Connection {
  const connection = connections.get(system);
  if (connection === undefined) throw new Error(`no connection to ${system}`);
  return connection;
}
