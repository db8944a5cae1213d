import type { Database } from "./database.ts";
import { toRow } from "./statements.ts";
import { shapeOf } from "./tables.ts";
import type { ClaimRow, LinkRow, RelatedRow, State, TableName, Tables } from "./types.ts";

/** Look-ups for a page of records: one statement each, whatever the page's length. */

// CROSS JOIN fixes the order: with a plain JOIN the planner may read the whole table once per page.
const KEYS = "FROM json_each(?) j CROSS JOIN";

/** The statements by name; a test asks SQLite for their plans. */
export const LOOKUPS = {
  translate:
    `SELECT f.id, t.id ${KEYS} link f ON f.entity = ? AND f.system = ? AND f.id = j.value ` +
    "CROSS JOIN link t ON t.entity = f.entity AND t.uid = f.uid AND t.system = ? ORDER BY j.id, t.id",
  uidsOf: `SELECT l.id, l.uid ${KEYS} link l ON l.entity = ? AND l.system = ? AND l.id = j.value`,
  linksOf: `SELECT ${columnsOf("link")} ${KEYS} link t ON t.entity = ? AND t.uid = j.value ORDER BY j.id, t.system, t.id`,
  syncRows: `SELECT ${columnsOf("sync")} ${KEYS} sync t ON t.pipeline = ? AND t.source_id = j.value`,
  issues: `SELECT ${columnsOf("issue")} ${KEYS} issue t ON t.pipeline = ? AND t.source_id = j.value`,
  generations: `SELECT t.slot, t.n ${KEYS} generation t ON t.slot = j.value`,
  relatedOf:
    `SELECT ${columnsOf("related")} ${KEYS} related t ON t.pipeline = ? AND t.entity = ? AND t.parent_id = j.value ` +
    "ORDER BY j.id, t.id",
  claimsOn: `SELECT ${columnsOf("claim")} ${KEYS} claim t ON t.base = j.value ORDER BY j.id, t.kind, t.item`,
} as const;

type Lookups = Pick<
  State,
  "translate" | "uidsOf" | "linksOf" | "syncRows" | "issues" | "generations" | "relatedOf" | "claimsOn"
>;

/** The page look-ups over a database. */
export function lookups(db: Pick<Database, "all">): Lookups {
  const find = (sql: string, keys: readonly string[], ...values: string[]) =>
    keys.length === 0 ? [] : db.all(sql, [JSON.stringify([...new Set(keys)]), ...values]);

  return {
    translate: (entity, from, to, ids) => {
      const found = new Map<string, string[]>();
      for (const [id, target] of find(LOOKUPS.translate, ids, entity, from, to)) {
        append(found, String(id), String(target));
      }
      return found;
    },
    uidsOf: (entity, system, ids) =>
      new Map(find(LOOKUPS.uidsOf, ids, entity, system).map(([id, uid]) => [String(id), String(uid)])),
    linksOf: (entity, uids): readonly LinkRow[] =>
      find(LOOKUPS.linksOf, uids, entity).map((values) => toRow("link", values)),
    syncRows: (pipeline, ids) => bySource("sync", find(LOOKUPS.syncRows, ids, pipeline)),
    issues: (pipeline, ids) => bySource("issue", find(LOOKUPS.issues, ids, pipeline)),
    generations: (slots) =>
      new Map(find(LOOKUPS.generations, slots).map(([slot, n]) => [String(slot), Number(n)])),
    relatedOf: (pipeline, entity, parentIds) => {
      const found = new Map<string, RelatedRow[]>();
      for (const values of find(LOOKUPS.relatedOf, parentIds, pipeline, entity)) {
        const row = toRow("related", values);
        append(found, row.parent_id, row);
      }
      return found;
    },
    claimsOn: (bases) => {
      const found = new Map<string, ClaimRow[]>();
      for (const values of find(LOOKUPS.claimsOn, bases)) {
        const row = toRow("claim", values);
        append(found, row.base, row);
      }
      return found;
    },
  };
}

function columnsOf(table: TableName): string {
  return shapeOf(table)
    .columns.map(([name]) => `t."${name}"`)
    .join(", ");
}

function append<V>(found: Map<string, V[]>, key: string, value: V): void {
  const list = found.get(key);
  if (list === undefined) found.set(key, [value]);
  else list.push(value);
}

function bySource<T extends "sync" | "issue">(
  table: T,
  rows: readonly (readonly (string | number | Uint8Array | null)[])[],
): Map<string, Tables[T]> {
  const found = new Map<string, Tables[T]>();
  for (const values of rows) {
    const row = toRow(table, values);
    found.set(row.source_id, row);
  }
  return found;
}
