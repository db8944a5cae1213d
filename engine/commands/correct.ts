import { instant } from "../core/clock.ts";
import { isObject } from "../core/json.ts";
import { openState } from "../state/store.ts";
import type { Correction } from "../sync/document.ts";
import { POSTED_DIFFERS } from "../sync/posted-differs.ts";
import type { ClientPlace } from "./client.ts";
import { UsageError } from "./refusal.ts";
import { whoTyped } from "./who-typed.ts";

/**
 * Says what is right of a document that the ledger holds with other values than were sent; the next run, or plan, takes
 * it from there. Throws UsageError when no such document is held.
 */
export async function correctDocument(
  place: ClientPlace,
  choice: { readonly pipeline: string; readonly source_id: string; readonly by: Correction },
): Promise<void> {
  const { pipeline, source_id, by } = choice;
  const state = await openState({ folder: place.state, clock: place.clock });
  try {
    const row = state.issues(pipeline, [source_id]).get(source_id);
    if (row?.reason !== POSTED_DIFFERS) {
      throw new UsageError(
        `${source_id} of ${pipeline} is not held as ${POSTED_DIFFERS}`,
        "See: tripoint held list",
      );
    }
    const detail: unknown = JSON.parse(row.detail);
    const corrected = { ...(isObject(detail) ? detail : {}), correction: by };
    state.commit([{ put: "issue", row: { ...row, detail: JSON.stringify(corrected) } }], {
      command: "correct",
      by: whoTyped(),
      at: instant(place.clock.now()),
      pipeline,
      source_id,
      correction: by,
    });
    state.flush();
  } finally {
    state.close();
  }
}
