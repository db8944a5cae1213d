import { openState, openStateReadOnly } from "../state/store.ts";
import type { Change, LinkRow, State } from "../state/types.ts";
import type { ClientPlace } from "./client.ts";
import { UsageError } from "./refusal.ts";
import { readSheet, sheetText } from "./sheet.ts";

/** The id map as CSV, for a spreadsheet and back: what was exported and imported is exported again byte for byte. */

const COLUMNS = ["entity", "uid", "system", "id", "label"] as const;

/** All links, sorted. */
export async function exportIdMap(place: ClientPlace): Promise<string> {
  const state = await openStateReadOnly({ folder: place.state });
  try {
    const rows = [...state.rows("link")].map((row) => COLUMNS.map((column) => row[column]));
    const sorted = rows.map((row) => ({ row, key: row.join("\0") })).sort(byKey);
    return sheetText(
      COLUMNS,
      sorted.map(({ row }) => row),
    );
  } finally {
    state.close();
  }
}

/** Adds the links of an exported file; links that are not in it stay. All or nothing: throws UsageError. */
export async function importIdMap(
  place: ClientPlace,
  text: string,
): Promise<{ readonly added: number; readonly unchanged: number }> {
  const rows = parseRows(text);
  const state = await openState({ folder: place.state, clock: place.clock });
  try {
    const changed = rows.filter((row) => isNew(state, row));
    const changes = changed.map((row): Change => ({ put: "link", row }));
    if (changes.length > 0) {
      state.commit(changes, { command: "idmap import", links: changes.length });
      state.flush();
    }
    return { added: changes.length, unchanged: rows.length - changes.length };
  } finally {
    state.close();
  }
}

function parseRows(text: string): readonly LinkRow[] {
  const body = readSheet(text, COLUMNS, "Start from: tripoint idmap export");
  const seen = new Map<string, string>();
  return body.map(({ cells }, index) => {
    const [entity = "", uid = "", system = "", id = "", label = ""] = cells;
    const where = `record ${index + 1} (${entity} ${system}:${id})`;
    if ([entity, uid, system, id].includes(""))
      throw new UsageError(`${where} lacks an entity, uid, system or id`);
    const key = JSON.stringify([entity, system, id]);
    if (seen.has(key)) throw new UsageError(`${where} is there twice`);
    seen.set(key, uid);
    return { entity, uid, system, id, label };
  });
}

/** False for a link that is there as it stands. An id that is another thing's already is never moved silently. */
function isNew(state: State, row: LinkRow): boolean {
  const { entity, system, id, uid, label } = row;
  const [known] = [...state.rows("link", { entity, system, id })];
  if (known === undefined) return true;
  if (known.uid === uid) return known.label !== label;
  throw new UsageError(
    `${entity} ${system}:${id} is linked to another ${entity} already; nothing was imported`,
    `Look at it with tripoint idmap show ${id}, and unlink it if the file is right.`,
  );
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
