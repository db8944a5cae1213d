import type { SystemName } from "../config/types.ts";
import { linkGroup } from "../core/ids.ts";
import type { Change, LinkRow, State } from "../state/types.ts";

/** Which ids of several systems are one thing: the id map, and in a plan the links that the plan itself will make. */
export interface Links {
  /** Target ids for a page of source ids. */
  translate(entity: string, from: string, to: string, ids: readonly string[]): Map<string, readonly string[]>;
}

export interface LinkEnd {
  readonly system: SystemName;
  readonly id: string;
  /** The number people use for it there; "" when it has none. */
  readonly label: string;
}

// The group's name comes from its first member in this order, so that a rebuilt id map is the same one.
const ORDER: readonly string[] = ["psa", "billing", "accounting"];

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

/** Name of a group of links: derived from its first member. */
export function groupOf(entity: string, members: readonly Pick<LinkRow, "system" | "id">[]): string {
  const rank = ({ system, id }: Pick<LinkRow, "system" | "id">): string => `${ORDER.indexOf(system)} ${id}`;
  const [first] = [...members].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  if (first === undefined) throw new Error("a group of links has at least one member");
  return linkGroup(entity, first.system, first.id);
}

/** Links of the state under those that a plan makes: nothing is written. */
export function provisionalLinks(state: Pick<State, "translate" | "uidsOf">): Links & {
  /** Takes the link for made; `id` is the target's, or `new:<entity>:<source id>`. */
  add(entity: string, source: LinkEnd, target: Pick<LinkEnd, "system" | "id">): void;
} {
  const groups = new Map<string, string>();
  const members = new Map<string, string>();
  const groupFor = (entity: string, system: string, id: string): string =>
    groups.get(`${entity} ${system} ${id}`) ??
    state.uidsOf(entity, system, [id]).get(id) ??
    linkGroup(entity, system, id);
  return {
    translate: (entity, from, to, ids) => {
      const found = new Map(state.translate(entity, from, to, ids));
      for (const id of ids) {
        const member = members.get(`${entity} ${to} ${groupFor(entity, from, id)}`);
        if (!found.has(id) && member !== undefined) found.set(id, [member]);
      }
      return found;
    },
    add: (entity, source, target) => {
      const group = groupFor(entity, source.system, source.id);
      groups.set(`${entity} ${target.system} ${target.id}`, group);
      members.set(`${entity} ${target.system} ${group}`, target.id);
      members.set(`${entity} ${source.system} ${group}`, source.id);
    },
  };
}
