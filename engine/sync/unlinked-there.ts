import type { Entity } from "../config/entities.ts";
import type { PipelineConfig } from "../config/types.ts";
import type { Connection, SystemRecord } from "../connector/types.ts";
import { instant } from "../core/clock.ts";
import { command } from "../core/command.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import type { Change, IssueRow, State } from "../state/types.ts";
import { takenIds } from "./match-takers.ts";
import { UNLINKED_THERE } from "./related-trouble.ts";
import { entityOf } from "./shape.ts";
import { AWAITS_ITS_OWN_LINK } from "./stages.ts";
import { describe } from "./text.ts";

/**
 * Records of the target that nobody linked, typed in there by hand: those that refer to a linked record are reported, and
 * a new record that is probably one of them is not made a second time. What is known of them stands among the issues, so
 * that each run reads only what changed; a record that is linked, voided or gone is forgotten.
 */
export interface UnlinkedThere {
  /** Reads what changed since; undefined reads all. */
  refresh(since: string | undefined): Promise<void>;
  /** Ids of the target's records that this one, in the target's ids, probably is. */
  alike(record: CanonicalRecord): readonly string[];
  /** What the state is to remember, once the page's links are made. */
  changes(now: number): readonly Change[];
  /** Highest updated_at that was seen; "" when none was. */
  readonly newest: string;
}

/** Name under which the cursor of the target's own records is kept. */
export function unlinkedCursor({ pipeline }: PipelineConfig): string {
  return `${pipeline}#unlinked`;
}

interface Note {
  readonly id: string;
  readonly label: string;
  /** The fields by which it is compared. */
  readonly record: CanonicalRecord;
  /** What it refers to in its lists: the invoices that a payment pays. */
  readonly refers: readonly { readonly entity: string; readonly id: string }[];
}

/** For a pipeline whose target is watched; `goLive`: older records are nobody's business. */
export function createUnlinkedThere(
  pipeline: PipelineConfig,
  connection: Connection,
  state: Pick<State, "rows" | "issues" | "uidsOf" | "linksOf">,
  goLive: string | null,
): UnlinkedThere {
  const { system } = pipeline.target;
  const entity = entityOf(pipeline.target.entity);
  const known = [...state.rows("issue", { pipeline: pipeline.pipeline })].filter(({ reason }) =>
    UNLINKED_THERE.has(reason),
  );
  const notes = new Map(known.map((row) => [row.source_id, noteOf(row)]));
  let newest = "";

  const take = (found: SystemRecord): void => {
    const { id, record, updated_at } = found;
    if (updated_at !== null && updated_at > newest) newest = updated_at;
    const key = `${system}:${id}`;
    const date = entity.dateField === undefined ? null : record[entity.dateField];
    // What it said when it could be read is still the best guess.
    if (found.unreadable !== undefined) return;
    const isOver = found.deleted || record["status"] === "voided";
    const isOld = goLive !== null && typeof date === "string" && date < goLive;
    if (isOver || isOld) notes.delete(key);
    else notes.set(key, makeNote(entity, found));
  };

  const refresh = async (since: string | undefined): Promise<void> => {
    const seen = new Set<string>();
    let isWhole = since === undefined;
    for await (const { records, whole = false } of connection.list(entity.name, {
      since,
      parents: undefined,
    })) {
      isWhole ||= whole;
      const linked = takenIds(
        state,
        pipeline,
        records.map(({ id }) => id),
      );
      for (const found of records) {
        seen.add(found.id);
        take(found);
        if (linked.has(found.id)) notes.delete(`${system}:${found.id}`);
      }
    }
    const unseen = [...notes].filter(([, { id }]) => !seen.has(id));
    if (isWhole) for (const [key] of unseen) notes.delete(key);
    else
      await rereadReported(
        unseen.filter(([key]) => known.some((row) => row.source_id === key && row.kind === "held")),
      );
  };

  /** A report ends when its record does; no list by time shows one that was removed. */
  const rereadReported = async (reported: readonly (readonly [string, Note])[]): Promise<void> => {
    if (reported.length === 0 || !connection.can(entity.name, "get")) return;
    const ids = reported.map(([, { id }]) => id);
    const found = new Map((await connection.get(entity.name, ids)).map((one) => [one.id, one]));
    for (const [key, { id }] of reported) {
      const one = found.get(id);
      if (one === undefined) notes.delete(key);
      else take(one);
    }
  };

  const stillUnlinked = (): readonly Note[] => {
    const all = [...notes.values()];
    const linked = takenIds(
      state,
      pipeline,
      all.map(({ id }) => id),
    );
    return all.filter(({ id }) => !linked.has(id));
  };

  /** Records that may be our own, of a create whose outcome nobody knows: they are named where that is held. */
  const oursPerhaps = (): ReadonlySet<string> => {
    const details = [...state.rows("issue", { pipeline: pipeline.pipeline })]
      .filter(({ reason }) => AWAITS_ITS_OWN_LINK.has(reason))
      .map(({ detail }): Json => JSON.parse(detail));
    return new Set(
      details.flatMap((one) => (isObject(one) && Array.isArray(one["ids"]) ? one["ids"].map(String) : [])),
    );
  };

  const isReported = ({ id, refers }: Note, ours: ReadonlySet<string>): boolean =>
    !ours.has(id) &&
    refers.some(({ entity: name, id: referred }) => {
      const uid = state.uidsOf(name, system, [referred]).get(referred);
      return (
        uid !== undefined && state.linksOf(name, [uid]).some((row) => row.system === pipeline.source.system)
      );
    });

  return {
    refresh,
    alike: (record) =>
      stillUnlinked()
        .filter((note) => isAlike(entity, note.record, record))
        .map(({ id }) => id),
    changes: (now) => {
      const rows = new Map(stillUnlinked().map((note) => [`${system}:${note.id}`, note]));
      const ours = oursPerhaps();
      const gone = known.filter(({ source_id }) => !rows.has(source_id));
      const before = new Map(known.map((row) => [row.source_id, row]));
      return [
        ...gone.map(({ pipeline: name, source_id }): Change => {
          return { del: "issue", row: { pipeline: name, source_id } };
        }),
        ...[...rows].flatMap(([source_id, note]): readonly Change[] => {
          const row = issueOf(pipeline, entity, source_id, note, isReported(note, ours), now);
          const old = before.get(source_id);
          const isSame =
            old?.reason === row.reason && old.message === row.message && old.detail === row.detail;
          return isSame ? [] : [{ put: "issue", row: { ...row, since: old?.since ?? row.since } }];
        }),
      ];
    },
    get newest() {
      return newest;
    },
  };
}

