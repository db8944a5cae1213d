import type { Change, HistoryRow, State } from "../state/types.ts";

/** Where the values in a system come from: a row for each write and each link, without the values themselves. */

/** Why and by whose configuration something is written; stored with its promise. */
export interface Origin {
  readonly run: string;
  readonly config: string;
  readonly reason: string;
  /** Rules of the written fields that are not source_wins. */
  readonly rules: { readonly [field: string]: string };
}

export const ALL_FIELDS = "*";

/** The row of a write, and away with updates whose every field it writes again: what they did shows nowhere any more. */
export function writtenHistory(
  state: Pick<State, "rows">,
  write: Pick<HistoryRow, "system" | "entity" | "id" | "pipeline" | "action">,
  fields: readonly string[],
  { run, config, reason, rules }: Origin,
): readonly Change[] {
  const { system, entity, id, action } = write;
  const isNew = action === "create";
  const row: HistoryRow = {
    ...write,
    run,
    reason,
    config,
    fields: isNew ? ALL_FIELDS : JSON.stringify(fields),
    rules: Object.keys(rules).length === 0 ? null : JSON.stringify(rules),
  };
  const before = isNew ? [] : [...state.rows("history", { system, entity, id })];
  const outdated = before.filter(
    (one) => one.action === "update" && fieldsOf(one).every((field) => fields.includes(field)),
  );
  return [
    ...outdated.map((one): Change => {
      return { del: "history", row: { system, entity, id, pipeline: one.pipeline, run: one.run } };
    }),
    { put: "history", row },
  ];
}

/** The row of a link that was made without a write. */
export function linkHistory(
  link: Pick<HistoryRow, "system" | "entity" | "id" | "pipeline" | "run" | "reason" | "config">,
): Change {
  return { put: "history", row: { ...link, action: "link", fields: "[]", rules: null } };
}

/** The fields that a row names; none for a new record's, which stands for all. */
export function fieldsOf({ fields }: Pick<HistoryRow, "fields">): readonly string[] {
  // Only writtenHistory and linkHistory make such rows.
  return fields === ALL_FIELDS ? [] : (JSON.parse(fields) as readonly string[]);
}
