import type { Change, LinkRow, SyncRow } from "../state/types.ts";
import type { Known } from "./record.ts";

/** The state's look-ups as they will be once changes are committed: several links that go into one commit see each other. */
export interface Overlay extends Known {
  add(changes: readonly Change[]): void;
}

/** Over the state, nothing yet. */
export function overlay(state: Known): Overlay {
  const links = new Map<string, LinkRow>();
  const groups = new Map<string, Set<string>>();
  const syncs = new Map<string, SyncRow>();
  const linkKey = (entity: string, system: string, id: string): string =>
    JSON.stringify([entity, system, id]);
  const syncKey = (pipeline: string, id: string): string => JSON.stringify([pipeline, id]);
  return {
    add: (changes) => {
      for (const change of changes) {
        if (!("put" in change)) throw new Error("an overlay only adds");
        if (change.put === "link") {
          const { entity, system, id, uid } = change.row;
          const key = linkKey(entity, system, id);
          groups.get(links.get(key)?.uid ?? "")?.delete(key);
          links.set(key, change.row);
          groups.set(uid, (groups.get(uid) ?? new Set()).add(key));
        }
        if (change.put === "sync") syncs.set(syncKey(change.row.pipeline, change.row.source_id), change.row);
      }
    },
    uidsOf: (entity, system, ids) => {
      const found = state.uidsOf(entity, system, ids);
      for (const id of ids) {
        const own = links.get(linkKey(entity, system, id));
        if (own !== undefined) found.set(id, own.uid);
      }
      return found;
    },
    linksOf: (entity, uids) => {
      const below = state
        .linksOf(entity, uids)
        .filter((row) => !links.has(linkKey(entity, row.system, row.id)));
      const own = [...new Set(uids)].flatMap((uid) =>
        [...(groups.get(uid) ?? [])].flatMap((key) => links.get(key) ?? []),
      );
      return [...below, ...own.filter((row) => row.entity === entity)];
    },
    generations: (slots) => state.generations(slots),
    syncRows: (pipeline, ids) => {
      const found = state.syncRows(pipeline, ids);
      for (const id of ids) {
        const own = syncs.get(syncKey(pipeline, id));
        if (own !== undefined) found.set(id, own);
      }
      return found;
    },
  };
}
