import type { ClientConfig, SystemName } from "../config/types.ts";
import { nameNormalized } from "../core/normalize.ts";
import type { State } from "../state/types.ts";
import { adjustedBy } from "../sync/adjustments.ts";
import { survey } from "../sync/survey.ts";
import { numberOf } from "../sync/text.ts";
import type { OpenClient } from "./open-client.ts";
import { UsageError } from "./refusal.ts";

/** One customer or document by any of its ids or numbers, in any of the systems. */

export interface Thing {
  /** Whether the id map knows it, or a system had to be asked. */
  readonly linked: boolean;
  readonly ids: ReadonlyMap<SystemName, readonly string[]>;
  /** The ids that were meant, where the word given is one. */
  readonly named: readonly { readonly system: SystemName; readonly id: string }[];
}

type Named = Thing["named"][number];

/**
 * Finds it in the id map, else among what the systems list, by a name too, however it is spelt. Throws UsageError when nobody knows it or several things
 * have that id; `system:id` says which one.
 */
export async function findThing(
  config: ClientConfig,
  { state, connections }: Pick<OpenClient, "state" | "connections">,
  entity: string,
  word: string,
): Promise<Thing> {
  const things = linkedThings(config, state, entity, word);
  const [found] = things;
  // One that was unlinked is alone in the id map, and others may have its number.
  if (found === undefined || (things.length === 1 && isAlone(found, word)))
    return askSystems(config, { state, connections }, entity, word);
  if (things.length === 1) return found;
  const which = things.flatMap(({ named }) => named.map(({ system, id }) => `${system}:${id}`));
  throw new UsageError(`several of ${entity} are known as ${word}`, `Say which: ${which.join(", ")}.`);
}

function isAlone({ ids, named }: Thing, word: string): boolean {
  const isById = named.some(({ system, id }) => word === id || word === `${system}:${id}`);
  return !isById && [...ids.values()].flat().length === 1;
}

function linkedThings(config: ClientConfig, state: State, entity: string, word: string): readonly Thing[] {
  const uids = new Map<string, { readonly system: SystemName; readonly id: string }[]>();
  for (const { uid, system, id, label } of state.rows("link", { entity })) {
    const own = systemOf(config, system);
    // What adjusts a document has no record of its own at the source, and is not meant by that one's number.
    const known = adjustedBy(id) === undefined ? label : "";
    if (own === undefined || !isMeant(word, own, id, known)) continue;
    uids.set(uid, [...(uids.get(uid) ?? []), { system: own, id }]);
  }
  return [...uids].map(([uid, named]) => linkedThing(config, state, entity, uid, named));
}

function linkedThing(
  config: ClientConfig,
  state: Pick<State, "linksOf">,
  entity: string,
  uid: string,
  named: Thing["named"],
): Thing {
  const ids = new Map<SystemName, string[]>();
  for (const row of state.linksOf(entity, [uid])) {
    const system = systemOf(config, row.system);
    if (system !== undefined) ids.set(system, [...(ids.get(system) ?? []), row.id]);
  }
  return { linked: true, ids, named };
}

async function askSystems(
  config: ClientConfig,
  { state, connections }: Pick<OpenClient, "state" | "connections">,
  entity: string,
  word: string,
): Promise<Thing> {
  const numbered: Named[] = [];
  const called: Named[] = [];
  const deaf: string[] = [];
  const name = nameNormalized(word);
  for (const system of config.systems.keys()) {
    const list = config.systems.get(system)?.connector.entities[entity]?.list;
    if (list === undefined || list === null) {
      deaf.push(system);
      continue;
    }
    for await (const { id, record, deleted } of survey({ config, connections }, system, entity)) {
      if (deleted) continue;
      const own = record["name"];
      if (isMeant(word, system, id, numberOf(record))) numbered.push({ system, id });
      else if (name !== "" && typeof own === "string" && nameNormalized(own) === name)
        called.push({ system, id });
    }
  }
  const named = numbered.length > 0 ? numbered : called;
  const [first, ...more] = named;
  if (first === undefined) {
    const asked = [...config.systems.keys()].filter((system) => !deaf.includes(system));
    throw new UsageError(`no ${entity} of ${asked.join(", ")} has the id, number or name ${word}`);
  }
  const uids = new Set(named.map(({ system, id }) => state.uidsOf(entity, system, [id]).get(id)));
  const [uid] = uids;
  if (uids.size === 1 && uid !== undefined) return linkedThing(config, state, entity, uid, named);
  if (more.length > 0) {
    const which = named.map(({ system, id }) => `${system}:${id}`).join(", ");
    throw new UsageError(
      `several records are known as ${word}, and they are not linked to each other`,
      `Say which: ${which}.`,
    );
  }
  return { linked: false, ids: new Map([[first.system, [first.id]]]), named };
}

/** `1042` means INV-1042 as well: people leave out what stands before a number. */
function isMeant(word: string, system: SystemName, id: string, label: string): boolean {
  if (word === id || word === label || word === `${system}:${id}`) return true;
  return /^\d+$/.test(word) && label.endsWith(word) && /^\D+$/.test(label.slice(0, -word.length));
}

function systemOf(config: ClientConfig, name: string): SystemName | undefined {
  return [...config.systems.keys()].find((system) => system === name);
}
