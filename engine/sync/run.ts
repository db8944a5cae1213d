import type { ClientConfig, PipelineConfig, SystemName } from "../config/types.ts";
import { type CallCount, SystemError } from "../connector/types.ts";
import { instant } from "../core/clock.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { Change, RelatedRow, State } from "../state/types.ts";
import type { Taken } from "./claims.ts";
import { provisionalLinks } from "./links.ts";
import { planPipeline } from "./pipeline-plan.ts";
import { type PipelineOutcome, runPipeline } from "./pipeline-run.ts";
import { settleOpen } from "./settle.ts";
import { PipelineError } from "./shape.ts";
import type {
  Counts,
  Failure,
  PerSystem,
  PipelinePlan,
  PipelineReport,
  Plan,
  Progress,
  RunOptions,
  RunReport,
} from "./types.ts";

/** A client's run: what is open is settled, then every pipeline in `after` order; one that fails stops none of the others. */

const NOTHING: Counts = {
  read: 0,
  created: 0,
  updated: 0,
  voided: 0,
  unchanged: 0,
  held: 0,
  dead_lettered: 0,
};
const RUNS_KEPT = 50;

/** Plans and carries out in one. Throws StateError when the state cannot be written any more: nothing more is sent. */
export async function runClient(options: RunOptions): Promise<RunReport> {
  const { config, state, clock, onProgress = () => {} } = options;
  const started = clock.now();
  const unsettled = await settleOpen({
    client: config.client,
    state,
    isOff: (name) => config.pipelines.some((one) => one.pipeline === name && isOff(config, one)),
    clock,
    connections: options.connections,
    signal: options.signal,
    onWait: (wait_ms) => onProgress({ pipeline: "", stage: "wait", counts: NOTHING, wait_ms }),
  });
  const started_at = instant(started);
  const id = `${started_at.replace(/[-:]/g, "")}-${state.epoch}`;
  const reports: PipelineReport[] = [];
  for (const pipeline of chosen(options)) {
    if (options.signal?.aborted === true) break;
    onProgress({ pipeline: pipeline.pipeline, stage: "start", counts: NOTHING });
    const report = await runOne(options, id, pipeline, unsettled);
    reports.push(report);
    onProgress({ pipeline: pipeline.pipeline, stage: "done", counts: report, report });
  }
  const status = statusOf(reports, options.signal?.aborted === true);
  const report: RunReport = {
    schemaVersion: 1,
    client: config.client,
    run: id,
    status,
    started_at,
    finished_at: instant(clock.now()),
    pipelines: reports,
  };
  keepReport(state, report);
  if (status === "done" || status === "dead_letters") {
    for (const connection of options.connections.values()) await connection.recorded?.();
  }
  return report;
}

/** Decides everything and sends nothing; the state stays as it is. A signal ends it with what is decided so far. */
export async function planClient(options: RunOptions): Promise<Plan> {
  const { config, state, clock, connections, signal, onProgress = () => {} } = options;
  const links = provisionalLinks(state);
  const taken: Taken = new Map();
  const pipelines: PipelinePlan[] = [];
  for (const pipeline of chosen(options)) {
    if (signal?.aborted === true) break;
    if (isOff(config, pipeline)) continue;
    const told = (stage: Progress["stage"], read: number): void =>
      onProgress({ pipeline: pipeline.pipeline, stage, counts: { ...NOTHING, read } });
    told("start", 0);
    const source = connections.get(pipeline.source.system);
    const target = connections.get(pipeline.target.system);
    if (source === undefined || target === undefined)
      throw new Error("a pipeline's system has no connection");
    const overlay = new Map<string, RelatedRow | undefined>();
    try {
      const shared = { connections, links, taken, signal, onPage: (read: number) => told("page", read) };
      const made = await planPipeline({ config, pipeline, state, source, target, clock, overlay, ...shared });
      pipelines.push(made);
      told("done", made.counts.read);
    } catch (cause) {
      pipelines.push(failedPlan(pipeline, cause));
    }
  }
  const hashes = pipelines.map(({ decisions }) => decisions.map(({ hash }) => hash));
  const created_at = instant(clock.now());
  return {
    schemaVersion: 1,
    id: fingerprint([created_at, hashes]).slice(0, 12),
    client: config.client,
    created_at,
    pipelines,
  };
}

function chosen({ config, pipelines }: RunOptions): readonly PipelineConfig[] {
  return config.pipelines.filter(({ pipeline }) => pipelines === undefined || pipelines.includes(pipeline));
}

/** Entities of money that accounting received or returned. */
const PAID = new Set(["payment", "refund"]);

/** A client that keeps payments in accounting alone: nothing of them is written to billing. */
function isOff({ payments }: ClientConfig, { target }: PipelineConfig): boolean {
  return !payments.sync_back && target.system === "billing" && PAID.has(target.entity);
}

