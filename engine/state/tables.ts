import type { TableName, Tables } from "./types.ts";

/** The tables as data: columns in order, primary key, secondary indexes. Everything else about them is derived from this. */

type ColumnKind = "text" | "integer" | "nullable";

export interface TableShape {
  readonly columns: readonly (readonly [name: string, kind: ColumnKind])[];
  /** Columns of the primary key, in order. */
  readonly key: readonly string[];
  /** Columns of each secondary index. */
  readonly indexes: readonly (readonly string[])[];
}

// The compiler holds each entry against its row type: a column that is missing or too many does not compile.
const DEFINITIONS: {
  readonly [T in TableName]: {
    readonly columns: { readonly [C in keyof Tables[T]]: ColumnKind };
    readonly key: readonly (keyof Tables[T])[];
    readonly indexes?: readonly (readonly (keyof Tables[T])[])[];
  };
} = {
  link: {
    columns: { entity: "text", system: "text", id: "text", uid: "text", label: "text" },
    key: ["entity", "system", "id"],
    indexes: [["entity", "uid", "system"]],
  },
  sync: {
    columns: {
      pipeline: "text",
      source_id: "text",
      target_id: "text",
      fingerprint: "text",
      source_hash: "text",
      fields: "nullable",
      synced_at: "text",
    },
    key: ["pipeline", "source_id"],
  },
  issue: {
    columns: {
      pipeline: "text",
      source_id: "text",
      kind: "text",
      reason: "text",
      message: "text",
      detail: "text",
      source_hash: "text",
      since: "text",
      attempts: "integer",
    },
    key: ["pipeline", "source_id"],
  },
  intent: {
    columns: {
      key: "text",
      pipeline: "text",
      system: "text",
      entity: "text",
      operation: "text",
      source_id: "text",
      target_id: "text",
      batch: "text",
      request: "text",
      opened_at: "text",
    },
    key: ["key"],
  },
  generation: { columns: { slot: "text", n: "integer" }, key: ["slot"] },
  cursor: { columns: { pipeline: "text", value: "text", full_at: "text", hash: "text" }, key: ["pipeline"] },
  related: {
    columns: { pipeline: "text", entity: "text", id: "text", parent_id: "text", record: "text" },
    key: ["pipeline", "entity", "id"],
    indexes: [["pipeline", "entity", "parent_id"]],
  },
  plan: {
    columns: { id: "text", pipeline: "text", created_at: "text", reason: "text", detail: "text" },
    key: ["id"],
  },
  run: {
    columns: { id: "text", started_at: "text", finished_at: "text", status: "text", report: "text" },
    key: ["id"],
  },
  due: { columns: { pipeline: "text", last_due: "text" }, key: ["pipeline"] },
  account: { columns: { account: "text", status: "text", since: "text" }, key: ["account"] },
  task: {
    columns: { account: "text", code: "text", subject: "text", since: "text" },
    key: ["account", "code", "subject"],
  },
  history: {
    columns: {
      system: "text",
      entity: "text",
      id: "text",
      pipeline: "text",
      run: "text",
      action: "text",
      reason: "text",
      fields: "text",
      rules: "nullable",
      config: "text",
    },
    key: ["system", "entity", "id", "pipeline", "run"],
  },
  alert: { columns: { subject: "text", level: "integer", at: "text" }, key: ["subject"] },
};

export const TABLES: ReadonlyMap<string, TableShape> = new Map(
  Object.entries(DEFINITIONS).map(([name, { columns, key, indexes }]) => [
    name,
    { columns: Object.entries(columns), key, indexes: indexes ?? [] },
  ]),
);

/** True for the name of one of the state's tables. */
export function isTableName(name: unknown): name is TableName {
  return typeof name === "string" && TABLES.has(name);
}

/** Columns, key and indexes of a table. */
export function shapeOf(table: TableName): TableShape {
  const shape = TABLES.get(table);
  if (shape === undefined) throw new Error(`no table ${table}`);
  return shape;
}

/** The statements that make the tables in an empty database. */
export function createStatements(): readonly string[] {
  return [...TABLES].flatMap(([table, { columns, key, indexes }]) => [
    `CREATE TABLE "${table}" (${columns.map(columnText).join(", ")}, PRIMARY KEY (${names(key)})) STRICT, WITHOUT ROWID`,
    ...indexes.map((index) => `CREATE INDEX "${table}_${index.join("_")}" ON "${table}" (${names(index)})`),
  ]);
}

/** Column names as SQL: quoted, with commas. */
export function names(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(", ");
}

function columnText([name, kind]: readonly [string, ColumnKind]): string {
  if (kind === "nullable") return `"${name}" TEXT`;
  return `"${name}" ${kind.toUpperCase()} NOT NULL`;
}
