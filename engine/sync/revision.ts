import type { CanonicalRecord } from "../core/json.ts";
import type { PageContext } from "./page-context.ts";
import { isDocument } from "./shape.ts";
import type { Candidate, Mapped } from "./stages.ts";

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

type RevisionContext = Pick<PageContext, "state" | "pipeline" | "target">;

/** Documents that were voided and posted anew have a number of their own. */
export function withRevisions(context: RevisionContext, mapped: readonly Mapped[]): readonly Mapped[] {
  const revisionOf = revisionsOf(
    context,
    mapped.map(({ candidate }) => candidate),
  );
  return mapped.map((one) => {
    const revision = revisionOf(one.candidate);
    return revision === 0 ? one : { ...one, revision, record: withRevision(one.record, revision) };
  });
}

/** How often the document of each was voided to be posted anew. */
export function revisionsOf(
  { state, pipeline, target }: RevisionContext,
  candidates: readonly Candidate[],
): (candidate: Candidate) => number {
  const slotOf = ({ source }: Candidate) => revisionSlot(pipeline.target.system, target.name, source.id);
  const revisions = isDocument(target)
    ? state.generations(candidates.map(slotOf))
    : new Map<string, number>();
  return (candidate) => revisions.get(slotOf(candidate)) ?? 0;
}
