import { type Entity, entities } from "../../config/entities.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { Evaluated } from "../../expression/index.ts";
import type { SystemRecord } from "../types.ts";
import { idText } from "./id-text.ts";
import type { EntityProgram, Program } from "./programs.ts";
import type { Scope } from "./scope.ts";

/** The entity of the canonical model; throws for a name that the model lacks. */
export function entityOf(name: string): Entity {
  const entity = entities().get(name);
  if (entity === undefined) throw new Error(`the canonical model has no entity ${name}`);
  return entity;
}

/**
 * Vendor records as canonical ones, in their order, the same id once (the last reading of it). A record that cannot be
 * read is there with the reason; it stops no other.
 */
export async function readRecords(
  entity: Entity,
  program: EntityProgram,
  vendors: readonly Json[],
  scope: Scope,
): Promise<readonly SystemRecord[]> {
  if (vendors.length === 0) return [];
  const results = await scope.page(program.read, vendors);
  const records = new Map<string, SystemRecord>();
  for (const [index, result] of results.entries()) {
    const vendor = vendors[index] ?? null;
    const record = toRecord(entity, vendor, result) ?? (await unreadable(program, vendor, result, scope));
    records.set(record.id, record);
  }
  return [...records.values()];
}

/** A tombstone; undefined when the record, by the program or else its own id, does not say which one is gone. */
export async function readTombstone(
  entity: Entity,
  idProgram: Program | undefined,
  vendor: Json,
  scope: Scope,
): Promise<SystemRecord | undefined> {
  const id = await idOf(idProgram, vendor, scope);
  if (id === undefined) return undefined;
  const record = entity.complete({ id });
  return {
    id,
    record,
    vendor,
    raw: vendor,
    token: null,
    updated_at: null,
    deleted: true,
    unreadable: undefined,
  };
}

function toRecord(entity: Entity, vendor: Json, result: Evaluated): SystemRecord | undefined {
  if (!result.ok || !isObject(result.value) || !isObject(result.value["read"])) return undefined;
  const { read, token, raw } = result.value;
  const record = entity.complete(read);
  const { id, updated_at } = record;
  if (typeof id !== "string" || id === "") return undefined;
  const reasons = entity.validate(record);
  return {
    id,
    record,
    vendor,
    raw: raw ?? vendor,
    token: idText(token),
    updated_at: typeof updated_at === "string" ? updated_at : null,
    deleted: false,
    unreadable: reasons.length === 0 ? undefined : reasons.join(" "),
  };
}

async function unreadable(
  program: EntityProgram,
  vendor: Json,
  result: Evaluated,
  scope: Scope,
): Promise<SystemRecord> {
  const reason = result.ok ? "It has no id." : result.error.message;
  // Without an id it still needs a name under which it is reported once and found again.
  const id = (await idOf(program.id, vendor, scope)) ?? `unknown-${fingerprint(vendor).slice(0, 12)}`;
  return {
    id,
    record: {},
    vendor,
    raw: vendor,
    token: null,
    updated_at: null,
    deleted: false,
    unreadable: reason,
  };
}

/** The id of a vendor record by its program, or else its own `id` or `Id`. */
export async function idOf(
  program: Program | undefined,
  vendor: Json,
  scope: Scope,
): Promise<string | undefined> {
  if (program !== undefined) {
    const result = await scope.one(program, vendor);
    return (result.ok ? idText(result.value) : null) ?? undefined;
  }
  const named = isObject(vendor) ? (vendor["id"] ?? vendor["Id"]) : undefined;
  return idText(named) ?? undefined;
}
