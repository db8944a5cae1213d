import pLimit from "p-limit";
import type { SystemName } from "../config/types.ts";
import { type Connection, type Outcome, SystemError, type SystemRecord } from "../connector/types.ts";
import { type Clock, instant } from "../core/clock.ts";
import { isObject } from "../core/json.ts";
import type { IntentRow, State } from "../state/types.ts";
import { fieldValue } from "./match.ts";
import { differsFrom } from "./posted-differs.ts";
import { preparedAgain } from "./protocol.ts";
import { outcomeChanges, type Promised } from "./record.ts";
import { entityOf, isDocument } from "./shape.ts";
import { type Aside, TRANSIENT } from "./stages.ts";
import { describe } from "./text.ts";

/**
 * Writes whose outcome nobody knows, left by a crash or a lost answer: looked up before anything new is planned. A create
 * that is found is taken over; one that is found nowhere, twice, is sent again with its stored bytes; several hits hold.
 */
export interface SettleContext {
  readonly client: string;
  readonly state: State;
  readonly connections: ReadonlyMap<SystemName, Connection>;
  readonly clock: Clock;
  /** True for a pipeline that may write nothing now: what it has open stays so, since settling can send it again. */
  readonly isOff: (pipeline: string) => boolean;
  readonly signal: AbortSignal | undefined;
  readonly onWait: (ms: number) => void;
}

interface Open {
  readonly intent: IntentRow;
  readonly promised: Promised;
  readonly connection: Connection;
}

/** Settles what each system has open; answers with the systems that could not be asked. */
export async function settleOpen(context: SettleContext): Promise<ReadonlyMap<SystemName, SystemError>> {
  const failed = new Map<SystemName, SystemError>();
  for (const [system, connection] of context.connections) {
    const open = [...context.state.rows("intent", { system })]
      .filter(({ pipeline }) => !context.isOff(pipeline))
      .map((intent): Open => {
        // Written by protocol.ts, and every line of the journal is checked by its hash.
        return { intent, promised: JSON.parse(intent.request) as Promised, connection };
      });
    try {
      if (open.length > 0) await settleSystem(context, connection, open);
    } catch (cause) {
      if (!(cause instanceof SystemError)) throw cause;
      failed.set(system, cause);
    }
  }
  return failed;
}

async function settleSystem(
  context: SettleContext,
  connection: Connection,
  open: readonly Open[],
): Promise<void> {
  const opened = Math.max(...open.map(({ intent }) => Date.parse(intent.opened_at)));
  await wait(context, opened + connection.settle_ms - context.clock.now());
  const undecided = await inParallel(context, open, (one) => settleOne(context, one, "look again"));
  if (undecided.length > 0) {
    await wait(context, connection.settle_again_ms);
    await inParallel(context, undecided, (one) => settleOne(context, one, "send again"));
  }
  context.state.flush();
}

async function wait({ clock, signal, onWait }: SettleContext, ms: number): Promise<void> {
  if (ms <= 0) return;
  onWait(ms);
  await clock.sleep(ms, signal);
}

/** Works on the writes as fast as their system allows; answers with those that are not settled. */
async function inParallel(
  { signal }: SettleContext,
  open: readonly Open[],
  work: (one: Open) => Promise<boolean>,
): Promise<readonly Open[]> {
  const [first] = open;
  const limit = pLimit(first?.connection.concurrency ?? 1);
  const settled = await Promise.all(
    open.map((one) => limit(async () => signal?.aborted !== true && (await work(one)))),
  );
  return open.filter((_, index) => settled[index] !== true);
}

/** True when the write has an outcome, or waits for the next run because it still has none. */
async function settleOne(
  context: SettleContext,
  open: Open,
  ifMissing: "look again" | "send again",
): Promise<boolean> {
  const { intent } = open;
  if (intent.operation !== "create") return settleChange(context, open);
  const { connection, promised } = open;
  if (!connection.can(intent.entity, "find")) {
    return close(
      context,
      open,
      "outcome_unknown",
      "nobody can tell whether it was stored; look there, then link it",
    );
  }
  const found = await connection.find(intent.entity, promised.record, intent.key);
  const hits = found.filter(({ deleted, id }) => !deleted && !isSomebodyElses(context.state, open, id));
  const [hit] = hits;
  if (hits.length > 1) {
    const ids = hits.map(({ id }) => id);
    const what = `several records could be it: ${ids.join(", ")}; link the right one`;
    return close(context, open, "found_twice", what, { ids });
  }
  if (hit !== undefined) return record(context, open, { kind: "done", id: hit.id, posted: hit });
  if (ifMissing === "look again") return false;
  const [outcome] = await connection.send({ writes: [preparedAgain(intent, promised)], batch: "" });
  return record(context, open, outcome ?? { kind: "unknown", message: "no answer" });
}

