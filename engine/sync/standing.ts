import type { PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import type { IssueKind } from "../state/types.ts";
import { toCandidates } from "./candidates.ts";
import { isUnchanged } from "./decide.ts";
import { type Moved, movedIn } from "./moved.ts";
import { withoutPaidElsewhere } from "./paid-elsewhere.ts";
import type { WorkOptions } from "./pipeline-page.ts";
import { createWork } from "./pipeline-work.ts";
import { resolvePage } from "./resolve.ts";
import { withRevisions } from "./revision.ts";
import { GONE } from "./source-gone.ts";
import type { Candidate } from "./stages.ts";
import { createTransformer } from "./transform.ts";
import { notMeant } from "./triage.ts";

/** How source records stand with a pipeline, for reports: nothing is decided, sent or remembered. */

/** paid_elsewhere: money for invoices that the target has none of. */
export type LeftOut = "filtered" | "not_required" | "before_go_live" | "paid_elsewhere";

export type Standing =
  /** The client's rules keep it out. */
  | { readonly kind: "left_out"; readonly reason: LeftOut }
  | {
      readonly kind: "set_aside";
      readonly issue: Exclude<IssueKind, "skipped">;
      readonly reason: string;
      readonly message: string;
      /** As the run left it: what the reason needs. */
      readonly detail: Json;
    }
  /** It was sent, and nobody knows yet whether it was stored. */
  | { readonly kind: "unsettled" }
  /**
   * It was written once. changed: it would be written otherwise now. plan: one that waits may have the change. moved: the
   * days on which it is dated here and there, where its own was in closed books.
   */
  | {
      readonly kind: "written";
      readonly changed: boolean;
      readonly plan: string | null;
      readonly moved: Moved | null;
    }
  /** Nothing is known of it. unmapped: codes that the code maps lack. plan: one that waits may have it. */
  | { readonly kind: "not_yet"; readonly unmapped: readonly string[]; readonly plan: string | null };

export interface Stood {
  readonly source: SystemRecord;
  /** In the target's shape with its codes, references still in the source's ids; a code without a row is null. */
  readonly mapped: CanonicalRecord | undefined;
  readonly standing: Standing;
}

/** Answers a page at a time, for the records that can be read; `options` as for a run of the pipeline. */
export function createStandings(
  options: WorkOptions,
): (records: readonly SystemRecord[]) => Promise<readonly Stood[]> {
  const { config, pipeline, state, clock } = options;
  const { page } = createWork(options);
  // One code without a row does not hide the others.
  const lenient = createTransformer(config, withoutHolds(pipeline), page.carried, clock.now());
  const open = new Set(
    [...state.rows("intent", { pipeline: pipeline.pipeline })].map((row) => row.source_id),
  );
  const [waiting] = [...state.rows("plan", { pipeline: pipeline.pipeline })];
  const plan = waiting?.id ?? null;

  const standingOf = (
    candidate: Candidate,
    taken: boolean,
    mapped: CanonicalRecord | undefined,
    unchanged: boolean,
  ): Standing => {
    const { issue, source } = candidate;
    if (open.has(source.id)) return { kind: "unsettled" };
    if (issue !== undefined && issue.kind !== "skipped") {
      const { kind, reason, message, detail } = issue;
      return { kind: "set_aside", issue: kind, reason, message, detail: JSON.parse(detail) as Json };
    }
    if (isWritten(candidate)) {
      const moved = movedIn(candidate.sync?.fields ?? null) ?? null;
      return { kind: "written", changed: !unchanged, plan, moved };
    }
    if (!taken) return { kind: "left_out", reason: "filtered" };
    const left = notMeant(candidate, page);
    if (left?.reason === "before_go_live") return { kind: "left_out", reason: "before_go_live" };
    if (left !== undefined) return { kind: "left_out", reason: "not_required" };
    return { kind: "not_yet", unmapped: mapped === undefined ? [] : unmappedIn(pipeline, mapped), plan };
  };

  return async (records) => {
    const readable = records.filter(({ unreadable }) => unreadable === undefined);
    const candidates = toCandidates(page, readable);
    // Of what was written or set aside nobody asks whether the filter takes it.
    const fresh = candidates.filter((one) => !isSetAside(one) && !isWritten(one));
    const takes = await page.transformer.takes(fresh.map(({ source }) => source.record));
    const taken = new Map(fresh.map((one, index) => [one, takes[index] === true]));
    const whole = (await lenient.map(candidates)).flatMap((one) => ("record" in one ? [one] : []));
    const { carried, links, targetHas } = page;
    const parts = withoutPaidElsewhere(withRevisions(page, whole), pipeline, links);
    const shaped = parts.flatMap((one) => ("record" in one ? [one] : []));
    const elsewhere = new Set(parts.flatMap((one) => ("record" in one ? [] : [one.candidate])));
    const mapped = new Map(shaped.map(({ candidate, record }) => [candidate, record]));
    const unchanged = new Set<Candidate>();
    for (const one of resolvePage(shaped, pipeline, page.target, carried, links, targetHas)) {
      const target_id = one.candidate.sync?.target_id;
      if ("resolved" in one && target_id !== undefined && isUnchanged(one, target_id, page))
        unchanged.add(one.candidate);
    }
    return candidates.map((one) => {
      const own = mapped.get(one);
      const standing: Standing = elsewhere.has(one)
        ? { kind: "left_out", reason: "paid_elsewhere" }
        : standingOf(one, taken.get(one) === true, own, unchanged.has(one));
      return { source: one.source, mapped: own, standing };
    });
  };
}

function isSetAside({ issue }: Candidate): boolean {
  return issue !== undefined && issue.kind !== "skipped";
}

function isWritten({ sync }: Candidate): boolean {
  return sync !== undefined && sync.source_hash !== GONE;
}

function withoutHolds(pipeline: PipelineConfig): PipelineConfig {
  const maps = Object.entries(pipeline.maps).map(([path, map]) => {
    return [
      path,
      { ...map, on_unmapped: "default", default: map.on_unmapped === "default" ? map.default : null },
    ];
  });
  return { ...pipeline, guards: [], maps: Object.fromEntries(maps) };
}

/** Codes below a list that their map had nothing for. */
function unmappedIn({ maps }: PipelineConfig, record: CanonicalRecord): readonly string[] {
  const codes = Object.entries(maps).flatMap(([path, { key, on_unmapped, optional }]) => {
    const [list = "", leaf = ""] = path.split(".");
    const code = key.slice(key.lastIndexOf(".") + 1);
    const items = record[list];
    if (optional || on_unmapped === "default" || !Array.isArray(items)) return [];
    return items
      .filter(isObject)
      .flatMap((item) => (item[leaf] === null && item[code] !== null ? [String(item[code])] : []));
  });
  return [...new Set(codes)];
}
