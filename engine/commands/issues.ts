import { instant } from "../core/clock.ts";
import { isObject, type Json } from "../core/json.ts";
import type { IssueView } from "../report/issues.ts";
import { openState, openStateReadOnly } from "../state/store.ts";
import type { Change, IssueKind, IssueRow, State } from "../state/types.ts";
import { compareAgain } from "../sync/look-again.ts";
import { isForeign, RELATED_UNREADABLE } from "../sync/related-trouble.ts";
import type { ClientPlace } from "./client.ts";
import { UsageError } from "./refusal.ts";

/** Records set aside: held, in conflict, or refused for good; listed and sent back into the next run. */

export type Side = "source" | "target";

/** Records that wait for something (held) or were refused (dead letters), with their reasons. */
export function listHeld(place: ClientPlace, pipelines?: readonly string[]): Promise<readonly IssueView[]> {
  return listIssues(place, ["held", "dead_letter"], pipelines);
}

/** Fields that both sides changed and whose rule is `manual`. */
export function listConflicts(
  place: ClientPlace,
  pipelines?: readonly string[],
): Promise<readonly IssueView[]> {
  return listIssues(place, ["conflict"], pipelines);
}

async function listIssues(
  place: ClientPlace,
  kinds: readonly IssueKind[],
  pipelines: readonly string[] | undefined,
): Promise<readonly IssueView[]> {
  const state = await openStateReadOnly({ folder: place.state });
  try {
    return issuesOf(state, kinds, pipelines);
  } finally {
    state.close();
  }
}

/** The issues of some kinds in an open state. */
export function issuesOf(
  state: State,
  kinds: readonly IssueKind[],
  pipelines?: readonly string[],
): readonly IssueView[] {
  const found: IssueView[] = [];
  for (const row of state.rows("issue")) {
    if (!kinds.includes(row.kind) || pipelines?.includes(row.pipeline) === false) continue;
    found.push(...viewOf(row));
  }
  return found;
}

export interface Retried {
  readonly issues: readonly IssueView[];
  /** Records in step that the next run compares with what the target holds. */
  readonly compared: readonly string[];
}

/**
 * Sends dead letters back: the next run tries them as if they had just been held. Held records are tried at every run
 * anyway; naming one forgets how often it was tried. A record in step that is named along with its pipeline is compared
 * with the target, which a run does else only when the source changed. Without ids all dead letters are meant.
 */
export async function retryHeld(
  place: ClientPlace,
  ids: readonly string[],
  pipelines?: readonly string[],
): Promise<Retried> {
  const state = await openState({ folder: place.state, clock: place.clock });
  try {
    const rows = [...state.rows("issue")].filter(
      (row) =>
        (row.kind === "held" || row.kind === "dead_letter") &&
        !isForeign(row) &&
        pipelines?.includes(row.pipeline) !== false &&
        (ids.length === 0 ? row.kind === "dead_letter" : ids.includes(row.source_id)),
    );
    const now = instant(place.clock.now());
    const inStep = ids
      .filter((id) => !rows.some((row) => row.source_id === id))
      .map((id) => ({ id, changes: (pipelines ?? []).flatMap((one) => compareAgain(state, one, id, now)) }));
    const unknown = inStep.filter(({ changes }) => changes.length === 0).map(({ id }) => id);
    if (unknown.length > 0) {
      throw new UsageError(
        `not held: ${unknown.join(", ")}`,
        `See: tripoint held list. What stands there as ${RELATED_UNREADABLE} or typed_in_there is read again once it changes in its ` +
          "system. A record in step is compared again when its --pipeline is named, too.",
      );
    }
    const changes = [
      ...rows.map(
        (row): Change => ({ put: "issue", row: { ...row, kind: "held", attempts: 0, source_hash: "" } }),
      ),
      ...inStep.flatMap((one) => one.changes),
    ];
    if (changes.length > 0) {
      const retried = ids.length === 0 ? rows.map((row) => row.source_id) : [...ids];
      state.commit(changes, { command: "held retry", ids: retried });
      state.flush();
    }
    return { issues: rows.flatMap(viewOf), compared: inStep.map(({ id }) => id) };
  } finally {
    state.close();
  }
}

/** A row as people see it; a record that only waits for its own turn is nobody's trouble. */
function viewOf({ source_hash: _, detail, kind, ...rest }: IssueRow): readonly IssueView[] {
  return kind === "skipped" ? [] : [{ ...rest, kind, detail: parseDetail(detail) }];
}

/** Decides a conflict: the next run writes the chosen side's value, field by field. */
export async function resolveConflict(
  place: ClientPlace,
  choice: {
    readonly pipeline: string;
    readonly source_id: string;
    readonly take: Side;
    /** Only these fields; all that are in conflict when empty. */
    readonly fields: readonly string[];
  },
): Promise<{ readonly resolution: { readonly [field: string]: Side }; readonly open: readonly string[] }> {
  const { pipeline, source_id, take, fields } = choice;
  const state = await openState({ folder: place.state, clock: place.clock });
  try {
    const row = state.issues(pipeline, [source_id]).get(source_id);
    if (row?.kind !== "conflict") {
      throw new UsageError(
        `the record ${source_id} of ${pipeline} is not in conflict`,
        "See: tripoint conflicts list",
      );
    }
    const detail = parseDetail(row.detail);
    const conflicting = conflictFields(detail);
    const unknown = fields.find((field) => !conflicting.includes(field));
    if (unknown !== undefined) {
      throw new UsageError(
        `the field "${unknown}" is not in conflict`,
        `In conflict: ${conflicting.join(", ")}.`,
      );
    }
    const chosen = fields.length === 0 ? conflicting : fields;
    const before = isObject(detail) && isObject(detail["resolution"]) ? detail["resolution"] : {};
    const resolution = { ...before, ...Object.fromEntries(chosen.map((field) => [field, take])) };
    const decided: IssueRow = {
      ...row,
      detail: JSON.stringify({ ...(isObject(detail) ? detail : {}), resolution }),
    };
    state.commit([{ put: "issue", row: decided }], {
      command: "conflicts resolve",
      pipeline,
      source_id,
      resolution,
    });
    state.flush();
    // Only this command writes the resolution, so each of its values is a side.
    const sides = resolution as { readonly [field: string]: Side };
    return { resolution: sides, open: conflicting.filter((field) => !Object.hasOwn(sides, field)) };
  } finally {
    state.close();
  }
}

/** A conflict's detail is {"fields": {"<field>": {"source": value, "target": value}}}, written by the run. */
function conflictFields(detail: Json): readonly string[] {
  return isObject(detail) && isObject(detail["fields"]) ? Object.keys(detail["fields"]) : [];
}

function parseDetail(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