/** An update or void that shows in the target is done; else it is forgotten, and the plan decides anew. */
async function settleChange(context: SettleContext, open: Open): Promise<boolean> {
  const { intent, connection } = open;
  const [current] = await connection.get(intent.entity, [intent.target_id]);
  if (current !== undefined && (await shows(open, current))) {
    return record(context, open, { kind: "done", id: intent.target_id, posted: current });
  }
  return close(context, open, TRANSIENT, "it does not show there, so it is decided anew");
}

async function shows({ intent, promised, connection }: Open, current: SystemRecord): Promise<boolean> {
  if (intent.operation === "void") return current.record["status"] === "voided";
  if (intent.operation === "external_id") {
    const [field = ""] = promised.fields;
    return fieldValue(field, current.record, current.raw) === promised.record["value"];
  }
  const [held] = await connection.carried(intent.entity, [promised.record]);
  return promised.fields.every(
    (field) => JSON.stringify(current.record[field] ?? null) === JSON.stringify(held?.[field] ?? null),
  );
}

/** A hit that is linked to another source record is that record's. */
function isSomebodyElses(state: State, { intent, promised }: Open, id: string): boolean {
  const uid = state.uidsOf(intent.entity, intent.system, [id]).get(id);
  if (uid === undefined) return false;
  return state.linksOf(intent.entity, [uid]).some(
    (row) =>
      (row.system === promised.source.system && row.id !== intent.source_id) ||
      // A customer is one in all systems; an invoice is one source's.
      (entityOf(intent.entity).moneyRecord &&
        row.system !== intent.system &&
        row.system !== promised.source.system),
  );
}

async function record(context: SettleContext, open: Open, outcome: Outcome): Promise<boolean> {
  const { intent } = open;
  // A refusal is nothing final here: the plan that follows meets the record again and decides with all it knows.
  const message = outcome.kind === "refused" ? `${intent.system} refused it: ${outcome.message}` : "";
  const aside =
    message === "" ? await differing(context, open, outcome) : hold(context, open, TRANSIENT, message);
  commit(context, open, outcome, aside);
  return true;
}

/** The hold of a document that the system has with other values than were sent. */
async function differing(context: SettleContext, open: Open, outcome: Outcome): Promise<Aside | undefined> {
  const { intent, promised, connection } = open;
  const entity = entityOf(intent.entity);
  if (outcome.kind !== "done" || !["create", "update"].includes(intent.operation) || !isDocument(entity))
    return undefined;
  const [posted] =
    outcome.posted === undefined ? await connection.get(intent.entity, [outcome.id]) : [outcome.posted];
  if (posted === undefined) return undefined;
  const [held = promised.record] = await connection.carried(intent.entity, [promised.record]);
  const { record, fields } = promised;
  const stop = differsFrom(entity, { ...intent, client: context.client }, { record, held, fields }, posted);
  return stop && { ...hold(context, open, stop.reason, stop.message), detail: stop.detail };
}

function close(
  context: SettleContext,
  open: Open,
  reason: string,
  what: string,
  detail: Aside["detail"] = null,
): boolean {
  const message = `${describe(open.promised.record)} was sent to ${open.intent.system}: ${what}`;
  const refused: Outcome = { kind: "refused", class: "unknown_outcome", message, owner: null };
  const adjustment = open.promised.adjusts === undefined ? {} : { adjustment: open.intent.source_id };
  const told = isObject(detail) ? { ...detail, ...adjustment } : open.promised.adjusts ? adjustment : detail;
  commit(context, open, refused, { ...hold(context, open, reason, message), detail: told });
  return true;
}

function commit(
  { state, clock }: SettleContext,
  { intent, promised }: Pick<Open, "intent" | "promised">,
  outcome: Outcome,
  aside: Aside | undefined,
): void {
  state.commit(outcomeChanges(state, intent, promised, outcome, aside, instant(clock.now())));
}

function hold(
  { state }: SettleContext,
  { intent, promised }: Pick<Open, "intent" | "promised">,
  reason: string,
  message: string,
): Aside {
  const { pipeline } = intent;
  // An adjustment has no record of its own: its trouble is the original's.
  const source_id = promised.adjusts?.source_id ?? intent.source_id;
  // How often it was tried before counts on.
  const before = state.issues(pipeline, [source_id]).get(source_id);
  return {
    source_id,
    source_hash: promised.source_hash,
    before,
    action: "hold",
    reason,
    message,
    detail: null,
  };
}
