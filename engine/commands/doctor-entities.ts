import type { ClientConfig, ConnectorConfig, EntitySpec, SystemConfig } from "../config/types.ts";
import type { EntityView } from "../report/doctor.ts";

/** What a descriptor says of its entities: what can be done with them, and what keeps a create from being made twice. */
export function describeEntities(system: SystemConfig, { pipelines }: ClientConfig): readonly EntityView[] {
  const written = new Set(
    pipelines.filter(({ target }) => target.system === system.name).map(({ target }) => target.entity),
  );
  return Object.entries(system.connector.entities).map(([entity, spec]) => ({
    entity,
    can: operationsOf(spec),
    exactly_once: spec.create === null ? null : fencesOf(spec, system.connector),
    unverified: written.has(entity) ? spec.unverified : null,
  }));
}

function operationsOf(spec: EntitySpec): readonly string[] {
  const all = {
    list: spec.list,
    changes: spec.changes,
    get: spec.get,
    find: spec.find,
    create: spec.create,
    update: spec.update,
    void: spec.void,
    "external id": spec.set_field,
  };
  return Object.entries(all).flatMap(([name, one]) => (one === null ? [] : [name]));
}

function fencesOf({ create, find }: EntitySpec, { batch, errors }: ConnectorConfig): string {
  const namesKey = (value: unknown): boolean => /\$key\b/.test(JSON.stringify(value) ?? "");
  const fences = [
    ...(namesKey(create) || (create?.batch_item && namesKey(batch)) ? ["a key sent with it"] : []),
    ...(find === null ? [] : ["a look-up before it is sent again"]),
    ...(errors.some((rule) => rule.class === "duplicate") ? ["the refusal of a second one"] : []),
  ];
  return fences.length === 0 ? "nothing" : fences.join(", ");
}
