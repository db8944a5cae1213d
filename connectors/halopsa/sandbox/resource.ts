import type { Row } from "../../../engine/connector/sandbox/types.ts";

/** What this server knows of one resource: its fields by the vendor's swagger, and which of them a list row shows. */

export type FieldType = "text" | "int" | "number" | "bool" | "date" | "list" | "object";

export interface Resource {
  /** Name in the path, below /api. */
  readonly path: string;
  /** Key of the list in its envelope; undefined: a small list, answered as a bare array. */
  readonly key: string | undefined;
  /** Fields that a client may write, by type. Anything else in a body is ignored. */
  readonly fields: { readonly [name: string]: FieldType };
  /** Fields of a list row beside `id`; the record by id has all. */
  readonly summary: readonly string[];
  /** A new record without one of these is refused. */
  readonly required: readonly string[];
  /** Foreign key → resource that it names. */
  readonly references: { readonly [field: string]: string };
  /** Query parameter → field that it must equal. */
  readonly filters: { readonly [parameter: string]: string };
  /** Field with the time of the last change, where lastupdatefromdate and lastupdatetodate look at it. */
  readonly changed?: string;
  /** Field with the day that startdate and enddate look at. */
  readonly dated?: string;
  /** Ids count within the record that this field names: both tell a record. */
  readonly within?: string;
  /** Texts that `search` looks into. */
  readonly searched: readonly string[];
  /** True for an inactive row, which lists hide. */
  readonly isInactive: (row: Row) => boolean;
  /** What a new row starts with. */
  readonly preset: Row;
  /** First id that is given here. */
  readonly firstId: number;
  readonly readOnly?: true;
}

/** The key of a row in the ledger: its id, behind that of the record within which it counts. */
export function keyOf({ within }: Resource, row: Row): string {
  return within === undefined ? String(row["id"]) : `${String(row[within] ?? "")}:${String(row["id"])}`;
}
