import type { Entity } from "../config/entities.ts";
import type { Connection } from "../connector/types.ts";
import { canonicalJson } from "../core/fingerprint.ts";
import { atPath, type CanonicalRecord } from "../core/json.ts";
import type { Again } from "./load.ts";

/** Documents that the target has already under the number given: ours, when they agree in all that names and sums them. */

const SUMS = ["customer_id", "currency", "total", "amount"];

/** source id → id of the target's record that is to be linked. A document that differs is nobody's to take. */
export async function adoptable(
  target: Entity,
  connection: Connection,
  refused: readonly Again[],
): Promise<ReadonlyMap<string, string>> {
  const owned = refused.filter(({ owner }) => owner !== null);
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
