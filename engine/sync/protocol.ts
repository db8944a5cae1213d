import pLimit from "p-limit";
import type {
  Call,
  Connection,
  Outcome,
  Prepared,
  PreparedWrite,
  SystemRecord,
  Write,
} from "../connector/types.ts";
import { SystemError } from "../connector/types.ts";
import { type Clock, instant } from "../core/clock.ts";
import type { Change, IntentRow, State } from "../state/types.ts";
import { keysFor } from "./keys.ts";
import { outcomeChanges, type Promised, releasedClaims } from "./record.ts";
import type { Aside } from "./stages.ts";

/**
 * The one way to write: key and exact bytes are promised to the disk before anything is sent, each call goes out once,
 * and every answer becomes a line as it arrives. What has no answer stays promised and is settled by the next run.
 */

/** One write as the run wants it; the protocol gives it key and bytes. */
export interface Intended {
  readonly pipeline: string;
  readonly source_id: string;
  readonly write: Omit<Write, "key">;
  readonly promised: Omit<Promised, "request" | "item" | "slot" | "generation">;
  /** What a refusal means for the record. */
  readonly onRefused: (outcome: Extract<Outcome, { kind: "refused" }>) => Aside | undefined;
  /** What is wrong with the record as the system holds it now, read back; undefined: it could not be just now. */
  readonly onPosted?: (posted: SystemRecord | undefined) => Aside | undefined;
}

export type Carried =
  | { readonly intended: Intended; readonly kind: "answered"; readonly outcome: Outcome }
  /** It has no bytes: the connector's own rules refuse it. Nothing was promised or sent. */
  | { readonly intended: Intended; readonly kind: "unwritable"; readonly message: string }
  /** A signal or a failed system came first. Nothing was sent. */
  | { readonly intended: Intended; readonly kind: "not_sent" };

