import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadClient } from "../../engine/config/load-client.ts";
import { ENV, freshRoot } from "./client-folder.ts";

/** What billing may write into the PSA's items, which are the PSA's: the mark of what it charges, and nothing else. */

const ITEM = (writes: string): string => `
  billable_item:
    list: { path: /items, records: $ }
    read: '{ "id": $id(id) }'
    write:
${writes}
    update: { method: PATCH, path: "/items/{$id}", body: $fields }
`;
const MARK = "      marked_billed: '{ \"marked\": marked_billed }'";
const AMOUNT = "      amount: '{ \"amount\": amount }'";

function problemsOf(t: TestContext, writes: string, write_mode: string): readonly string[] {
  const root = freshRoot(t);
  for (const name of ["tiny-psa", "tiny-ledger"])
    appendFileSync(join(root, "connectors", name, "connector.yaml"), ITEM(writes));
  writeFileSync(
    join(root, "mappings", "acme", "marks.yaml"),
    `pipeline: marks
source: { system: billing, entity: billable_item }
target: { system: psa, entity: billable_item, write_mode: ${write_mode} }
`,
  );
  return loadClient(root, "acme", ENV, root)
    .problems.filter(({ file }) => file.endsWith("marks.yaml"))
    .map(({ code, message }) => `${code} ${message}`);
}

test("R54: billing may mark the PSA's items, change nothing else of them, and make none", (t) => {
  assert.deepEqual(problemsOf(t, MARK, "update_only"), []);
  const owner = "TP2301 psa owns billable_item, so billing cannot write it there";
  assert.deepEqual(problemsOf(t, `${MARK}\n${AMOUNT}`, "update_only"), [owner]);
  assert.ok(problemsOf(t, MARK, "upsert").includes(owner));
});
