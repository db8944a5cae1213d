import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { ClientPlace } from "../../engine/commands/client.ts";
import { initState, openState } from "../../engine/state/store.ts";
import type { Change, IssueRow, LinkRow } from "../../engine/state/types.ts";
import { ENV, freshRoot } from "../config/client-folder.ts";

export const NOW = Date.UTC(2026, 7, 10, 12);

/** The good client "acme" with a state that holds these changes; all of it is removed after the test. */
export async function freshPlace(t: TestContext, changes: readonly Change[] = []): Promise<ClientPlace> {
  const root = freshRoot(t);
  const parent = mkdtempSync(join(tmpdir(), "tripoint-state-"));
  t.after(() => rmSync(parent, { recursive: true }));
  const state = join(parent, "acme");
  await initState({ folder: state });
  const clock = { now: () => NOW, sleep: async () => {} };
  const open = await openState({ folder: state, clock });
  open.commit(changes);
  open.close();
  return { root, client: "acme", state, cwd: root, env: ENV, clock };
}

/** A link row; what is not named is empty. */
export function link(system: string, id: string, uid: string, label = "", entity = "customer"): LinkRow {
  return { entity, system, id, uid, label };
}

/** A change that stores a link. */
export function putLink(...row: Parameters<typeof link>): Change {
  return { put: "link", row: link(...row) };
}

/** A change that stores an issue. */
export function putIssue(row: Pick<IssueRow, "source_id" | "kind"> & Partial<IssueRow>): Change {
  return {
    put: "issue",
    row: {
      pipeline: "payments",
      reason: "reference_missing",
      message: "customer 9001 is not linked",
      detail: "{}",
      source_hash: "abc",
      since: "2026-08-09T10:00:00Z",
      attempts: 3,
      ...row,
    },
  };
}
