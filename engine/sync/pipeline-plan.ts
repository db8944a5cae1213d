import type { SystemRecord } from "../connector/types.ts";
import { writeBacksOf } from "./external-ids.ts";
import { createGate, isFirstRun, limitsFor, toPlanned } from "./limits.ts";
import { type ProvisionalLinks, provisionalId } from "./links.ts";
import { fieldValue } from "./match.ts";
import type { PageDecision } from "./page-context.ts";
import type { WorkOptions } from "./pipeline-page.ts";
import { createWork } from "./pipeline-work.ts";
import type { SetAside } from "./stages.ts";
import { labelOf } from "./text.ts";
import type { PipelinePlan, PlannedDecision } from "./types.ts";

/** What a pipeline would do, decided and not sent; nothing is written, not even to the state. */

export interface PlanOptions extends Omit<WorkOptions, "links"> {
  /** Shared by the pipelines of one plan, so that a later one resolves through what an earlier one would create. */
  readonly links: ProvisionalLinks;
  readonly signal: AbortSignal | undefined;
  /** Told after every page how many records were read so far. */
  readonly onPage: (read: number) => void;
}

export async function planPipeline(options: PlanOptions): Promise<PipelinePlan> {
  const { config, pipeline, links } = options;
  const work = createWork(options);
  const first = isFirstRun(pipeline, work.reading.cursor, options.state);
  const gate = createGate(limitsFor(config, first), undefined);
  const counts = { read: 0, created: 0, updated: 0, voided: 0, unchanged: 0, held: 0, dead_lettered: 0 };
  const planned: PlannedDecision[] = [];
  const linked = [
    pipeline.target.entity,
    ...(config.systems.get(pipeline.target.system)?.connector.entities[pipeline.target.entity]?.shares_row ??
      []),
  ];
  for await (const { read, decisions } of work.decisions()) {
    if (options.signal?.aborted === true) break;
    counts.read += read;
    for (const one of decisions) {
      const { decision } = one;
      counts[COUNTED[decision.action]] += 1;
      if ("changes" in decision) {
        gate.take([decision]);
        if (decision.reissue !== undefined) counts.created += 1;
        planned.push(...toPlanned(decision));
      } else if ("message" in decision && decision.action !== "skip") planned.push(asideInPlan(decision));
      const link = linkOf(one, pipeline.target.entity);
      if (link === undefined) continue;
      const { candidate } = decision;
      const target = "target" in decision ? decision.target : null;
      const source = { system: pipeline.source.system, id: candidate.source.id };
      for (const entity of linked) links.add(entity, source, { system: pipeline.target.system, id: link });
      planned.push(...externalIds(options, candidate.source, { id: link, record: target }));
    }
    options.onPage(counts.read);
  }
  return {
    pipeline: pipeline.pipeline,
    target: { system: pipeline.target.system, entity: pipeline.target.entity },
    hash: pipeline.hash,
    counts,
    amounts: gate.amounts,
    over: gate.over,
    full_compare: work.reading.reconfigured,
    failed: null,
    failure: null,
    decisions: planned,
  };
}

const COUNTED = {
  create: "created",
  update: "updated",
  void: "voided",
  unchanged: "unchanged",
  skip: "unchanged",
  hold: "held",
  dead_letter: "dead_lettered",
} as const;

/** The target id that a record gets by this plan; undefined when it has one or gets none. */
function linkOf({ decision, matched }: PageDecision, entity: string): string | undefined {
  // An adjustment has a link of its own, and the original keeps its.
  if ("adjusts" in decision) return undefined;
  if (decision.action === "create") return provisionalId(entity, decision.candidate.source.id);
  const targetId = "targetId" in decision ? decision.targetId : null;
  return matched === undefined || targetId === null ? undefined : targetId;
}

function asideInPlan({ candidate, action, reason, message }: SetAside): PlannedDecision {
  const { id, record } = candidate.source;
  return {
    action: action === "hold" ? "hold" : "dead_letter",
    source_id: id,
    label: labelOf(record),
    target_id: null,
    reason,
    message,
    amount: null,
    changes: [],
    hash: "",
  };
}

/** Ids that are written back once the link is there; a field that holds its id already needs none. */
function externalIds(
  { config, pipeline }: PlanOptions,
  source: SystemRecord,
  target: { readonly id: string; readonly record: SystemRecord | null },
): readonly PlannedDecision[] {
  const ends = {
    [pipeline.source.system]: { id: source.id, record: source },
    [pipeline.target.system]: target,
  };
  return writeBacksOf(config, pipeline.target.entity).flatMap(({ system, holds, field }) => {
    const [holder, value] = [ends[system], ends[holds]?.id];
    if (holder === undefined || value === undefined) return [];
    const held = holder.record === null ? null : fieldValue(field, holder.record.record, holder.record.raw);
    if (held === value) return [];
    return [
      {
        action: "external_id",
        source_id: source.id,
        label: labelOf(source.record),
        target_id: holder.id,
        reason: "linked",
        message: `${field} in ${system} is to hold ${holds} ${value}`,
        amount: null,
        changes: [{ field, from: held, to: value }],
        hash: "",
      } satisfies PlannedDecision,
    ];
  });
}