async function runOne(
  options: RunOptions,
  run: string,
  pipeline: PipelineConfig,
  unsettled: ReadonlyMap<SystemName, SystemError>,
): Promise<PipelineReport> {
  const { connections, clock, approved, onProgress = () => {} } = options;
  const before = countsOf(options);
  const started = clock.now();
  let counts: Counts = NOTHING;
  let uncertain = 0;
  const named = { pipeline: pipeline.pipeline };
  const spent = () => ({ ...difference(before, countsOf(options)), duration_ms: clock.now() - started });
  try {
    if (isOff(options.config, pipeline)) return { ...named, ...switchedOff(), failure: null, ...spent() };
    const blocked = unsettled.get(pipeline.target.system);
    if (blocked !== undefined) throw blocked;
    const outcome = await runPipeline({
      config: options.config,
      pipeline,
      state: options.state,
      connections,
      clock,
      run,
      signal: options.signal,
      approved: approved && approvedPart(approved, pipeline),
      onPage: (now, open) => {
        counts = now;
        uncertain = open;
        onProgress({ pipeline: pipeline.pipeline, stage: "page", counts });
      },
    });
    return { ...named, ...flat(outcome), failure: null, ...spent() };
  } catch (cause) {
    const failed = {
      status: "failed",
      message: messageOf(cause),
      plan: null,
      uncertain,
      doubt: null,
      external_ids: 0,
    } as const;
    return { ...named, ...counts, ...failed, failure: failureOf(cause), ...spent() };
  }
}

function switchedOff() {
  const message = "payments.sync_back is false: nothing is written to billing";
  return {
    ...NOTHING,
    status: "done",
    message,
    plan: null,
    uncertain: 0,
    doubt: null,
    external_ids: 0,
  } as const;
}

function flat({ counts, ...outcome }: PipelineOutcome) {
  return { ...counts, ...outcome };
}

/** The pipeline's part of an approved plan; nothing of it may be done when the configuration changed since. */
function approvedPart(plan: Plan, { pipeline, hash }: PipelineConfig): PipelinePlan {
  const part = plan.pipelines.find((one) => one.pipeline === pipeline);
  if (part === undefined) throw new PipelineError(`the plan has no pipeline ${pipeline}`);
  if (part.hash !== hash)
    throw new PipelineError("its configuration changed since the plan was made; plan again");
  return part;
}

/** The sentence for a failure that stops this pipeline; a bug and a fault of the state stop the run. */
function messageOf(cause: unknown): string {
  if (cause instanceof SystemError || cause instanceof PipelineError) return cause.message;
  throw cause;
}

function failureOf(cause: unknown): Failure {
  if (!(cause instanceof SystemError)) return "other";
  if (cause.kind === "login") return "login";
  return cause.kind === "unreachable" ? "unreachable" : "other";
}

function failedPlan({ pipeline, target, hash }: PipelineConfig, cause: unknown): PipelinePlan {
  const { system, entity } = target;
  const failed = messageOf(cause);
  const empty = { counts: NOTHING, amounts: {}, over: null, full_compare: false, decisions: [] };
  return { pipeline, target: { system, entity }, hash, failed, failure: failureOf(cause), ...empty };
}

type CountsBySystem = ReadonlyMap<SystemName, CallCount>;

function countsOf({ connections }: RunOptions): CountsBySystem {
  return new Map([...connections].map(([system, { counts }]) => [system, { ...counts }]));
}

/** What each system was asked between two moments; systems that were not asked are left out. */
function difference(
  before: CountsBySystem,
  after: CountsBySystem,
): Pick<PipelineReport, "calls" | "calls_min" | "writes"> {
  const part = (name: keyof CallCount): PerSystem =>
    Object.fromEntries(
      [...after].flatMap(([system, counts]) => {
        const earlier = before.get(system);
        const asked = counts.calls - (earlier?.calls ?? 0) > 0;
        return asked ? [[system, counts[name] - (earlier?.[name] ?? 0)]] : [];
      }),
    );
  return { calls: part("calls"), calls_min: part("calls_min"), writes: part("writes") };
}

function statusOf(reports: readonly PipelineReport[], aborted: boolean): RunReport["status"] {
  if (aborted) return "stopped";
  if (reports.some(({ status }) => status === "failed")) return "failed";
  if (reports.some(({ status }) => status === "waiting")) return "waiting";
  if (reports.some(({ status }) => status === "outdated")) return "outdated";
  if (reports.some(({ status }) => status === "stopped")) return "stopped";
  return reports.some(({ dead_lettered }) => dead_lettered > 0) ? "dead_letters" : "done";
}

/** Keeps the last reports, for `status`. */
function keepReport(state: State, report: RunReport): void {
  const { run: id, started_at, finished_at, status } = report;
  const ids = [...state.rows("run")].map((row) => row.id);
  const old = ids.slice(0, Math.max(0, ids.length - RUNS_KEPT + 1));
  const forgotten = old.map((one): Change => ({ del: "run", row: { id: one } }));
  state.commit([
    ...forgotten,
    { put: "run", row: { id, started_at, finished_at, status, report: JSON.stringify(report) } },
  ]);
  state.flush();
}
