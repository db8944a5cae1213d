import type { PipelineConfig } from "../config/types.ts";
import type { Connection, SystemRecord } from "../connector/types.ts";
import { canonicalJson } from "../core/fingerprint.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { type Expression, evaluatePage } from "../expression/index.ts";
import type { Change, RelatedRow, State } from "../state/types.ts";
import { relatedTroubles } from "./related-trouble.ts";
import { compiled, entityOf } from "./shape.ts";

/** Records of other entities that decide whether a source record is meant for a pipeline (`require`). */
export interface Related {
  /** Reads what changed of them. `onChanged` gets the parents whose records changed with the changes that keep them. */
  refresh(options: RefreshOptions): Promise<void>;
  /** entity → records that meet the condition, for each of a page of source records. */
  of(ids: readonly string[]): ReadonlyMap<string, { readonly [entity: string]: readonly CanonicalRecord[] }>;
  /** True when a record has one of each required entity. */
  isMet(related: { readonly [entity: string]: readonly CanonicalRecord[] }): boolean;
}

export interface RefreshOptions {
  /** Of the entity's own cursor; undefined reads all. */
  readonly since: (entity: string) => string | undefined;
  readonly onPage: (entity: string, changes: readonly Change[], parents: readonly string[]) => void;
  /** Highest updated_at that was seen. */
  readonly onSeen: (entity: string, updatedAt: string) => void;
  readonly now: number;
}

/** `overlay` keeps what a plan has read, where nothing is written to the state. */
export function createRelated(
  pipeline: PipelineConfig,
  connection: Connection,
  state: State,
  overlay: Map<string, RelatedRow | undefined> | undefined,
): Related {
  const required = Object.entries(pipeline.source.require).map(
    ([entity, text]): Required => ({
      entity,
      condition: compiled(text),
      parentField: parentFieldOf(entity, pipeline.source.entity),
    }),
  );

  const rowsOf = (entity: string, parents: readonly string[]): readonly RelatedRow[] => {
    const stored = [...state.relatedOf(pipeline.pipeline, entity, parents).values()].flat();
    if (overlay === undefined) return stored;
    const rows = new Map(stored.map((row) => [`${entity} ${row.id}`, row]));
    for (const [key, row] of overlay) {
      if (!key.startsWith(`${entity} `)) continue;
      if (row === undefined) rows.delete(key);
      else if (parents.includes(row.parent_id)) rows.set(key, row);
    }
    return [...rows.values()];
  };

  const rowOf = (entity: string, id: string): RelatedRow | undefined => {
    if (overlay?.has(`${entity} ${id}`) === true) return overlay.get(`${entity} ${id}`);
    const [row] = [...state.rows("related", { pipeline: pipeline.pipeline, entity, id })];
    return row;
  };

  const refresh = async (options: RefreshOptions): Promise<void> => {
    for (const one of required) {
      const since = options.since(one.entity);
      const seen = new Set<string>();
      let isWhole = since === undefined;
      for await (const { records, whole = false } of connection.list(one.entity, {
        since,
        parents: undefined,
      })) {
        isWhole ||= whole;
        for (const { id } of records) seen.add(id);
        await keepPage(one, records, options);
      }
      if (isWhole) await forgetGone(one, seen, options);
    }
  };

  const keepPage = async (
    { entity, condition, parentField }: Required,
    records: readonly SystemRecord[],
    { onPage, onSeen, now }: RefreshOptions,
  ): Promise<void> => {
    const readable = records.filter(({ unreadable }) => unreadable === undefined);
    const met = await evaluatePage(
      condition,
      readable.map(({ record }) => record),
      { now },
    );
    const parentIds = readable.map(({ record }) => parentOf(record, parentField));
    const before = new Map(rowsOf(entity, parentIds).map((row) => [row.id, row]));
    const parents = new Set<string>();
    const troubles = new Map(records.map(({ id, unreadable }) => [id, unreadable]));
    for (const [index, { id }] of readable.entries()) {
      const verdict = met[index];
      if (verdict?.ok === false) troubles.set(id, `the condition failed on it: ${verdict.error.message}`);
    }
    const changes: Change[] = [...relatedTroubles(pipeline.pipeline, entity, troubles, state, now)];
    for (const [index, { id, record, deleted, updated_at }] of readable.entries()) {
      if (updated_at !== null) onSeen(entity, updated_at);
      const verdict = met[index];
      const parent_id = parentIds[index] ?? "";
      const keeps = !deleted && verdict?.ok === true && verdict.value === true && parent_id !== "";
      // It may have hung below another parent until now.
      const known = before.get(id) ?? rowOf(entity, id);
      const text = canonicalJson(record);
      if (keeps ? known?.record === text : known === undefined) continue;
      const row = { pipeline: pipeline.pipeline, entity, id, parent_id, record: text };
      changes.push(keeps ? { put: "related", row } : forgotten(row));
      overlay?.set(`${entity} ${id}`, keeps ? row : undefined);
      for (const parent of [parent_id, known?.parent_id ?? ""]) if (parent !== "") parents.add(parent);
    }
    onPage(entity, changes, [...parents]);
  };

  /** A full read that does not show a record makes it gone, unless it is still found by its id. */
  const forgetGone = async (
    { entity }: Required,
    seen: ReadonlySet<string>,
    { onPage }: RefreshOptions,
  ): Promise<void> => {
    const missing = [...state.rows("related", { pipeline: pipeline.pipeline, entity })].filter(
      ({ id }) => !seen.has(id),
    );
    if (missing.length === 0) return;
    const ids = missing.map(({ id }) => id);
    const found = connection.can(entity, "get") ? await connection.get(entity, ids) : [];
    const alive = new Set(found.map(({ id }) => id));
    const gone = missing.filter(({ id }) => !alive.has(id));
    for (const { id } of gone) overlay?.set(`${entity} ${id}`, undefined);
    onPage(
      entity,
      gone.map(forgotten),
      gone.map(({ parent_id }) => parent_id),
    );
  };

  const of: Related["of"] = (ids) => {
    const found = new Map<string, { [entity: string]: CanonicalRecord[] }>();
    for (const { entity } of required) {
      for (const row of rowsOf(entity, ids)) {
        const own = found.get(row.parent_id) ?? {};
        found.set(row.parent_id, own);
        // Written above from a canonical record.
        const record = JSON.parse(row.record) as CanonicalRecord;
        own[entity] = [...(own[entity] ?? []), record];
      }
    }
    return found;
  };

  return {
    refresh,
    of,
    isMet: (related) => required.every(({ entity }) => (related[entity]?.length ?? 0) > 0),
  };
}

interface Required {
  readonly entity: string;
  readonly condition: Expression;
  readonly parentField: string;
}

function forgotten({ pipeline, entity, id }: RelatedRow): Change {
  return { del: "related", row: { pipeline, entity, id } };
}

/** The field by which records of `entity` refer to `parent`: the first that the schema has. */
function parentFieldOf(entity: string, parent: string): string {
  const reference = entityOf(entity).references.find(
    (one) => one.entity === parent && one.by === "id" && !one.path.includes("."),
  );
  if (reference === undefined) throw new Error(`${entity} refers to no ${parent}`);
  return reference.path;
}

function parentOf(record: CanonicalRecord, field: string): string {
  const id = record[field];
  return typeof id === "string" ? id : "";
}
