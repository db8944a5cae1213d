import type { SystemName } from "../config/types.ts";
import type { Outcome } from "../connector/types.ts";
import type { CanonicalRecord, Json } from "../core/json.ts";
import type { Change, ClaimRow, IntentRow, IssueRow, LinkRow, State } from "../state/types.ts";
import { type Origin, writtenHistory } from "./history.ts";
import { type LinkEnd, linkChanges, unlinkChanges } from "./links.ts";
import { COMPARE_AGAIN, noteOf } from "./look-again.ts";
import { liveChanges } from "./readiness/remember.ts";
import { revisionSlot } from "./revision.ts";
import { type Aside, NOT_LINKED, type SyncBase, TRANSIENT, type WriteBack } from "./stages.ts";

/** What the state keeps of a write: the promise before it is sent, and the changes that its outcome makes. */

/** Stored with an intent, so that another process can finish what this one began. */
export interface Promised {
  readonly request: Json;
  readonly item: Json | null;
  /** The canonical record in the target's ids, by which a lost create is found again. */
  readonly record: CanonicalRecord;
  readonly fields: readonly string[];
  readonly source: { readonly system: SystemName; readonly label: string };
  readonly target_label: string;
  readonly source_hash: string;
  readonly base: SyncBase;
  /** True for a void whose document is to be posted anew. */
  readonly reissue?: boolean;
  /** The billing account that is live once this is posted. */
  readonly account?: string;
  /** For an adjustment: the record whose document it adjusts, and what is kept of it once this is done. */
  readonly adjusts?: {
    readonly source_id: string;
    readonly target_id: string;
    readonly base: SyncBase;
    /** True: it is compared again. Absent in a promise that an older version made. */
    readonly again?: boolean;
    readonly claims: readonly ClaimRow[] | null;
  };
  readonly slot: string;
  readonly generation: number;
  /** Entities to link when it is done: the written one and those that share its row. */
  readonly links: readonly string[];
  /** External ids that become due with the link. */
  readonly write_back: readonly WriteBack[];
  /** What the record claims of the items it bills; null: its pipeline bills none. */
  readonly claims: readonly ClaimRow[] | null;
  /** Absent in a promise that an older version made. */
  readonly origin?: Origin;
}

/** What the state's look-ups tell while changes are made up. */
export type Known = Pick<State, "uidsOf" | "linksOf" | "syncRows" | "generations">;

/** Fingerprint of an external id that is to be written; afterwards it is the id itself. */
export const PENDING = "pending";

/** The changes of a proven outcome; an unknown one changes nothing, so that it is settled later. */
export function outcomeChanges(
  state: Known & Pick<State, "rows">,
  intent: IntentRow,
  promised: Promised,
  outcome: Outcome,
  aside: Aside | undefined,
  now: string,
): readonly Change[] {
  if (outcome.kind === "unknown") return [];
  const closed: readonly Change[] = [
    { del: "intent", row: { key: intent.key } },
    { put: "generation", row: { slot: promised.slot, n: promised.generation + 1 } },
  ];
  if (outcome.kind === "done") {
    return [
      ...closed,
      ...adjustedChanges(state, intent, promised, now),
      ...(promised.account === undefined ? [] : liveChanges(state, promised.account, now)),
      ...(promised.reissue === true
        ? reissueChanges(state, intent, promised, now)
        : doneChanges(state, intent, promised, outcome.id, now, aside)),
      ...historyChanges(state, intent, promised, outcome.id),
    ];
  }
  // A create that nobody can tell of is given up, not proven to have failed.
  const isProven = outcome.class !== "unknown_outcome";
  const released = intent.operation === "create" && isProven ? releasedClaims(promised.claims) : [];
  return [...closed, ...released, ...(aside === undefined ? [] : asideChanges(intent.pipeline, aside, now))];
}

/** The record whose document was adjusted is in step again. */
function adjustedChanges(
  state: Pick<State, "rows">,
  { pipeline }: IntentRow,
  { adjusts }: Promised,
  now: string,
): readonly Change[] {
  if (adjusts === undefined) return [];
  const { source_id, target_id, base, again, claims } = adjusts;
  return [
    { put: "sync", row: { pipeline, source_id, target_id, ...base, synced_at: now } },
    ...claimChanges(state, { pipeline, source_id }, claims),
    again === true
      ? noteOf(pipeline, source_id, COMPARE_AGAIN, now)
      : { del: "issue", row: { pipeline, source_id } },
  ];
}

/** Claims of a create that is proven not to be there. */
export function releasedClaims(claims: Promised["claims"]): readonly Change[] {
  return (claims ?? []).map(({ kind, item }): Change => ({ del: "claim", row: { kind, item } }));
}

/** What a record claims from now on, and no more. */
function claimChanges(
  state: Pick<State, "rows">,
  owner: Pick<IntentRow, "pipeline" | "source_id">,
  claims: Promised["claims"],
): readonly Change[] {
  // An intent that an older version left says nothing of claims either.
  if (claims === null || claims === undefined) return [];
  const { pipeline, source_id } = owner;
  const kept = new Set(claims.map(({ kind, item }) => `${kind} ${item}`));
  const dropped = [...state.rows("claim", { pipeline, source_id })].filter(
    ({ kind, item }) => !kept.has(`${kind} ${item}`),
  );
  return [...releasedClaims(dropped), ...claims.map((row): Change => ({ put: "claim", row }))];
}

