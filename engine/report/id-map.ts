import type { PerSystem } from "../sync/types.ts";
import { renderTable } from "./table.ts";

/** One thing with its ids in the systems. */
export interface IdMapRow {
  readonly entity: string;
  readonly uid: string;
  readonly ids: {
    readonly [system: string]: readonly { readonly id: string; readonly label: string }[];
  };
}

const SYSTEMS: readonly (keyof PerSystem)[] = ["psa", "billing", "accounting", "provisioning"];

/** A line a thing; people's own number first, the id behind it where it is another one. */
export function renderIdMap(rows: readonly IdMapRow[]): string {
  if (rows.length === 0) return "The id map holds nothing of this.\n";
  return renderTable(
    [{ title: "entity" }, ...SYSTEMS.map((title) => ({ title }))],
    rows.map(({ entity, ids }) => [
      entity,
      ...SYSTEMS.map((system) => (ids[system] ?? []).map(nameOf).join(", ") || "-"),
    ]),
  );
}

function nameOf({ id, label }: { readonly id: string; readonly label: string }): string {
  return label === "" || label === id ? id : `${label} (${id})`;
}
