import type { Entity } from "../config/entities.ts";
import { type CanonicalRecord, isObject } from "../core/json.ts";
import type { SyncBase } from "./stages.ts";

/**
 * Documents that stand in the ledger on another day than their own, because their books were closed when they were
 * posted: they stay there, whether those books are opened again or not, until their own day changes. Pure.
 */

/** YYYY-MM-DD */
export interface Moved {
  readonly from: string;
  readonly to: string;
}

// Beside the fields that are compared three ways, under a name that no field has.
const MOVED = "$moved";

/** The base of a document, with the day that it was given in the place of its own. `posted`: the record as it is dated. */
export function withMoved(
  base: SyncBase,
  own: CanonicalRecord,
  posted: CanonicalRecord,
  { dateField = "" }: Entity,
): SyncBase {
  const [from, to] = [own[dateField], posted[dateField]];
  if (typeof from !== "string" || typeof to !== "string" || from === to) return base;
  return { ...base, fields: JSON.stringify({ ...parsed(base.fields), [MOVED]: { from, to } }) };
}

/** What `withMoved` has kept in a base. */
export function movedIn(fields: string | null): Moved | undefined {
  const moved = parsed(fields)[MOVED];
  if (!isObject(moved)) return undefined;
  const { from, to } = moved;
  return typeof from === "string" && typeof to === "string" ? { from, to } : undefined;
}

function parsed(fields: string | null): CanonicalRecord {
  const value: unknown = fields === null ? {} : JSON.parse(fields);
  return isObject(value) ? value : {};
}
