import type { ClientConfig, SystemName } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { instant } from "../core/clock.ts";
import type { Change } from "../state/types.ts";
import { linkHistory } from "../sync/history.ts";
import { linkChanges } from "../sync/links.ts";
import { type Overlay, overlay } from "../sync/overlay.ts";
import { numberOf } from "../sync/text.ts";
import { ADOPTABLE, type Adoptable, createReader, sidesOf } from "./adopt.ts";
import { type AcceptedRow, acceptedRows } from "./adopt-csv.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { handLinkChanges } from "./idmap-edit.ts";
import { withClient } from "./open-client.ts";
import { UsageError } from "./refusal.ts";
import { whoTyped } from "./who-typed.ts";

/** Links what a person has said yes to: all of it or, when one line does not fit, none. Nothing is written to a system. */

export interface Accepted {
  readonly linked: number;
  /** They were linked already. */
  readonly unchanged: number;
}

/** Carries out a file of proposals. Throws UsageError that names every line which does not fit. */
export async function acceptAdoption(place: ClientPlace, what: Adoptable, text: string): Promise<Accepted> {
  const config = loadConfig(place);
  const entity = ADOPTABLE[what];
  sidesOf(config, entity);
  const rows = acceptedRows(text, entity, what);
  if (rows.length === 0) throw new UsageError("no line says yes in its column accept; nothing was linked");
  return withClient(place, config, async ({ state, connections }) => {
    const found = await recordsOf(config, rows, createReader({ config, connections }, entity));
    const wrong: string[] = [];
    const changes: Change[] = [];
    const now = instant(place.clock.now());
    const view = overlay(state);
    let unchanged = 0;
    for (const row of rows) {
      const ends = [row.left, row.right].map(({ system, id }) => ({
        system: system as SystemName,
        id,
        record: found.get(system)?.get(id),
      }));
      const missing = ends.filter(({ record }) => record === undefined);
      wrong.push(
        ...missing.map(({ system, id }) => `line ${row.line}: ${missingText(config, system, entity, id)}`),
      );
      const [left, right] = ends.map(({ system, id, record }) => ({
        system,
        id,
        label: record === undefined ? "" : numberOf(record.record),
      }));
      if (missing.length > 0 || left === undefined || right === undefined) continue;
      if (
        uidOf(view, entity, left) !== undefined &&
        uidOf(view, entity, left) === uidOf(view, entity, right)
      ) {
        unchanged += 1;
        continue;
      }
      const { members } = linkChanges(view, entity, left, right);
      const twice = members.find((one, at) =>
        members.slice(0, at).some(({ system }) => system === one.system),
      );
      if (twice !== undefined) {
        const ids = members.filter(({ system }) => system === twice.system).map(({ id }) => id);
        wrong.push(
          `line ${row.line}: one ${entity} would have several ids in ${twice.system}: ${ids.join(" and ")}`,
        );
        continue;
      }
      const own = handLinkChanges(config, view, entity, [left, right], now);
      view.add(own);
      const by = { entity, pipeline: `adopt ${what}`, run: now, reason: whoTyped(), config: "" };
      changes.push(...own, ...ends.map(({ system, id: one }) => linkHistory({ ...by, system, id: one })));
    }
    if (wrong.length > 0) {
      throw new UsageError(`nothing was linked:\n${wrong.map((one) => `  ${one}`).join("\n")}`);
    }
    const linked = rows.length - unchanged;
    if (linked > 0) {
      state.commit(changes, { command: `adopt ${what}`, by: whoTyped(), at: now, links: linked });
      state.flush();
    }
    return { linked, unchanged };
  });
}

/** The records of the systems that the rows name, by id; none of a system that the client has not. */
async function recordsOf(
  config: ClientConfig,
  rows: readonly AcceptedRow[],
  read: (system: SystemName) => Promise<readonly SystemRecord[]>,
): Promise<ReadonlyMap<string, ReadonlyMap<string, SystemRecord>>> {
  const named = new Set(rows.flatMap(({ left, right }) => [left.system, right.system]));
  const known = [...config.systems.keys()];
  const found = new Map<string, ReadonlyMap<string, SystemRecord>>();
  for (const system of known.filter((name) => named.has(name))) {
    found.set(system, new Map((await read(system)).map((one) => [one.id, one])));
  }
  return found;
}

function missingText({ systems }: ClientConfig, system: SystemName, entity: string, id: string): string {
  return systems.has(system)
    ? `${system} has no ${entity} ${id}`
    : `unknown system "${system}"; there are ${[...systems.keys()].join(", ")}`;
}

function uidOf(
  view: Overlay,
  entity: string,
  { system, id }: { readonly system: SystemName; readonly id: string },
) {
  return view.uidsOf(entity, system, [id]).get(id);
}
