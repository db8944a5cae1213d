import type { PipelineConfig } from "../config/types.ts";
import type { Connection } from "../connector/types.ts";
import { canonicalJson } from "../core/fingerprint.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { evaluatePage } from "../expression/index.ts";
import type { Change, RelatedRow, State } from "../state/types.ts";
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
  const required = Object.entries(pipeline.source.require).map(([entity, text]) => ({
    entity,
    condition: compiled(text),
    parentField: parentFieldOf(entity, pipeline.source.entity),
  }));

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

  const refresh = async ({ since, onPage, onSeen, now }: RefreshOptions): Promise<void> => {
    for (const { entity, condition, parentField } of required) {
      const options = { since: since(entity), parents: undefined };
      for await (const { records } of connection.list(entity, options)) {
        const readable = records.filter(({ unreadable }) => unreadable === undefined);
        const met = await evaluatePage(
          condition,
          readable.map(({ record }) => record),
          { now },
        );
        const before = new Map(
          rowsOf(
            entity,
            readable.map(({ record }) => parentOf(record, parentField)),
          ).map((row) => [row.id, row]),
        );
        const changes: Change[] = [];
        const parents = new Set<string>();
        for (const [index, { id, record, deleted, updated_at }] of readable.entries()) {
          if (updated_at !== null) onSeen(entity, updated_at);
          const verdict = met[index];
          const parent_id = parentOf(record, parentField);
          const keeps = !deleted && verdict?.ok === true && verdict.value === true && parent_id !== "";
          const known = before.get(id);
          const text = canonicalJson(record);
          if (keeps ? known?.record === text : known === undefined) continue;
          const row = { pipeline: pipeline.pipeline, entity, id, parent_id, record: text };
          changes.push(
            keeps ? { put: "related", row } : { del: "related", row: { pipeline: row.pipeline, entity, id } },
          );
          overlay?.set(`${entity} ${id}`, keeps ? row : undefined);
          parents.add(parent_id);
        }
        onPage(entity, changes, [...parents]);
      }
    }
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
