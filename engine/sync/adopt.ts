import type { Entity } from "../config/entities.ts";
import type { Connection } from "../connector/types.ts";
import { canonicalJson } from "../core/fingerprint.ts";
import { atPath, type CanonicalRecord } from "../core/json.ts";
import type { Again, LoadContext } from "./load.ts";
import { entityOf } from "./shape.ts";

/** Documents that the target has already under the number given: ours, when they agree in all that names and sums them. */

const SUMS = ["customer_id", "currency", "total", "amount"];

/** Whose number it is, where the target has refused it and does not say: the one record that has the number. */
export async function withOwners(
  { connection, pipeline }: Pick<LoadContext, "connection" | "pipeline">,
  refused: readonly Again[],
): Promise<readonly Again[]> {
  const { entity } = pipeline.target;
  if (!entityOf(entity).moneyRecord || !connection.can(entity, "find")) return refused;
  const named: Again[] = [];
  for (const one of refused) {
    const found = one.duplicate && one.owner === null ? await connection.find(entity, one.record, "") : [];
    const [hit, ...more] = found.filter(({ deleted }) => !deleted);
    named.push(hit === undefined || more.length > 0 ? one : { ...one, owner: hit.id });
  }
  return named;
}

/** source id → id of the target's record that is to be linked. A document that differs, or is another record's, is nobody's to take. */
export async function adoptable(
  target: Entity,
  connection: Connection,
  refused: readonly Again[],
  isTaken: (one: Again) => boolean,
): Promise<ReadonlyMap<string, string>> {
  const owned = refused.filter((one) => one.owner !== null && !isTaken(one));
  if (!target.moneyRecord || owned.length === 0 || !connection.can(target.name, "get")) return new Map();
  const records = await connection.get(target.name, [...new Set(owned.map(({ owner }) => owner ?? ""))]);
  const byId = new Map(records.map(({ id, record }) => [id, record]));
  return new Map(
    owned.flatMap(({ candidate, record, owner }) => {
      const theirs = byId.get(owner ?? "");
      const same = theirs !== undefined && agree(target, record, theirs);
      return same && owner !== null ? [[candidate.source.id, owner] as const] : [];
    }),
  );
}

function agree(target: Entity, ours: CanonicalRecord, theirs: CanonicalRecord): boolean {
  const fields = [...target.match.flat(), ...SUMS].filter((field) => target.typeAt(field) !== undefined);
  return fields.every(
    (field) => canonicalJson(atPath(ours, field) ?? null) === canonicalJson(atPath(theirs, field) ?? null),
  );
}
