import { allowedHint } from "../config/allowed-hint.ts";
import { entities } from "../config/entities.ts";
import type { IdMapRow } from "../report/id-map.ts";
import { openStateReadOnly } from "../state/store.ts";
import type { LinkRow, State } from "../state/types.ts";
import type { ClientPlace } from "./client.ts";
import { UsageError } from "./refusal.ts";

/** All things of the id map, or those of one entity; one row a thing. Throws UsageError for an unknown entity. */
export async function listIdMap(place: ClientPlace, entity?: string): Promise<readonly IdMapRow[]> {
  const known = [...entities().keys()];
  if (entity !== undefined && !known.includes(entity)) {
    throw new UsageError(`there is no entity "${entity}"`, allowedHint(entity, known, "There are"));
  }
  const state = await openStateReadOnly({ folder: place.state });
  try {
    return toRows(state.rows("link", entity === undefined ? {} : { entity }));
  } finally {
    state.close();
  }
}

/** The things that some system knows by this id or number. */
export async function showIdMap(place: ClientPlace, idOrLabel: string): Promise<readonly IdMapRow[]> {
  const state = await openStateReadOnly({ folder: place.state });
  try {
    return findIdMap(state, idOrLabel);
  } finally {
    state.close();
  }
}

/** The things that some system knows by this id or number, in an open state. */
export function findIdMap(state: State, idOrLabel: string): readonly IdMapRow[] {
  const uids = new Map<string, Set<string>>();
  for (const { entity, uid, id, label } of state.rows("link")) {
    if (id !== idOrLabel && label !== idOrLabel) continue;
    uids.set(entity, (uids.get(entity) ?? new Set()).add(uid));
  }
  return [...uids].flatMap(([entity, found]) => toRows(state.linksOf(entity, [...found])));
}

function toRows(links: Iterable<LinkRow>): readonly IdMapRow[] {
  const rows = new Map<string, IdMapRow>();
  for (const { entity, uid, system, id, label } of links) {
    const key = JSON.stringify([entity, uid]);
    const row = rows.get(key) ?? { entity, uid, ids: {} };
    const ids = { ...row.ids, [system]: [...(row.ids[system] ?? []), { id, label }] };
    rows.set(key, { entity, uid, ids });
  }
  return [...rows.values()];
}
