import type { Verdict } from "./adopt-choose.ts";
import { count, renderTable } from "./table.ts";
import { visible } from "./visible.ts";

/** What could be linked between systems that are full already: proposals, and what a person is to do with them. */

export interface AdoptionRow {
  readonly entity: string;
  /** unmatched: no candidate; a person may write the other id beside it. */
  readonly verdict: Verdict | "unmatched";
  readonly score: number;
  readonly left_system: string;
  readonly left_id: string;
  readonly left_name: string;
  readonly right_system: string;
  readonly right_id: string;
  readonly right_name: string;
  readonly reasons: readonly string[];
}

export interface AdoptionPair {
  readonly left: string;
  readonly right: string;
  /** Records of the left side that are linked with the right one already. */
  readonly linked: number;
  readonly unmatched: { readonly left: number; readonly right: number };
  /** What could not be read. */
  readonly notes: readonly string[];
  readonly rows: readonly AdoptionRow[];
}

export interface Adoption {
  readonly schemaVersion: 1;
  readonly client: string;
  readonly entity: string;
  /** What was asked for, in the plural: customers, invoices, payments. */
  readonly what: string;
  readonly pairs: readonly AdoptionPair[];
}

/** As many ambiguous records stand on the screen; all are in the file. */
const SHOWN_MAX = 12;

/** The counts of each pair of systems, the ambiguous ones by name, and the next step. */
export function renderAdoption({ what, client, pairs }: Adoption, file: string): string {
  const table = renderTable(
    [
      { title: what },
      ...["linked", "likely", "possible", "ambiguous", "unmatched"].map((title) => ({ title, right: true })),
    ],
    pairs.map(({ left, right, linked, unmatched, rows }) => [
      `${left} - ${right}`,
      String(linked),
      ...(["likely", "possible", "ambiguous"] as const).map((verdict) =>
        String(rows.filter((row) => row.verdict === verdict).length),
      ),
      `${unmatched.left} + ${unmatched.right}`,
    ]),
  );
  const rows = pairs.flatMap((pair) => pair.rows);
  const ambiguous = rows.filter(({ verdict }) => verdict === "ambiguous");
  const lines = [
    ...pairs.flatMap(({ notes }) => notes),
    ...ambiguous
      .slice(0, SHOWN_MAX)
      .map(
        (row) =>
          `ambiguous: ${row.left_system} ${row.left_id} ${row.left_name} - ${row.right_system} ${row.right_id} ${row.right_name}`,
      ),
    ...(ambiguous.length > SHOWN_MAX ? [`… and ${ambiguous.length - SHOWN_MAX} more in the file`] : []),
  ];
  const next =
    rows.length === 0
      ? "There is nothing to propose."
      : `${count(rows.length, "line")} in ${file}, none of them accepted. Write yes into the column accept where a line is ` +
        `right, then: tripoint adopt ${what} --accept ${file} --client ${client}`;
  return `${table}\n${[...lines, next, "Nothing was linked, and nothing was written to any system."].map(visible).join("\n")}\n`;
}
