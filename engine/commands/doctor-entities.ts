import type { EntityBase, EntitySpec, HttpConnector } from "../config/connector-types.ts";
import type { ClientConfig, SystemConfig } from "../config/types.ts";
import type { EntityView } from "../report/doctor.ts";

/** What a descriptor says of its entities: what can be done with them, and what keeps a create from being made twice. */
export function describeEntities(system: SystemConfig, { pipelines }: ClientConfig): readonly EntityView[] {
  const written = new Set(
    pipelines.filter(({ target }) => target.system === system.name).map(({ target }) => target.entity),
  );
  const { connector } = system;
  const shared = (entity: string, { unverified }: EntityBase) => {
    return { entity, unverified: written.has(entity) ? unverified : null };
  };
  if (connector.driver === "http") {
    return Object.entries(connector.entities).map(([entity, spec]) => ({
      ...shared(entity, spec),
      can: operationsOf(spec),
      exactly_once: spec.create === null ? null : fencesOf(spec, connector),
    }));
  }
  return Object.entries<EntityBase & Operations>(connector.entities).map(([entity, spec]) => ({
    ...shared(entity, spec),
    can: operationsOf(spec),
    exactly_once: spec.create === null ? null : "a key that is carried out once",
  }));
}

type Operations = {
  readonly [name in "list" | "get" | "create" | "update" | "void" | "set_field"]: object | null;
} & {
  readonly [name in "changes" | "find"]?: object | null;
};

function operationsOf(spec: Operations): readonly string[] {
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
  return Object.entries(all).flatMap(([name, one]) => (one === null || one === undefined ? [] : [name]));
}

function fencesOf({ create, find }: EntitySpec, { batch, errors }: HttpConnector): string {
  const namesKey = (value: unknown): boolean => /\$key\b/.test(JSON.stringify(value) ?? "");
  const fences = [
    ...(namesKey(create) || (create?.batch_item && namesKey(batch)) ? ["a key sent with it"] : []),
    ...(find === null ? [] : ["a look-up before it is sent again"]),
    ...(errors.some((rule) => rule.class === "duplicate") ? ["the refusal of a second one"] : []),
  ];
  return fences.length === 0 ? "nothing" : fences.join(", ");
}
