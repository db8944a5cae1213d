import type { Adoption, AdoptionRow } from "../report/adopt.ts";
import { UsageError } from "./refusal.ts";
import { readSheet, sheetText } from "./sheet.ts";

/** Proposals as a file that a person goes through in a spreadsheet, writing yes where two records are one. */

const COLUMNS = [
  "entity",
  "verdict",
  "score",
  "left_system",
  "left_id",
  "left_name",
  "right_system",
  "right_id",
  "right_name",
  "reasons",
  "accept",
] as const;

/** The file, likely ones first; nothing in it is accepted. */
export function adoptionText({ pairs }: Adoption): string {
  const order: readonly AdoptionRow["verdict"][] = ["likely", "possible", "ambiguous", "unmatched"];
  const rows = pairs.flatMap((pair) => pair.rows);
  return sheetText(
    COLUMNS,
    order.flatMap((verdict) =>
      rows
        .filter((row) => row.verdict === verdict)
        .map((row) =>
          COLUMNS.map((column) =>
            column === "accept" ? "" : column === "reasons" ? row.reasons.join("; ") : String(row[column]),
          ),
        ),
    ),
  );
}

export interface AcceptedRow {
  readonly line: number;
  readonly left: { readonly system: string; readonly id: string };
  readonly right: { readonly system: string; readonly id: string };
}

/** The rows with yes. Throws UsageError that names every line which cannot be read as meant. */
export function acceptedRows(text: string, entity: string, what: string): readonly AcceptedRow[] {
  const wrong: string[] = [];
  const rows = readSheet(text, COLUMNS, `Start from: tripoint adopt ${what} --propose`).flatMap(
    ({ line, cells }): readonly AcceptedRow[] => {
      const cell = (name: (typeof COLUMNS)[number]): string => cells[COLUMNS.indexOf(name)]?.trim() ?? "";
      const accept = cell("accept").toLowerCase();
      if (accept === "" || accept === "no") return [];
      if (accept !== "yes")
        wrong.push(`line ${line}: accept is "${cell("accept")}"; write yes or leave it empty`);
      if (cell("entity") !== entity)
        wrong.push(`line ${line}: it is about "${cell("entity")}", not ${entity}`);
      const ends = [cell("left_system"), cell("left_id"), cell("right_system"), cell("right_id")];
      if (ends.includes(""))
        wrong.push(`line ${line}: a system or id is missing, so there is nothing to link`);
      const [left_system = "", left_id = "", right_system = "", right_id = ""] = ends;
      return [
        { line, left: { system: left_system, id: left_id }, right: { system: right_system, id: right_id } },
      ];
    },
  );
  if (wrong.length > 0)
    throw new UsageError(`nothing was linked:\n${wrong.map((one) => `  ${one}`).join("\n")}`);
  return rows;
}
