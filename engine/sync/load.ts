import type { PipelineConfig } from "../config/types.ts";
import type { Outcome, SystemError } from "../connector/types.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { unreachable } from "../core/unreachable.ts";
import type { ClaimRow } from "../state/types.ts";
import { claimsOf } from "./claims.ts";
import { COMPARE_AGAIN } from "./look-again.ts";
import { differsFrom } from "./posted-differs.ts";
import { type Carried, carryOut, type Intended, type WriteContext } from "./protocol.ts";
import { accountOf } from "./readiness/invoice-gate.ts";
import { entityOf } from "./shape.ts";
import {
  type Adjusts,
  asideOf,
  type Candidate,
  type SetAside,
  TRANSIENT,
  type WriteBack,
  type WriteDecision,
} from "./stages.ts";
import { describe, numberOf } from "./text.ts";

/** Decided writes on their way to the target, and what their answers mean for the records. */
export interface Loaded {
  readonly created: number;
  readonly updated: number;
  readonly voided: number;
  readonly uncertain: number;
  /** Why the first of them is; null when none is. */
  readonly doubt: string | null;
  /** Not sent, because a signal or a failed system came first. */
  readonly left: number;
  /** Refused by the connector's own rules before anything was sent. */
  readonly unwritten: readonly SetAside[];
  /** To be decided anew: the target changed meanwhile, or has the record already under the id given. */
  readonly again: readonly Again[];
  /** The target failed: what was not sent is left. */
  readonly failure: SystemError | undefined;
}

export interface Again {
  readonly candidate: Candidate;
  /** The record as it was to be written. */
  readonly record: CanonicalRecord;
  /** True when the target has a record with its number already. */
  readonly duplicate: boolean;
  /** That record's id; null where the target does not say. */
  readonly owner: string | null;
}

export interface LoadContext extends WriteContext {
  readonly pipeline: PipelineConfig;
  /** The target entity and those that share its row: all are linked by one write. */
  readonly links: readonly string[];
  readonly writeBacks: readonly WriteBack[];
  /** True the second time round: a record that is refused again waits for the next run. */
  readonly last: boolean;
}

/** Carries out decisions and counts what became of them. */
export async function load(context: LoadContext, decisions: readonly WriteDecision[]): Promise<Loaded> {
  const again: Again[] = [];
  const byIntent = new Map<Intended, WriteDecision>();
  for (const decision of decisions) byIntent.set(intend(context, decision, again), decision);
  const { carried, failure } = await carryOut(context, [...byIntent.keys()]);
  const done = { create: 0, update: 0, void: 0 };
  const unwritten: SetAside[] = [];
  let uncertain = 0;
  let doubt: string | null = null;
  let left = 0;
  for (const one of carried) {
    const decision = byIntent.get(one.intended);
    if (decision === undefined) throw new Error("an outcome of a write nobody decided");
    switch (one.kind) {
      case "answered":
        if (one.outcome.kind === "done") done[decision.action] += 1;
        // Its void is done, so the document that takes its place can be decided.
        if (one.outcome.kind === "done" && decision.reissue !== undefined)
          again.push({
            candidate: decision.candidate,
            record: decision.reissue.record,
            duplicate: false,
            owner: null,
          });
        if (one.outcome.kind === "unknown") {
          uncertain += 1;
          doubt ??= one.outcome.message;
        }
        break;
      case "unwritable":
        unwritten.push(unwritable(decision, one));
        break;
      case "not_sent":
        left += 1;
        break;
      default:
        unreachable(one);
    }
  }
  const { create: created, update: updated, void: voided } = done;
  return { created, updated, voided, uncertain, doubt, left, unwritten, again, failure };
}

