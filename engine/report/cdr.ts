import { count, renderTable } from "./table.ts";
import { visible } from "./visible.ts";

/** Calls and what they cost: `charge` is exact decimal text in the file's own unit, null without a charge column. */
export interface CallSum {
  readonly calls: number;
  readonly charge: string | null;
}

/** A file of call records held against the numbers that billing has in use. */
export interface CdrView {
  readonly schemaVersion: 1;
  readonly client: string;
  readonly file: string;
  readonly total: CallSum;
  /** Calls of one number of one service. */
  readonly matched: CallSum;
  readonly unmatched_total: CallSum;
  /** Numbers that no service in use has, most calls first. */
  readonly unmatched: readonly (CallSum & { readonly number: string })[];
  /** Calls of further unmatched numbers, past the limit up to which they are listed. */
  readonly unmatched_rest: CallSum;
  readonly double_total: CallSum;
  /** Numbers that several services have. */
  readonly double: readonly (CallSum & { readonly number: string; readonly services: readonly string[] })[];
  /** Rows without a telephone number in any of the columns. */
  readonly without_number: CallSum;
  /** Lines that are no row of the CSV or whose charge is no number; not counted above. */
  readonly unreadable: { readonly lines: number; readonly first_lines: readonly number[] };
  /** Services whose number could not be read, a sentence each: calls of it count as unmatched. */
  readonly not_read: readonly string[];
}

const SHOWN = 50;

/** The file in a few lines, then the numbers that need a person. */
export function renderCdr(view: CdrView): string {
  const { file, total, matched, unmatched, unmatched_rest, double, without_number } = view;
  const { unreadable, not_read } = view;
  const sum = ({ calls, charge }: CallSum): readonly string[] => [String(calls), charge ?? ""];
  const unmatchedSum = `${count(unmatched.length, "number")}${unmatched_rest.calls > 0 ? " and more" : ""}`;
  const head = renderTable(
    [
      { title: visible(file) },
      { title: "numbers" },
      { title: "calls", right: true },
      { title: "charge", right: true },
    ],
    [
      ["matched", "", ...sum(matched)],
      ["unmatched", unmatchedSum, ...sum(view.unmatched_total)],
      ["matched twice", count(double.length, "number"), ...sum(view.double_total)],
      ["without a number", "", ...sum(without_number)],
      ["all", "", ...sum(total)],
    ],
  );
  const rows = [
    ...double.map(({ number, services, ...one }) => ["twice", number, ...sum(one), services.join(", ")]),
    ...unmatched.map(({ number, ...one }) => ["unmatched", number, ...sum(one), ""]),
  ];
  const list =
    rows.length === 0
      ? ""
      : `\n${renderTable(
          [
            { title: "" },
            { title: "number" },
            { title: "calls", right: true },
            { title: "charge", right: true },
            { title: "services" },
          ],
          rows.slice(0, SHOWN),
        )}`;
  const more = rows.length > SHOWN ? `… and ${rows.length - SHOWN} more: --format json lists them\n` : "";
  const bad =
    unreadable.lines === 0
      ? ""
      : `\n${count(unreadable.lines, "line")} could not be read and ${unreadable.lines === 1 ? "is" : "are"} not counted, the first in line ${unreadable.first_lines.join(", ")}.\n`;
  const unknown =
    not_read.length === 0
      ? ""
      : `\n${count(not_read.length, "service")} of billing could not be read, and calls of ${not_read.length === 1 ? "its number are" : "their numbers are"} among the unmatched ones:\n${not_read
          .slice(0, SHOWN)
          .map((one) => `  ${visible(one)}\n`)
          .join("")}`;
  return `${head}${list}${more}${bad}${unknown}`;
}
