import type { CanonicalRecord } from "../core/json.ts";

/**
 * Documents that were voided and are posted anew. A voided document keeps its number for good, so the one in its place
 * has a number of its own: INV-1042, then INV-1042-R1, INV-1042-R2.
 */

/** Name under which it is remembered how often a source record's document was posted anew. */
export function revisionSlot(system: string, entity: string, sourceId: string): string {
  return [system, entity, sourceId, "reissue"].join("/");
}

/** The document under the number of its `n`th revision; the first one has its own. */
export function withRevision(record: CanonicalRecord, n: number): CanonicalRecord {
  const number = record["number"];
  return n === 0 || typeof number !== "string" ? record : { ...record, number: `${number}-R${n}` };
}

/** A document of revision `n` under the number of the next one. */
export function nextRevision(record: CanonicalRecord, n: number): CanonicalRecord {
  const number = record["number"];
  if (typeof number !== "string") return record;
  const first = n === 0 ? number : number.slice(0, -`-R${n}`.length);
  return withRevision({ ...record, number: first }, n + 1);
}