export interface WriteContext {
  readonly client: string;
  /** Id of the run. */
  readonly run: string;
  readonly state: State;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

// One line of the journal holds so many promises at most.
const PROMISES_PER_LINE = 200;

export interface CarriedOut {
  readonly carried: readonly Carried[];
  /** The system failed: nothing more was sent, and every call that was under way has its outcome. */
  readonly failure: SystemError | undefined;
}

/** Carries out the writes, each at most once. */
export async function carryOut(context: WriteContext, intended: readonly Intended[]): Promise<CarriedOut> {
  const { state, connection } = context;
  const keyed = withKeys(context, intended);
  const prepared = await connection.prepare(keyed.map(({ write }) => write));
  const rows = new Map<string, Keyed>();
  const results: Carried[] = [];
  const ready: PreparedWrite[] = [];
  for (const [index, one] of prepared.entries()) {
    const own = keyed[index];
    if (own === undefined) throw new Error("a prepared write nobody asked for");
    if (!one.ok) results.push({ intended: own.intended, kind: "unwritable", message: one.message });
    else {
      ready.push(one);
      rows.set(one.write.key, own);
    }
  }
  const calls = connection.group(ready);
  const promises = promise(context, calls, rows);
  let failure: unknown;
  const limit = pLimit(connection.concurrency);
  const stopped = (): boolean => failure !== undefined || context.signal?.aborted === true;
  await Promise.all(
    calls.map((call) =>
      limit(async () => {
        const own = call.writes.map(({ write }) => getOwn(promises, write.key));
        if (stopped()) {
          results.push(...takeBack(state, own));
          return;
        }
        try {
          const outcomes = await connection.send(call);
          results.push(...answer(context, own, await readBack(connection, own, outcomes)));
        } catch (cause) {
          failure ??= cause;
          // The connection says that nothing was sent; any other fault leaves the promise open.
          if (cause instanceof SystemError) results.push(...takeBack(state, own));
        }
      }),
    ),
  );
  if (failure !== undefined && !(failure instanceof SystemError)) throw failure;
  state.flush();
  return { carried: results, failure };
}

interface Keyed {
  readonly intended: Intended;
  readonly write: Write;
  readonly slot: string;
  readonly generation: number;
}

/** A write whose promise is on the disk. */
interface Sendable {
  readonly intended: Intended;
  readonly intent: IntentRow;
  readonly promised: Promised;
}

function withKeys(
  { client, state, connection }: WriteContext,
  intended: readonly Intended[],
): readonly Keyed[] {
  const keys = keysFor(
    state,
    intended.map(({ pipeline, source_id, write: { entity, operation } }) => {
      return { client, pipeline, system: connection.system, entity, source_id, operation };
    }),
  );
  return intended.flatMap((one, index) => {
    const own = keys[index];
    return own === undefined ? [] : [{ intended: one, write: { ...one.write, key: own.key }, ...own }];
  });
}

function promise(
  { state, connection, clock }: WriteContext,
  calls: readonly Call[],
  keyed: ReadonlyMap<string, Keyed>,
): ReadonlyMap<string, Sendable> {
  const opened_at = instant(clock.now());
  const promises = new Map<string, Sendable>();
  for (const { writes, batch } of calls) {
    for (const { write, request, item } of writes) {
      const { intended, slot, generation } = getOwn(keyed, write.key);
      const bytes = { ...request, headers: { ...request.headers } };
      const promised: Promised = {
        ...intended.promised,
        request: bytes,
        item: item ?? null,
        slot,
        generation,
      };
      const intent: IntentRow = {
        key: write.key,
        pipeline: intended.pipeline,
        system: connection.system,
        entity: write.entity,
        operation: write.operation,
        source_id: intended.source_id,
        target_id: write.id ?? "",
        batch,
        request: JSON.stringify(promised),
        opened_at,
      };
      promises.set(write.key, { intended, intent, promised });
    }
  }
  const made = [...promises.values()].map(({ intent, promised }): readonly Change[] => [
    { put: "intent", row: intent },
    ...(promised.adjusts?.claims ?? promised.claims ?? []).map((row): Change => ({ put: "claim", row })),
  ]);
  for (let at = 0; at < made.length; at += PROMISES_PER_LINE) {
    state.commit(made.slice(at, at + PROMISES_PER_LINE).flat());
  }
  if (made.length > 0) state.flush();
  return promises;
}

/**
 * What was stored, as the system shows it: in its answer, else by a read. What cannot be read back is stored all the
 * same, under the id that the answer gave: an open promise could be sent again.
 */
async function readBack(
  connection: Connection,
  own: readonly Sendable[],
  outcomes: readonly Outcome[],
): Promise<readonly Outcome[]> {
  const hidden = own.flatMap(({ intended }, index) => {
    const outcome = outcomes[index];
    const asked = intended.onPosted !== undefined && connection.can(intended.write.entity, "get");
    return asked && outcome?.kind === "done" && outcome.posted === undefined
      ? [{ entity: intended.write.entity, id: outcome.id }]
      : [];
  });
  const found = new Map<string, SystemRecord>();
  for (const entity of new Set(hidden.map((one) => one.entity))) {
    const ids = hidden.filter((one) => one.entity === entity).map(({ id }) => id);
    try {
      for (const record of await connection.get(entity, ids)) found.set(`${entity} ${record.id}`, record);
    } catch (cause) {
      if (!(cause instanceof SystemError)) throw cause;
    }
  }
  return outcomes.map((outcome, index): Outcome => {
    if (outcome.kind !== "done") return outcome;
    const posted = found.get(`${own[index]?.intended.write.entity} ${outcome.id}`);
    return posted === undefined ? outcome : { ...outcome, posted };
  });
}

/** One line for all the answers of a call. */
function answer(
  context: WriteContext,
  own: readonly Sendable[],
  outcomes: readonly Outcome[],
): readonly Carried[] {
  const now = instant(context.clock.now());
  const changes: Change[] = [];
  const results = own.map(({ intended, intent, promised }, index): Carried => {
    const outcome = outcomes[index] ?? { kind: "unknown", message: "the answer does not mention it" };
    const aside = asideOf(context, intended, outcome);
    changes.push(...outcomeChanges(context.state, intent, promised, outcome, aside, now));
    return { intended, kind: "answered", outcome };
  });
  context.state.commit(changes);
  return results;
}

function asideOf(
  { connection }: WriteContext,
  { write, onRefused, onPosted }: Intended,
  outcome: Outcome,
): Aside | undefined {
  if (outcome.kind === "refused") return onRefused(outcome);
  if (outcome.kind === "unknown") return undefined;
  const isShown = outcome.posted !== undefined || connection.can(write.entity, "get");
  return isShown ? onPosted?.(outcome.posted) : undefined;
}

function takeBack(state: State, own: readonly Sendable[]): readonly Carried[] {
  state.commit(
    own.flatMap(({ intent, promised }): readonly Change[] => [
      { del: "intent", row: { key: intent.key } },
      ...(intent.operation === "create" ? releasedClaims(promised.claims) : []),
    ]),
  );
  return own.map(({ intended }) => ({ intended, kind: "not_sent" }));
}

function getOwn<T>(rows: ReadonlyMap<string, T>, key: string): T {
  const row = rows.get(key);
  if (row === undefined) throw new Error(`no write has the key ${key}`);
  return row;
}

/** A prepared write out of what an intent stored: the same bytes, to be sent again. */
export function preparedAgain(intent: IntentRow, promised: Promised): PreparedWrite {
  const write: Write = {
    operation: intent.operation,
    entity: intent.entity,
    key: intent.key,
    record: promised.record,
    fields: promised.fields,
    id: intent.target_id === "" ? null : intent.target_id,
    token: null,
    vendor: null,
  };
  const prepared: Prepared = {
    ok: true,
    write,
    // Stored by promise() above, from the same type.
    request: promised.request as unknown as PreparedWrite["request"],
    item: promised.item ?? undefined,
  };
  return prepared;
}