function makeNote(entity: Entity, { id, record }: SystemRecord): Note {
  const { alike, dateField } = entity;
  const fields = [...(alike?.same ?? []), alike?.text, dateField].filter((field) => field !== undefined);
  const refers = entity.references.flatMap(({ path, entity: name, by, readOnly }) => {
    const [list = "", field] = path.split(".");
    const items = record[list];
    if (field === undefined || by !== "id" || readOnly || !Array.isArray(items)) return [];
    return items.flatMap((item: Json) => {
      const target = isObject(item) ? item[field] : null;
      return typeof target === "string" ? [{ entity: name, id: target }] : [];
    });
  });
  return {
    id,
    label: describe(record),
    record: Object.fromEntries(fields.map((field) => [field, record[field] ?? null])),
    refers,
  };
}

/** What is equal makes it probable; a reference that is told on both sides and differs makes it two. */
function isAlike({ alike, dateField }: Entity, there: CanonicalRecord, wanted: CanonicalRecord): boolean {
  if (alike === undefined || dateField === undefined) return false;
  if (!alike.same.every((field) => there[field] === wanted[field])) return false;
  const apart = Math.abs(dayOf(there[dateField]) - dayOf(wanted[dateField]));
  if (!(apart <= alike.days)) return false;
  const [left, right] = [there, wanted].map((record) => plain(record[alike.text]));
  // "CHK 4471" is typed as 4471 by one and as chk-4471 by another.
  return (
    left === "" ||
    right === "" ||
    left?.endsWith(right ?? "") === true ||
    right?.endsWith(left ?? "") === true
  );
}

function dayOf(date: Json | undefined): number {
  return typeof date === "string" ? Date.parse(`${date}T00:00:00Z`) / 86_400_000 : Number.NaN;
}

function plain(text: Json | undefined): string {
  return typeof text === "string" ? text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "") : "";
}

function issueOf(
  { pipeline, client, source, target }: PipelineConfig,
  entity: Entity,
  source_id: string,
  note: Note,
  isReported: boolean,
  now: number,
): IssueRow {
  const rest = { detail: JSON.stringify(note), source_hash: "", since: instant(now), attempts: 0 };
  if (!isReported) {
    return { pipeline, source_id, kind: "skipped", reason: "unlinked_there", message: "", ...rest };
  }
  const about = note.refers.map((one) => `${one.entity} ${one.id}`).join(", ");
  const message =
    `${note.label} was entered in ${target.system} (${entity.name} ${note.id}, for ${about}) and ${source.system}, whose ` +
    `word counts, knows nothing of it: void it in ${target.system}, or enter it in ${source.system} and link the two ` +
    `(${command({ client }, "idmap", "link", entity.name, `${source.system}:<id>`, source_id)})`;
  return { pipeline, source_id, kind: "held", reason: "typed_in_there", message, ...rest };
}

/** Written by issueOf. */
function noteOf({ detail }: IssueRow): Note {
  return JSON.parse(detail) as Note;
}
