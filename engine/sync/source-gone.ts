import type { SystemRecord } from "../connector/types.ts";

/** Linked records whose source is gone: by a tombstone, or absent from everything and not found by its id. */

/** source_hash of a record whose disappearance was dealt with. */
export const GONE = "gone";

/** Reason under which a record is noted that a full read did not show. */
export const ABSENT = "source_absent";

/** Stands for a record that its system does not show any more. */
export function goneRecord(id: string): SystemRecord {
  const unreadable = undefined;
  return {
    id,
    record: { id },
    vendor: null,
    raw: null,
    token: null,
    updated_at: null,
    deleted: true,
    unreadable,
  };
}