function historyChanges(
  state: Pick<State, "rows">,
  { pipeline, system, entity, operation, target_id }: IntentRow,
  { origin, fields }: Promised,
  id: string,
): readonly Change[] {
  if (origin === undefined) return [];
  const write = { system, entity, id: target_id === "" ? id : target_id, pipeline, action: operation };
  return writtenHistory(state, write, fields, origin);
}

/** A written record: its links, what was written, and no trouble any more, unless `aside` says which it has now. */
export function doneChanges(
  state: Known & Pick<State, "rows">,
  intent: Pick<IntentRow, "pipeline" | "system" | "entity" | "source_id">,
  promised: Pick<Promised, "source" | "target_label" | "base" | "links" | "write_back" | "claims">,
  targetId: string,
  now: string,
  aside?: Aside,
): readonly Change[] {
  const { pipeline, source_id } = intent;
  const source = { ...promised.source, id: source_id };
  const target = { system: intent.system as SystemName, id: targetId, label: promised.target_label };
  return [
    ...linkedChanges(state, promised.links, promised.write_back, [source, target], now),
    { put: "sync", row: { pipeline, source_id, target_id: targetId, ...promised.base, synced_at: now } },
    ...claimChanges(state, intent, promised.claims),
    { del: "issue", row: { pipeline, source_id } },
    ...(aside === undefined ? [] : asideChanges(pipeline, { ...aside, before: undefined }, now)),
  ];
}

/** A voided document that is posted anew: nothing is linked to its record any more, and the next one is due. */
function reissueChanges(
  state: Known,
  { pipeline, system, entity, source_id, target_id }: IntentRow,
  { links, source_hash }: Promised,
  now: string,
): readonly Change[] {
  const slot = revisionSlot(system, entity, source_id);
  const n = (state.generations([slot]).get(slot) ?? 0) + 1;
  const due: IssueRow = {
    pipeline,
    source_id,
    kind: "skipped",
    reason: "reissue_due",
    message: "",
    detail: "null",
    source_hash,
    since: now,
    attempts: 0,
  };
  return [
    ...links.flatMap((one) => unlinkChanges(state, one, { system, id: target_id })),
    { del: "sync", row: { pipeline, source_id } },
    { put: "generation", row: { slot, n } },
    { put: "issue", row: due },
  ];
}

/** Two ids become one thing, for each of the entities, and the external ids that hang on it become due. */
export function linkedChanges(
  state: Known,
  entities: readonly string[],
  writeBacks: readonly WriteBack[],
  [left, right]: readonly [LinkEnd, LinkEnd],
  now: string,
): readonly Change[] {
  const linked = entities.map((entity) => linkChanges(state, entity, left, right));
  const members = linked.flatMap((one) => one.members);
  return [
    ...linked.flatMap(({ changes }) => changes),
    ...writeBacks.flatMap((one) => dueWriteBack(state, one, members, now)),
  ];
}

/** Name under which the external ids of one system are remembered, by the id of the record that holds them. */
export function writeBackName({ entity, system }: Pick<WriteBack, "entity" | "system">): string {
  return `external_id/${entity}/${system}`;
}

/** A row that asks for the external id, unless it was written already. */
function dueWriteBack(
  state: Known,
  one: WriteBack,
  members: readonly LinkRow[],
  now: string,
): readonly Change[] {
  const idIn = (system: SystemName) =>
    members.find((row) => row.entity === one.entity && row.system === system)?.id;
  const source_id = idIn(one.system);
  const target_id = idIn(one.holds);
  if (source_id === undefined || target_id === undefined) return [];
  const pipeline = writeBackName(one);
  const known = state.syncRows(pipeline, [source_id]).get(source_id);
  const asked = known?.fingerprint === PENDING && known.target_id === target_id;
  if (asked || known?.fingerprint === target_id) return [];
  const row = {
    pipeline,
    source_id,
    target_id,
    fingerprint: PENDING,
    source_hash: "",
    fields: null,
    synced_at: now,
  };
  return [{ put: "sync", row }];
}

/** A record set aside: a row that says why, unless the state says it already. */
export function asideChanges(pipeline: string, aside: Aside, now: string): readonly Change[] {
  const { source_id, source_hash, before, reason, message, detail } = aside;
  const kind = kindOf(aside);
  if (kind === undefined) return before === undefined ? [] : [{ del: "issue", row: { pipeline, source_id } }];
  const same = before?.kind === kind && before.reason === reason;
  const row: IssueRow = {
    pipeline,
    source_id,
    kind,
    reason,
    message,
    detail: JSON.stringify(detail),
    source_hash,
    since: same ? before.since : now,
    attempts: reason === TRANSIENT ? (same ? before.attempts + 1 : 1) : 0,
  };
  return same && sameIssue(before, row) ? [] : [{ put: "issue", row }];
}

// Nothing that a person must see, but the next run has to know of it.
const NOTED = new Set(["parent_not_linked", "source_absent", NOT_LINKED, COMPARE_AGAIN]);

function kindOf({ action, reason }: Aside): IssueRow["kind"] | undefined {
  if (action === "dead_letter") return "dead_letter";
  if (action === "hold") return reason === "both_changed" ? "conflict" : "held";
  return NOTED.has(reason) ? "skipped" : undefined;
}

function sameIssue(before: IssueRow, row: IssueRow): boolean {
  return (
    before.message === row.message &&
    before.detail === row.detail &&
    before.source_hash === row.source_hash &&
    before.attempts === row.attempts
  );
}
