import type { ClientConfig } from "../config/types.ts";
import type { Connection, SystemRecord } from "../connector/types.ts";
import { instant } from "../core/clock.ts";
import type { State, SyncRow } from "../state/types.ts";
import { fieldValue } from "./match.ts";
import { carryOut, type Intended, type WriteContext } from "./protocol.ts";
import { asideChanges, PENDING, writeBackName } from "./record.ts";
import type { Aside, WriteBack } from "./stages.ts";
import { shown } from "./text.ts";

/** Ids written back into the fields that a client keeps them in: a write like any other, after the link is journaled. */

/** The external ids of an entity that the client wants written. */
export function writeBacksOf(config: ClientConfig, entity: string): readonly WriteBack[] {
  return [...config.systems.keys()].flatMap((system) => {
    const field = config.identity[entity]?.external_ids[system];
    return field?.write_back === true ? [{ entity, system, holds: field.holds, field: field.field }] : [];
  });
}

/** Writes what is due in one system and answers with the number of ids that were written. Throws SystemError. */
export async function writeExternalIds(context: WriteContext, one: WriteBack): Promise<number> {
  const { state, connection, clock } = context;
  const pipeline = writeBackName(one);
  const due = [...state.rows("sync", { pipeline })].filter(({ fingerprint }) => fingerprint === PENDING);
  if (due.length === 0) return 0;
  const records = await recordsOf(connection, one.entity, due);
  const now = instant(clock.now());
  const intended: Intended[] = [];
  for (const row of due) {
    const record = records.get(row.source_id);
    const value = record === undefined ? undefined : fieldValue(one.field, record.record, record.raw);
    if (record !== undefined && value === row.target_id) {
      state.commit([
        { put: "sync", row: { ...row, fingerprint: row.target_id } },
        { del: "issue", row: { pipeline, source_id: row.source_id } },
      ]);
    } else if (record === undefined || (value !== undefined && value !== null && value !== "")) {
      const what =
        record === undefined ? "the record is gone" : `it holds ${shown(value)}: correct one of the two`;
      state.commit(asideChanges(pipeline, held(one, row, "external_id_differs", what, state), now));
    } else intended.push(writeOf(one, row, record, context));
  }
  const { carried, failure } = await carryOut(context, intended);
  for (const done of carried) {
    const row = due.find(({ source_id }) => source_id === done.intended.source_id);
    if (done.kind !== "unwritable" || row === undefined) continue;
    state.commit(asideChanges(pipeline, held(one, row, "cannot_be_written", done.message, state), now));
  }
  if (failure !== undefined) throw failure;
  return carried.filter((done) => done.kind === "answered" && done.outcome.kind === "done").length;
}

async function recordsOf(
  connection: Connection,
  entity: string,
  rows: readonly SyncRow[],
): Promise<ReadonlyMap<string, SystemRecord>> {
  const records = await connection.get(
    entity,
    rows.map(({ source_id }) => source_id),
  );
  return new Map(records.map((record) => [record.id, record]));
}

function writeOf(
  one: WriteBack,
  row: SyncRow,
  current: SystemRecord,
  { state, run }: Pick<WriteContext, "state" | "run">,
): Intended {
  const { entity, field } = one;
  const { source_id, target_id } = row;
  const raw = field.startsWith("raw.");
  const record = raw ? { value: target_id } : { ...current.record, [field]: target_id };
  return {
    pipeline: writeBackName(one),
    source_id,
    write: {
      operation: raw ? "external_id" : "update",
      entity,
      record,
      fields: raw ? [] : [field],
      id: source_id,
      token: current.token,
      vendor: current.vendor,
      ...(raw ? { field: { name: field.slice("raw.".length), value: target_id } } : {}),
    },
    promised: {
      record,
      fields: [field],
      source: { system: one.holds, label: "" },
      target_label: "",
      source_hash: "",
      base: { fingerprint: target_id, source_hash: "", fields: null },
      links: [],
      write_back: [],
      origin: { run, config: "", reason: `holds ${one.holds}`, rules: {} },
    },
    onRefused: ({ message }) => held(one, row, "external_id_refused", message, state),
  };
}

/** A hold of an id that could not be written; it stays due and is tried again at every run. */
function held(
  one: WriteBack,
  { source_id, target_id }: SyncRow,
  reason: string,
  what: string,
  state: State,
): Aside {
  const pipeline = writeBackName(one);
  const { system, entity, field, holds } = one;
  return {
    source_id,
    source_hash: target_id,
    before: state.issues(pipeline, [source_id]).get(source_id),
    action: "hold",
    reason,
    message: `${field} of ${entity} ${source_id} in ${system} is to hold ${holds} ${target_id}, but ${what}`,
    detail: null,
  };
}
