import { userInfo } from "node:os";
import type { ClientConfig } from "../config/types.ts";
import { instant } from "../core/clock.ts";
import { linkGroup } from "../core/ids.ts";
import { openState } from "../state/store.ts";
import type { Change, LinkRow, State } from "../state/types.ts";
import type { ClientPlace } from "./client.ts";
import { loadConfig } from "./client.ts";
import { UsageError } from "./refusal.ts";

/** Links made and undone by hand: journaled with who and when, and refused where they would mix up two customers. */

export interface SystemId {
  readonly system: string;
  readonly id: string;
}

export interface LinkChoice {
  readonly entity: string;
  readonly ids: readonly [SystemId, SystemId];
  /** Also when one thing then has two ids in one system. */
  readonly force: boolean;
}

/** Says that two ids are one thing. False when that was known already. */
export async function linkIds(place: ClientPlace, choice: LinkChoice): Promise<{ readonly linked: boolean }> {
  const config = loadConfig(place);
  for (const { system } of choice.ids) checkSystem(config, system);
  checkEntity(config, choice.entity);
  const state = await openState({ folder: place.state, clock: place.clock });
  try {
    const changes = linkChanges(state, choice);
    if (changes.length === 0) return { linked: false };
    state.commit(changes, note(place, "idmap link", choice.entity, choice.ids));
    state.flush();
    return { linked: true };
  } finally {
    state.close();
  }
}

/**
 * Takes an id out of its thing, and forgets what was synced for it: the next run matches the record anew. Throws
 * UsageError when the id is not linked.
 */
export async function unlinkId(place: ClientPlace, entity: string, which: SystemId): Promise<void> {
  const config = loadConfig(place);
  const state = await openState({ folder: place.state, clock: place.clock });
  try {
    const { system, id } = which;
    const [row] = [...state.rows("link", { entity, system, id })];
    if (row === undefined) {
      throw new UsageError(`${entity} ${system}:${id} is not linked`, `See: tripoint idmap show ${id}`);
    }
    const rest = state.linksOf(entity, [row.uid]).filter((one) => one !== row && !isSame(one, which));
    const changes: Change[] = [
      { del: "link", row: { entity, system, id } },
      ...regroup(state, entity, rest),
      ...syncRowsOf(config, entity, which),
    ];
    state.commit(changes, note(place, "idmap unlink", entity, [which]));
    state.flush();
  } finally {
    state.close();
  }
}

function linkChanges(state: State, { entity, ids, force }: LinkChoice): readonly Change[] {
  const groups = ids.map((one): readonly LinkRow[] => {
    const uid = state.uidsOf(entity, one.system, [one.id]).get(one.id);
    return uid === undefined
      ? [{ entity, system: one.system, id: one.id, uid: "", label: "" }]
      : state.linksOf(entity, [uid]);
  });
  const [first = [], second = []] = groups;
  const uids = new Set(groups.flat().map(({ uid }) => uid));
  if (uids.size === 1 && !uids.has("")) return [];
  const members = [...first, ...second];
  const twice = members.find((one, index) =>
    members.slice(0, index).some((other) => other.system === one.system),
  );
  if (twice !== undefined && !force) {
    const both = members.filter(({ system }) => system === twice.system).map(({ id }) => id);
    throw new UsageError(
      `this would give one ${entity} two ids in ${twice.system}: ${both.join(" and ")}`,
      "Unlink the wrong one first, or say --force when both are really the same.",
    );
  }
  const uid = first[0]?.uid || second[0]?.uid || freeGroup(state, entity, members);
  return members.filter((one) => one.uid !== uid).map((one) => ({ put: "link", row: { ...one, uid } }));
}

/**
 * A group is named after its first member. Were the name kept when that member leaves, its next group would be this
 * one again.
 */
function regroup(state: State, entity: string, rest: readonly LinkRow[]): readonly Change[] {
  if (rest.length === 0) return [];
  const uid = freeGroup(state, entity, rest);
  return rest.map((row) => ({ put: "link", row: { ...row, uid } }));
}

function freeGroup(state: State, entity: string, members: readonly LinkRow[]): string {
  const isOurs = (row: LinkRow): boolean => members.some((member) => isSame(member, row));
  for (const { system, id } of members) {
    const uid = linkGroup(entity, system, id);
    if (state.linksOf(entity, [uid]).every(isOurs)) return uid;
  }
  throw new Error(`every group named after ${entity} ${members.map(({ id }) => id).join(", ")} is taken`);
}

function isSame(row: SystemId, other: SystemId): boolean {
  return row.system === other.system && row.id === other.id;
}

/** What was last written for this id: kept, it would say that there is nothing to do. */
function syncRowsOf(config: ClientConfig, entity: string, { system, id }: SystemId): readonly Change[] {
  return config.pipelines.flatMap(({ pipeline, source, target }): Change[] => {
    if (source.system === system && source.entity === entity) {
      return [{ del: "sync", row: { pipeline, source_id: id } }];
    }
    if (target.system !== system || target.entity !== entity) return [];
    return [{ del: "sync", row: { pipeline, target_id: id } }];
  });
}

function checkSystem(config: ClientConfig, system: string): void {
  const names: readonly string[] = [...config.systems.keys()];
  if (!names.includes(system)) {
    throw new UsageError(`unknown system "${system}"`, `There are: ${names.join(", ")}.`);
  }
}

function checkEntity(config: ClientConfig, entity: string): void {
  const names = [
    ...new Set(config.pipelines.flatMap(({ source, target }) => [source.entity, target.entity])),
  ];
  if (!names.includes(entity)) {
    throw new UsageError(
      `no pipeline moves the entity "${entity}"`,
      `There are: ${names.sort().join(", ")}.`,
    );
  }
}

function note(place: ClientPlace, command: string, entity: string, ids: readonly SystemId[]) {
  return {
    command,
    by: userInfo().username,
    at: instant(place.clock.now()),
    entity,
    ids: ids.map(({ system, id }) => `${system}:${id}`),
  };
}
