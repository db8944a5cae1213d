import type { PipelineConfig } from "../config/types.ts";
import { type CanonicalRecord, isObject } from "../core/json.ts";
import type { LinkRow, State } from "../state/types.ts";
import type { Candidate, SetAside } from "./stages.ts";
import { describe, numberOf } from "./text.ts";

/** One space of numbers in the target, several sources that number by themselves: what has a number keeps it. */

/** The record of a source that a target record is linked to, other than `sourceId`; undefined: it is nobody else's. */
export function ownerOf(
  state: Pick<State, "uidsOf" | "linksOf">,
  { source, target }: Pick<PipelineConfig, "source" | "target">,
  targetId: string,
  sourceId: string,
): LinkRow | undefined {
  const uid = state.uidsOf(target.entity, target.system, [targetId]).get(targetId);
  const members = uid === undefined ? [] : state.linksOf(target.entity, [uid]);
  const isOurs = members.some(({ system, id }) => system === source.system && id === sourceId);
  return isOurs ? undefined : members.find(({ system }) => system !== target.system);
}

/** The hold of a record that was refused for its number before, as long as nothing changed about that: it is not sent again. */
export function stillTaken(
  state: Pick<State, "uidsOf" | "linksOf">,
  candidate: Candidate,
  record: CanonicalRecord,
  pipeline: PipelineConfig,
): SetAside | undefined {
  const { issue, source } = candidate;
  if (issue?.reason !== NUMBER_TAKEN) return undefined;
  const detail: unknown = JSON.parse(issue.detail);
  const { number, target_id: id } = isObject(detail) ? detail : {};
  if (number !== numberOf(record) || typeof id !== "string") return undefined;
  const owner = ownerOf(state, pipeline, id, source.id);
  return owner && numberTaken(candidate, record, pipeline, id, owner);
}

const NUMBER_TAKEN = "number_taken";

/** The hold of a record whose number another source's record has in the target. */
export function numberTaken(
  candidate: Candidate,
  record: CanonicalRecord,
  { source, target, pipeline }: PipelineConfig,
  targetId: string,
  owner: LinkRow,
): SetAside {
  const theirs = owner.label === "" ? owner.id : owner.label;
  const prefix = source.system.toUpperCase();
  return {
    candidate,
    action: "hold",
    reason: NUMBER_TAKEN,
    message:
      `${describe(record)} is not posted: ${target.entity} ${targetId} of ${target.system} has its number, and it is ${theirs} of ` +
      `${owner.system} (id ${owner.id}). Renumber one of them, or give all of pipeline ${pipeline} numbers of their own: ` +
      `transform: { number: '"${prefix}-" & $text(number)' }`,
    detail: { number: numberOf(record), target_id: targetId, owner: { system: owner.system, id: owner.id } },
  };
}
