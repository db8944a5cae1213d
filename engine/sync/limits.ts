import type { ClientConfig, Limits, PipelineConfig } from "../config/types.ts";
import { printMoney } from "../core/money.ts";
import type { CursorRow, State } from "../state/types.ts";
import type { WriteDecision } from "./stages.ts";
import { amountOf } from "./text.ts";
import type { PipelinePlan, PlannedDecision } from "./types.ts";

/**
 * Lets writes through as far as nobody has to look at them first. A kind with a limit is held back until the whole plan
 * is known, so that a plan over its limit sends nothing of it; what has no limit flows on.
 */
export interface Gate {
  /** Takes decided writes and answers with those that may go out now. */
  take(writes: readonly WriteDecision[]): readonly WriteDecision[];
  /** Takes writes that went out and were decided anew: they are counted already, but may be none of an approved plan's. */
  takeAnew(writes: readonly WriteDecision[]): readonly WriteDecision[];
  /** What was held back and may go out, when everything is decided; none when a limit is passed. */
  release(): readonly WriteDecision[];
  /** The limit that is passed; null when none is. */
  readonly over: string | null;
  /** Writes that an approved plan does not name: their records changed since. */
  readonly refused: number;
  /** All writes that were not let through, in a few words each. */
  readonly waiting: readonly PlannedDecision[];
  readonly amounts: { readonly [currency: string]: number };
}

/** The limits of one pipeline's run. */
export function limitsFor({ limits }: ClientConfig, firstRun: boolean): Limits {
  return firstRun ? { ...limits, ...limits.first_run } : limits;
}

/** Whether it is a pipeline's first run: no run ended yet, or all that were read so far were held and nothing is in step. */
export function isFirstRun(
  { pipeline }: Pick<PipelineConfig, "pipeline">,
  cursor: CursorRow | undefined,
  state: Pick<State, "rows">,
): boolean {
  if (cursor === undefined) return true;
  const [anything] = state.rows("sync", { pipeline });
  return anything === undefined;
}

export function createGate(limits: Limits, approved: PipelinePlan | undefined): Gate {
  const counts = { create: 0, update: 0, void: 0 };
  const amounts: { [currency: string]: number } = {};
  let held: WriteDecision[] = [];
  const waiting: PlannedDecision[] = [];
  let over: string | null = null;
  let refused = 0;
  const allowed =
    approved && new Set(approved.decisions.map(({ source_id, hash }) => `${source_id} ${hash}`));

  const count = (write: WriteDecision): void => {
    if (write.reissue !== undefined) count(write.reissue);
    counts[write.action] += 1;
    const amount = write.action === "create" ? amountOf(write.record) : null;
    if (amount !== null) amounts[amount.currency] = (amounts[amount.currency] ?? 0) + amount.amount;
    over ??= passed(limits, counts, amounts);
  };

  const takeAnew = (writes: readonly WriteDecision[]): readonly WriteDecision[] => {
    if (allowed === undefined) return writes;
    const going = writes.filter(({ candidate, hash }) => allowed.has(`${candidate.source.id} ${hash}`));
    refused += writes.length - going.length;
    return going;
  };

  const take = (writes: readonly WriteDecision[]): readonly WriteDecision[] => {
    if (allowed !== undefined) return takeAnew(writes);
    for (const write of writes) count(write);
    if (over !== null) {
      waiting.push(...[...held, ...writes].flatMap(toPlanned));
      held = [];
      return [];
    }
    held.push(...writes.filter((write) => isLimited(write, limits)));
    return writes.filter((write) => !isLimited(write, limits));
  };

  return {
    take,
    takeAnew,
    release: () => {
      const all = held;
      held = [];
      return all;
    },
    get over() {
      return over;
    },
    get refused() {
      return refused;
    },
    waiting,
    amounts,
  };
}

/** A write in a few words, with the one that follows it: what a plan shows, and by its hash what `apply` carries out. */
export function toPlanned(write: WriteDecision): readonly PlannedDecision[] {
  const { action, candidate, label, targetId, reason, record, target, changes, hash, reissue, adjusts } =
    write;
  const planned: PlannedDecision = {
    action,
    source_id: candidate.source.id,
    label,
    target_id: targetId,
    reason,
    message: adjusts?.message ?? (reissue === undefined ? "" : `then it is posted anew as ${reissue.label}`),
    // What a void takes away is what stands there.
    amount: amountOf(action === "void" && target !== null ? target.record : record),
    changes,
    hash,
  };
  return reissue === undefined ? [planned] : [planned, ...toPlanned(reissue)];
}

function isLimited({ action }: WriteDecision, limits: Limits): boolean {
  return limits[action] !== null || (action === "create" && Object.keys(limits.amount).length > 0);
}

function passed(
  limits: Limits,
  counts: { readonly create: number; readonly update: number; readonly void: number },
  amounts: { readonly [currency: string]: number },
): string | null {
  for (const action of ["create", "update", "void"] as const) {
    const limit = limits[action];
    if (limit !== null && counts[action] > limit) {
      return `it would ${action} more than ${limit} records (limits.${action}; first_run has its own)`;
    }
  }
  for (const [currency, limit] of Object.entries(limits.amount)) {
    if ((amounts[currency] ?? 0) > limit) {
      return `it would create more than ${printMoney(limit, currency)} (limits.amount.${currency})`;
    }
  }
  return null;
}
