import type { PipelineConfig } from "../config/types.ts";
import { instant } from "../core/clock.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { Change, State } from "../state/types.ts";
import { type Reading, relatedCursor } from "./extract.ts";
import { unlinkedCursor } from "./unlinked-there.ts";

/** The cursors of a pipeline and of what it reads beside its source; only those that move. `newest`: by cursor name. */
export function cursorChanges(
  pipeline: PipelineConfig,
  { cursor, full }: Reading,
  newest: ReadonlyMap<string, string>,
  started: number,
  state: State,
): readonly Change[] {
  const full_at = full || cursor === undefined ? instant(started) : cursor.full_at;
  return [
    pipeline.pipeline,
    ...Object.keys(pipeline.source.require).map((entity) => relatedCursor(pipeline, entity)),
    ...(pipeline.target.unlinked === "report" ? [unlinkedCursor(pipeline)] : []),
  ]
    .map((name) => {
      const [before] = [...state.rows("cursor", { pipeline: name })];
      // Instants of one form sort as text.
      const value = [before?.value ?? "", newest.get(name) ?? ""].sort()[1] ?? "";
      return { before, row: { pipeline: name, value, full_at, hash: pipeline.hash } };
    })
    .flatMap(({ before, row }): readonly Change[] =>
      before !== undefined && fingerprint(before) === fingerprint(row) ? [] : [{ put: "cursor", row }],
    );
}