function intend(context: LoadContext, decision: WriteDecision, again: Again[]): Intended {
  const { pipeline, links, writeBacks, connection, run } = context;
  const { action, candidate, record, fields, targetId, target, base, held, reissue } = decision;
  const { system } = pipeline.target;
  const { adjusts } = decision;
  const entity = adjusts?.entity ?? pipeline.target.entity;
  const claims = claimsOf(pipeline, candidate.source);
  const account = action === "create" ? accountLive(pipeline, candidate) : undefined;
  const numbers =
    target?.record ??
    Object.fromEntries(connection.writableFields(entity).map((f) => [f, record[f] ?? null]));
  return {
    pipeline: pipeline.pipeline,
    source_id: adjusts?.id ?? candidate.source.id,
    write: {
      operation: action,
      entity,
      record,
      fields,
      id: targetId,
      token: target?.token ?? null,
      vendor: target?.vendor ?? null,
    },
    promised: {
      record,
      fields,
      source: { system: pipeline.source.system, label: numberOf(candidate.source.record) },
      target_label: numberOf(numbers),
      source_hash: candidate.sourceHash,
      base,
      ...(adjusts === undefined
        ? {
            links,
            write_back: writeBacks,
            claims: claims === undefined ? null : action === "void" ? [] : claims,
          }
        : { links: [entity], write_back: [], claims: null, adjusts: adjustsOf(candidate, adjusts, claims) }),
      ...(reissue === undefined ? {} : { reissue: true }),
      ...(account === undefined ? {} : { account }),
      origin: {
        run,
        config: pipeline.hash,
        reason: decision.reason,
        rules: rulesOf(pipeline, fields, action),
      },
    },
    ...(held === undefined || action === "void"
      ? {}
      : {
          onPosted: (posted) => {
            if (posted === undefined) {
              const note = { action: "skip", reason: COMPARE_AGAIN, message: "", detail: null } as const;
              return asideOf({ candidate, ...note });
            }
            const place = { ...pipeline, system, source_id: candidate.source.id };
            const stop = differsFrom(entityOf(entity), place, { record, held, fields }, posted);
            return stop && asideOf({ candidate, ...stop });
          },
        }),
    onRefused: (outcome) => {
      const refusal = judge(context, decision, outcome);
      // The number of an adjustment says whose it is: what has it already is to be looked at by a person.
      if (refusal.again && adjusts === undefined)
        again.push({ candidate, record, duplicate: outcome.class === "duplicate", owner: outcome.owner });
      return asideOf(refusal.aside);
    },
  };
}

/** The billing account that a new invoice makes live once it is posted. */
function accountLive({ source }: PipelineConfig, { source: { record } }: Candidate): string | undefined {
  return source.system === "billing" && source.entity === "invoice" ? accountOf(record) : undefined;
}

/** What an adjustment does to the original's record: its document makes up for what changed, and claims what it bills now. */
function adjustsOf(
  { source }: Candidate,
  { targetId, base, again }: Adjusts,
  claims: readonly ClaimRow[] | undefined,
): NonNullable<Intended["promised"]["adjusts"]> {
  return { source_id: source.id, target_id: targetId, base, again, claims: claims ?? null };
}

/** A new record gets every field from its source, whatever the rule. */
function rulesOf(
  { conflicts }: PipelineConfig,
  fields: readonly string[],
  action: WriteDecision["action"],
): { readonly [field: string]: string } {
  const ruled = Object.entries(conflicts).filter(
    ([field, rule]) => action === "update" && rule !== "source_wins" && fields.includes(field),
  );
  return Object.fromEntries(ruled);
}

type Refused = Extract<Outcome, { kind: "refused" }>;

/** What a proven refusal means; the record is set aside in any case, so that nothing is lost if the run ends here. */
function judge(
  { pipeline, last }: LoadContext,
  decision: WriteDecision,
  { class: kind, message, owner }: Refused,
): { readonly aside: SetAside; readonly again: boolean } {
  const { candidate, record, action } = decision;
  const { system } = pipeline.target;
  const what = `${system} refused to ${action} ${describe(record)}: ${message}`;
  const hold = (reason: string, again = false) => ({
    aside: {
      candidate,
      action: "hold",
      reason,
      message: what,
      detail: owner === null ? null : { owner },
    } as const,
    again: again && !last,
  });
  const deadLetter = (reason: string) => ({
    aside: { candidate, action: "dead_letter", reason, message: what, detail: null } as const,
    again: false,
  });
  switch (kind) {
    case "duplicate":
      return hold("exists_already", true);
    case "stale":
      return hold("changed_meanwhile", true);
    case "not_found":
      return action === "create" ? hold("reference_gone") : hold("target_missing");
    case "period_closed":
      return hold("period_closed");
    case "invalid":
      return deadLetter("refused");
    case "rate_limited":
    case "quota":
    case "transient":
    case "auth":
    case "forbidden":
    case "unknown_outcome": {
      const attempts = candidate.issue?.reason === TRANSIENT ? candidate.issue.attempts : 0;
      return attempts >= pipeline.retries ? deadLetter("refused_too_often") : hold(TRANSIENT);
    }
    default:
      return unreachable(kind);
  }
}

function unwritable(
  { candidate, record }: WriteDecision,
  { message }: Extract<Carried, { kind: "unwritable" }>,
): SetAside {
  return {
    candidate,
    action: "hold",
    reason: "cannot_be_written",
    message: `${describe(record)} cannot be written: ${message}`,
    detail: null,
  };
}
