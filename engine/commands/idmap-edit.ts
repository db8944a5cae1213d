import type { ClientConfig, SystemName } from "../config/types.ts";
import { instant } from "../core/clock.ts";
import { openState } from "../state/store.ts";
import type { Change, LinkRow, State } from "../state/types.ts";
import { adjustedBy } from "../sync/adjustments.ts";
import { writeBacksOf } from "../sync/external-ids.ts";
import { linkHistory } from "../sync/history.ts";
import { type LinkEnd, linkChanges, unlinkChanges } from "../sync/links.ts";
import { COMPARE_AGAIN, lookAgain } from "../sync/look-again.ts";
import { type Known, linkedChanges } from "../sync/record.ts";
import type { ClientPlace } from "./client.ts";
import { checkEntity, loadConfig } from "./client.ts";
import { UsageError } from "./refusal.ts";
import { whoTyped } from "./who-typed.ts";

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
  const { entity, ids, force } = choice;
  const [left, right] = ids.map(({ system, id }) => ({ system: systemOf(config, system), id, label: "" }));
  checkEntity(config, entity);
  if (left === undefined || right === undefined) throw new Error("a link has two ends");
  const state = await openState({ folder: place.state, clock: place.clock });
  try {
    const [one, other] = [left, right].map(({ system, id }) => state.uidsOf(entity, system, [id]).get(id));
    if (one !== undefined && one === other) return { linked: false };
    const { members } = linkChanges(state, entity, left, right);
    if (!force) refuseTwoIdsOfOneSystem(entity, members);
    const now = instant(place.clock.now());
    const all = handLinkChanges(config, state, entity, [left, right], now);
    const by = { entity, pipeline: "idmap link", run: now, reason: whoTyped(), config: "" };
    const history = ids.map(({ system, id }) => linkHistory({ ...by, system, id }));
    state.commit([...all, ...history], note(place, "idmap link", entity, ids));
    state.flush();
    return { linked: true };
  } finally {
    state.close();
  }
}

/** A link's changes: what shares a row with it, and ids that are to be written back, follow it as they would in a run. */
export function handLinkChanges(
  config: ClientConfig,
  state: Known,
  entity: string,
  ends: readonly [LinkEnd, LinkEnd],
  now: string,
): readonly Change[] {
  const shared = ends.flatMap(
    ({ system }) => config.systems.get(system)?.connector.entities[entity]?.shares_row ?? [],
  );
  return linkedChanges(state, [entity, ...shared], writeBacksOf(config, entity), ends, now);
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
    const changes = [
      ...unlinkChanges(state, entity, which),
      ...forgetSynced(state, config, entity, which, instant(place.clock.now())),
    ];
    state.commit(changes, note(place, "idmap unlink", entity, [which]));
    state.flush();
  } finally {
    state.close();
  }
}

function refuseTwoIdsOfOneSystem(entity: string, members: readonly LinkRow[]): void {
  const twice = members.find((one, index) =>
    members.slice(0, index).some(({ system }) => system === one.system),
  );
  if (twice === undefined) return;
  const both = members.filter(({ system }) => system === twice.system).map(({ id }) => id);
  throw new UsageError(
    `this would give one ${entity} two ids in ${twice.system}: ${both.join(" and ")}`,
    "Unlink the wrong one first, or say --force when both are really the same.",
  );
}

/** What was last written for this id: kept, it would say that there is nothing to do. The next run reads the source. */
function forgetSynced(
  state: State,
  config: ClientConfig,
  entity: string,
  { system, id }: SystemId,
  now: string,
): readonly Change[] {
  return config.pipelines.flatMap(({ pipeline, source, target }): readonly Change[] => {
    const isSource = source.system === system && source.entity === entity;
    if (!isSource && (target.system !== system || target.entity !== entity)) return [];
    const rows = [
      ...state.rows("sync", isSource ? { pipeline, source_id: id } : { pipeline, target_id: id }),
    ];
    return rows.flatMap(({ source_id }): readonly Change[] => {
      // The source knows nothing of an adjustment: the document that it adjusts is looked at.
      const original = adjustedBy(source_id)?.id;
      return [
        { del: "sync", row: { pipeline, source_id } },
        ...(original === undefined
          ? lookAgain(state, pipeline, source_id, "unlinked", now)
          : lookAgain(state, pipeline, original, COMPARE_AGAIN, now)),
      ];
    });
  });
}

function systemOf(config: ClientConfig, name: string): SystemName {
  const found = [...config.systems.keys()].find((system) => system === name);
  if (found !== undefined) return found;
  throw new UsageError(`unknown system "${name}"`, `There are: ${[...config.systems.keys()].join(", ")}.`);
}

function note(place: ClientPlace, command: string, entity: string, ids: readonly SystemId[]) {
  return {
    command,
    by: whoTyped(),
    at: instant(place.clock.now()),
    entity,
    ids: ids.map(({ system, id }) => `${system}:${id}`),
  };
}
