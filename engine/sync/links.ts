import type { SystemName } from "../config/types.ts";
import { linkGroup } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import type { Change, LinkRow, State } from "../state/types.ts";

/** Which ids of several systems are one thing: the id map, and in a plan the links that the plan itself will make. */
export interface Links {
  /** Target ids for a page of source ids. */
  translate(entity: string, from: string, to: string, ids: readonly string[]): Map<string, readonly string[]>;
  /** Every id of a system that is linked to anything. */
  idsIn(entity: string, system: SystemName): readonly string[];
}

/** The id map as it stands. */
export function stateLinks(state: Pick<State, "translate" | "rows">): Links {
  return {
    translate: (entity, from, to, ids) => state.translate(entity, from, to, ids),
    idsIn: (entity, system) => [...state.rows("link", { entity, system })].map(({ id }) => id),
  };
}

export interface LinkEnd {
  readonly system: SystemName;
  readonly id: string;
  /** The number people use for it there; "" when it has none. */
  readonly label: string;
}

// The group's name comes from its first member in this order, so that a rebuilt id map is the same one.
const ORDER: readonly string[] = ["psa", "billing", "accounting", "provisioning"];

/** The changes that make two ids one thing, joining the groups that they are in, and all that are one then. */
export function linkChanges(
  state: Pick<State, "uidsOf" | "linksOf">,
  entity: string,
  left: LinkEnd,
  right: LinkEnd,
): { readonly changes: readonly Change[]; readonly members: readonly LinkRow[] } {
  const uids = [left, right].flatMap(({ system, id }) => [...state.uidsOf(entity, system, [id]).values()]);
  const before = new Map(state.linksOf(entity, uids).map((row) => [`${row.system} ${row.id}`, row]));
  const after = new Map(before);
  for (const { system, id, label } of [left, right]) {
    const known = before.get(`${system} ${id}`)?.label ?? "";
    after.set(`${system} ${id}`, { entity, system, id, uid: "", label: label === "" ? known : label });
  }
  const uid = groupOf(entity, [...after.values()]);
  const members = [...after.values()].map((row) => ({ ...row, uid }));
  const changes = members.flatMap((row): readonly Change[] => {
    const known = before.get(`${row.system} ${row.id}`);
    return known?.uid === uid && known.label === row.label ? [] : [{ put: "link", row }];
  });
  return { changes, members };
}

/** The changes that take an id out of its thing; the others get a name of their own, since a group has its first member's. */
export function unlinkChanges(
  state: Pick<State, "uidsOf" | "linksOf">,
  entity: string,
  { system, id }: Pick<LinkRow, "system" | "id">,
): readonly Change[] {
  const uids = [...state.uidsOf(entity, system, [id]).values()];
  const rest = state.linksOf(entity, uids).filter((one) => one.system !== system || one.id !== id);
  const uid = rest.length === 0 ? "" : groupOf(entity, rest);
  return [
    { del: "link", row: { entity, system, id } },
    ...rest.map((row): Change => ({ put: "link", row: { ...row, uid } })),
  ];
}

/** Name of a group of links: derived from its first member. */
export function groupOf(entity: string, members: readonly Pick<LinkRow, "system" | "id">[]): string {
  const rank = ({ system, id }: Pick<LinkRow, "system" | "id">): string => `${ORDER.indexOf(system)} ${id}`;
  const [first] = [...members].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  if (first === undefined) throw new Error("a group of links has at least one member");
  return linkGroup(entity, first.system, first.id);
}

/** Stands in a plan for the id of a record that the plan creates first. */
export function provisionalId(entity: string, sourceId: string): string {
  return `new:${entity}:${sourceId}`;
}

/** True for an id that no system has yet. */
export function isProvisional(entity: string, id: Json | undefined): boolean {
  return typeof id === "string" && id.startsWith(provisionalId(entity, ""));
}

/** Links of the state under those that a plan makes, which join whole groups as real ones do: nothing is written. */
export function provisionalLinks(
  state: Pick<State, "translate" | "rows" | "uidsOf" | "linksOf">,
): ProvisionalLinks {
  const known = stateLinks(state);
  const groups = new Map<string, Group>();

  const groupWith = (entity: string, { system, id }: Member): Group => {
    const found = groups.get(keyOf(entity, { system, id }));
    if (found !== undefined) return found;
    const uid = state.uidsOf(entity, system, [id]).get(id);
    const group: Group = {
      entity,
      members: uid === undefined ? [{ system, id }] : membersOf(state, entity, uid),
    };
    for (const member of group.members) groups.set(keyOf(entity, member), group);
    return group;
  };

  return {
    translate: (entity, from, to, ids) => {
      const untouched = ids.filter((id) => !groups.has(keyOf(entity, { system: from, id })));
      const found = new Map(known.translate(entity, from, to, untouched));
      for (const id of ids) {
        const members = groups.get(keyOf(entity, { system: from, id }))?.members ?? [];
        const targets = members.filter(({ system }) => system === to).map((member) => member.id);
        if (targets.length > 0) found.set(id, targets);
      }
      return found;
    },
    idsIn: (entity, system) => {
      const own = [...groups.values()].filter((group) => group.entity === entity);
      const added = own.flatMap(({ members }) => members.filter((member) => member.system === system));
      return [...new Set([...known.idsIn(entity, system), ...added.map(({ id }) => id)])];
    },
    add: (entity, source, target) => {
      const [left, right] = [groupWith(entity, source), groupWith(entity, target)];
      if (left === right) return;
      left.members.push(...right.members);
      for (const member of right.members) groups.set(keyOf(entity, member), left);
    },
  };
}

export interface ProvisionalLinks extends Links {
  /** Takes the link for made; `id` is the target's, or `new:<entity>:<source id>`. */
  add(entity: string, source: Member, target: Member): void;
}

type Member = Pick<LinkEnd, "system" | "id">;

interface Group {
  readonly entity: string;
  readonly members: Member[];
}

function keyOf(entity: string, { system, id }: { readonly system: string; readonly id: string }): string {
  return `${entity} ${system} ${id}`;
}

function membersOf(state: Pick<State, "linksOf">, entity: string, uid: string): Member[] {
  // Links are only made between systems of the client.
  return state.linksOf(entity, [uid]).map(({ system, id }) => ({ system: system as SystemName, id }));
}
